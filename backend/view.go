package backend

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// flow draws the flow as it stands: everything that the window may know, computed from what holds now, so that a
// credential or a kind that is gone is no longer offered.
func (t *talk) flow() (app.Flow, error) {
	all, err := t.onFile()
	if err != nil {
		return app.Flow{}, err
	}
	creds := t.among(all)
	now := t.show(creds, all)
	if in, is := now.(app.SignedIn); is {
		if in.Due, err = t.due(creds); err != nil {
			return app.Flow{}, err
		}
		now = in
	}
	return app.Flow{
		ID:      t.rec.ID,
		Purpose: t.rec.Purpose,
		Rev:     t.rec.Rev,
		At:      t.now,
		Expires: t.rec.Expires,
		Places:  t.places(creds),
		Now:     now,
		Others:  t.others(creds),
		CanBack: t.canBack(),
		Contact: t.canContact(),
		Notice:  t.notice(),
		Support: t.rec.Support,
	}, nil
}

// show draws the step at hand; all are the credentials on file, those that don't count among them.
func (t *talk) show(creds, all []port.CredentialRecord) app.Step {
	switch s := &t.s; s.At {
	case atSignIn:
		return app.EnterSignIn{UserID: s.Typed, Pass: !t.b.off()}
	case atSignedIn:
		return app.SignedIn{Name: s.Who.Person.Name, Registered: t.b.registered(creds, s.Who.Admin)}
	case atUserID:
		return app.EnterUserID{UserID: s.Typed}
	case atWork:
		return t.puzzle()
	case atTriage:
		return app.Triage{Reasons: reasons()}
	case atChoose:
		if t.stuck(creds) {
			return app.Blocked{Code: t.noWay()}
		}
		if !t.enrolling() && len(t.offered(creds)) == 0 {
			return app.Blocked{Code: t.locked(), Until: s.KeyOnly}
		}
		return t.showChoice(creds)
	case atMethod:
		return s.attempt().Step.show(t.triesLeft(s.Kind))
	case atRegistered:
		return t.showRegistered(creds)
	case atReconfirm:
		return app.Reconfirm{Have: t.owned(creds), Needed: t.b.needed(s.Who.Admin), Gates: t.b.gates(s.Who.Admin)}
	case atCurrent, atKnown:
		return app.CurrentPassword{}
	case atInfo:
		return t.showInfo(creds, all)
	case atDelete, atRevealed:
		return t.showOne(creds, all)
	case atUnlock:
		return app.ChooseUnlock{}
	case atPassword:
		return app.NewPassword{Rules: t.b.rules(s.Who)}
	case atConfirming:
		return app.Confirming{Since: t.rec.PendingSince}
	case atBlocked:
		return app.Blocked{Code: s.Blocked, Until: s.Until}
	case atSent:
		return app.RequestSent{Receipt: s.Receipt}
	case atDone:
		return app.Done{Facts: s.Facts}
	}
	return nil
}

// notice is what happened on the way here; while a security key alone leads on, that.
func (t *talk) notice() *app.Notice {
	if t.keyOnly() && (t.s.At == atChoose || t.s.At == atMethod) {
		return &app.Notice{Code: app.NoticeKeyOnly, Kind: app.KindSecurityKey}
	}
	return t.s.Notice
}

// stuck reports whether no way is left through the gate at hand, since the policy changed under it.
func (t *talk) stuck(creds []port.CredentialRecord) bool {
	return !t.enrolling() && !t.enough(creds)
}

func (t *talk) showChoice(creds []port.CredentialRecord) app.ChooseMethod {
	admin := t.s.Who.Admin
	if t.enrolling() {
		return app.ChooseMethod{
			Enrol:   true,
			Choices: t.b.enrolChoices(creds, admin),
			Have:    t.owned(creds),
			Needed:  t.b.needed(admin),
			Missing: t.b.missing(entitled(creds, admin), admin),
			Gates:   t.b.gates(admin),
		}
	}
	return app.ChooseMethod{
		Choices: t.choices(creds),
		Needed:  t.b.needed(admin && !t.secretive()),
		Gates:   t.shownGates(),
		Gate:    len(t.s.Passed) + 1,
	}
}

func (t *talk) showRegistered(creds []port.CredentialRecord) app.Registered {
	admin := t.s.Who.Admin
	return app.Registered{
		Have:      t.owned(creds),
		Needed:    t.b.needed(admin),
		Missing:   t.b.missing(entitled(creds, admin), admin),
		More:      t.b.more(creds, admin),
		Recommend: len(creds) <= t.b.gates(admin),
	}
}

// others are the other ways that may be taken from a method's step.
func (t *talk) others(creds []port.CredentialRecord) []app.Choice {
	if t.s.At != atMethod || t.s.Old != "" {
		return nil
	}
	offered := t.choices(creds)
	if t.enrolling() {
		offered = t.b.more(creds, t.s.Who.Admin)
	}
	var others []app.Choice
	for _, choice := range offered {
		if choice.Kind != t.s.Kind {
			choice.Recommended = false
			others = append(others, choice)
		}
	}
	return others
}

// resetting reports whether the person has not even given a password.
func (t *talk) resetting() bool { return t.rec.Purpose == app.PurposeReset }

// enrolling reports whether the method at hand, or the one that is chosen, is to be registered.
func (t *talk) enrolling() bool {
	return t.s.Wanted == nil && (t.rec.Purpose == app.PurposeRegister || t.s.Adding)
}

// canBack reports whether there is a step before this one. A gate that is passed stays passed: nothing leads back
// through it.
func (t *talk) canBack() bool {
	switch t.s.At {
	case atWork, atTriage, atDelete, atRevealed, atKnown:
		return true
	case atPassword:
		return t.resetting() && t.mayUnlock()
	case atBlocked:
		return t.rec.Purpose == app.PurposeReset
	case atChoose:
		return t.s.Wanted != nil || t.resetting() && len(t.s.Passed) == 0
	case atMethod:
		if t.rec.Purpose == app.PurposeSignIn {
			return false
		}
		if t.enrolling() || len(t.s.Passed) == 0 {
			return true
		}
		creds, err := t.credentials()
		return err == nil && len(t.offered(creds)) > 1
	}
	return false
}

// canContact reports whether an administrator may be asked from here: in a reset, once there is a user ID, after the password of a sign-in, and wherever
// a refusal has no other way out. Where the password is managed elsewhere an administrator of ours could do nothing.
func (t *talk) canContact() bool {
	switch t.s.At {
	case atBlocked:
		return t.s.Blocked != app.CodeNotManaged
	case atTriage, atChoose, atMethod, atUnlock, atKnown, atPassword:
		return t.resetting() || t.rec.Purpose == app.PurposeSignIn
	}
	return false
}

// owned shows credentials to their owner.
func (t *talk) owned(creds []port.CredentialRecord) []app.Credential {
	first := t.b.first(counting(creds), t.s.Who.Admin)
	shown := make([]app.Credential, len(creds))
	for i, c := range creds {
		shown[i] = app.Credential{
			ID: c.ID, Kind: c.Kind, Variant: c.Variant, Masked: c.Masked, Added: c.Added, LastUsed: c.LastUsed,
			Default: c.ID == first, Entered: !c.Counts(),
		}
		if c.UsableAt.After(t.now) {
			shown[i].UsableAt = c.UsableAt
		}
	}
	return shown
}

// choices offers the ways that may pass the gate at hand, strongest first.
func (t *talk) choices(creds []port.CredentialRecord) []app.Choice {
	var offered []app.Choice
	for i, kind := range t.offered(creds) {
		offered = append(offered, app.Choice{Kind: kind, Recommended: i == 0, Double: !t.secretive() && t.single(creds, kind)})
	}
	return offered
}
