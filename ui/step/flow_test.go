package step_test

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/step"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestReasonFromHomeIsNotAskedAgain(t *testing.T) {
	s := uitest.NewStage(t)
	s.OnStart = func(app.Start) (app.Flow, error) { return uitest.FlowAt(1, app.EnterUserID{}), nil }
	s.OnInput = func(in app.Input) (app.Flow, error) {
		switch in.(type) {
		case app.GiveUserID:
			return uitest.FlowAt(2, app.Triage{Reasons: []app.Reason{app.ReasonForgot, app.ReasonLocked}}), nil
		case app.GiveReason:
			return uitest.FlowAt(3, app.ChooseMethod{Gates: 2, Gate: 1, Choices: []app.Choice{{Kind: app.KindAuthApp}}}), nil
		}
		return uitest.FlowAt(4, app.Triage{Reasons: []app.Reason{app.ReasonForgot, app.ReasonLocked}}), nil
	}
	w := s.OpenWindow()
	uitest.Tap(t, w, "home.locked")
	uitest.MustBeAt(t, w, "user_id")
	test.Type(uitest.Field(t, w, "user_id.field").Entry(), "ana@harbour.example")
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "choose")
	if got := s.Sent[1].In; got != (app.GiveReason{Reason: app.ReasonLocked}) {
		t.Errorf("the reason sent was %v", got)
	}
	step.Submit(w, app.Back{})
	uitest.MustBeAt(t, w, "triage")
}

func TestErrorStandsBesideItsFieldAndNothingTypedIsLost(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterSignIn{}))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, app.EnterSignIn{}), &app.Error{Code: app.CodeSignIn, Field: "password"}
	}
	test.Type(uitest.Field(t, w, "sign_in.user_id").Entry(), "ana@harbour.example")
	test.Type(uitest.Field(t, w, "sign_in.password").Entry(), "copper lantern")
	uitest.Tap(t, w, "page.next")
	password := uitest.Field(t, w, "sign_in.password")
	if got := password.Error(); got != words.Text("error.sign_in_wrong") {
		t.Errorf("beside the password stands %q", got)
	}
	if password.Text() != "copper lantern" || uitest.Field(t, w, "sign_in.user_id").Text() != "ana@harbour.example" {
		t.Error("what was typed is lost")
	}
	if w.Window().Canvas().Focused() != password.Entry() {
		t.Error("the focus isn't where the mistake is mended")
	}
	test.Type(password.Entry(), "s")
	if password.Error() != "" {
		t.Error("the error stays while it is being mended")
	}
}

func TestEmptyAndMalformedAreRefusedBeforeAnythingIsSent(t *testing.T) {
	cases := []struct {
		name, key, typed, want string
		step                   app.Step
	}{
		{"no user ID", "user_id.field", "", "sign_in.user_id_empty", app.EnterUserID{}},
		{"blanks for a user ID", "user_id.field", " \u00a0", "sign_in.user_id_empty", app.EnterUserID{}},
		{"no end of a user ID", "user_id.field", strings.Repeat("a", 321), "error.user_id_malformed", app.EnterUserID{}},
		{"no password", "sign_in.password", "", "sign_in.password_empty", app.EnterSignIn{UserID: "ana"}},
		{"no address", "address.field", "", "address.empty", app.EnterAddress{}},
		{"no domain", "address.field", "ana@", "error.address_malformed", app.EnterAddress{}},
		{"a name before it", "address.field", "Ana <ana@home.example>", "error.address_malformed", app.EnterAddress{}},
		{"own domain", "address.field", "ana@Harbour.example", "error.address_own_domain", app.EnterAddress{OwnDomains: []string{"harbour.example"}}},
		{"below the own domain", "address.field", "ana@mail.harbour.example", "error.address_own_domain", app.EnterAddress{OwnDomains: []string{"harbour.example"}}},
		{"no new password", "password.new", "", "password.empty", app.NewPassword{Rules: app.PasswordRules{MinLength: 15}}},
		{"too short", "password.new", "short", "rule.length_min", app.NewPassword{Rules: app.PasswordRules{MinLength: 15}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := uitest.NewStage(t)
			w := s.At(uitest.FlowAt(1, c.step))
			test.Type(uitest.Field(t, w, c.key).Entry(), c.typed)
			uitest.Tap(t, w, "page.next")
			if got := uitest.Field(t, w, c.key).Error(); got != words.Text(c.want) {
				t.Errorf("beside the field stands %q, want %q", got, words.Text(c.want))
			}
			if len(s.Sent) > 0 {
				t.Errorf("%v was sent all the same", s.Sent)
			}
		})
	}
}

// TestARefusalTakesThePlaceOfTheHintThatSaysTheSame, until the address is being mended, whoever refuses it.
func TestARefusalTakesThePlaceOfTheHintThatSaysTheSame(t *testing.T) {
	hint := words.Text("address.own", words.Values{"domains": "harbour.example"})
	for _, address := range []string{"ana@harbour.example", "ana@relay.example"} {
		s := uitest.NewStage(t)
		s.OnInput = func(app.Input) (app.Flow, error) {
			return app.Flow{}, &app.Error{Code: app.CodeOwnDomain, Field: "address"}
		}
		w := s.At(uitest.FlowAt(1, app.EnterAddress{OwnDomains: []string{"harbour.example"}}))
		uitest.MustSay(t, w, hint)
		test.Type(uitest.Field(t, w, "address.field").Entry(), address)
		uitest.Tap(t, w, "page.next")
		uitest.MustSay(t, w, words.Text("error.address_own_domain"))
		uitest.MustNotSay(t, w, hint)
		test.Type(uitest.Field(t, w, "address.field").Entry(), "x")
		uitest.MustSay(t, w, hint)
		uitest.MustNotSay(t, w, words.Text("error.address_own_domain"))
	}
}

func TestSameWordsSentAgainCarryTheSameKey(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterUserID{}))
	s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeOffline} }
	test.Type(uitest.Field(t, w, "user_id.field").Entry(), "ana")
	uitest.Tap(t, w, "page.next")
	uitest.MustSay(t, w, words.Text("error.offline"))
	uitest.Tap(t, w, "page.retry")
	uitest.Tap(t, w, "page.next")
	test.Type(uitest.Field(t, w, "user_id.field").Entry(), "x")
	uitest.Tap(t, w, "page.next")
	if len(s.Sent) != 4 {
		t.Fatalf("%d inputs were sent, want 4", len(s.Sent))
	}
	if s.Sent[0].Key != s.Sent[1].Key || s.Sent[0].Key != s.Sent[2].Key {
		t.Error("the same words sent again carry another key")
	}
	if s.Sent[3].Key == s.Sent[0].Key {
		t.Error("other words carry the same key")
	}
	if n := len(s.Sent[0].Key); n < 16 || n > 64 {
		t.Errorf("a key of %d characters", n)
	}
}

func TestAnAnsweredInputGetsANewKey(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterUserID{}))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return app.Flow{}, &app.Error{Code: app.CodeThrottled, At: uitest.ServerNoon(), RetryAt: uitest.ServerNoon().Add(time.Second)}
	}
	test.Type(uitest.Field(t, w, "user_id.field").Entry(), "ana")
	uitest.Tap(t, w, "page.next")
	s.Pass(2 * time.Second)
	uitest.Tap(t, w, "page.next")
	if len(s.Sent) != 2 || s.Sent[0].Key == s.Sent[1].Key {
		t.Error("a refusal that time mends is asked for again with the key of the refusal")
	}
}

func TestCancelEndsTheFlowOnTheServerToo(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterUserID{}))
	uitest.Tap(t, w, "page.cancel")
	uitest.MustBeAt(t, w, "home")
	if len(s.Cancels) != 1 || s.Cancels[0] != "f1" {
		t.Errorf("cancelled: %v", s.Cancels)
	}
}

func TestEscapeGoesBackAndEnterGoesOn(t *testing.T) {
	s := uitest.NewStage(t)
	f := uitest.FlowAt(1, app.EnterUserID{UserID: "ana"})
	f.CanBack = true
	w := s.At(f)
	s.OnInput = func(app.Input) (app.Flow, error) { return f, nil }
	entry := uitest.Field(t, w, "user_id.field").Entry()
	if w.Window().Canvas().Focused() != entry {
		t.Error("the first field doesn't have the focus")
	}
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	uitest.Field(t, w, "user_id.field").Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if len(s.Sent) != 2 || s.Sent[0].In != (app.GiveUserID{UserID: "ana"}) || s.Sent[1].In != (app.Back{}) {
		t.Errorf("Enter and Escape sent %v", s.Sent)
	}
}

func TestEndedSessionLeadsBackThroughSigningIn(t *testing.T) {
	s := uitest.NewStage(t)
	s.Signed, s.Session = true, app.Session{ID: "s1", Person: app.Person{UserID: "ana@harbour.example", Name: "Ana Ruiz"}}
	s.OnStart = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeSignIn {
			return uitest.FlowAt(1, app.EnterSignIn{}), nil
		}
		return uitest.FlowAt(1, app.Registered{Needed: 2}), nil
	}
	w := s.OpenWindow()
	uitest.Tap(t, w, "home.set_up")
	uitest.MustBeAt(t, w, "registered")
	uitest.MustSay(t, w, "Signed in as Ana Ruiz")
	s.Signed = false
	s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeSignedOut} }
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "sign_in")
	uitest.MustSay(t, w, words.Text("sign_in.again"))
	if got := uitest.Field(t, w, "sign_in.user_id").Text(); got != "ana@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, app.SignedIn{Name: "Ana Ruiz"}), nil }
	test.Type(uitest.Field(t, w, "sign_in.password").Entry(), "copper lantern")
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "registered")
}

func TestEphemeralSessionIsToldOf(t *testing.T) {
	s := uitest.NewStage(t)
	s.Session = app.Session{ID: "s1", Ephemeral: true}
	s.OnStart = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeSignIn {
			return uitest.FlowAt(1, app.EnterSignIn{UserID: "ana"}), nil
		}
		return uitest.FlowAt(1, app.ChooseMethod{Enrol: true, Needed: 2}), nil
	}
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, app.SignedIn{}), nil }
	w := s.OpenWindow()
	uitest.Tap(t, w, "home.set_up")
	test.Type(uitest.Field(t, w, "sign_in.password").Entry(), "copper lantern")
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "choose")
	uitest.MustSay(t, w, words.Text("sign_in.ephemeral"))
}
