package step_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestWrongCodeSaysHowManyTriesAreLeftAndClearsTheCells(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterCode{Channel: app.KindAuthApp, TriesLeft: 5}))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, app.EnterCode{Channel: app.KindAuthApp, TriesLeft: 1}), &app.Error{Code: app.CodeWrongCode, Field: "code", TriesLeft: 1}
	}
	test.Type(uitest.Cells(t, w), "123456")
	if len(s.Sent) != 1 {
		t.Fatal("six digits don't send themselves")
	}
	uitest.MustSay(t, w, "That code was not right. You have 1 try left. Check that it is the newest, and that the phone sets its date and time by itself.")
	if got := uitest.Cells(t, w).Text(); got != "" {
		t.Errorf("the dead code %q stands there still", got)
	}
	if w.Window().Canvas().Focused() != fyne.Focusable(uitest.Cells(t, w)) {
		t.Error("the focus isn't back in the cells")
	}
	test.Type(uitest.Cells(t, w), "654321")
	if len(s.Sent) != 2 || s.Sent[1].Rev != 2 {
		t.Errorf("the next try answers revision %d, want 2", s.Sent[len(s.Sent)-1].Rev)
	}
}

func TestThrottleCountsDownByTheServersClock(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterCode{Channel: app.KindAuthApp, TriesLeft: 5}))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(1, app.EnterCode{Channel: app.KindAuthApp}), &app.Error{
			Code: app.CodeThrottled, At: uitest.ServerNoon(), RetryAt: uitest.ServerNoon().Add(22 * time.Second)}
	}
	test.Type(uitest.Cells(t, w), "123456")
	uitest.MustSay(t, w, "Too many tries. You can go on in 22 s.")
	next := kit.Find(w.Root(), "page.next").(*kit.Button)
	if !next.Disabled() {
		t.Error("the primary button doesn't wait")
	}
	s.Pass(2 * time.Second)
	uitest.MustSay(t, w, "Too many tries. You can go on in 20 s.")
	s.Pass(20 * time.Second)
	if next.Disabled() {
		t.Error("the primary button waits for longer than it must")
	}
}

func TestSendAgainOpensByTheServersClock(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterCode{Channel: app.KindEmail, Masked: "a•••@home.example",
		Expires: uitest.ServerNoon().Add(5 * time.Minute), ResendAt: uitest.ServerNoon().Add(30 * time.Second)}))
	uitest.MustSay(t, w, "Valid for 5:00")
	uitest.MustSay(t, w, "Send again in 30 s")
	s.Pass(23 * time.Second)
	uitest.MustSay(t, w, "Valid for 4:37")
	uitest.MustSay(t, w, "Send again in 7 s")
	s.OnInput = func(app.Input) (app.Flow, error) { return uitest.FlowAt(2, app.EnterCode{Channel: app.KindEmail}), nil }
	uitest.Tap(t, w, "code.resend")
	if len(s.Sent) != 0 {
		t.Error("Send again can be tapped before it opens")
	}
	s.Pass(8 * time.Second)
	uitest.Tap(t, w, "code.resend")
	if len(s.Sent) != 1 || s.Sent[0].In != (app.Resend{}) {
		t.Errorf("%v was sent", s.Sent)
	}
}

func TestExpiredFlowOffersToStartAgain(t *testing.T) {
	for _, code := range []app.Code{app.CodeExpired, app.CodeEnded, app.CodeNoFlow} {
		s := uitest.NewStage(t)
		w := s.At(uitest.FlowAt(1, app.EnterUserID{UserID: "ana"}))
		s.OnInput = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: code, Support: "H7K2-9QWD"} }
		uitest.Tap(t, w, "page.next")
		uitest.MustBeAt(t, w, "ended")
		uitest.MustSay(t, w, words.Text("error."+string(code)))
		uitest.MustSay(t, w, "Support code H7K2-9QWD")
		uitest.Tap(t, w, "page.next")
		uitest.MustBeAt(t, w, "user_id")
		if len(s.Starts) != 2 {
			t.Errorf("%s: %d starts", code, len(s.Starts))
		}
	}
}

func TestMovedFlowIsReadAgain(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterUserID{UserID: "ana"}))
	s.OnInput = func(in app.Input) (app.Flow, error) {
		if in == nil {
			return uitest.FlowAt(7, app.NewPassword{}), nil
		}
		return app.Flow{}, &app.Error{Code: app.CodeMoved}
	}
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "new_password")
	uitest.MustSay(t, w, words.Text("error.flow_moved"))
}

func TestARefusalOnAnotherStepIsShownThere(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterCode{Channel: app.KindAuthApp, TriesLeft: 1}))
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, app.ChooseMethod{Gates: 2, Gate: 1}), &app.Error{Code: app.CodeGateEnded, Field: "code"}
	}
	test.Type(uitest.Cells(t, w), "123456")
	uitest.MustBeAt(t, w, "choose")
	uitest.MustSay(t, w, words.Text("error.gate_ended"))
}

func TestARefusalThatTheStepTellsIsNotSaidTwice(t *testing.T) {
	s := uitest.NewStage(t)
	w := s.At(uitest.FlowAt(1, app.EnterCode{Channel: app.KindAuthApp, TriesLeft: 1}))
	f := uitest.FlowAt(2, app.ChooseMethod{Gates: 2, Gate: 1})
	f.Notice = &app.Notice{Code: app.NoticeGateEnded, Kind: app.KindAuthApp}
	s.OnInput = func(app.Input) (app.Flow, error) { return f, &app.Error{Code: app.CodeGateEnded} }
	test.Type(uitest.Cells(t, w), "123456")
	said := 0
	for _, line := range kit.Texts(w.Root()) {
		if line == words.Text("error.gate_ended") || line == words.Text("notice.gate_ended") {
			said++
		}
	}
	if said != 1 {
		t.Errorf("it is said %d times", said)
	}
}
