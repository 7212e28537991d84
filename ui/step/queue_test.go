package step_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/step"
	"github.com/sparekey/sparekey/ui/uitest"
)

// busy is how a full line answers: come back in two seconds.
func busy() *app.Error {
	return &app.Error{Code: app.CodeBusy, At: uitest.ServerNoon(), RetryAt: uitest.ServerNoon().Add(2 * time.Second)}
}

// drawn is a source of randomness that repeats one byte.
type drawn byte

func (d drawn) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte{byte(d)}, len(p))), nil
}

var _ io.Reader = drawn(0)

// queueing opens the window at a step before a server that is busy for the first so many inputs.
func queueing(t *testing.T, first app.Step, times int, random byte) (*uitest.Stage, *shell.Window) {
	s := uitest.NewStage(t)
	s.OnStart = func(app.Start) (app.Flow, error) { return uitest.FlowAt(1, first), nil }
	s.OnInput = func(app.Input) (app.Flow, error) {
		if len(s.Sent) <= times {
			return app.Flow{}, busy()
		}
		return uitest.FlowAt(2, app.Triage{Reasons: []app.Reason{app.ReasonForgot}}), nil
	}
	w := s.OpenWindow(func(o *ui.Options) { o.Rand = drawn(random) })
	w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeReset})
	return s, w
}

// Threat: a crowd, or an attacker who makes one, keeps people from signing in. The window stands in the queue for them:
// whatever they sent goes again as it was, by itself.
func TestTheWindowStandsInTheQueue(t *testing.T) {
	rules := app.PasswordRules{MinLength: 15}
	for name, c := range map[string]struct {
		step app.Step
		in   app.Input
	}{
		"signing in":           {app.EnterSignIn{}, app.SignIn{UserID: "ana", Password: app.NewSecret("copper lantern")}},
		"the present password": {app.CurrentPassword{}, app.GiveCurrentPassword{Password: app.NewSecret("copper lantern")}},
		"a new password":       {app.NewPassword{Rules: rules}, app.GivePassword{Password: app.NewSecret("nine herons over it")}},
		"answers":              {app.AnswerQuestions{Questions: []app.Question{{ID: "pet"}}}, app.GiveAnswers{}},
	} {
		t.Run(name, func(t *testing.T) {
			s, w := queueing(t, c.step, 3, 7)
			step.Submit(w, c.in)
			page := w.Page()
			for sent := 1; sent <= 3; sent++ {
				if len(s.Sent) != sent {
					t.Fatalf("%d were sent, want %d", len(s.Sent), sent)
				}
				if !uitest.Says(w, words.Text("button.stop_waiting")) || w.Page() != page {
					t.Fatal("the page does not show the queue")
				}
				s.Pass(1900 * time.Millisecond)
				if len(s.Sent) != sent {
					t.Fatal("it came back before its time")
				}
				for range 400 {
					if len(s.Sent) == sent {
						s.Pass(100 * time.Millisecond)
					}
				}
			}
			uitest.MustBeAt(t, w, "triage")
			for _, sent := range s.Sent {
				if sent.Key != s.Sent[0].Key || sent.Rev != 1 {
					t.Error("it was not sent again as it was")
				}
			}
		})
	}
}

func TestNothingTypedIsLostInTheQueue(t *testing.T) {
	s, w := queueing(t, app.EnterSignIn{}, 2, 0)
	test.Type(uitest.Field(t, w, "sign_in.user_id").Entry(), "ana@harbour.example")
	test.Type(uitest.Field(t, w, "sign_in.password").Entry(), "copper lantern")
	uitest.Tap(t, w, "page.next")
	uitest.MustSay(t, w, "Many people are signing in just now. Trying again in 2 s.")
	s.Pass(time.Second)
	uitest.MustSay(t, w, "Many people are signing in just now. Trying again in 1 s.")
	uitest.Tap(t, w, "page.leave_queue")
	s.Pass(time.Minute)
	if len(s.Sent) != 1 {
		t.Fatal("it goes on by itself after the person had enough")
	}
	uitest.MustSay(t, w, words.Text("error.busy"))
	if uitest.Field(t, w, "sign_in.user_id").Text() != "ana@harbour.example" || uitest.Field(t, w, "sign_in.password").Text() != "copper lantern" {
		t.Error("what was typed is lost")
	}
	uitest.Tap(t, w, "page.retry")
	s.Pass(time.Minute)
	if uitest.MustBeAt(t, w, "triage"); len(s.Sent) != 3 || s.Sent[2].Key != s.Sent[0].Key {
		t.Errorf("by hand it was sent %d times", len(s.Sent))
	}
}

func TestTheQueueIsLeftWithThePage(t *testing.T) {
	s, w := queueing(t, app.EnterSignIn{}, 9, 0)
	step.Submit(w, app.SignIn{UserID: "ana", Password: app.NewSecret("x")})
	w.Home()
	s.Pass(time.Minute)
	if len(s.Sent) != 1 {
		t.Errorf("it was sent %d times from a page that was left", len(s.Sent))
	}
}

// Threat: everybody who was sent away comes back at one moment, and is sent away again.
func TestACrowdComesBackSpread(t *testing.T) {
	when := map[time.Duration]bool{}
	for random := range 16 {
		s, w := queueing(t, app.EnterSignIn{}, 9, byte(random*16+random))
		step.Submit(w, app.SignIn{UserID: "ana", Password: app.NewSecret("x")})
		for len(s.Sent) == 1 {
			s.Pass(100 * time.Millisecond)
		}
		came := s.Now.Sub(uitest.Noon)
		if came < 2*time.Second || came > 5*time.Second {
			t.Errorf("it came back after %v", came)
		}
		when[came.Truncate(time.Second/2)] = true
	}
	if len(when) < 3 {
		t.Errorf("a crowd of 16 comes back at %v", when)
	}
}
