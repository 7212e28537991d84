package flow

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/rules"
)

// draw draws the flow as it stands: everything that the window may know, computed from what holds now, so that a
// credential or a kind that is gone is no longer offered.
func (f *flow) draw() (app.Flow, error) {
	all, err := f.onFile()
	if err != nil {
		return app.Flow{}, err
	}
	creds := f.eligible(all)
	now := f.show(creds, all)
	if in, is := now.(app.SignedIn); is {
		if in.Due, err = f.due(creds); err != nil {
			return app.Flow{}, err
		}
		now = in
	}
	if now, err = f.told(now); err != nil {
		return app.Flow{}, err
	}
	raised, err := f.raised()
	if err != nil {
		return app.Flow{}, err
	}
	return app.Flow{
		ID:      f.rec.ID,
		Purpose: f.rec.Purpose,
		Rev:     f.rec.Rev,
		At:      f.now,
		Expires: f.rec.Expires,
		Places:  f.purpose.places(f, creds),
		Now:     now,
		Others:  f.others(creds),
		CanBack: f.canBack(),
		Contact: f.canContact(),
		Notice:  f.notice(),
		Support: f.rec.Support,
		Regrant: raised != nil && len(raised.RefreshHash) == 0,
	}, nil
}

// show draws the step at hand; all are the credentials on file, those that don't count among them.
func (f *flow) show(creds, all rules.Credentials) app.Step {
	switch s := &f.s; s.At {
	case atSignIn:
		return app.EnterSignIn{UserID: s.Typed, Pass: !f.op.Off(), PassOnly: f.op.PassOnly && !f.op.Off()}
	case atSignedIn:
		return app.SignedIn{Name: s.Subject.Person.Name, Registered: f.rules().Registered(creds)}
	case atUserID:
		return app.EnterUserID{UserID: s.Typed}
	case atWork:
		return f.puzzle()
	case atTriage:
		return app.Triage{Reasons: reasons()}
	case atChoose:
		if f.noWayLeft(creds) {
			return app.Blocked{Code: f.noWay()}
		}
		if !f.enrolling() && len(f.offered(creds)) == 0 {
			return app.Blocked{Code: f.locked(), Until: whenOver(s.KeyOnly)}
		}
		return f.showChoice(creds)
	case atMethod:
		return withTries(s.attempt().Step, f.triesLeft(s.Kind))
	case atRegistered:
		return f.showRegistered(creds)
	case atReconfirm:
		return app.Reconfirm{Have: f.showOwned(creds), Needed: f.rules().Needed(), Gates: f.rules().Gates()}
	case atCurrent, atKnown:
		return app.CurrentPassword{}
	case atInfo:
		return f.showInfo(creds, all)
	case atDelete, atRevealed:
		return f.showOne(creds, all)
	case atUnlock:
		return app.ChooseUnlock{}
	case atPassword:
		return app.NewPassword{Rules: f.rules().Password(f.op.Breached()), Renew: s.MustChange}
	case atConfirming:
		return app.Confirming{Since: f.rec.PendingSince}
	case atBlocked:
		return app.Blocked{Code: s.Blocked, Until: s.Until, Lifts: s.Blocked == app.CodeFrozen && !f.purpose.recovers() && f.liftable()}
	case atSent:
		return app.RequestSent{Receipt: s.Receipt}
	case atDone:
		return f.showDone()
	}
	return nil
}

func (f *flow) showDone() app.Done {
	done := app.Done{Facts: f.s.Facts}
	if slices.Contains(done.Facts, app.FactOldGoesOn) {
		done.OldFor = f.s.Subject.Directory.OldFor
	}
	return done
}

// notice is what happened on the way here; while a security key alone leads on, that.
func (f *flow) notice() *app.Notice {
	if n := f.freezeNotice(); n != nil {
		return n
	}
	if f.keyOnly() && (f.s.At == atChoose || f.s.At == atMethod) {
		return &app.Notice{Code: app.NoticeKeyOnly, Kind: app.KindSecurityKey}
	}
	sent := f.s.Notice != nil && f.s.Notice.Code == app.NoticeCodeSent // which the step says too
	if (f.s.Notice == nil || sent) && f.s.At == atMethod && f.standsIn() && len(f.s.Passed) == 0 {
		return &app.Notice{Code: app.NoticeTwoForKey, Kind: app.KindSecurityKey}
	}
	return f.s.Notice
}

// noWayLeft reports whether no way is left through the gate at hand, since the policy changed under it.
func (f *flow) noWayLeft(creds rules.Credentials) bool {
	return !f.enrolling() && !f.enough(creds)
}

func (f *flow) showChoice(creds rules.Credentials) app.ChooseMethod {
	if f.enrolling() {
		return app.ChooseMethod{
			Enrol:   true,
			Choices: f.rules().EnrolChoices(creds),
			Have:    f.showOwned(creds),
			Needed:  f.rules().Needed(),
			Missing: f.rules().Missing(f.rules().ForSubject(creds)),
			Gates:   f.rules().Gates(),
		}
	}
	return app.ChooseMethod{
		Choices: f.choices(creds),
		Needed:  f.shownNeeded(),
		Gates:   f.shownGates(),
		Gate:    len(f.s.Passed) + 1,
	}
}

func (f *flow) showRegistered(creds rules.Credentials) app.Registered {
	return app.Registered{
		Have:      f.showOwned(creds),
		Needed:    f.rules().Needed(),
		Missing:   f.rules().Missing(f.rules().ForSubject(creds)),
		More:      f.rules().MoreChoices(creds),
		Recommend: creds.Devices() <= f.rules().Gates(),
	}
}

// others are the other ways that may be taken from a method's step.
func (f *flow) others(creds rules.Credentials) []app.Choice {
	if f.s.At != atMethod || f.s.Replacing != "" {
		return nil
	}
	offered := f.choices(creds)
	if f.enrolling() {
		offered = f.rules().MoreChoices(creds)
	}
	var others []app.Choice
	for _, choice := range offered {
		if choice.Kind != f.s.Kind {
			choice.Recommended = false
			others = append(others, choice)
		}
	}
	return others
}

// enrolling reports whether the method at hand, or the one that is chosen, is to be registered.
func (f *flow) enrolling() bool {
	return f.s.Pending == nil && (f.purpose.registers() || f.s.Adding)
}

// canBack reports whether there is a step before this one. A gate that is passed stays passed: nothing leads back
// through it.
func (f *flow) canBack() bool {
	switch f.s.At {
	case atWork, atTriage, atDelete, atRevealed, atKnown:
		return true
	case atPassword:
		return f.purpose.recovers() && f.mayUnlock()
	case atBlocked:
		if f.tooYoung() { // behind the gates
			return f.mayUnlock()
		}
		return f.purpose.leavesRefusal()
	case atChoose:
		return f.s.Pending != nil || f.purpose.recovers() && len(f.s.Passed) == 0
	case atMethod:
		if !f.purpose.leavesGate() {
			return false
		}
		if f.enrolling() || f.s.Pending != nil || len(f.s.Passed) == 0 {
			return true
		}
		creds, err := f.credentials()
		return err == nil && len(f.offered(creds)) > 1
	}
	return false
}

// canContact reports whether an administrator may be asked from here: in a reset, once there is a user ID, after the password of a sign-in, and wherever
// a refusal has no other way out. Where the password is managed elsewhere an administrator of ours could do nothing.
func (f *flow) canContact() bool {
	switch f.s.At {
	case atBlocked:
		return f.s.Blocked != app.CodeNotManaged
	case atTriage, atChoose, atMethod, atUnlock, atKnown, atPassword:
		return f.purpose.asksAdministrator()
	}
	return false
}

// showOwned shows credentials to their owner.
func (f *flow) showOwned(creds rules.Credentials) []app.Credential {
	first := f.rules().Default(creds.Confirmed())
	shown := make([]app.Credential, len(creds))
	for i, c := range creds {
		shown[i] = app.Credential{
			ID: c.ID, Kind: c.Kind, Variant: c.Variant, Masked: c.Masked, Added: c.Added, LastUsed: c.LastUsed,
			Default: c.ID == first, Entered: !c.Counts(),
		}
		if c.UsableAt.After(f.now) {
			shown[i].UsableAt = c.UsableAt
		}
	}
	return shown
}

// choices offers the ways that may pass the gate at hand, strongest first.
func (f *flow) choices(creds rules.Credentials) []app.Choice {
	var offered []app.Choice
	for i, kind := range f.offered(creds) {
		offered = append(offered, app.Choice{Kind: kind, Recommended: i == 0, Double: !f.secretive() && f.coversBothGates(creds, kind)})
	}
	return offered
}
