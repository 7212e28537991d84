package step_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/work"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/step"
	"github.com/sparekey/sparekey/ui/uitest"
)

func puzzle(salt string) app.ProveWork {
	return app.ProveWork{Salt: []byte(salt), Memory: 8, Passes: 1, Bits: 4}
}

func TestTheComputerWorksByItself(t *testing.T) {
	s := uitest.NewStage(t)
	first, second := puzzle("0123456789abcdef"), puzzle("fedcba9876543210")
	s.OnInput = func(in app.Input) (app.Flow, error) {
		switch nonce := in.(app.GiveWork).Nonce; {
		case len(s.Sent) == 1 && work.Holds(first, nonce):
			return uitest.FlowAt(2, second), &app.Error{Code: app.CodeWork}
		case work.Holds(second, nonce):
			return uitest.FlowAt(3, app.Triage{Reasons: []app.Reason{app.ReasonForgot}}), nil
		}
		return app.Flow{}, &app.Error{Code: app.CodeInternal}
	}
	w := s.At(uitest.FlowAt(1, first))
	uitest.MustBeAt(t, w, "work")
	uitest.MustSay(t, w, words.Text("error.work_refused"))
	uitest.Tap(t, w, "page.next")
	uitest.MustBeAt(t, w, "triage")
}

func TestTheWorkIsLeft(t *testing.T) {
	s := uitest.NewStage(t)
	s.OnStart = func(app.Start) (app.Flow, error) { return uitest.FlowAt(1, app.EnterUserID{}), nil }
	s.OnInput = func(in app.Input) (app.Flow, error) {
		if _, back := in.(app.Back); back {
			return uitest.FlowAt(3, app.EnterUserID{}), nil
		}
		f := uitest.FlowAt(2, puzzle("0123456789abcdef"))
		f.CanBack = true
		return f, nil
	}
	w := s.At(uitest.FlowAt(1, app.EnterUserID{UserID: "ana"}))
	s.Hold = true
	step.Submit(w, app.GiveUserID{UserID: "ana"})
	held := s.Held
	s.Held = nil
	held[0]() // the puzzle arrives; the work itself is held
	uitest.MustBeAt(t, w, "work")
	s.Pass(2 * time.Second)
	uitest.MustSay(t, w, words.Text("wait.work"))
	working := s.Held
	s.Held, s.Hold = nil, false
	uitest.Tap(t, w, "page.back")
	uitest.MustBeAt(t, w, "user_id")
	for _, do := range working {
		do()
	}
	uitest.MustBeAt(t, w, "user_id")
	if last := s.Sent[len(s.Sent)-1].In; !reflect.DeepEqual(last, app.Back{}) {
		t.Errorf("the last thing sent was %#v", last)
	}
}
