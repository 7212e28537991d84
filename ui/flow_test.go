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
	s := newStage(t)
	s.start = func(app.Start) (app.Flow, error) { return flowAt(1, app.EnterUserID{}), nil }
	s.answer = func(in app.Input) (app.Flow, error) {
		switch in.(type) {
		case app.GiveUserID:
			return flowAt(2, app.Triage{Reasons: []app.Reason{app.ReasonForgot, app.ReasonLocked}}), nil
		case app.GiveReason:
			return flowAt(3, app.ChooseMethod{Gates: 2, Gate: 1, Choices: []app.Choice{{Kind: app.KindAuthApp}}}), nil
		}
		return flowAt(4, app.Triage{Reasons: []app.Reason{app.ReasonForgot, app.ReasonLocked}}), nil
	}
	w := s.open()
	tap(t, w, "home.locked")
	mustBeAt(t, w, "user_id")
	test.Type(field(t, w, "user_id.field").Entry(), "ana@harbour.example")
	tap(t, w, "page.next")
	mustBeAt(t, w, "choose")
	if got := s.sent[1].in; got != (app.GiveReason{Reason: app.ReasonLocked}) {
		t.Errorf("the reason sent was %v", got)
	}
	w.Visit().(*flow).submit(app.Back{})
	mustBeAt(t, w, "triage")
}

func TestErrorStandsBesideItsFieldAndNothingTypedIsLost(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.EnterSignIn{}))
	s.answer = func(app.Input) (app.Flow, error) {
		return flowAt(2, app.EnterSignIn{}), &app.Error{Code: app.CodeSignIn, Field: "password"}
	}
	test.Type(field(t, w, "sign_in.user_id").Entry(), "ana@harbour.example")
	test.Type(field(t, w, "sign_in.password").Entry(), "copper lantern")
	tap(t, w, "page.next")
	password := field(t, w, "sign_in.password")
	if got := password.Error(); got != words.Text("error.sign_in_wrong") {
		t.Errorf("beside the password stands %q", got)
	}
	if password.Text() != "copper lantern" || field(t, w, "sign_in.user_id").Text() != "ana@harbour.example" {
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
			s := newStage(t)
			w := s.at(flowAt(1, c.step))
			test.Type(field(t, w, c.key).Entry(), c.typed)
			tap(t, w, "page.next")
			if got := field(t, w, c.key).Error(); got != words.Text(c.want) {
				t.Errorf("beside the field stands %q, want %q", got, words.Text(c.want))
			}
			if len(s.sent) > 0 {
				t.Errorf("%v was sent all the same", s.sent)
			}
		})
	}
}

func TestSameWordsSentAgainCarryTheSameKey(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.EnterUserID{}))
	s.answer = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeOffline} }
	test.Type(field(t, w, "user_id.field").Entry(), "ana")
	tap(t, w, "page.next")
	mustSay(t, w, words.Text("error.offline"))
	tap(t, w, "page.retry")
	tap(t, w, "page.next")
	test.Type(field(t, w, "user_id.field").Entry(), "x")
	tap(t, w, "page.next")
	if len(s.sent) != 4 {
		t.Fatalf("%d inputs were sent, want 4", len(s.sent))
	}
	if s.sent[0].key != s.sent[1].key || s.sent[0].key != s.sent[2].key {
		t.Error("the same words sent again carry another key")
	}
	if s.sent[3].key == s.sent[0].key {
		t.Error("other words carry the same key")
	}
	if n := len(s.sent[0].key); n < 16 || n > 64 {
		t.Errorf("a key of %d characters", n)
	}
}

func TestAnAnsweredInputGetsANewKey(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.EnterUserID{}))
	s.answer = func(app.Input) (app.Flow, error) {
		return app.Flow{}, &app.Error{Code: app.CodeThrottled, At: serverNoon(), RetryAt: serverNoon().Add(time.Second)}
	}
	test.Type(field(t, w, "user_id.field").Entry(), "ana")
	tap(t, w, "page.next")
	s.pass(2 * time.Second)
	tap(t, w, "page.next")
	if len(s.sent) != 2 || s.sent[0].key == s.sent[1].key {
		t.Error("a refusal that time mends is asked for again with the key of the refusal")
	}
}

func TestCancelEndsTheFlowOnTheServerToo(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.EnterUserID{}))
	tap(t, w, "page.cancel")
	mustBeAt(t, w, "home")
	if len(s.cancels) != 1 || s.cancels[0] != "f1" {
		t.Errorf("cancelled: %v", s.cancels)
	}
}

func TestEscapeGoesBackAndEnterGoesOn(t *testing.T) {
	s := newStage(t)
	f := flowAt(1, app.EnterUserID{UserID: "ana"})
	f.CanBack = true
	w := s.at(f)
	s.answer = func(app.Input) (app.Flow, error) { return f, nil }
	entry := field(t, w, "user_id.field").Entry()
	if w.Window().Canvas().Focused() != entry {
		t.Error("the first field doesn't have the focus")
	}
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	field(t, w, "user_id.field").Entry().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if len(s.sent) != 2 || s.sent[0].in != (app.GiveUserID{UserID: "ana"}) || s.sent[1].in != (app.Back{}) {
		t.Errorf("Enter and Escape sent %v", s.sent)
	}
}

func TestEndedSessionLeadsBackThroughSigningIn(t *testing.T) {
	s := newStage(t)
	s.signed, s.session = true, app.Session{ID: "s1", Person: app.Person{UserID: "ana@harbour.example", Name: "Ana Ruiz"}}
	s.start = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeSignIn {
			return flowAt(1, app.EnterSignIn{}), nil
		}
		return flowAt(1, app.Registered{Needed: 2}), nil
	}
	w := s.open()
	tap(t, w, "home.set_up")
	mustBeAt(t, w, "registered")
	mustSay(t, w, "Signed in as Ana Ruiz")
	s.signed = false
	s.answer = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeSignedOut} }
	tap(t, w, "page.next")
	mustBeAt(t, w, "sign_in")
	mustSay(t, w, words.Text("sign_in.again"))
	if got := field(t, w, "sign_in.user_id").Text(); got != "ana@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
	s.answer = func(app.Input) (app.Flow, error) { return flowAt(2, app.SignedIn{Name: "Ana Ruiz"}), nil }
	test.Type(field(t, w, "sign_in.password").Entry(), "copper lantern")
	tap(t, w, "page.next")
	mustBeAt(t, w, "registered")
}

func TestEphemeralSessionIsToldOf(t *testing.T) {
	s := newStage(t)
	s.session = app.Session{ID: "s1", Ephemeral: true}
	s.start = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeSignIn {
			return flowAt(1, app.EnterSignIn{UserID: "ana"}), nil
		}
		return flowAt(1, app.ChooseMethod{Enrol: true, Needed: 2}), nil
	}
	s.answer = func(app.Input) (app.Flow, error) { return flowAt(2, app.SignedIn{}), nil }
	w := s.open()
	tap(t, w, "home.set_up")
	test.Type(field(t, w, "sign_in.password").Entry(), "copper lantern")
	tap(t, w, "page.next")
	mustBeAt(t, w, "choose")
	mustSay(t, w, words.Text("sign_in.ephemeral"))
}
