package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// What organisations' directories say of an account beside that it is disabled.

func expired(a *port.DirectoryAccount)   { a.Expired = true }
func protected(a *port.DirectoryAccount) { a.Protected = true }

// TestWhyAnAccountIsNotHelped: the first reason that holds is told.
func TestWhyAnAccountIsNotHelped(t *testing.T) {
	both := func(changes ...func(*port.DirectoryAccount)) func(*port.DirectoryAccount) {
		return func(a *port.DirectoryAccount) {
			for _, change := range changes {
				change(a)
			}
		}
	}
	disabled, elsewhere, off := func(a *port.DirectoryAccount) { a.Disabled = true }, func(a *port.DirectoryAccount) { a.Elsewhere = true },
		func(a *port.DirectoryAccount) { a.Groups = nil }
	for _, c := range []struct {
		change func(*port.DirectoryAccount)
		want   app.Code
	}{
		{expired, app.CodeAccountExpired},
		{protected, app.CodeProtected},
		{both(expired, protected, off), app.CodeAccountExpired},
		{both(protected, off), app.CodeProtected},
		{both(disabled, expired), app.CodeDisabled},
		{both(elsewhere, expired), app.CodeNotManaged},
	} {
		w, ben := newWorld(t), someone(trial.Registered)
		w.becomes(ben, c.change)
		if got := at[app.Blocked](w.reset(ben)); got.Code != c.want {
			t.Errorf("a reset: %s, want %s", got.Code, c.want)
		}
	}
}

// TestAnAccountWhoseTimeIsOver is told to its right password alone, and keeps no session.
func TestAnAccountWhoseTimeIsOver(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	waiting := signedIn(w)
	grant := w.signIn(ben)
	change := w.toChange(ben)
	w.becomes(ben, expired)
	k := w.start(app.PurposeSignIn, app.Caller{})
	k.refused(try(ben, "a guess"), app.CodeSignIn)
	for range 20 { // no password was judged: it is no wrong one
		k.refused(try(ben, ben.Password), app.CodeAccountExpired)
	}
	change.refused(typed(ben.Password), app.CodeAccountExpired)
	if _, err := w.Grant(waiting.ctx, waiting.flow.ID); app.CodeOf(err) != app.CodeAccountExpired {
		t.Errorf("a sign-in that had come so far: %v", err)
	}
	w.dead("its session", grant)
}

// TestAProtectedAccountSignsIn, and can do nothing about its password here.
func TestAProtectedAccountSignsIn(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	w.becomes(ben, protected)
	grant := w.signIn(ben)
	if got := at[app.Blocked](w.begins(grant, app.PurposeChange)); got.Code != app.CodeProtected {
		t.Errorf("a change: %s", got.Code)
	}
}

// TestAGroupIsNamedInAnyCase, and by its distinguished name, as directories compare them.
func TestAGroupIsNamedInAnyCase(t *testing.T) {
	const dn = "CN=Password Self-Service,OU=Groups,DC=harbour,DC=example"
	for _, c := range []struct {
		named string
		has   []string
		helps bool
	}{
		{"password SELF-service", []string{"Password self-service"}, true},
		{"cn=password self-service,ou=groups,dc=harbour,dc=example", []string{"Password Self-Service", dn}, true},
		{"ÄRZTE", []string{"ärzte"}, true},
		{"Password self-service", []string{"Password self-service 2"}, false},
	} {
		w, ben := newWorld(t, func(p *policy.Policy) { p.Feature.Reset, p.Feature.Groups = policy.ForGroups, []string{c.named} }), someone(trial.Registered)
		w.becomes(ben, func(a *port.DirectoryAccount) { a.Groups = c.has })
		if _, helped := w.reset(ben).flow.Now.(app.ChooseMethod); helped != c.helps {
			t.Errorf("%q for one of %q: helped %v", c.named, c.has, helped)
		}
	}
}

// TestAPasswordThatExpired has to be changed, as one that the help desk gave.
func TestAPasswordThatExpired(t *testing.T) {
	config := aged(false)
	config.MinAge, config.MaxAge = 0, 90*24*time.Hour
	w, ana := newWorldOf(t, config), someone(trial.Ready)
	w.clock.pass(90*24*time.Hour - time.Second)
	at[app.SignedIn](w.start(app.PurposeSignIn, app.Caller{}).must(try(ana, ana.Password)))
	w.clock.pass(time.Second)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(try(ana, ana.Password))
	at[app.NewPassword](k)
	at[app.SignedIn](k.must(app.GivePassword{Password: secret(newPassword)}))
	at[app.SignedIn](w.start(app.PurposeSignIn, app.Caller{}).must(try(ana, newPassword)))
}

// TestTheReasonGoesToThoseOnFile in private disclosure, where whoever asked learns nothing.
func TestTheReasonGoesToThoseOnFile(t *testing.T) {
	for want, change := range map[app.Code]func(*port.DirectoryAccount){app.CodeAccountExpired: expired, app.CodeProtected: protected} {
		w, ben := newWorld(t, private, func(p *policy.Policy) { p.HelpDesk.Mail = "desk@harbour.example" }), someone(trial.Registered)
		w.becomes(ben, change)
		at[app.Triage](w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID}))
		told := map[string]string{}
		for _, m := range w.messages() {
			told[m.To] = m.Params["reason"]
		}
		for _, to := range []string{ben.Mail, "desk@harbour.example"} {
			if told[to] != string(want) {
				t.Errorf("%s: %s was told %q", want, to, told[to])
			}
		}
	}
}

// TestWhoIsUnlockedMayHaveToChange afterwards: the password that they know was right.
func TestWhoIsUnlockedMayHaveToChange(t *testing.T) {
	w, farid := newWorld(t), someone(trial.Locked)
	w.becomes(farid, mustChange)
	at[app.Done](w.toUnlock(farid).must(app.GiveUnlock{Only: true}, typed(farid.Password)))
	if w.isLocked(farid) {
		t.Error("still locked")
	}
}
