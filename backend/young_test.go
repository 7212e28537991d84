package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// A directory that wants passwords to be of some age. The sample people got theirs when the world began.

func aged(resets bool) local.Config {
	return local.Config{Threshold: 10, LockFor: time.Hour, Window: time.Hour, MinAge: 10 * time.Minute, ResetsToo: resets}
}

// waits fails unless the flow says from when on it goes on.
func (k *talk) waits(until time.Time) {
	k.w.t.Helper()
	if got := at[app.Blocked](k); got.Code != app.CodeTooYoung || !got.Until.Equal(until) || !k.flow.Contact {
		k.w.t.Fatalf("blocked: %+v until %v, want %v; contact %v", got.Code, got.Until, until, k.flow.Contact)
	}
}

func TestAPasswordThatIsTooYoungIsToldBeforeAnythingIsTyped(t *testing.T) {
	w, ben := newWorldOf(t, aged(false)), someone(trial.Registered)
	open := w.clock.Now().Add(10 * time.Minute)
	k := w.toChange(ben)
	k.waits(open)
	if k.flow.CanBack {
		t.Error("there is no step before it")
	}
	k.refused(typed(ben.Password), app.CodeNotNow)
	if w.audited("change_password.start", "blocked") != 1 {
		t.Error("the audit trail doesn't say that the change can't begin")
	}
	w.clock.pass(open.Sub(w.clock.Now()) - time.Microsecond)
	k.again().waits(open)
	w.clock.pass(time.Microsecond)
	at[app.CurrentPassword](k.again()) // by itself
	at[app.Done](k.must(typed(ben.Password), app.GivePassword{Password: secret(newPassword)}))
}

// TestAResetWaitsBehindTheGates, where the minimum age holds for it, and nowhere else.
func TestAResetWaitsBehindTheGates(t *testing.T) {
	w, ben := newWorldOf(t, aged(true)), someone(trial.Registered)
	open := w.clock.Now().Add(10 * time.Minute)
	k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	k.must(w.mailed(ben.Mail)).waits(open)
	if _, now := places(k.flow); now != app.PlaceNewPassword || k.flow.CanBack {
		t.Errorf("it stands at %s, back %v", now, k.flow.CanBack)
	}
	k.refused(app.GivePassword{Password: secret(newPassword)}, app.CodeNotNow)
	w.clock.pass(10 * time.Minute)
	// What answers the step that stands there by now needs no look first.
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))

	w = newWorldOf(t, aged(false))
	w.toPassword(ben)
}

// TestWhoIsLockedOutNeedsNoNewPassword: keeping the old one needs no age of it, and leads on from the refusal.
func TestWhoIsLockedOutNeedsNoNewPassword(t *testing.T) {
	w, ben := newWorldOf(t, aged(true)), someone(trial.Registered)
	w.lock(ben)
	k := w.toUnlock(ben)
	at[app.ChooseUnlock](k)
	k.must(app.GiveUnlock{}).waits(w.clock.Now().Add(10 * time.Minute))
	at[app.ChooseUnlock](k.must(app.Back{}))
	at[app.Done](k.must(app.GiveUnlock{Only: true}, typed(ben.Password)))
}

// TestTheAgeAtARenewal: whichever page would ask for a new password.
func TestTheAgeAtARenewal(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	open := w.clock.Now().Add(10 * time.Minute)
	w.dir.rules = func(r *port.PasswordRules) { r.ResetFrom = open }
	w.becomes(ana, mustChange)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(try(ana, ana.Password))
	k.waits(open)
	if _, now := places(k.flow); now != app.PlaceNewPassword {
		t.Errorf("it stands at %s", now)
	}
	w.clock.pass(10 * time.Minute)
	if !at[app.NewPassword](k.again()).Renew {
		t.Error("the page doesn't say why it is there")
	}
}

// TestARefusalByAge: the directory's word counts, whatever it said before.
func TestARefusalByAge(t *testing.T) {
	w, ben := newWorldOf(t, aged(false)), someone(trial.Registered)
	w.clock.pass(10 * time.Minute)
	k := w.toChange(ben).must(typed(ben.Password))
	w.dir.change = func(func() error) error { return &port.Refusal{Rule: "age"} }
	if got := k.refused(app.GivePassword{Password: secret(newPassword)}, app.CodeDirectory); got.Params["rule"] != "age" {
		t.Errorf("refused: %v", got.Params)
	}
	at[app.NewPassword](k)
}

// TestTheStricterRulesAreShown: of the policy's and the directory's, and held to here.
func TestTheStricterRulesAreShown(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	w.dir.rules = func(r *port.PasswordRules) { r.MinLength, r.MaxLength, r.MinClasses, r.History = 20, 40, 4, 24 }
	k := w.toPassword(ben)
	rules := at[app.NewPassword](k).Rules
	if rules.MinLength != 20 || rules.MaxLength != 40 || rules.MinClasses != 4 || rules.History != 24 {
		t.Errorf("the rules: %+v", rules)
	}
	w.dir.set = func(func() error) error { t.Error("the directory was asked about what breaks its rules"); return nil }
	for given, rule := range map[string]string{
		"Gentle-otter-9-door": "length_min", newPassword: "classes", "Gentle-otter-paints-9-doors-and-4-windows": "length_max",
	} {
		if got := k.refused(app.GivePassword{Password: secret(given)}, app.CodePassword); got.Params["rule"] != rule {
			t.Errorf("%s: %v, want %s", given, got.Params, rule)
		}
	}
}

// TestTheFirstPasswordKeepsToTheDirectorysRules, which who comes by a pass sees before typing, too.
func TestTheFirstPasswordKeepsToTheDirectorysRules(t *testing.T) {
	w, ines := newWorld(t), someone(trial.New)
	w.dir.rules = func(r *port.PasswordRules) { r.MinLength = 20 }
	k := w.start(app.PurposeSignIn, app.Caller{}).must(with(ines, w.pass(ines, false).Code))
	if got := at[app.NewPassword](k); got.Rules.MinLength != 20 || got.Renew {
		t.Errorf("the page: %+v", got)
	}
}

// TestTheLastPageSaysThatTheOldOneGoesOn, of a reset and of a change, where the directory says so.
func TestTheLastPageSaysThatTheOldOneGoesOn(t *testing.T) {
	for _, goesOn := range []time.Duration{0, time.Hour} {
		for name, begin := range map[string]func(w *world, p trial.Person) *talk{
			"a reset":  func(w *world, p trial.Person) *talk { return w.toPassword(p) },
			"a change": func(w *world, p trial.Person) *talk { return w.toChange(p).must(typed(p.Password)) },
		} {
			w, ben := newWorld(t), someone(trial.Registered)
			w.dir.rules = func(r *port.PasswordRules) { r.OldFor = goesOn }
			done := at[app.Done](begin(w, ben).must(app.GivePassword{Password: secret(newPassword)}))
			told := false
			for _, fact := range done.Facts {
				told = told || fact == app.FactOldGoesOn
			}
			if told != (goesOn > 0) || done.OldFor != goesOn {
				t.Errorf("%s, %v: %+v", name, goesOn, done)
			}
		}
	}
}
