package step_test

import (
	"strconv"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/password"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/step"
	"github.com/sparekey/sparekey/ui/uitest"
)

// TestTheDirectorysRefusalIsMarkedAndSaid: the rule that it named is crossed, those that it may mean are open, in words too, what was
// typed stays, and another password is not judged by it.
func TestTheDirectorysRefusalIsMarkedAndSaid(t *testing.T) {
	const given = "Copper lantern 7"
	shown := app.PasswordRules{MinLength: 8, MinClasses: 3, History: 10}
	for _, c := range []struct {
		rule   string
		rules  app.PasswordRules
		marked []string
	}{
		{"length", shown, []string{words.Plural("check.length_min", 8)}},
		{"history", shown, []string{words.Plural("check.history", 10)}},
		{"complexity", shown, []string{words.Plural("check.classes", 3)}},
		{"simple", shown, []string{words.Plural("check.history", 10)}},
		{"history", app.PasswordRules{MinLength: 8}, []string{words.Text("check.directory.history")}},
		{"complexity", app.PasswordRules{MinLength: 8}, []string{words.Text("check.directory.complexity")}},
		{"simple", app.PasswordRules{MinLength: 8}, []string{words.Text("check.directory.complexity"), words.Text("check.directory.history")}},
		{"age", shown, nil},
		{"", shown, nil},
		{"new_to_me", shown, nil},
	} {
		s := uitest.NewStage(t)
		at := app.NewPassword{Rules: c.rules}
		w := s.At(uitest.FlowAt(1, at))
		refusal := &app.Error{Code: app.CodeDirectory, Field: "password", Params: map[string]string{"rule": c.rule}}
		s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(1, at), refusal }
		for _, key := range []string{"password.new", "password.again"} {
			test.Type(uitest.Field(t, w, key).Entry(), given)
		}
		uitest.Tap(t, w, "page.next")
		marked := func() (all []string) {
			for _, item := range step.Rules(w) {
				if item.State == kit.Refused || c.rule == "simple" && item.State == kit.Unmet {
					all = append(all, item.Text)
				}
			}
			return all
		}
		if got := marked(); len(got) != len(c.marked) || len(got) > 0 && got[len(got)-1] != c.marked[len(got)-1] {
			t.Errorf("%q: marked is %q, want %q", c.rule, got, c.marked)
		}
		want := words.Text("error.directory_refused")
		if key := "rule." + c.rule; words.Known(key) {
			want = words.Text("error.directory_refused_rule") + " " + words.Text(key)
		}
		if got := uitest.Field(t, w, "password.new").Error(); got != want {
			t.Errorf("%q is said %q", c.rule, got)
		}
		if uitest.Field(t, w, "password.new").Text() != given || uitest.Field(t, w, "password.again").Text() != given {
			t.Errorf("%q: what was typed is lost", c.rule)
		}
		if strength := "strength." + strconv.Itoa(password.Strength(given, nil)); uitest.Says(w, words.Text(strength)) {
			t.Errorf("%q: beside the refusal it is called %s", c.rule, words.Text(strength))
		}
		test.Type(uitest.Field(t, w, "password.new").Entry(), "!")
		if got := marked(); len(got) != 0 {
			t.Errorf("%q: of another password %q is marked", c.rule, got)
		}
	}
}

// TestARenewalSaysWhyItIsThere, above the rules, and goes on signed in with its own words.
func TestARenewalSaysWhyItIsThere(t *testing.T) {
	s := uitest.NewStage(t)
	f := uitest.FlowAt(1, app.NewPassword{Renew: true, Rules: app.PasswordRules{MinLength: 15}})
	f.Purpose = app.PurposeSignIn
	w := s.At(f)
	uitest.MustSay(t, w, words.Text("password.heading"))
	uitest.MustSay(t, w, words.Text("password.lead_renew"))
	s.OnInput = func(app.Input) (app.Flow, error) {
		in := uitest.FlowAt(2, app.SignedIn{Name: "Ana Ruiz"})
		in.Notice = &app.Notice{Code: app.NoticeRenewed}
		return in, nil
	}
	s.OnStart = func(app.Start) (app.Flow, error) {
		return uitest.FlowAt(1, app.SecurityInfo{Needed: 2}), nil
	}
	for _, key := range []string{"password.new", "password.again"} {
		test.Type(uitest.Field(t, w, key).Entry(), "copper lantern quietly")
	}
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "info")
	uitest.MustSay(t, w, words.Text("notice.password_renewed"))
}

// TestTheLastPageSaysForHowLongTheOldOneGoesOn, in whole units, and not as something that was done.
func TestTheLastPageSaysForHowLongTheOldOneGoesOn(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.Done{Facts: []app.Fact{app.FactPasswordSet, app.FactOldGoesOn, app.FactSignedOut}, OldFor: 50*time.Minute + time.Second}))
	uitest.MustSay(t, w, words.Text("fact.old_goes_on", words.Values{"for": "51 minutes"}))
	other := uitest.NewStage(t)
	w = other.At(uitest.FlowAt(1, app.Done{Facts: []app.Fact{app.FactPasswordSet}, OldFor: time.Hour}))
	uitest.MustNotSay(t, w, words.Text("fact.old_goes_on", words.Values{"for": "1 hour"}))
}

// TestARefusalThatEndsByItselfGoesOn: once the time has come the window reads the flow again, once.
func TestARefusalThatEndsByItselfGoesOn(t *testing.T) {
	s := uitest.NewStage(t)
	f := uitest.FlowAt(1, app.Blocked{Code: app.CodeTooYoung, Until: uitest.ServerNoon().Add(90 * time.Second)})
	f.Purpose = app.PurposeChange
	w := s.At(f)
	reads := 0
	s.OnInput = func(in app.Input) (app.Flow, error) {
		if in == nil {
			reads++
		}
		return uitest.FlowAt(1, app.CurrentPassword{}), nil
	}
	uitest.MustSay(t, w, words.Text("blocked.password_too_young.title"))
	uitest.MustSay(t, w, "You can try again in 2 minutes.")
	s.Pass(80 * time.Second)
	if uitest.MustBeAt(t, w, "blocked"); reads != 0 {
		t.Errorf("it was read %d times too early", reads)
	}
	s.Pass(11 * time.Second)
	if uitest.MustBeAt(t, w, "current"); reads != 1 {
		t.Errorf("it was read %d times", reads)
	}
}
