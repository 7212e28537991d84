package ui

import (
	"reflect"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/work"
	"github.com/sparekey/sparekey/assets/words"
)

func puzzle(salt string) app.ProveWork {
	return app.ProveWork{Salt: []byte(salt), Memory: 8, Passes: 1, Bits: 4}
}

func TestTheComputerWorksByItself(t *testing.T) {
	s := newStage(t)
	first, second := puzzle("0123456789abcdef"), puzzle("fedcba9876543210")
	s.answer = func(in app.Input) (app.Flow, error) {
		switch nonce := in.(app.GiveWork).Nonce; {
		case len(s.sent) == 1 && work.Holds(first, nonce):
			return flowAt(2, second), &app.Error{Code: app.CodeWork}
		case work.Holds(second, nonce):
			return flowAt(3, app.Triage{Reasons: []app.Reason{app.ReasonForgot}}), nil
		}
		return app.Flow{}, &app.Error{Code: app.CodeInternal}
	}
	w := s.at(flowAt(1, first))
	mustBeAt(t, w, "work")
	mustSay(t, w, words.Text("error.work_refused"))
	tap(t, w, "page.next")
	mustBeAt(t, w, "triage")
}

func TestTheWorkIsLeft(t *testing.T) {
	s := newStage(t)
	s.start = func(app.Start) (app.Flow, error) { return flowAt(1, app.EnterUserID{}), nil }
	s.answer = func(in app.Input) (app.Flow, error) {
		if _, back := in.(app.Back); back {
			return flowAt(3, app.EnterUserID{}), nil
		}
		f := flowAt(2, puzzle("0123456789abcdef"))
		f.CanBack = true
		return f, nil
	}
	w := s.at(flowAt(1, app.EnterUserID{UserID: "ana"}))
	s.hold = true
	w.Visit().(*flow).submit(app.GiveUserID{UserID: "ana"})
	held := s.held
	s.held = nil
	held[0]() // the puzzle arrives; the work itself is held
	mustBeAt(t, w, "work")
	s.pass(2 * time.Second)
	mustSay(t, w, words.Text("wait.work"))
	working := s.held
	s.held, s.hold = nil, false
	tap(t, w, "page.back")
	mustBeAt(t, w, "user_id")
	for _, do := range working {
		do()
	}
	mustBeAt(t, w, "user_id")
	if last := s.sent[len(s.sent)-1].in; !reflect.DeepEqual(last, app.Back{}) {
		t.Errorf("the last thing sent was %#v", last)
	}
}
