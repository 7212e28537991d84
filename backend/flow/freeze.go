package flow

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// A frozen account: its owner said "this wasn't me" (freeze_object.go). What was going on for it has ended, and what begins meets
// the freeze in the transaction that learns whose it is:
//
//	sign-in, pass         right ──▶ blocked: account_frozen
//	flows of a session    there is none: sessions have ended, and none is opened
//	reset, two methods that are older than the event
//	                      user_id ──▶ gate 1 ──▶ gate 2, another device ──▶ lifted: told ──▶ password
//	reset, fewer          helpful: blocked, account_frozen · private: a decoy
//
// A reset by two older methods proves who the person is as nothing else here does, so it is what lifts a freeze, and no other
// conversation is needed. What was registered, replaced or confirmed since the event serves no gate of it, a key that counts as two
// passes one, and locks and throttles hold as in every reset. In private disclosure the account looks like any other that has these
// ways until a first proof.

// meetFreeze learns whether the self-service of the account at hand is frozen, and what lifts that. The same is read for everybody.
func (f *flow) meetFreeze() error {
	rec, frozen, err := f.tx.IsFrozen(f.rec.Account)
	if err != nil {
		return err
	}
	if f.s.Frozen = frozen; frozen {
		f.s.Before, f.s.Gates = rec.Before, bothGates
	}
	return nil
}

// bothGates is how many methods lift a freeze, whatever the policy.
const bothGates = 2

// thaw forgets that the account is frozen: the flow is a decoy, or has lifted it.
func (f *flow) thaw() { f.s.Frozen, f.s.Before = false, noTime }

// blockFrozen refuses who has proven to be the owner of an account that is frozen, and reports whether it is.
func (f *flow) blockFrozen() (bool, error) {
	_, frozen, err := f.tx.IsFrozen(f.rec.Account)
	if err == nil && frozen {
		f.block(app.CodeFrozen, noTime)
	}
	return frozen, err
}

// liftable reports whether a reset by two of an account's methods lifts its freeze: not where a reset is refused anyway.
func (f *flow) liftable() bool {
	if f.s.Refused {
		return false
	}
	rec, frozen, err := f.tx.IsFrozen(f.rec.Account)
	if err != nil || !frozen {
		return false
	}
	creds, err := f.tx.Credentials(f.rec.Account)
	if err != nil {
		return false
	}
	old := f.rules().ForSubject(rules.Credentials(creds).OlderThan(rec.Before)).CooledOff(f.now)
	return f.rules().PassableApart(old, f.rules().Kinds(old), bothGates)
}

// lift lifts the freeze: two older methods were proven. Where the help desk was faster there is nothing to do.
func (f *flow) lift() error {
	if !f.s.Frozen {
		return nil
	}
	rec, frozen, err := f.tx.IsFrozen(f.rec.Account)
	if err != nil {
		return err
	}
	if frozen && rec.Before.Before(f.s.Before) { // these methods were objected to meanwhile, which has ended the flow
		return &app.Error{Code: app.CodeEnded}
	}
	f.thaw()
	f.s.Notice = &app.Notice{Code: app.NoticeUnfrozen}
	_, err = f.tx.Unfreeze(f.s.Subject, core.Notice{Template: app.MessageUnfrozen}, port.AuditEntry{
		Reason: "two_methods", Role: string(app.RoleFlow), Flow: string(f.rec.ID), Support: f.rec.Support,
		Station: f.rec.OriginStn, StationID: string(f.rec.OriginID), Network: f.rec.OriginNet,
	})
	return err
}

// freezeNotice is what a person who may know is told on the way through the gates: that these lift a freeze.
func (f *flow) freezeNotice() *app.Notice {
	here := slices.Contains([]stage{atTriage, atChoose, atMethod}, f.s.At)
	said := f.s.Notice
	if !f.s.Frozen || f.secretive() || !here || said != nil && said.Code != app.NoticeGatePassed && said.Code != app.NoticeCodeSent {
		return nil
	}
	return &app.Notice{Code: app.NoticeFrozen}
}
