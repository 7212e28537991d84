package flow

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// Writing the password. The directory is told outside any transaction, so "not confirmed" is a state of its own, and
// only the directory's word ends it:
//
//	password ──judged──▶ 1st transaction: confirming, with the directory's stamp from before
//	                        │ SetPassword; a change by the person: ChangePassword
//	                        ├─ confirmed ─────────────▶ 2nd transaction: sessions revoked, locks cleared, told ──▶ done (docs/adr/0057)
//	                        ├─ refused ───────────────▶ password, with the directory's reason
//	                        ├─ not the present one ───▶ current
//	                        └─ anything else, a crash ─▶ confirming
//	confirming ──CheckAgain, a start, the sweep──▶ the stamp changed: 2nd transaction · unchanged: password · unknown, or no stamp: stays

// setPassword judges the new password and has the directory set it, both in its one form.
func (o *operation) setPassword(ctx context.Context, sub submission, in app.GivePassword) (app.Flow, error) {
	var subject rules.Subject
	var byPerson, signedIn bool
	given := typed.Password(in.Password)
	look := func(f *flow) error {
		subject, byPerson, signedIn = f.s.Subject, f.changesByPerson(), !f.purpose.recovers()
		return nil
	}
	return o.consider(ctx, sub, look, func() (app.Flow, error) {
		var by *guess
		if byPerson {
			by = &guess{present: o.present.of(sub.id, o.Now())}
			defer by.present.Wipe()
			if by.present.Empty() {
				return o.commit(ctx, sub, func(f *flow) error {
					f.askPresent()
					return nil
				})
			}
		}
		if refusal := o.judge(subject, given); refusal != nil {
			return o.commit(ctx, sub, func(*flow) error { return refusal })
		}
		account, err := o.Account(ctx, subject.Person.Account)
		if err != nil {
			return o.directoryDown(ctx, sub, err)
		}
		defer o.waiting.begin(sub.id)()
		var since time.Time
		drawn, err := o.commit(ctx, sub, func(f *flow) error {
			err := f.beginWrite(account, by)
			since = f.rec.PendingSince
			return err
		})
		if err != nil || since.IsZero() {
			return drawn, err
		}
		// From here on the person's leaving must not tear the write from its outcome.
		ctx := context.WithoutCancel(ctx)
		done := o.write(ctx, account.ID, given, by)
		done.since, done.admin = since, account.Admin || subject.Admin
		done.again = done.confirmed && account.Stamp != "" && account.Lag == 0
		if signedIn && done.written {
			done.stamp = o.readStamp(ctx, account.ID)
		}
		return o.conclude(ctx, sub, done)
	})
}

// judge holds a new password against the policy's rules for its subject.
func (o *operation) judge(s rules.Subject, given app.Secret) *app.Error {
	refusal := o.Rules(s).JudgePassword(given, o.Breached())
	if refusal != nil && refusal.Code == app.CodeUnavailable {
		o.Log.Error("the breached list can't be read", "error", refusal.Cause)
	}
	return refusal
}

// beginWrite persists that the password's write is not confirmed. What the directory and the policy say of the account
// now counts: it may have been disabled, or made an administrator's, since the flow met it, and a gate that was passed by
// a method which is no longer allowed is passed no more. by is the guess that a change by the person is made with.
func (f *flow) beginWrite(account port.DirectoryAccount, by *guess) error {
	if code := f.op.Refusal(account); code != "" {
		f.block(code, noTime)
		return nil
	}
	f.s.Subject = rules.SubjectOf(account).Keeping(f.s.Subject.Directory)
	if f.purpose.keepsSession() {
		if _, err := f.session(); err != nil {
			return err
		}
		if by != nil && account.Cannot.Verify { // by now
			f.block(app.CodeNoChange, noTime)
			return nil
		}
		if by != nil {
			by.account = account
			if err := by.admit(f); err != nil {
				return err
			}
		}
		return f.markPending(account)
	}
	if f.s.ByPass {
		return f.beginFirst(account)
	}
	if f.signsIn() {
		return f.beginRenewal(account)
	}
	if passed, err := f.stillPassed(account.Admin); err != nil || !passed {
		return err
	}
	return f.markPending(account)
}

// markPending marks the write as begun. It takes the place of an unlock that nobody confirmed: a new password unlocks too.
func (f *flow) markPending(account port.DirectoryAccount) error {
	f.s.At, f.rec.PendingSince, f.s.Unlocking = atConfirming, f.now, false
	f.takeLease()
	f.s.Stamp, f.s.Locked = account.Stamp, account.LockedUntil.After(f.now) && !f.changesByPerson()
	return nil
}

// readStamp reads the stamp of the password that was just written, on which the session stands from then on; empty where the
// directory doesn't say, and the next look tells.
func (o *operation) readStamp(ctx context.Context, id app.AccountID) string {
	account, err := o.Account(ctx, id)
	if err != nil {
		o.Log.Warn("the stamp of a new password could not be read", "error", err)
	}
	return account.Stamp
}

// outcome is what is known of a password write; its zero value says that nothing was written.
type outcome struct {
	since     time.Time // which write
	written   bool
	admin     bool // of an administrator's password
	confirmed bool // written, in the directory's own answer
	again     bool // the stamp would say so again at once, to who has the 1st transaction
	refusal   *port.Refusal
	outdated  bool // nothing was written: the present password isn't that any more
	unknown   bool
	guess     *guess // that went along
	stamp     string // the directory's from then on, where it was read
}

// write tells the directory: by the present password where there is one.
func (o *operation) write(ctx context.Context, id app.AccountID, given app.Secret, by *guess) outcome {
	if by == nil {
		return o.cameOf(o.WritePassword(ctx, id, given))
	}
	err := o.ChangePassword(ctx, by.admitted, id, by.present, given)
	if errors.Is(err, port.ErrPassword) {
		by.came = limit.Counted
		return outcome{outdated: true, guess: by}
	}
	w := o.cameOf(err)
	by.came, w.guess = limit.Unknown, by
	switch {
	case w.written:
		by.came = limit.Right
	case w.refusal != nil:
		by.came = limit.Unjudged
	}
	return w
}

// cameOf is what the directory's answer to a write says.
func (o *operation) cameOf(err error) outcome {
	var refused *port.Refusal
	switch {
	case err == nil:
		return outcome{written: true, confirmed: true}
	case errors.As(err, &refused):
		return outcome{refusal: refused}
	}
	o.Log.Warn("a password write is not confirmed", "error", err)
	return outcome{unknown: true}
}
