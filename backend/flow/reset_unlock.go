package flow

import (
	"context"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// Unlocking without a new password, where the policy allows it, after the gates of a reset.
//
//	gates ──locked out, by the directory──▶ unlock? ──GiveUnlock──▶ new password (write.go)
//	                                          ▲   │ only
//	                                          │   ▼
//	                                          known ──GiveCurrentPassword──▶ locked? ──no────────────────────────┐
//	                                          ▲   ▲                            │ yes                             │
//	                                   wrong  │   │ not unlocked, not known    ▼                                 │
//	                                          │   └──────── 1st transaction: counted, pending                    │
//	                                          │                                │ Unlock                          │
//	                                          │             2nd transaction: audited, told ─────────────────────▶│
//	                                          │                                                                  ▼
//	                                          └───────────────────────────────────────────────────── guess counted, Verify
//	                                                                                                             │ right
//	                                                                                                            done
//
// A directory does not judge a password while the account is locked (Active Directory answers "locked" before it looks),
// so the lock goes first. That gives a stranger nothing: whoever has passed the gates may set a new password. A wrong
// password then counts as it does when signing in, which stops below the directory's threshold: nobody locks the account
// again from here.
//
// The directory is told outside any transaction. After a crash the lock is read again: where it is gone, the unlock
// counts, is audited and told; where it stands, the person types the password once more.

// mayUnlock reports whether the person may keep the password and have the lock lifted.
func (f *flow) mayUnlock() bool {
	s := f.s.Subject
	can := !s.HadNoPassword && !s.Cannot.Unlock && !s.Cannot.Verify
	return f.op.Policy().Feature.Unlock && f.s.Reason == app.ReasonLocked && f.s.Locked && can
}

func (f *flow) giveUnlock(in app.GiveUnlock) error {
	if f.s.At = atKnown; !in.Only || !f.mayUnlock() {
		f.askPassword()
	}
	return nil
}

// keepsPassword reports whether the person is about to keep the password, or has kept it.
func (f *flow) keepsPassword() bool {
	switch f.s.At {
	case atUnlock, atKnown:
		return true
	}
	return f.s.At == atDone && (slices.Contains(f.s.Facts, app.FactNotLocked) || f.s.Facts[0] == app.FactUnlocked)
}

// unlock lifts the directory's lock and then asks whether the password is right.
func (o *operation) unlock(ctx context.Context, sub submission, id app.AccountID, given app.Secret) (app.Flow, error) {
	account, err := o.Account(ctx, id)
	if err != nil {
		return o.directoryDown(ctx, sub, err)
	}
	p := o.newTry(passwordTry{account: account, known: true}, given)
	if refusal := p.refusedUnasked(); refusal != nil {
		return o.commit(ctx, sub, func(f *flow) error { return p.refuse(f, refusal) })
	}
	var outdated bool
	begin := func(f *flow) error {
		if outdated = f.outdated(account); outdated {
			return nil
		}
		return f.beginUnlock(p)
	}
	return o.reserve(ctx, sub, begin, func() (app.Flow, error) {
		if outdated {
			return o.commit(ctx, sub, func(f *flow) error { return f.bindAgain(account) })
		}
		if err := o.lift(ctx, sub, account); err != nil {
			return o.commit(ctx, sub, func(f *flow) error { return p.unjudged(f, err) })
		}
		verdict := p.verify(ctx)
		return o.commit(ctx, sub, func(f *flow) error {
			if verdict == nil {
				return f.unlocked(p)
			}
			if f.s.Unlocked {
				f.s.Notice = &app.Notice{Code: app.NoticeUnlocked}
			}
			return p.settle(f, verdict)
		})
	})
}

// outdated reports whether the account or the policy has changed since the gates were passed, so that they are not enough
// any more, or nothing may be unlocked.
func (f *flow) outdated(account port.DirectoryAccount) bool {
	passed := len(f.passedAs(account.Admin))
	if f.doubledAs(account.Admin) {
		passed++
	}
	return f.op.Refusal(account) != "" || passed < f.rulesIf(account.Admin).Gates() || account.Cannot != f.s.Subject.Cannot || !f.mayUnlock()
}

// bindAgain leads whoever is outdated to the refusal, back to the gates, or to a new password.
func (f *flow) bindAgain(account port.DirectoryAccount) error {
	if code := f.op.Refusal(account); code != "" {
		f.block(code, noTime)
		return nil
	}
	f.s.Subject = rules.SubjectOf(account).Keeping(f.s.Subject.Directory)
	passed, err := f.stillPassed(account.Admin)
	if passed {
		f.leaveGates()
	}
	return err
}

// beginUnlock counts the guess, and the unlock where the account is locked, and marks that as begun.
func (f *flow) beginUnlock(p *passwordTry) error {
	c, err := f.tx.Counter(p.counterKey())
	switch {
	case err != nil:
		return err
	case f.now.Before(c.Until):
		return &app.Error{Code: app.CodeThrottled, RetryAt: c.Until}
	}
	begins := p.account.LockedUntil.After(f.now) && !f.s.Unlocking
	window, key := f.op.Figures().Unlocks(), f.op.AccountKey(limit.Unlocks, f.rec.Account)
	if begins {
		retry, err := window.Opens(f.tx, key, f.now)
		if err != nil {
			return err
		}
		if !retry.IsZero() {
			return &app.Error{Code: app.CodeUnlockLimit, RetryAt: retry}
		}
	}
	if begins || f.s.Unlocking { // by the time that the password is judged the directory counts anew
		p.account.Failures, p.account.LockedUntil = 0, noTime
		if err := p.guesses().Forget(f.tx, p.op.GuessKeys(p.account), f.now); err != nil {
			return err
		}
	}
	if err := p.count(f); err != nil { // before anything is marked: a refusal undoes nothing
		return err
	}
	if begins {
		f.s.Unlocking, f.rec.PendingSince = true, f.now
		if _, err := window.Record(f.tx, key, f.now); err != nil {
			return err
		}
	}
	if f.s.Unlocking {
		f.takeLease()
	}
	return nil
}

// unjudged answers a guess that the directory was never asked about.
func (p *passwordTry) unjudged(f *flow, cause error) error {
	if err := p.forgive(f); err != nil {
		return err
	}
	if err := f.audit(event{action: "reset.unlocked", result: core.Failed, reason: app.CodeUnavailable}); err != nil {
		return err
	}
	f.op.Log.Warn("an unlock is not confirmed", "flow", f.rec.ID, "error", cause)
	return &app.Error{Code: app.CodeUnavailable, Cause: cause}
}

// lift tells the directory to unlock, where that was begun, and commits that it did.
func (o *operation) lift(ctx context.Context, sub submission, account port.DirectoryAccount) error {
	defer o.waiting.begin(sub.id)()
	if account.LockedUntil.After(o.Now()) {
		// The person's leaving must not tear the unlock from its outcome.
		if err := o.UnlockAccount(context.WithoutCancel(ctx), account.ID); err != nil {
			return err
		}
	}
	return o.concludeUnlock(context.WithoutCancel(ctx), sub.id, true)
}

// resumeUnlock reads the directory to learn what came of an unlock that is not confirmed; false where the flow waits for
// something else.
func (o *operation) resumeUnlock(ctx context.Context, rec port.FlowRecord) (bool, error) {
	s, err := decodeState(rec.State)
	if err != nil || !s.Unlocking {
		return false, err
	}
	if o.leased(rec) {
		return true, nil
	}
	account, err := o.Account(ctx, rec.Account)
	if err != nil {
		return true, err
	}
	return true, o.concludeUnlock(ctx, rec.ID, !account.LockedUntil.After(o.Now()))
}

// concludeUnlock commits whether the lock is gone, once; ahead of its fsync, since the directory would say so again. Whoever was
// begun with is told on every channel.
func (o *operation) concludeUnlock(ctx context.Context, id app.FlowID, gone bool) error {
	return o.UpdateAhead(ctx, func(tx *core.Tx) error {
		f, err := o.load(tx, id)
		if err != nil || !f.s.Unlocking {
			return err
		}
		f.releaseLease()
		f.s.Unlocking, f.rec.PendingSince = false, time.Time{}
		if gone {
			if err := f.notifyUnlocked(); err != nil {
				return err
			}
		}
		return f.save()
	})
}

func (f *flow) notifyUnlocked() error {
	f.s.Unlocked, f.s.Notice = true, &app.Notice{Code: app.NoticeUnlocked}
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	told, err := f.notifyOwner(app.MessageUnlocked, nil, creds)
	if err != nil {
		return err
	}
	f.s.Notified = told > 0
	return f.audit(event{action: "reset.unlocked", result: core.Succeeded})
}

// unlocked ends the flow: the password was right. The lock of recovery stays, and so do the sessions.
func (f *flow) unlocked(p *passwordTry) error {
	if err := p.clear(f); err != nil {
		return err
	}
	f.s.Facts = []app.Fact{app.FactNotLocked}
	if f.s.Unlocked {
		f.s.Facts = []app.Fact{app.FactUnlocked}
	}
	if f.s.Notified {
		f.s.Facts = append(f.s.Facts, app.FactTold)
	}
	f.end(atDone)
	return nil
}
