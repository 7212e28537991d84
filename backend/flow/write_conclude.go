package flow

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// conclude commits the outcome of a write, whatever became of the flow meanwhile, and shows the flow. What would come out again
// waits for no fsync: of what is durable are the 1st transaction and the directory's new password, by which Resume concludes.
func (o *operation) conclude(ctx context.Context, sub submission, w outcome) (app.Flow, error) {
	var told administrators
	if w.written && w.admin {
		told = o.otherAdministrators(ctx)
	}
	update := o.Update
	if w.again {
		update = o.UpdateAhead
	}
	var r reply
	err := update(ctx, func(tx *core.Tx) error {
		r = reply{}
		f, err := o.load(tx, sub.id)
		if err != nil {
			return err
		}
		if w.guess != nil {
			if err := w.guess.settle(f); err != nil {
				return err
			}
		}
		if f.awaits(w) {
			if r.refusal, err = f.conclude(sub, w, told); err != nil {
				return err
			}
		}
		return f.answer(&r)
	})
	if err != nil {
		return app.Flow{}, o.failed(sub, err)
	}
	if w.written || w.outdated {
		o.present.drop(sub.id)
	}
	return r.give()
}

// awaits reports whether the outcome is of the write that the flow waits for. A write that the directory confirmed counts
// even where another flow has overtaken this one.
func (f *flow) awaits(w outcome) bool {
	return f.s.At != atDone && f.s.At != atSignedIn && (w.confirmed || !f.rec.PendingSince.IsZero() && f.rec.PendingSince.Equal(w.since))
}

// administrators are those who are told when one of them got a new password.
type administrators struct {
	all     []port.DirectoryAccount
	unasked bool // the directory did not answer
}

// otherAdministrators asks for the administrators. Without an answer they are told later: the reset itself must not hang on it.
func (o *operation) otherAdministrators(ctx context.Context) administrators {
	found, err := o.Administrators(ctx)
	if err != nil {
		o.Log.Warn("the administrators could not be read: they are told later", "error", err)
	}
	return administrators{found, err != nil}
}

func (f *flow) conclude(sub submission, w outcome, told administrators) (refusal *app.Error, err error) {
	e := event{action: string(f.rec.Purpose) + ".write", result: core.Failed}
	f.releaseLease()
	switch {
	case w.written:
		e.result, err = core.Succeeded, f.complete(told, w.stamp)
	case w.refusal != nil:
		e.reason = app.CodeDirectory
		refusal = f.refused(w.refusal)
		f.rec.Rev++
		f.s.At, f.rec.PendingSince = atPassword, time.Time{}
		err = f.remember(sub, refusal)
	case w.unknown:
		e.reason = app.CodeUnavailable
	case w.outdated:
		e.reason = app.CodeSignIn
		f.rec.Rev++
		f.rec.PendingSince = time.Time{}
		f.askPresent()
	default:
		e.reason = app.CodeUnavailable
		f.rec.Rev++
		f.s.At, f.rec.PendingSince = atPassword, time.Time{}
		f.s.Notice = &app.Notice{Code: app.NoticeNotWritten}
	}
	if err != nil {
		return nil, err
	}
	if err := f.save(); err != nil {
		return nil, err
	}
	return refusal, f.audit(e)
}

func (f *flow) refused(r *port.Refusal) *app.Error {
	e := &app.Error{Code: app.CodeDirectory, Field: "password"}
	if r.Rule != "" {
		e.Params = map[string]string{"rule": r.Rule}
	}
	return f.op.Stamp(e, f.rec.Support)
}

// complete does all that a confirmed password brings along.
func (f *flow) complete(others administrators, stamp string) error {
	if err := f.endSessions(stamp); err != nil {
		return err
	}
	if err := f.endOthers(); err != nil {
		return err
	}
	if err := f.clearLocks(); err != nil {
		return err
	}
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	told, err := f.notifyOwner(app.MessagePasswordChanged, nil, creds)
	if err != nil {
		return err
	}
	if f.s.Subject.Admin && f.purpose.recovers() {
		if err := f.notifyOtherAdministrators(others); err != nil {
			return err
		}
	}
	f.rec.Rev++
	f.rec.PendingSince, f.s.Notice = time.Time{}, nil
	if f.signsIn() {
		set := app.NoticePasswordSet
		if f.s.MustChange {
			set = app.NoticeRenewed
		}
		f.s.Stamp = stamp // empty: the session takes it when it is opened
		f.s.At, f.s.MustChange, f.s.Notice = atSignedIn, false, &app.Notice{Code: set}
		return nil
	}
	f.s.Facts = f.passwordFacts()
	if told > 0 {
		f.s.Facts = append(f.s.Facts, app.FactTold)
	}
	f.end(atDone)
	return nil
}

// passwordFacts are what a confirmed password changed.
func (f *flow) passwordFacts() []app.Fact {
	if f.s.Subject.HadNoPassword {
		facts := []app.Fact{app.FactFirstPassword}
		if f.s.Confirmed {
			facts = append(facts, app.FactContacts)
		}
		return facts
	}
	facts := []app.Fact{app.FactPasswordSet}
	if f.s.Locked {
		facts = append(facts, app.FactUnlocked)
	}
	if f.s.Subject.Directory.OldFor > 0 {
		facts = append(facts, app.FactOldGoesOn)
	}
	return append(facts, app.FactSignedOut)
}

// endOthers ends the account's other flows. What they wrote and nobody confirmed is overtaken by this password.
func (f *flow) endOthers() error {
	if err := f.voidOthers(); err != nil {
		return err
	}
	pending, err := f.tx.PendingFlowsOf(f.rec.Account)
	if err != nil {
		return err
	}
	for _, rec := range pending {
		if rec.ID == f.rec.ID {
			continue
		}
		rec.PendingSince, rec.LeasedBy, rec.LeasedUntil = time.Time{}, "", time.Time{}
		if err := f.tx.PutFlow(rec); err != nil {
			return err
		}
	}
	return nil
}

// notifyOtherAdministrators tells the other administrators that an administrator's password was reset.
func (f *flow) notifyOtherAdministrators(others administrators) error {
	params := map[string]string{"name": f.s.Subject.Person.Name}
	if others.unasked {
		return f.tx.EnqueueFor(app.ForAdministrators, f.rec.Account, app.Message{Template: app.MessageAdminReset, Params: params})
	}
	for _, to := range core.Mailboxes(others.all, f.rec.Account) {
		m := app.Message{Channel: app.KindEmail, To: to, Template: app.MessageAdminReset, Params: params}
		if err := f.enqueue(m, noTime); err != nil {
			return err
		}
	}
	return nil
}
