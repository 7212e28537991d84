package ui

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

func TestConnectOrTry(t *testing.T) {
	s := NewStage(t)
	var asked string
	w := s.OpenWindow(func(o *Options) {
		o.Services = app.Services{}
		o.Connect = func(_ context.Context, address string) (app.Services, error) {
			s.Guard("Connect")
			asked = address
			return app.Services{}, context.DeadlineExceeded
		}
		o.Try = func(context.Context) (app.Services, *Trial, error) {
			s.Guard("Try")
			return s.Services(), s.Trial(), nil
		}
	})
	MustBeAt(t, w, "connect")
	MustNotSay(t, w, words.Text("banner.text"))
	test.Type(Field(t, w, "connect.address").Entry(), "sparekey.example.org")
	Tap(t, w, "page.next")
	if asked != "https://sparekey.example.org" {
		t.Errorf("asked %q", asked)
	}
	if got := Field(t, w, "connect.address"); got.Error() == "" || got.Text() != "sparekey.example.org" {
		t.Errorf("after a failure: %q, %q", got.Error(), got.Text())
	}
	Tap(t, w, "connect.try")
	MustBeAt(t, w, "home")
	MustSay(t, w, words.Text("banner.text"))
}

func TestSamplePersonBeginsTheFittingJob(t *testing.T) {
	s := NewStage(t)
	s.OnStart = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeSignIn {
			return FlowAt(1, app.EnterSignIn{}), nil
		}
		return FlowAt(1, app.EnterUserID{}), nil
	}
	w := s.OpenWindow(func(o *Options) { o.Trial = s.Trial() })
	Tap(t, w, "banner.try")
	MustBeAt(t, w, "try")
	MustSay(t, w, "120000")
	s.Pass(2 * time.Second)
	MustSay(t, w, "120002")
	Tap(t, w, "try.registered.code")
	if got := w.Clipboard().Content(); got != "120002" {
		t.Errorf("copied %q", got)
	}
	Tap(t, w, "try.ready")
	MustBeAt(t, w, "sign_in")
	if got := Field(t, w, "sign_in.user_id").Text(); got != "ana@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
	Tap(t, w, "banner.try")
	Tap(t, w, "try.never")
	MustBeAt(t, w, "user_id")
	if got := Field(t, w, "user_id.field").Text(); got != "new@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
	MustSay(t, w, words.Text("banner.text"))
}

func TestSignOutForgetsTheSession(t *testing.T) {
	s := NewStage(t)
	s.Signed, s.Session = true, app.Session{ID: "s1", Person: app.Person{Name: "Ana Ruiz"}}
	s.OnStart = func(app.Start) (app.Flow, error) { return FlowAt(1, app.Registered{Needed: 2}), nil }
	w := s.OpenWindow()
	Tap(t, w, "home.set_up")
	Tap(t, w, "rail.sign_out")
	MustBeAt(t, w, "home")
	MustNotSay(t, w, "Signed in as Ana Ruiz")
	if s.Closed != 1 {
		t.Errorf("the session was closed %d times", s.Closed)
	}
}
