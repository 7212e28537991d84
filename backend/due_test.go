package backend_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

func mode(m policy.Mode) func(*policy.Policy) {
	return func(p *policy.Policy) { p.Registration.Mode = m }
}

func TestWhatIsDueGoesByThePolicy(t *testing.T) {
	for m, want := range map[policy.Mode]app.Due{
		policy.ModeOff: "", policy.ModeOffered: app.DueOffer, policy.ModeRequired: app.DueRegister,
	} {
		w := newWorld(t, mode(m))
		for state, due := range map[trial.State]app.Due{
			trial.Ready: want, trial.One: want, trial.Registered: "", trial.NotEnabled: "", trial.Elsewhere: "",
		} {
			p := someone(state)
			grant := w.signIn(p)
			current, err := w.CurrentSession(w.with(grant.Access))
			if err != nil || grant.Session.Due != due || current.Due != due {
				t.Errorf("%s, %s: %q at sign-in, %q later, %v; want %q", m, state, grant.Session.Due, current.Due, err, due)
			}
			renewed, err := w.Renew(t.Context(), grant.Refresh)
			if err != nil || renewed.Session.Due != due {
				t.Errorf("%s, %s: %q when renewed, %v", m, state, renewed.Session.Due, err)
			}
		}
		ana := someone(trial.Ready)
		k := w.start(app.PurposeSignIn, app.Caller{}).must(try(ana, ana.Password))
		if in := at[app.SignedIn](k); in.Due != want {
			t.Errorf("%s: the flow says %q", m, in.Due)
		}
	}
}

func TestNothingElseBeforeARequiredRegistration(t *testing.T) {
	w, ana := newWorld(t, mode(policy.ModeRequired)), someone(trial.Ready)
	grant := w.signIn(ana)
	w.denied(grant, app.PurposeManage, app.CodeRegister)
	w.denied(grant, app.PurposeChange, app.CodeRegister)
	k := w.begins(grant, app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
	k.must(app.GiveCode{Digits: secret(appOf(k)(w.clock.Now()))})
	grant = k.regrant()
	w.denied(grant, app.PurposeManage, app.CodeRegister) // one of two
	k.must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: privateMail})
	at[app.Registered](k.must(w.mailed(privateMail)))
	at[app.SecurityInfo](w.begins(grant, app.PurposeManage))
	if w.audited("manage.start", "blocked") != 2 {
		t.Errorf("the trail knows %d refusals", w.audited("manage.start", "blocked"))
	}
}

func TestReconfirmAfterHalfAYear(t *testing.T) {
	w, jonas := newWorld(t), someone(trial.Stale)
	grant := w.signIn(jonas)
	if grant.Session.Due != app.DueReconfirm {
		t.Fatalf("due: %q", grant.Session.Due)
	}
	at[app.SecurityInfo](w.begins(grant, app.PurposeManage)) // it holds nobody up
	k := w.begins(grant, app.PurposeRegister)
	if got := at[app.Reconfirm](k); len(got.Have) != 2 || got.Needed != 2 || k.flow.Places != nil {
		t.Errorf("reconfirm: %+v, places %v", got, k.flow.Places)
	}
	if done := at[app.Done](k.must(app.Finish{})); !slices.Equal(done.Facts, []app.Fact{app.FactConfirmed}) {
		t.Errorf("facts: %v", done.Facts)
	}
	if w.audited("register.confirmed", "succeeded") != 1 {
		t.Error("the trail does not know")
	}
	if again := w.signIn(jonas).Session; again.Due != "" {
		t.Errorf("asked again at once: %q", again.Due)
	}
	w.clock.pass(179 * 24 * time.Hour)
	if again := w.signIn(jonas).Session; again.Due != "" {
		t.Errorf("asked after 179 days: %q", again.Due)
	}
	w.clock.pass(25 * time.Hour)
	if again := w.signIn(jonas).Session; again.Due != app.DueReconfirm {
		t.Errorf("not asked after 180 days: %q", again.Due)
	}
}

func TestWhatWasAddedLatelyNeedsNoReconfirmation(t *testing.T) {
	w, jonas := newWorld(t), someone(trial.Stale)
	k := w.begins(w.signIn(jonas), app.PurposeManage).must(app.Choose{Kind: app.KindAuthApp})
	k.must(app.GiveCode{Digits: secret(appOf(k)(w.clock.Now()))})
	if due := w.signIn(jonas).Session.Due; due != "" {
		t.Errorf("due: %q", due)
	}
}

func TestReconfirmNever(t *testing.T) {
	w := newWorld(t, func(p *policy.Policy) { p.Registration.ReconfirmAfter = 0 })
	if due := w.signIn(someone(trial.Stale)).Session.Due; due != "" {
		t.Errorf("due: %q", due)
	}
}

func TestTheFirstRegistrationMayTakeAPass(t *testing.T) {
	w, ana := newWorld(t, func(p *policy.Policy) { p.Registration.First = policy.FirstPass }), someone(trial.Ready)
	grant := w.signIn(ana)
	if got := at[app.Blocked](w.begins(grant, app.PurposeRegister)); got.Code != app.CodePassNeeded {
		t.Errorf("with the password: %+v", got)
	}
	k := w.begins(grant, app.PurposeManage).must(app.Choose{Kind: app.KindAuthApp})
	if got := at[app.Blocked](k); got.Code != app.CodePassNeeded {
		t.Errorf("from the security info: %+v", got)
	}
	k = w.begins(w.byPass(ana), app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
	show := appOf(k)
	at[app.ChooseMethod](k.must(app.GiveCode{Digits: secret(show(w.clock.Now()))}))
	w.clock.pass(time.Minute)
	signedIn := w.grant(w.start(app.PurposeSignIn, app.Caller{}).must(try(ana, ana.Password)), show)
	at[app.ChooseMethod](w.begins(signedIn, app.PurposeRegister)) // there is something stronger than the password now
}
