package flow

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// Resetting. The two halves after the gates stand in write.go.
//
//	user_id ──GiveUserID──▶ (work: reset_work.go) ──▶ throttled? ──▶ may this account be helped? ──no, helpful──▶ blocked ──ContactAdmin──▶ sent
//	   ▲ ▲                                    │ yes        no, private                    │
//	   │ └───────────────── Back ─────────────│────────────────│──────────────────────────┘
//	   └─Back── triage ◀──────────────────────┴─── a lie ◀─────┘
//	              │ GiveReason
//	              ▼
//	          gate 1 (gate.go) ──▶ gate 2, by another method ──▶ password ──GivePassword──▶ confirming ──▶ done
//	              │ │                                               ▲ ▲                          │
//	              │ └── a security key that counts as two (gate_double.go) ┘ └── refused, not written ──┘
//	              │ 5 ended gates in 24 h
//	              ▼
//	           blocked
//
// The lie is a decoy (reset_private.go, reset_decoy.go): from there on the drawing is the same, but that no gate is ever passed, and
// that a code which is "on its way" went to nobody.
//
// ContactAdmin leads to sent from every page after the user ID but confirming. Whoever was locked out may be asked before
// the password whether to keep the old one (reset_unlock.go). Whoever never had a password passes the gates by contacts that were
// entered beforehand (gate_contacts.go), whichever reason they give; whoever has one and says "never" is led as if forgotten.

// reasons lists what may have happened, the commonest first.
func reasons() []app.Reason {
	return []app.Reason{app.ReasonForgot, app.ReasonLocked, app.ReasonNever}
}

// identify finds out who wants to reset, and whether that can be.
func (o *operation) identify(ctx context.Context, sub submission, in app.GiveUserID) (app.Flow, error) {
	admit := func(f *flow) error { return f.admitName(limit.NetworkUserID, sub, in.UserID) }
	look := func(f *flow) error { return f.mayName(limit.NetworkUserID, sub, in.UserID) }
	if o.Policy().Feature.AsksWork(sub.caller.Origin) {
		return o.commit(ctx, sub, func(f *flow) error {
			f.setWork()
			return admit(f)
		})
	}
	return o.consider(ctx, sub, look, func() (app.Flow, error) {
		userID, _ := typed.UserID(in.UserID)
		return o.look(ctx, sub, userID, admit)
	})
}

// look asks the directory about a user ID, and leads on those whom admit lets.
func (o *operation) look(ctx context.Context, sub submission, userID string, admit func(*flow) error) (app.Flow, error) {
	account, known, err := o.FindAccount(ctx, userID)
	if err != nil {
		return o.directoryDown(ctx, sub, err, admit)
	}
	asked, unknown := account.ID, o.unknownAccount(account.UserID) // made for everybody, so that it takes as long
	if !known {
		account = unknown
		asked = o.timing.orElse(account.ID)
	}
	directory, err := o.DirectoryRules(ctx, asked)
	if err != nil && (known || !errors.Is(err, port.ErrNotFound)) {
		return o.directoryDown(ctx, sub, err, admit)
	}
	return o.commit(ctx, sub, func(f *flow) error {
		if err := admit(f); err != nil {
			return err
		}
		return f.opened(sub, account, known, directory)
	})
}

// opened leads on with what the directory said. A throttled one goes back to the user ID: its work is used up.
func (f *flow) opened(sub submission, account port.DirectoryAccount, known bool, directory port.PasswordRules) (err error) {
	worked := f.s.At == atWork
	switch {
	case f.private(sub):
		err = f.openPrivate(account, known, directory)
	case known:
		err = f.open(account, directory)
	default:
		err = f.openUnknown(account.UserID)
	}
	if worked && app.CodeOf(err) == app.CodeThrottled {
		f.s.At, f.counted = atUserID, true
	}
	return err
}

// open leads a known account to the triage, or to the reason why it can't be helped: first what [rules.Refusal] says,
// then the recovery lock, then too few methods (administrators: two gates, whatever the policy).
func (f *flow) open(account port.DirectoryAccount, directory port.PasswordRules) error {
	f.bindAccount(account, directory)
	if code := f.op.Refusal(account); code != "" {
		f.block(code, noTime)
		return nil
	}
	if err := f.meetFreeze(); err != nil {
		return err
	}
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	l, err := f.readLock()
	if err != nil || !f.lockIgnored(l) && f.applyLock(l, creds) {
		return err
	}
	if !f.enough(creds) {
		f.blockTooFewMethods()
		return nil
	}
	f.s.At = atTriage
	return nil
}

// bindAccount begins anew with an account that the flow has not met yet. It counts nothing: whoever only says a name must
// not keep its owner out (reset_start.go).
func (f *flow) bindAccount(account port.DirectoryAccount, directory port.PasswordRules) {
	if f.rec.Account != account.ID {
		f.s = state{At: f.s.At, Typed: f.s.Typed}
		f.rec.Account = account.ID
	}
	f.s.Subject = rules.SubjectOf(account).Keeping(directory)
	f.s.Locked = account.LockedUntil.After(f.now)
	f.s.Gates = f.rules().Gates()
	f.s.Private, f.s.Decoy, f.s.Quiet, f.s.KeyOnly, f.decoys = false, "", false, noTime, nil
	f.thaw()
}

// openUnknown tells that nobody has this user ID; where the reset is off for everyone, that comes first.
func (f *flow) openUnknown(userID string) error {
	retry, err := f.op.Figures().Starts().Allow(f.tx, f.op.CounterKey(limit.Starts, "name|"+userID), f.now)
	switch {
	case err != nil:
		return err
	case !retry.IsZero():
		return &app.Error{Code: app.CodeThrottled, RetryAt: retry}
	}
	f.s = state{At: f.s.At, Typed: f.s.Typed}
	f.s.Subject.Person.UserID = userID
	f.rec.Account = ""
	code := app.CodeUnknown
	if f.op.Off() {
		code = app.CodeNotEnabled
	}
	f.block(code, noTime)
	return nil
}

// giveReason goes on to the first gate.
func (f *flow) giveReason(in app.GiveReason) error {
	for _, known := range reasons() {
		if in.Reason == known {
			f.s.Reason = in.Reason
			return f.enterGate()
		}
	}
	return app.Errorf(app.CodeBadRequest, "unknown reason")
}
