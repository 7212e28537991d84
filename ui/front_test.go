package ui_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestHomeWithoutResetSaysWhy(t *testing.T) {
	s := uitest.NewStage(t)
	s.Org.Reset = false
	w := s.OpenWindow()
	uitest.MustBeAt(t, w, "home")
	if kit.Find(w.Root(), "home.forgot") != nil || kit.Find(w.Root(), "home.locked") != nil {
		t.Error("a reset is offered where it is turned off")
	}
	uitest.MustSay(t, w, "Forgot your password? Your administrator hasn't turned on password reset here. If that looks wrong, contact the IT help desk.")
}

func TestLoadingFailureOffersToTryAgain(t *testing.T) {
	s := uitest.NewStage(t)
	s.OrgErr = &app.Error{Code: app.CodeOffline}
	w := s.OpenWindow()
	uitest.MustBeAt(t, w, "loading")
	uitest.MustSay(t, w, words.Text("loading.failed"))
	s.OrgErr = nil
	uitest.Tap(t, w, "page.retry")
	uitest.MustBeAt(t, w, "home")
}

func TestWhoNeverGotAPasswordHasTwoWays(t *testing.T) {
	s := uitest.NewStage(t)
	s.OnStart = func(start app.Start) (app.Flow, error) {
		if start.Purpose == app.PurposeReset {
			return uitest.FlowAt(1, app.EnterUserID{}), nil
		}
		return uitest.FlowAt(1, app.EnterSignIn{Pass: true}), nil
	}
	w := s.OpenWindow()
	for row, page := range map[string]string{"never.pass": "sign_in", "never.contacts": "user_id"} {
		uitest.Tap(t, w, "home.never")
		uitest.MustBeAt(t, w, "never")
		uitest.Tap(t, w, row)
		uitest.MustBeAt(t, w, page)
		w.Home()
	}
}
