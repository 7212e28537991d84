package step_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/uitest"
)

// TestQuestionsCanBeChosenAgain from their own page, as no other way can.
func TestQuestionsCanBeChosenAgain(t *testing.T) {
	s := uitest.NewStage(t)
	have := []app.Credential{{ID: "1", Kind: app.KindQuestions}, {ID: "2", Kind: app.KindEmail, Masked: "a•••@home.example"}}
	w := s.At(uitest.FlowAt(1, app.SecurityInfo{Have: have, Needed: 2}))
	uitest.Tap(t, w, "info.email")
	if kit.Find(w.Root(), "method.again") != nil {
		t.Error("an address is chosen again")
	}
	uitest.Tap(t, w, "page.back")
	uitest.Tap(t, w, "info.questions")
	s.OnInput = func(app.Input) (app.Flow, error) {
		return uitest.FlowAt(2, app.PickQuestions{Questions: catalogue(), Choose: 3, MinLength: 3, MaxLength: 40}), nil
	}
	uitest.Tap(t, w, "method.again")
	if len(s.Sent) != 1 || s.Sent[0].In != (app.Replace{Credential: "1"}) {
		t.Errorf("sent %+v", s.Sent)
	}
	uitest.MustBeAt(t, w, "pick_questions")
}
