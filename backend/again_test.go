package backend_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// TestQuestionsAreChosenAgain after a fresh proof: the new ones take the place of the old, cool off, and every channel is
// told. The old answers are dead at once.
func TestQuestionsAreChosenAgain(t *testing.T) {
	w, ben := newWorld(t, withQuestions, func(p *policy.Policy) { p.Registration.CoolingOff = time.Hour }), someone(trial.Registered)
	w.register(ben).addQuestions()
	w.register(ben).refused(app.Choose{Kind: app.KindQuestions}, app.CodeLimit) // the wizard adds, and replaces nothing
	w.clock.pass(11 * time.Minute)
	k := w.manage(ben)
	w.clock.pass(11 * time.Minute)
	old := k.owns(app.KindQuestions)
	begun := w.reset(ben)
	at[app.EnterCode](k.must(app.Replace{Credential: old}))
	w.clock.pass(time.Minute)
	step := at[app.PickQuestions](k.must(w.code(ben)))
	chosen := knowAll(step.Questions[len(step.Questions)-step.Choose:])
	info := at[app.SecurityInfo](k.must(chosen))
	if k.owns(app.KindQuestions) != old || len(info.Have) != 3 || !info.Have[2].UsableAt.Equal(w.clock.Now().Add(time.Hour)) {
		t.Errorf("have %+v", info.Have)
	}
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeMethodReplaced {
		t.Errorf("notice %+v", n)
	}
	if w.heard(app.MessageMethodReplaced, ben.Mail) != 1 || w.heard(app.MessageMethodReplaced, ben.UserID) != 1 || w.audited("manage.replaced", "succeeded") != 1 {
		t.Error("not everybody was told")
	}
	begun.refused(app.Choose{Kind: app.KindAuthApp}, app.CodeEnded)
	w.reset(ben).refused(app.Choose{Kind: app.KindQuestions}, app.CodeNotNow) // it cools off
	w.clock.pass(time.Hour)
	asked := at[app.AnswerQuestions](w.reset(ben).must(app.Choose{Kind: app.KindQuestions})).Questions
	for _, q := range asked {
		if !slices.ContainsFunc(chosen.Answers, func(a app.Answer) bool { return a.Question == q.ID }) {
			t.Errorf("an old question is asked: %s", q.ID)
		}
	}
	w.reset(ben).must(app.Choose{Kind: app.KindQuestions}, knowAll(asked))
}

// TestQuestionsLeftHalfway stay as they were.
func TestQuestionsLeftHalfway(t *testing.T) {
	w, ben := newWorld(t, withQuestions), someone(trial.Registered)
	w.register(ben).addQuestions()
	k := w.manage(ben)
	before := at[app.SecurityInfo](k).Have
	k.must(app.Replace{Credential: k.owns(app.KindQuestions)}, app.Back{})
	if after := at[app.SecurityInfo](k).Have; fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("was %v, is %v", before, after)
	}
}
