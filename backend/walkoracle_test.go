package backend_test

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
)

// oneProof holds an answer that was taken against what the model knows of it: it is right, nobody gave it before, and the
// account is one that can be helped.
func (k *walk) oneProof(p *path, before app.Flow, in app.Input, right bool) {
	kind, digits := kindAt(before.Now), ""
	switch in := in.(type) {
	case app.GiveUserID, app.GiveWork:
		if _, looked := p.flow.Now.(app.Triage); looked {
			p.decoy = k.account(p.who).Disabled && k.policy.Feature.Disclosure == policy.Private
		}
		return
	case app.GiveCode:
		digits = in.Digits.Reveal()
	case app.GiveAnswers, app.GiveKey:
	default:
		return
	}
	if _, shows := before.Now.(app.ShowSecret); shows {
		kind = app.KindAuthApp
	}
	if kind == "" || !p.taken() {
		return
	}
	if !right {
		k.t.Errorf("%s of %s takes a wrong %T for %s", p.purpose, p.who.UserID, in, kind)
	}
	if p.decoy && p.purpose == app.PurposeReset {
		k.t.Errorf("a decoy of %s takes %T for %s", p.who.UserID, in, kind)
	}
	if digits == "" {
		return
	}
	life := k.policy.Codes.Lifetime
	if kind == app.KindAuthApp {
		life = 90 * time.Second // its own step, and one on each side
	}
	code, now := string(p.who.ID)+"|"+string(kind)+"|"+digits, k.clock.Now()
	if at, spent := k.spent[code]; spent && now.Sub(at) < life {
		k.t.Errorf("%s of %s takes a code of %s that was taken %v ago", p.purpose, p.who.UserID, kind, now.Sub(at))
	}
	k.spent[code] = now
}

// taken reports whether what was given counts as a proof: it may have led elsewhere, unjudged, since a lock stood before it or
// the credential was taken away.
func (p *path) taken() bool {
	if p.purpose == app.PurposeReset {
		return p.flow.Notice != nil && p.flow.Notice.Code == app.NoticeGatePassed
	}
	switch p.flow.Now.(type) {
	case app.Blocked, app.ChooseMethod:
		return false
	}
	return true
}

// ended tries the sessions of somebody whose password was reset.
func (k *walk) ended(p *path) {
	if _, done := p.flow.Now.(app.Done); !done || !p.wrote || p.purpose != app.PurposeReset {
		return
	}
	p.wrote = false
	var live []app.Grant
	for _, g := range k.grants {
		if g.Session.Person.Account != p.who.ID {
			live = append(live, g)
			continue
		}
		if _, err := k.caller(g.Access); app.CodeOf(err) != app.CodeSignedOut {
			k.t.Errorf("after a reset a session of %s goes on: %v", p.who.UserID, err)
		}
		if _, err := k.Renew(k.t.Context(), g.Refresh); app.CodeOf(err) != app.CodeSignedOut {
			k.t.Errorf("after a reset a session of %s can be renewed: %v", p.who.UserID, err)
		}
	}
	k.grants = live
}
