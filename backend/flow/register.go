package flow

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// Registering. The account is that of the session which started the flow.
//
//	Start ─┬─ not for this person ──────────────────────────▶ blocked ──ContactAdmin──▶ sent
//	       ├─ the first ones, and the policy asks for a pass ─▶ blocked
//	       ├─ enough, long ago ──▶ reconfirm ──Finish──▶ done
//	       ├─ enough registered ────────────▶ registered ──Finish──▶ done
//	       └─▶ choose ──Choose──▶ method ──▶ added ──┬─ enough ──▶ registered ─┐
//	              ▲                  │                └─ not yet ──▶ choose     │
//	              └─ Back, 5th wrong ┘               method ◀──Choose one more─┘
//
// From registered, Back and the end of an attempt lead to registered again. Choose passes through [flow.requireFreshProof]: where a
// verification method is registered, a fresh proof by it comes first.

// loadOwner makes the first state of a flow that belongs to a session out of what the directory says.
func (o *operation) loadOwner(ctx context.Context, caller app.Caller, p purpose) (state, error) {
	var session port.SessionRecord
	err := o.View(ctx, func(tx *core.Tx) (err error) {
		session, err = tx.Session(caller.Session)
		return err
	})
	if errors.Is(err, port.ErrNotFound) || err == nil && (!o.Good(session) || session.Account != caller.Account) {
		return state{}, &app.Error{Code: app.CodeSignedOut}
	}
	if err != nil {
		return state{}, err
	}
	account, err := o.Account(ctx, caller.Account)
	switch {
	case errors.Is(err, port.ErrNotFound), err == nil && core.MustEnd(session, account) == core.PasswordChanged:
		return state{}, &app.Error{Code: app.CodeSignedOut}
	case err != nil:
		return state{}, core.Unavailable(err)
	}
	directory, err := o.DirectoryRules(ctx, account.ID)
	if err != nil {
		return state{}, core.Unavailable(err)
	}
	s := state{Subject: rules.SubjectOf(account).Keeping(directory), Typed: account.UserID, Session: caller.Session, Blocked: o.Refusal(account)}
	if s.Blocked == "" && p.keepsSession() && account.Cannot.Verify {
		s.Blocked = app.CodeNoChange
	}
	if s.Blocked != "" {
		s.At = atBlocked
	}
	return s, nil
}

// home leads to the page that fits what is registered.
func (f *flow) home() error {
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	f.leaveChange()
	if f.s.Replacing != "" { // it was asked for in place of another
		delete(f.s.Attempts, f.s.Kind)
	}
	f.s.Kind, f.s.Pending, f.s.Adding, f.s.Replacing, f.s.Shown = "", nil, false, "", ""
	f.s.At = f.purpose.homeStage(f, creds)
	return nil
}

// mayEnrol refuses to go on registering after too many wrong answers of the account, in whichever flows, until it may.
func (f *flow) mayEnrol() error {
	retry, err := f.op.Figures().WrongEnrols().Opens(f.tx, f.op.AccountKey(limit.WrongEnrols, f.rec.Account), f.now)
	if err == nil && !retry.IsZero() {
		err = &app.Error{Code: app.CodeThrottled, RetryAt: retry}
	}
	return err
}

// enrol lets the method at hand register a credential, if the account may; a step back is always open.
func (f *flow) enrol(in app.Input) error {
	if _, back := in.(app.Back); !back {
		if err := f.mayEnrol(); err != nil {
			return err
		}
	}
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	r, err := f.op.Method(f.s.Kind).Enrol(f.asTurn(creds), in)
	switch {
	case err != nil:
		return methodFailure(err)
	case r.Verdict == app.Wrong:
		return f.wrong(r)
	case r.Verdict == app.Undecided:
		return f.goOn(r)
	case r.Credential == nil:
		return app.Errorf(app.CodeInternal, "a method proved nothing to register")
	}
	return f.add(*r.Credential)
}

// add registers a credential and tells its owner on every channel there was before.
func (f *flow) add(c app.NewCredential) error {
	kind := f.s.Kind
	if _, err := f.session(); err != nil { // before anything is written: a refusal undoes nothing
		return err
	}
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	delete(f.s.Attempts, kind)
	handle, old := f.op.HashHandle(kind, c.Unique), f.replaced(creds)
	taken, err := f.handleTaken(handle)
	switch {
	case err != nil:
		return err
	case taken: // somebody else's
		return f.tooLate(app.CodeKeyExcluded)
	case f.s.Replacing != "" && (old == nil || old.Variant != c.Variant), // another window was faster
		f.s.Replacing == "" && (creds.Full(kind) || creds.Has(kind, c.Variant)):
		return f.tooLate(app.CodeLimit)
	}
	record, err := f.newRecord(c, creds)
	if err != nil {
		return err
	}
	record.Handle = handle
	told, what, notice := app.MessageMethodAdded, ".added", app.NoticeMethodAdded
	if old != nil {
		record.ID, record.Default = old.ID, old.Default
		told, what, notice = app.MessageMethodReplaced, ".replaced", app.NoticeMethodReplaced
	}
	if err := f.keepRegistered(record, old); err != nil {
		return err
	}
	if _, err := f.notifyOwner(told, map[string]string{"kind": string(kind)}, creds); err != nil {
		return err
	}
	if err := f.audit(event{action: string(f.rec.Purpose) + what, result: core.Succeeded, method: kind}); err != nil {
		return err
	}
	f.s.Notice = &app.Notice{Code: notice, Kind: kind}
	return f.home()
}

// newRecord makes the record of a credential that is registered beside others now.
func (f *flow) newRecord(c app.NewCredential, beside rules.Credentials) (port.CredentialRecord, error) {
	id, err := f.op.NewID()
	if err != nil {
		return port.CredentialRecord{}, err
	}
	settled, err := f.mustCoolOff(beside)
	if err != nil {
		return port.CredentialRecord{}, err
	}
	record := port.CredentialRecord{
		ID:       app.CredentialID(id),
		Account:  f.rec.Account,
		Kind:     f.s.Kind,
		Variant:  c.Variant,
		Secret:   c.Secret,
		Masked:   c.Masked,
		Address:  c.Address,
		Added:    f.now,
		UsableAt: f.now,
		Settled:  settled,
		Own:      true,
	}
	if settled {
		record.UsableAt = f.cooledOff()
	}
	return record, nil
}

// cooledOff is when what is added now has cooled off.
func (f *flow) cooledOff() time.Time { return f.now.Add(f.op.Policy().Registration.CoolingOff) }

// keepRegistered writes a credential in the place of an old one, if there is one, and voids what is open for the account but
// this flow.
func (f *flow) keepRegistered(record port.CredentialRecord, old *port.CredentialRecord) error {
	if err := f.supersede(record); err != nil {
		return err
	}
	if old != nil {
		if err := f.tx.KeepTelling(*old, f.cooledOff()); err != nil {
			return err
		}
	}
	if err := f.tx.PutCredential(record); err != nil {
		return err
	}
	if err := f.tx.TellLonger(record.Account, record.UsableAt); err != nil {
		return err
	}
	if err := f.settle(); err != nil {
		return err
	}
	if f.s.Subject.Admin {
		if err := f.tx.VoidFirstCode(); err != nil {
			return err
		}
	}
	if err := f.op.FreezeRelyingParty(f.tx, record.Kind); err != nil {
		return err
	}
	if err := f.voidOthers(); err != nil {
		return err
	}
	return f.countAsProof(record.Kind)
}

// settle keeps that the first registration is over, if what counts by now is enough.
func (f *flow) settle() error {
	all, err := f.tx.Credentials(f.rec.Account)
	if err != nil {
		return err
	}
	return f.tx.Settle(f.rec.Account, f.rules(), all.Confirmed())
}

// tooLate refuses what was proven but can't be added, and goes back to where it was begun.
func (f *flow) tooLate(why app.Code) error {
	f.counted = true
	if err := f.home(); err != nil {
		return err
	}
	return &app.Error{Code: why}
}

// handleTaken reports whether somebody has registered this already.
func (f *flow) handleTaken(handle []byte) (bool, error) {
	if handle == nil {
		return false, nil
	}
	_, err := f.tx.CredentialByHandle(handle)
	if errors.Is(err, port.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// replaced is the credential in whose place one is added; nil for none.
func (f *flow) replaced(creds rules.Credentials) *port.CredentialRecord {
	if f.s.Replacing == "" {
		return nil
	}
	return creds.ByID(f.s.Replacing)
}

// finish ends the registration, or the look over what is registered.
func (f *flow) finish() error {
	f.s.Facts = []app.Fact{app.FactRegistered}
	if f.s.At == atReconfirm {
		if err := f.confirm(); err != nil {
			return err
		}
	}
	if err := f.endByPass(); err != nil {
		return err
	}
	f.end(atDone)
	return nil
}
