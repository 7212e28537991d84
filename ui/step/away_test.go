package step_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// TestEveryInputOutlivesAServerThatIsAway: what was put in stays, and is sent as it was once there is an answer.
func TestEveryInputOutlivesAServerThatIsAway(t *testing.T) {
	typing := func(keys ...string) func(*testing.T, *shell.Window) {
		return func(t *testing.T, w *shell.Window) {
			for i := 0; i < len(keys); i += 2 {
				test.Type(uitest.Field(t, w, keys[i]).Entry(), keys[i+1])
			}
			uitest.Tap(t, w, "page.next")
		}
	}
	later := uitest.ServerNoon().Add(time.Hour)
	for name, c := range map[string]struct {
		step app.Step
		fill func(*testing.T, *shell.Window)
	}{
		"user ID":      {app.EnterUserID{}, typing("user_id.field", "ana")},
		"address":      {app.EnterAddress{}, typing("address.field", "ana@home.example")},
		"new password": {app.NewPassword{Rules: app.PasswordRules{MinLength: 15}}, typing("password.new", "nine herons over it", "password.again", "nine herons over it")},
		"code": {app.EnterCode{Channel: app.KindEmail, Expires: later}, func(t *testing.T, w *shell.Window) {
			for _, digit := range "123456" {
				uitest.Cells(t, w).TypedRune(digit)
			}
		}},
		"answers": {app.AnswerQuestions{Questions: []app.Question{{ID: "pet"}}}, typing("answers.1", "a heron")},
	} {
		t.Run(name, func(t *testing.T) {
			s := uitest.NewStage(t)
			up := false
			w := s.At(uitest.FlowAt(1, c.step))
			s.OnInput = func(app.Input) (app.Flow, error) {
				if !up {
					return app.Flow{}, &app.Error{Code: app.CodeOffline}
				}
				return uitest.FlowAt(2, app.Triage{Reasons: []app.Reason{app.ReasonForgot}}), nil
			}
			c.fill(t, w)
			given := kit.Given(w.Root())
			s.Pass(90 * time.Second)
			if got := kit.Given(w.Root()); !slices.Equal(got, given) || len(given) == 0 {
				t.Fatalf("after a while there stands %d, before %d", len(got), len(given))
			}
			up = true
			s.Pass(75 * time.Second)
			uitest.MustBeAt(t, w, "triage")
			another := slices.ContainsFunc(s.Sent, func(sent uitest.Submission) bool { return !reflect.DeepEqual(sent, s.Sent[0]) })
			if len(s.Sent) < 4 || another {
				t.Errorf("it was sent %d times, and not always as it was", len(s.Sent))
			}
		})
	}
}

// TestAPageThatReadsTheFlowAsksLessOften while the server is away, however long that is.
func TestAPageThatReadsTheFlowAsksLessOften(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, ringing()), func(o *ui.Options) { o.Rand = drawn(0x7f) })
	asked := 0
	s.OnInput = func(app.Input) (app.Flow, error) { asked++; return app.Flow{}, &app.Error{Code: app.CodeOffline} }
	s.Pass(5 * time.Minute)
	if asked < 5 || asked > 40 {
		t.Errorf("asked %d times in five minutes", asked)
	}
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, app.NewPassword{}), nil }
	s.Pass(2 * time.Minute)
	uitest.MustBeAt(t, w, "new_password")
}

// TestTheHelpDeskStandsBesideWhatIsWrong where the rail shows something else in its place.
func TestTheHelpDeskStandsBesideWhatIsWrong(t *testing.T) {
	s := uitest.NewStage(t)
	f := uitest.FlowAt(1, app.EnterAddress{})
	f.Purpose = app.PurposeRegister
	s.OnStart = func(app.Start) (app.Flow, error) { return f, nil }
	s.Signed, s.Session = true, app.Session{ID: "s1", Due: app.DueRegister}
	w := s.OpenWindow()
	w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeRegister})
	uitest.MustBeAt(t, w, "address")
	uitest.MustNotSay(t, w, "ext. 4400")
	s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeOffline} }
	test.Type(uitest.Field(t, w, "address.field").Entry(), "ana@home.example")
	uitest.Tap(t, w, "page.next")
	uitest.MustSay(t, w, "ext. 4400")
	w.Window().Resize(fyne.NewSize(800, 600))
	uitest.OnKeyboard(t, w, "away")
}

// TestTheHelpDeskIsNamedOnceWhereItIsTheWayOut: on a page whose body names it, while the server is away, whatever the rail shows.
func TestTheHelpDeskIsNamedOnceWhereItIsTheWayOut(t *testing.T) {
	for _, purpose := range []app.Purpose{app.PurposeReset, app.PurposeRegister} {
		s := uitest.NewStage(t)
		f := uitest.FlowAt(1, app.Blocked{Code: app.CodeNotManaged})
		f.Purpose, f.Contact = purpose, true
		s.OnStart = func(app.Start) (app.Flow, error) { return f, nil }
		s.Signed, s.Session = true, app.Session{ID: "s1"}
		w := s.OpenWindow()
		w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: purpose})
		s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeOffline} }
		for range 3 {
			uitest.MustSay(t, w, "ext. 4400")
			uitest.MustNotRepeat(t, w, "ext. 4400")
			if kit.Find(w.Root(), "page.retry") == nil {
				uitest.Tap(t, w, "page.contact")
			} else {
				uitest.Tap(t, w, "page.retry")
			}
		}
		uitest.MustSay(t, w, words.Text("button.retry_now"))
	}
}

// Threat: a password that somebody typed stands in a window for as long as the server is away. With its flow it goes.
func TestNothingIsAskedOnceTheFlowIsOver(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterSignIn{}))
	s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeOffline} }
	test.Type(uitest.Field(t, w, "sign_in.user_id").Entry(), "ana")
	test.Type(uitest.Field(t, w, "sign_in.password").Entry(), "copper lantern")
	uitest.Tap(t, w, "page.next")
	s.Pass(14 * time.Minute)
	uitest.MustBeAt(t, w, "sign_in")
	s.Pass(2 * time.Minute)
	uitest.MustBeAt(t, w, "ended")
	uitest.MustNotSay(t, w, words.Text("button.retry_now"))
	sent := len(s.Sent)
	s.Pass(5 * time.Minute)
	if len(s.Sent) != sent {
		t.Errorf("%d were sent after the end", len(s.Sent)-sent)
	}
}
