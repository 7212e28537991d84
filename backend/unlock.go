package backend

import (
	"context"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
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

// unlocksPerDay is how often an account is unlocked without a new password: what locks it again needs another cure.
const unlocksPerDay = 2

func unlockWindow() window { return window{n: unlocksPerDay, span: 24 * time.Hour} }

// countUnlock is the counter of an account's unlocks.
const countUnlock = "unlock"

// mayUnlock reports whether the person may keep the password and have the lock lifted.
func (t *talk) mayUnlock() bool {
	return t.b.policy().Feature.Unlock && t.s.Reason == app.ReasonLocked && t.s.Locked && !t.s.Who.Never
}

func (t *talk) giveUnlock(in app.GiveUnlock) error {
	if t.s.At = atPassword; in.Only && t.mayUnlock() {
		t.s.At = atKnown
	}
	return nil
}

// keeping reports whether the person is about to keep the password, or has kept it.
func (t *talk) keeping() bool {
	switch t.s.At {
	case atUnlock, atKnown:
		return true
	}
	return t.s.At == atDone && (slices.Contains(t.s.Facts, app.FactNotLocked) || t.s.Facts[0] == app.FactUnlocked)
}

// unlock lifts the directory's lock and then asks whether the password is right.
func (b *Backend) unlock(ctx context.Context, q question, id app.AccountID, given app.Secret) (app.Flow, error) {
	account, err := b.account(ctx, id)
	if err != nil {
		return b.down(ctx, q, err)
	}
	g := guess{b: b, account: account, known: true, password: given}
	if refusal := g.pointless(); refusal != nil {
		return b.commit(ctx, q, func(t *talk) error { return g.refuse(t, refusal) })
	}
	var back bool
	flow, answered, err := b.reserve(ctx, q, func(t *talk) error {
		if back = t.outdated(account); back {
			return nil
		}
		return t.beginUnlock(g)
	})
	switch {
	case answered:
		return flow, err
	case back:
		return b.commit(ctx, q, func(t *talk) error { return t.meetAgain(account) })
	}
	if err := b.lift(ctx, q, account); err != nil {
		return b.commit(ctx, q, func(t *talk) error { return g.unjudged(t, err) })
	}
	verdict := g.verify(ctx)
	return b.commit(ctx, q, func(t *talk) error {
		if verdict == nil {
			return t.unlocked(g)
		}
		if t.s.Unlocked {
			t.s.Notice = &app.Notice{Code: app.NoticeUnlocked}
		}
		return g.settle(t, verdict)
	})
}

// outdated reports whether the account or the policy has changed since the gates were passed, so that they are not enough
// any more, or nothing may be unlocked.
func (t *talk) outdated(account port.DirectoryAccount) bool {
	passed := len(t.passedAs(account.Admin))
	if t.doubledAs(account.Admin) {
		passed++
	}
	return t.b.allowed(account) != "" || passed < t.b.gates(account.Admin) || !t.mayUnlock()
}

// meetAgain leads whoever is outdated to the refusal, back to the gates, or to a new password.
func (t *talk) meetAgain(account port.DirectoryAccount) error {
	if code := t.b.allowed(account); code != "" {
		t.block(code, noTime)
		return nil
	}
	t.s.Who = whoIs(account, t.s.Who.History)
	passed, err := t.stillPassed(account.Admin)
	if passed {
		t.through()
	}
	return err
}

// beginUnlock counts the guess, and the unlock where the account is locked, and marks that as begun.
func (t *talk) beginUnlock(g guess) error {
	c, err := t.tx.Counter(g.subject())
	switch {
	case err != nil:
		return err
	case t.now.Before(c.Until):
		return &app.Error{Code: app.CodeThrottled, RetryAt: c.Until}
	}
	if g.account.LockedUntil.After(t.now) && !t.s.Unlocking {
		retry, err := unlockWindow().allow(t.tx, t.b.accountKey(countUnlock, t.rec.Account), t.now)
		if err != nil {
			return err
		}
		if !retry.IsZero() {
			return &app.Error{Code: app.CodeUnlockLimit, RetryAt: retry}
		}
		t.s.Unlocking, t.rec.PendingSince = true, t.now
	}
	return g.count(t)
}

// unjudged answers a guess that the directory was never asked about.
func (g guess) unjudged(t *talk, cause error) error {
	if err := g.forgive(t); err != nil {
		return err
	}
	if err := t.audit(event{action: "reset.unlocked", result: resultFailed, reason: app.CodeUnavailable}); err != nil {
		return err
	}
	t.b.c.Log.Warn("an unlock is not confirmed", "flow", t.rec.ID, "error", cause)
	return &app.Error{Code: app.CodeUnavailable, Cause: cause}
}

// lift tells the directory to unlock, where that was begun, and commits that it did.
func (b *Backend) lift(ctx context.Context, q question, account port.DirectoryAccount) error {
	b.writing.enter(q.id)
	defer b.writing.leave(q.id)
	if account.LockedUntil.After(b.now()) {
		// The person's leaving must not tear the unlock from its outcome.
		inner, cancel := context.WithTimeout(context.WithoutCancel(ctx), directoryTimeout)
		defer cancel()
		if err := b.c.Directory.Unlock(inner, account.ID); err != nil {
			return err
		}
	}
	return b.concludeUnlock(context.WithoutCancel(ctx), q.id, true)
}

// resumeUnlock reads the directory to learn what came of an unlock that is not confirmed; false where the flow waits for
// something else.
func (b *Backend) resumeUnlock(ctx context.Context, rec port.FlowRecord) (bool, error) {
	s, err := decodeState(rec.State)
	if err != nil || !s.Unlocking {
		return false, err
	}
	if b.writing.has(rec.ID) {
		return true, nil
	}
	account, err := b.account(ctx, rec.Account)
	if err != nil {
		return true, err
	}
	return true, b.concludeUnlock(ctx, rec.ID, !account.LockedUntil.After(b.now()))
}

// concludeUnlock commits whether the lock is gone, once. Whoever was begun with is told on every channel.
func (b *Backend) concludeUnlock(ctx context.Context, id app.FlowID, gone bool) error {
	return b.update(ctx, func(tx *tx) error {
		t, err := b.load(tx, question{id: id})
		if err != nil || !t.s.Unlocking {
			return err
		}
		t.s.Unlocking, t.rec.PendingSince = false, time.Time{}
		if gone {
			if err := t.tellUnlocked(); err != nil {
				return err
			}
		}
		return t.save()
	})
}

func (t *talk) tellUnlocked() error {
	t.s.Unlocked, t.s.Notice = true, &app.Notice{Code: app.NoticeUnlocked}
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	told, err := t.tell(app.MessageUnlocked, nil, creds)
	if err != nil {
		return err
	}
	t.s.Told = told > 0
	return t.audit(event{action: "reset.unlocked", result: resultSucceeded})
}

// unlocked ends the flow: the password was right. The lock of recovery stays, and so do the sessions.
func (t *talk) unlocked(g guess) error {
	if err := t.tx.PutCounter(port.Counter{Key: g.subject(), Expiry: t.now}); err != nil {
		return err
	}
	t.s.Facts = []app.Fact{app.FactNotLocked}
	if t.s.Unlocked {
		t.s.Facts = []app.Fact{app.FactUnlocked}
	}
	if t.s.Told {
		t.s.Facts = append(t.s.Facts, app.FactTold)
	}
	t.end(atDone)
	return nil
}
