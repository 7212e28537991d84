package backend

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Writing the password. The directory is told outside any transaction, so "not confirmed" is a state of its own, and
// only the directory's word ends it:
//
//	password ──judged──▶ 1st transaction: confirming, with the directory's stamp from before
//	                        │ SetPassword
//	                        ├─ confirmed ─────────────▶ 2nd transaction: sessions revoked, locks cleared, told ──▶ done
//	                        ├─ refused ───────────────▶ password, with the directory's reason
//	                        └─ anything else, a crash ─▶ confirming
//	confirming ──CheckAgain, a start, the sweep──▶ the stamp changed: 2nd transaction · unchanged: password · unknown: stays

// setPassword judges the new password and has the directory set it.
func (b *Backend) setPassword(ctx context.Context, q question, in app.GivePassword) (app.Flow, error) {
	var w who
	flow, answered, err := b.reserve(ctx, q, func(t *talk) error {
		w = t.s.Who
		return nil
	})
	if answered {
		return flow, err
	}
	if refusal := b.judge(w, in.Password); refusal != nil {
		return b.commit(ctx, q, func(*talk) error { return refusal })
	}
	account, err := b.account(ctx, w.Person.Account)
	if err != nil {
		return b.down(ctx, q, err)
	}
	b.writing.enter(q.id)
	defer b.writing.leave(q.id)
	var since time.Time
	flow, err = b.commit(ctx, q, func(t *talk) error {
		err := t.beginWrite(account)
		since = t.rec.PendingSince
		return err
	})
	if err != nil || since.IsZero() {
		return flow, err
	}
	// From here on the person's leaving must not tear the write from its outcome.
	ctx = context.WithoutCancel(ctx)
	o := b.write(ctx, account.ID, in.Password)
	o.since = since
	return b.conclude(ctx, q, o)
}

// beginWrite persists that the password's write is not confirmed. What the directory and the policy say of the account
// now counts: it may have been disabled, or made an administrator's, since the flow met it, and a gate that was passed by
// a method which is no longer allowed is passed no more.
func (t *talk) beginWrite(account port.DirectoryAccount) error {
	if code := t.b.allowed(account); code != "" {
		t.block(code, noTime)
		return nil
	}
	t.s.Who = whoIs(account, t.s.Who.History)
	if t.changing() {
		if _, err := t.session(); err != nil {
			return err
		}
		return t.await(account)
	}
	if t.s.ByPass {
		return t.beginFirst(account)
	}
	if passed, err := t.stillPassed(account.Admin); err != nil || !passed {
		return err
	}
	return t.await(account)
}

// stillPassed leads back to the gates whoever has not passed as many as the account takes now.
func (t *talk) stillPassed(admin bool) (bool, error) {
	t.s.Gates, t.s.Passed, t.s.Doubled = t.b.gates(admin), t.passedAs(admin), t.doubledAs(admin)
	if len(t.s.Passed) == 0 {
		t.s.Through = nil
	}
	if t.s.left() > 0 {
		return false, t.enterGate()
	}
	return true, nil
}

// passedAs are the kinds that passed and still count, for whoever is, or is not, an administrator.
func (t *talk) passedAs(admin bool) []app.Kind {
	if admin && t.byContacts() {
		return nil
	}
	offered := t.b.offered(admin)
	return slices.DeleteFunc(slices.Clone(t.s.Passed), func(kind app.Kind) bool { return !slices.Contains(offered, kind) })
}

// doubledAs reports whether one of these still counts as two.
func (t *talk) doubledAs(admin bool) bool {
	counts := t.s.Doubled && !admin && t.b.policy().SecurityKey.CountsAsTwo
	return counts && slices.Contains(t.passedAs(admin), app.KindSecurityKey)
}

// await marks the write as begun. It takes the place of an unlock that nobody confirmed: a new password unlocks too.
func (t *talk) await(account port.DirectoryAccount) error {
	t.s.At, t.rec.PendingSince, t.s.Unlocking = atConfirming, t.now, false
	t.s.Stamp, t.s.Locked = account.Stamp, account.LockedUntil.After(t.now)
	return nil
}

// outcome is what is known of a password write; its zero value says that nothing was written.
type outcome struct {
	since     time.Time // which write
	written   bool
	confirmed bool // written, in the directory's own answer
	refusal   *port.Refusal
	unknown   bool
}

// write tells the directory.
func (b *Backend) write(ctx context.Context, id app.AccountID, given app.Secret) outcome {
	ctx, cancel := context.WithTimeout(ctx, directoryTimeout)
	defer cancel()
	err := b.c.Directory.SetPassword(ctx, id, given)
	var refused *port.Refusal
	switch {
	case err == nil:
		return outcome{written: true, confirmed: true}
	case errors.As(err, &refused):
		return outcome{refusal: refused}
	}
	b.c.Log.Warn("a password write is not confirmed", "error", err)
	return outcome{unknown: true}
}

// conclude commits the outcome of a write, whatever became of the flow meanwhile, and shows the flow.
func (b *Backend) conclude(ctx context.Context, q question, o outcome) (app.Flow, error) {
	var told []port.DirectoryAccount
	if o.written {
		told = b.colleagues(ctx)
	}
	var a answer
	err := b.update(ctx, func(tx *tx) error {
		a = answer{}
		t, err := b.load(tx, q)
		if err != nil {
			return err
		}
		if t.awaits(o) {
			if a.refusal, err = t.conclude(q, o, told); err != nil {
				return err
			}
		}
		if t.visible() {
			a.flow, err = t.flow()
		}
		return err
	})
	if err != nil {
		return app.Flow{}, b.failed(q, err)
	}
	return a.give()
}

// awaits reports whether the outcome is of the write that the flow waits for. A write that the directory confirmed counts
// even where another flow has overtaken this one.
func (t *talk) awaits(o outcome) bool {
	return t.s.At != atDone && t.s.At != atSignedIn && (o.confirmed || !t.rec.PendingSince.IsZero() && t.rec.PendingSince.Equal(o.since))
}

// colleagues are the administrators, who are told when one of them got a new password. Without an answer nobody is: the
// reset itself must not hang on it.
func (b *Backend) colleagues(ctx context.Context) []port.DirectoryAccount {
	found, err := b.administrators(ctx)
	if err != nil {
		b.c.Log.Warn("the administrators could not be read", "error", err)
	}
	return found
}

func (t *talk) conclude(q question, o outcome, administrators []port.DirectoryAccount) (refusal *app.Error, err error) {
	e := event{action: string(t.rec.Purpose) + ".write", result: resultFailed}
	switch {
	case o.written:
		e.result, err = resultSucceeded, t.complete(administrators)
	case o.refusal != nil:
		e.reason = app.CodeDirectory
		refusal = t.refused(o.refusal)
		t.rec.Rev++
		t.s.At, t.rec.PendingSince = atPassword, time.Time{}
		err = t.remember(q, refusal)
	case o.unknown:
		e.reason = app.CodeUnavailable
	default:
		e.reason = app.CodeUnavailable
		t.rec.Rev++
		t.s.At, t.rec.PendingSince = atPassword, time.Time{}
		t.s.Notice = &app.Notice{Code: app.NoticeNotWritten}
	}
	if err != nil {
		return nil, err
	}
	if err := t.save(); err != nil {
		return nil, err
	}
	return refusal, t.audit(e)
}

func (t *talk) refused(r *port.Refusal) *app.Error {
	e := &app.Error{Code: app.CodeDirectory, Field: "password"}
	if r.Rule != "" {
		e.Params = map[string]string{"rule": r.Rule}
	}
	return t.b.stamp(e, t.rec.Support)
}

// complete does all that a confirmed password brings along.
func (t *talk) complete(administrators []port.DirectoryAccount) error {
	if err := t.endSessions(); err != nil {
		return err
	}
	if err := t.endOthers(); err != nil {
		return err
	}
	if err := t.clearLocks(); err != nil {
		return err
	}
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	told, err := t.tell(app.MessagePasswordChanged, nil, creds)
	if err != nil {
		return err
	}
	if t.s.Who.Admin && t.resetting() {
		if err := t.tellColleagues(administrators); err != nil {
			return err
		}
	}
	t.rec.Rev++
	t.rec.PendingSince, t.s.Notice = time.Time{}, nil
	if t.s.ByPass {
		t.s.At, t.s.Notice = atSignedIn, &app.Notice{Code: app.NoticePasswordSet}
		return nil
	}
	t.s.Facts = t.passwordFacts()
	if told > 0 {
		t.s.Facts = append(t.s.Facts, app.FactTold)
	}
	t.end(atDone)
	return nil
}

// passwordFacts are what a confirmed password changed.
func (t *talk) passwordFacts() []app.Fact {
	if t.s.Who.Never {
		facts := []app.Fact{app.FactFirstPassword}
		if t.s.Confirmed {
			facts = append(facts, app.FactContacts)
		}
		return facts
	}
	facts := []app.Fact{app.FactPasswordSet}
	if t.s.Locked {
		facts = append(facts, app.FactUnlocked)
	}
	return append(facts, app.FactSignedOut)
}

// endOthers ends the account's other flows. What they wrote and nobody confirmed is overtaken by this password.
func (t *talk) endOthers() error {
	if err := t.changed(); err != nil {
		return err
	}
	pending, err := t.tx.PendingFlows()
	if err != nil {
		return err
	}
	for _, rec := range pending {
		if rec.Account != t.rec.Account || rec.ID == t.rec.ID {
			continue
		}
		rec.PendingSince = time.Time{}
		if err := t.tx.PutFlow(rec); err != nil {
			return err
		}
	}
	return nil
}

// tellColleagues tells the other administrators that an administrator's password was reset.
func (t *talk) tellColleagues(administrators []port.DirectoryAccount) error {
	params := map[string]string{"name": t.s.Who.Person.Name}
	for _, to := range mailboxes(administrators, t.rec.Account) {
		m := app.Message{Channel: app.KindEmail, To: to, Template: app.MessageAdminReset, Params: params}
		if err := t.post(m, noTime); err != nil {
			return err
		}
	}
	return nil
}
