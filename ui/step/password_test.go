package step_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/step"
	"github.com/sparekey/sparekey/ui/uitest"
)

// checkState gives the state of a rule in the checklist on the page at hand.
func checkState(t *testing.T, w *shell.Window, key string) kit.CheckState {
	t.Helper()
	for _, item := range step.Rules(w) {
		if item.Text == words.Text(key) {
			return item.State
		}
	}
	t.Fatalf("the checklist leaves out %q", words.Text(key))
	return kit.Unmet
}

// TestEasyWordsAreTickedWhereTheyAreKnown: the built-in ones as one types, the organisation's and the leaked passwords
// not before the server has spoken.
func TestEasyWordsAreTickedWhereTheyAreKnown(t *testing.T) {
	for own, passed := range map[bool]kit.CheckState{false: kit.Met, true: kit.OnServer} {
		s := uitest.NewStage(t)
		rules := app.PasswordRules{MinLength: 15, MaxLength: 256, Banned: true, OwnTerms: own, Breached: true}
		w := s.At(uitest.FlowAt(1, app.NewPassword{Rules: rules}))
		if got := checkState(t, w, "check.banned"); got != kit.Unmet {
			t.Errorf("own %v: before typing: %v", own, got)
		}
		test.Type(uitest.Field(t, w, "password.new").Entry(), "Passw0rdWelcome1!")
		if got := checkState(t, w, "check.banned"); got != kit.Unmet {
			t.Errorf("own %v: easy words: %v", own, got)
		}
		uitest.Tap(t, w, "page.next")
		if got := uitest.Field(t, w, "password.new").Error(); got != words.Text("rule.banned") || len(s.Sent) > 0 {
			t.Errorf("own %v: easy words are refused with %q, %d were sent", own, got, len(s.Sent))
		}
		uitest.Field(t, w, "password.new").SetText("copper lantern quietly")
		if got := checkState(t, w, "check.banned"); got != passed {
			t.Errorf("own %v: other words: %v, want %v", own, got, passed)
		}
		if got := checkState(t, w, "check.breached"); got != kit.OnServer {
			t.Errorf("leaked passwords are %v, though only the server knows", got)
		}
	}
}

func TestALeakedPasswordIsRefusedInWords(t *testing.T) {
	s := uitest.NewStage(t)
	step := app.NewPassword{Rules: app.PasswordRules{MinLength: 15, MaxLength: 256, Breached: true}}
	w := s.At(uitest.FlowAt(1, step))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(1, step), &app.Error{Code: app.CodePassword, Field: "password", Params: map[string]string{"rule": "breached"}}
	}
	for _, key := range []string{"password.new", "password.again"} {
		test.Type(uitest.Field(t, w, key).Entry(), "copper lantern quietly")
	}
	uitest.Tap(t, w, "page.next")
	if got := uitest.Field(t, w, "password.new").Error(); !strings.HasSuffix(got, words.Text("rule.breached")) {
		t.Errorf("a leaked password is refused with %q", got)
	}
}
