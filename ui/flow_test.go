package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

func TestReasonFromHomeIsNotAskedAgain(t *testing.T) {
	s := NewStage(t)
	s.OnStart = func(app.Start) (app.Flow, error) { return FlowAt(1, app.EnterUserID{}), nil }
	s.OnInput = func(in app.Input) (app.Flow, error) {
		switch in.(type) {
		case app.GiveUserID:
			return FlowAt(2, app.Triage{Reasons: []app.Reason{app.ReasonForgot, app.ReasonLocked}}), nil
		case app.GiveReason:
			return FlowAt(3, app.ChooseMethod{Gates: 2, Gate: 1, Choices: []app.Choice{{Kind: app.KindAuthApp}}}), nil
		}
		return FlowAt(4, app.Triage{Reasons: []app.Reason{app.ReasonForgot, app.ReasonLocked}}), nil
	}
	w := s.OpenWindow()
	Tap(t, w, "home.locked")
	MustBeAt(t, w, "user_id")
	test.Type(Field(t, w, "user_id.field").Entry(), "ana@harbour.example")
	Tap(t, w, "page.next")
	MustBeAt(t, w, "choose")
	if got := s.Sent[1].In; got != (app.GiveReason{Reason: app.ReasonLocked}) {
		t.Errorf("the reason sent was %v", got)
	}
	Submit(w, app.Back{})
	MustBeAt(t, w, "triage")
}

func TestErrorStandsBesideItsFieldAndNothingTypedIsLost(t *testing.T) {
	s := NewStage(t)
	w := s.At(FlowAt(1, app.EnterSignIn{}))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return FlowAt(2, app.EnterSignIn{}), &app.Error{Code: app.CodeSignIn, Field: "password"}
	}
	test.Type(Field(t, w, "sign_in.user_id").Entry(), "ana@harbour.example")
	test.Type(Field(t, w, "sign_in.password").Entry(), "copper lantern")
	Tap(t, w, "page.next")
	password := Field(t, w, "sign_in.password")
	if got := password.Error(); got != words.Text("error.sign_in_wrong") {
		t.Errorf("beside the password stands %q", got)
	}
	if password.Text() != "copper lantern" || Field(t, w, "sign_in.user_id").Text() != "ana@harbour.example" {
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
		{"spaces in a user ID", "user_id.field", "ana maria", "error.user_id_malformed", app.EnterUserID{}},
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
			s := NewStage(t)
			w := s.At(FlowAt(1, c.step))
			test.Type(Field(t, w, c.key).Entry(), c.typed)
			Tap(t, w, "page.next")
			if got := Field(t, w, c.key).Error(); got != words.Text(c.want) {
				t.Errorf("beside the field stands %q, want %q", got, words.Text(c.want))
			}
			if len(s.Sent) > 0 {
				t.Errorf("%v was sent all the same", s.Sent)
			}
		})
	}
}

func TestSameWordsSentAgainCarryTheSameKey(t *testing.T) {
	s := NewStage(t)
	w := s.At(FlowAt(1, app.EnterUserID{}))
	s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeOffline} }
	test.Type(Field(t, w, "user_id.field").Entry(), "ana")
	Tap(t, w, "page.next")
	MustSay(t, w, words.Text("error.offline"))
	Tap(t, w, "page.retry")
	Tap(t, w, "page.next")
	test.Type(Field(t, w, "user_id.field").Entry(), "x")
	Tap(t, w, "page.next")
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
	s := NewStage(t)
	w := s.At(FlowAt(1, app.EnterUserID{}))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return app.Flow{}, &app.Error{Code: app.CodeThrottled, At: ServerNoon(), RetryAt: ServerNoon().Add(time.Second)}
	}
	test.Type(Field(t, w, "user_id.field").Entry(), "ana")
	Tap(t, w, "page.next")
	s.Pass(2 * time.Second)
	Tap(t, w, "page.next")
	if len(s.Sent) != 2 || s.Sent[0].Key == s.Sent[1].Key {
		t.Error("a refusal that time mends is asked for again with the key of the refusal")
	}
}

func TestCancelEndsTheFlowOnTheServerToo(t *testing.T) {
	s := NewStage(t)
	w := s.At(FlowAt(1, app.EnterUserID{}))
	Tap(t, w, "page.cancel")
	MustBeAt(t, w, "home")
	if len(s.Cancels) != 1 || s.Cancels[0] != "f1" {
		t.Errorf("cancelled: %v", s.Cancels)
	}
}

func TestEscapeGoesBackAndEnterGoesOn(t *testing.T) {
	s := NewStage(t)
	f := FlowAt(1, app.EnterUserID{UserID: "ana"})
	f.CanBack = true
	w := s.At(f)
	s.OnInput = func(app.Input) (app.Flow, error) { return f, nil }
	entry := Field(t, w, "user_id.field").Entry()
	if w.Window().Canvas().Focused() != entry {
		t.Error("the first field doesn't have the focus")
	}
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	Field(t, w, "user_id.field").Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if len(s.Sent) != 2 || s.Sent[0].In != (app.GiveUserID{UserID: "ana"}) || s.Sent[1].In != (app.Back{}) {
		t.Errorf("Enter and Escape sent %v", s.Sent)
	}
}

func TestEndedSessionLeadsBackThroughSigningIn(t *testing.T) {
	s := NewStage(t)
	s.Signed, s.Session = true, app.Session{ID: "s1", Person: app.Person{UserID: "ana@harbour.example", Name: "Ana Ruiz"}}
	s.OnStart = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeSignIn {
			return FlowAt(1, app.EnterSignIn{}), nil
		}
		return FlowAt(1, app.Registered{Needed: 2}), nil
	}
	w := s.OpenWindow()
	Tap(t, w, "home.set_up")
	MustBeAt(t, w, "registered")
	MustSay(t, w, "Signed in as Ana Ruiz")
	s.Signed = false
	s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeSignedOut} }
	Tap(t, w, "page.next")
	MustBeAt(t, w, "sign_in")
	MustSay(t, w, words.Text("sign_in.again"))
	if got := Field(t, w, "sign_in.user_id").Text(); got != "ana@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
	s.OnInput = func(app.Input) (app.Flow, error) { return FlowAt(2, app.SignedIn{Name: "Ana Ruiz"}), nil }
	test.Type(Field(t, w, "sign_in.password").Entry(), "copper lantern")
	Tap(t, w, "page.next")
	MustBeAt(t, w, "registered")
}

func TestEphemeralSessionIsToldOf(t *testing.T) {
	s := NewStage(t)
	s.Session = app.Session{ID: "s1", Ephemeral: true}
	s.OnStart = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeSignIn {
			return FlowAt(1, app.EnterSignIn{UserID: "ana"}), nil
		}
		return FlowAt(1, app.ChooseMethod{Enrol: true, Needed: 2}), nil
	}
	s.OnInput = func(app.Input) (app.Flow, error) { return FlowAt(2, app.SignedIn{}), nil }
	w := s.OpenWindow()
	Tap(t, w, "home.set_up")
	test.Type(Field(t, w, "sign_in.password").Entry(), "copper lantern")
	Tap(t, w, "page.next")
	MustBeAt(t, w, "choose")
	MustSay(t, w, words.Text("sign_in.ephemeral"))
}
