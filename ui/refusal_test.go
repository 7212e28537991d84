package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

func TestWrongCodeSaysHowManyTriesAreLeftAndClearsTheCells(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.EnterCode{Channel: app.KindAuthApp, TriesLeft: 5}))
	s.answer = func(app.Input) (app.Flow, error) {
		return flowAt(2, app.EnterCode{Channel: app.KindAuthApp, TriesLeft: 1}), &app.Error{Code: app.CodeWrongCode, Field: "code", TriesLeft: 1}
	}
	test.Type(cells(t, w), "123456")
	if len(s.sent) != 1 {
		t.Fatal("six digits don't send themselves")
	}
	mustSay(t, w, "That code was not right. You have 1 try left. Check that it is the newest.")
	if got := cells(t, w).Text(); got != "" {
		t.Errorf("the dead code %q stands there still", got)
	}
	if w.Window().Canvas().Focused() != fyne.Focusable(cells(t, w)) {
		t.Error("the focus isn't back in the cells")
	}
	test.Type(cells(t, w), "654321")
	if len(s.sent) != 2 || s.sent[1].rev != 2 {
		t.Errorf("the next try answers revision %d, want 2", s.sent[len(s.sent)-1].rev)
	}
}

func TestThrottleCountsDownByTheServersClock(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.EnterCode{Channel: app.KindAuthApp, TriesLeft: 5}))
	s.answer = func(app.Input) (app.Flow, error) {
		return flowAt(1, app.EnterCode{Channel: app.KindAuthApp}), &app.Error{
			Code: app.CodeThrottled, At: serverNoon(), RetryAt: serverNoon().Add(22 * time.Second)}
	}
	test.Type(cells(t, w), "123456")
	mustSay(t, w, "Too many tries. You can go on in 22 s.")
	next := kit.Find(w.Root(), "page.next").(*kit.Button)
	if !next.Disabled() {
		t.Error("the primary button doesn't wait")
	}
	s.pass(2 * time.Second)
	mustSay(t, w, "Too many tries. You can go on in 20 s.")
	s.pass(20 * time.Second)
	if next.Disabled() {
		t.Error("the primary button waits for longer than it must")
	}
}

func TestSendAgainOpensByTheServersClock(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.EnterCode{Channel: app.KindEmail, Masked: "a•••@home.example",
		Expires: serverNoon().Add(5 * time.Minute), ResendAt: serverNoon().Add(30 * time.Second)}))
	mustSay(t, w, "Valid for 5:00")
	mustSay(t, w, "Send again in 30 s")
	s.pass(23 * time.Second)
	mustSay(t, w, "Valid for 4:37")
	mustSay(t, w, "Send again in 7 s")
	s.answer = func(app.Input) (app.Flow, error) { return flowAt(2, app.EnterCode{Channel: app.KindEmail}), nil }
	tap(t, w, "code.resend")
	if len(s.sent) != 0 {
		t.Error("Send again can be tapped before it opens")
	}
	s.pass(8 * time.Second)
	tap(t, w, "code.resend")
	if len(s.sent) != 1 || s.sent[0].in != (app.Resend{}) {
		t.Errorf("%v was sent", s.sent)
	}
}

func TestExpiredFlowOffersToStartAgain(t *testing.T) {
	for _, code := range []app.Code{app.CodeExpired, app.CodeEnded, app.CodeNoFlow} {
		s := newStage(t)
		w := s.at(flowAt(1, app.EnterUserID{UserID: "ana"}))
		s.answer = func(app.Input) (app.Flow, error) { return app.Flow{}, &app.Error{Code: code, Support: "H7K2-9QWD"} }
		tap(t, w, "page.next")
		mustBeAt(t, w, "ended")
		mustSay(t, w, words.Text("error."+string(code)))
		mustSay(t, w, "Support code H7K2-9QWD")
		tap(t, w, "page.next")
		mustBeAt(t, w, "user_id")
		if len(s.starts) != 2 {
			t.Errorf("%s: %d starts", code, len(s.starts))
		}
	}
}

func TestMovedFlowIsReadAgain(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.EnterUserID{UserID: "ana"}))
	s.answer = func(in app.Input) (app.Flow, error) {
		if in == nil {
			return flowAt(7, app.NewPassword{}), nil
		}
		return app.Flow{}, &app.Error{Code: app.CodeMoved}
	}
	tap(t, w, "page.next")
	mustBeAt(t, w, "new_password")
	mustSay(t, w, words.Text("error.flow_moved"))
}

func TestARefusalOnAnotherStepIsShownThere(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.EnterCode{Channel: app.KindAuthApp, TriesLeft: 1}))
	s.answer = func(app.Input) (app.Flow, error) {
		return flowAt(2, app.ChooseMethod{Gates: 2, Gate: 1}), &app.Error{Code: app.CodeGateEnded, Field: "code"}
	}
	test.Type(cells(t, w), "123456")
	mustBeAt(t, w, "choose")
	mustSay(t, w, words.Text("error.gate_ended"))
}

func TestARefusalThatTheStepTellsIsNotSaidTwice(t *testing.T) {
	s := newStage(t)
	w := s.at(flowAt(1, app.EnterCode{Channel: app.KindAuthApp, TriesLeft: 1}))
	f := flowAt(2, app.ChooseMethod{Gates: 2, Gate: 1})
	f.Notice = &app.Notice{Code: app.NoticeGateEnded, Kind: app.KindAuthApp}
	s.answer = func(app.Input) (app.Flow, error) { return f, &app.Error{Code: app.CodeGateEnded} }
	test.Type(cells(t, w), "123456")
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
