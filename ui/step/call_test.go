package step_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/uitest"
)

func ringing() app.ConfirmOnPhone {
	return app.ConfirmOnPhone{Digits: "42", Masked: "+44 ••••••00", TriesLeft: 5,
		Expires: uitest.ServerNoon().Add(5 * time.Minute), ResendAt: uitest.ServerNoon().Add(30 * time.Second)}
}

// TestTheTelephoneLeadsOn reads the flow every two seconds, and shows what the telephone led to.
func TestTheTelephoneLeadsOn(t *testing.T) {
	s := uitest.NewStage(t)
	read, now := 0, uitest.FlowAt(1, ringing())
	s.OnInput = func(in app.Input) (app.Flow, error) {
		if in == nil {
			read++
		}
		return now, nil
	}
	w := s.At(now)
	uitest.MustSay(t, w, "42")
	uitest.MustSay(t, w, "We are calling +44 ••••••00. It can take a moment.")
	s.Pass(11 * time.Second)
	if read < 4 || read > 6 || len(s.Sent) != 0 || w.Busy() {
		t.Errorf("read %d times in 11 s; %d inputs", read, len(s.Sent))
	}
	now = uitest.FlowAt(2, app.NewPassword{Rules: app.PasswordRules{MinLength: 15}})
	s.Pass(3 * time.Second)
	uitest.MustBeAt(t, w, "new_password")
	read = 0
	s.Pass(time.Minute)
	if read != 0 {
		t.Errorf("a page that was left read %d times", read)
	}
}

// TestWrongDigitsAreTold and the old ones are shown no more; the next call has others.
func TestWrongDigitsAreTold(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, ringing()))
	wrong := ringing()
	wrong.Over, wrong.TriesLeft = true, 4
	told := uitest.FlowAt(2, wrong)
	told.Notice = &app.Notice{Code: app.NoticeCallWrong, Kind: app.KindVoice}
	s.OnInput = func(app.Input) (app.Flow, error) { return told, nil }
	s.Pass(3 * time.Second)
	uitest.MustSay(t, w, words.Text("notice.call_wrong"))
	uitest.MustSay(t, w, words.Text("call.over"))
	uitest.MustNotSay(t, w, "42")
	if kit.Find(w.Root(), "call.resend").(*kit.Button).Disabled() == false {
		t.Error("a new call opens before its time")
	}
	s.Pass(30 * time.Second)
	next := ringing()
	next.Digits = "17"
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(3, next), nil }
	uitest.Tap(t, w, "call.resend")
	if len(s.Sent) != 1 || s.Sent[0].In != (app.Resend{}) {
		t.Fatalf("sent %+v", s.Sent)
	}
	uitest.MustSay(t, w, "17")
}

// TestALostServerIsToldWhileItLasts and an older answer than the page's changes nothing.
func TestALostServerIsToldWhileItLasts(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(5, ringing()))
	s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeOffline} }
	s.Pass(3 * time.Second)
	uitest.MustSay(t, w, words.Text("error.offline"))
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(4, app.NewPassword{}), nil }
	s.Pass(3 * time.Second)
	uitest.MustBeAt(t, w, "call")
	uitest.MustNotSay(t, w, words.Text("error.offline"))
	s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: app.CodeExpired} }
	s.Pass(3 * time.Second)
	uitest.MustBeAt(t, w, "ended")
}

// TestLeavingStopsReading cancels a reading that is under way.
func TestLeavingStopsReading(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, ringing()))
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, app.NewPassword{}), nil }
	s.Hold = true
	s.Pass(3 * time.Second)
	if len(s.Held) != 1 {
		t.Fatalf("%d readings are under way", len(s.Held))
	}
	s.Hold = false
	w.Home()
	s.Release()
	uitest.MustBeAt(t, w, "home")
}
