package ui_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/tray"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestConnectOrTry(t *testing.T) {
	s := uitest.NewStage(t)
	var asked string
	w := s.OpenWindow(func(o *ui.Options) {
		o.Services = app.Services{}
		o.Connect = func(_ context.Context, address string) (app.Services, bool, error) {
			s.Guard("Connect")
			asked = address
			return app.Services{}, false, &app.Error{Code: app.CodeOffline}
		}
		o.Try = func(context.Context) (app.Services, *tray.Trial, error) {
			s.Guard("Try")
			return s.Services(), s.Trial(), nil
		}
	})
	uitest.MustBeAt(t, w, "connect")
	uitest.MustNotSay(t, w, words.Text("banner.text"))
	test.Type(uitest.Field(t, w, "connect.address").Entry(), "sparekey.example.org")
	uitest.Tap(t, w, "page.next")
	if asked != "https://sparekey.example.org" {
		t.Errorf("asked %q", asked)
	}
	uitest.MustSay(t, w, words.Text("error.offline"))
	if got := uitest.Field(t, w, "connect.address"); got.Text() != "sparekey.example.org" {
		t.Errorf("after a failure: %q", got.Text())
	}
	uitest.Tap(t, w, "connect.try")
	uitest.MustBeAt(t, w, "home")
	uitest.MustSay(t, w, words.Text("banner.text"))
}

func TestSamplePersonBeginsTheFittingJob(t *testing.T) {
	s := uitest.NewStage(t)
	s.OnStart = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeSignIn {
			return uitest.FlowAt(1, app.EnterSignIn{}), nil
		}
		return uitest.FlowAt(1, app.EnterUserID{}), nil
	}
	w := s.OpenWindow(func(o *ui.Options) { o.Trial = s.Trial() })
	uitest.Tap(t, w, "banner.try")
	uitest.MustBeAt(t, w, "try")
	uitest.MustSay(t, w, "120000")
	s.Pass(2 * time.Second)
	uitest.MustSay(t, w, "120002")
	uitest.Tap(t, w, "try.registered.code")
	if got := w.Clipboard().Content(); got != "120002" {
		t.Errorf("copied %q", got)
	}
	uitest.Tap(t, w, "try.ready")
	uitest.MustBeAt(t, w, "sign_in")
	if got := uitest.Field(t, w, "sign_in.user_id").Text(); got != "ana@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
	uitest.Tap(t, w, "banner.try")
	uitest.Tap(t, w, "try.never")
	uitest.MustBeAt(t, w, "user_id")
	if got := uitest.Field(t, w, "user_id.field").Text(); got != "new@harbour.example" {
		t.Errorf("the user ID is %q", got)
	}
	uitest.MustSay(t, w, words.Text("banner.text"))
}

func TestSignOutForgetsTheSession(t *testing.T) {
	s := uitest.NewStage(t)
	s.Signed, s.Session = true, app.Session{ID: "s1", Person: app.Person{Name: "Ana Ruiz"}}
	s.OnStart = func(app.Start) (app.Flow, error) { return uitest.FlowAt(1, app.Registered{Needed: 2}), nil }
	w := s.OpenWindow()
	uitest.Tap(t, w, "home.set_up")
	uitest.Tap(t, w, "rail.sign_out")
	uitest.MustBeAt(t, w, "home")
	uitest.MustNotSay(t, w, "Signed in as Ana Ruiz")
	if s.Closed != 1 {
		t.Errorf("the session was closed %d times", s.Closed)
	}
}
