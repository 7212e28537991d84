package backend_test

import (
	"slices"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/trial"
)

func TestChangePassword(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	elsewhere, here := w.signIn(ben), w.signIn(ben)
	caller, err := w.caller(here.Access)
	w.ok(err)
	k := w.start(app.PurposeChange, caller)
	at[app.CurrentPassword](k)
	k.refused(app.GivePassword{Password: secret(newPassword)}, app.CodeNotNow)
	if got := k.refused(app.GiveCurrentPassword{Password: secret("a guess")}, app.CodeSignIn); got.Field != "password" {
		t.Errorf("field %q", got.Field)
	}
	if rules := at[app.NewPassword](k.must(app.GiveCurrentPassword{Password: secret(ben.Password)})).Rules; rules.History != 3 {
		t.Errorf("rules: %+v", rules)
	}
	k.refused(app.GivePassword{Password: secret("short")}, app.CodePassword)
	done := at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
	if !slices.Equal(done.Facts, []app.Fact{app.FactPasswordSet, app.FactSignedOut, app.FactTold}) {
		t.Errorf("facts: %v", done.Facts)
	}
	if _, err := w.caller(elsewhere.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("another session: %v", err)
	}
	if _, err := w.caller(here.Access); err != nil {
		t.Errorf("the session of the change: %v", err)
	}
	if w.signsIn(ben, ben.Password) || !w.signsIn(ben, newPassword) {
		t.Error("not just the new password is taken")
	}
	if w.heard(app.MessagePasswordChanged, ben.Mail) != 1 || w.audited("change_password.write", "succeeded") != 1 {
		t.Error("the change was not told or not audited")
	}
}

// Guesses at the old password are counted as those of signing in are, and nothing is written for a session that ended.
func TestChangeIsNoWayRoundTheLimits(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	grant := w.signIn(ben)
	caller, err := w.caller(grant.Access)
	w.ok(err)
	k := w.start(app.PurposeChange, caller).must(app.GiveCurrentPassword{Password: secret(ben.Password)})
	w.ok(w.EndSession(w.with(grant.Access)))
	k.refused(app.GivePassword{Password: secret(newPassword)}, app.CodeSignedOut)
	caller, err = w.caller(w.signIn(ben).Access)
	w.ok(err)
	k = w.start(app.PurposeChange, caller)
	for i := range 8 {
		k.refused(app.GiveCurrentPassword{Password: secret(string(rune('a'+i)) + " guess")}, app.CodeSignIn)
	}
	k.refused(app.GiveCurrentPassword{Password: secret(ben.Password)}, app.CodeGuessesStopped)
	w.start(app.PurposeSignIn, app.Caller{}).refused(try(ben, ben.Password), app.CodeGuessesStopped)
}
