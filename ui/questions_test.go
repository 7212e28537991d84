package ui

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// TestQuestionsCanBeChosenAgain from their own page, as no other way can.
func TestQuestionsCanBeChosenAgain(t *testing.T) {
	s := newStage(t)
	have := []app.Credential{{ID: "1", Kind: app.KindQuestions}, {ID: "2", Kind: app.KindEmail, Masked: "a•••@home.example"}}
	w := s.at(flowAt(1, app.SecurityInfo{Have: have, Needed: 2}))
	tap(t, w, "info.email")
	if kit.Find(w.Root(), "method.again") != nil {
		t.Error("an address is chosen again")
	}
	tap(t, w, "page.back")
	tap(t, w, "info.questions")
	s.answer = func(app.Input) (app.Flow, error) {
		return flowAt(2, app.PickQuestions{Questions: catalogue(), Choose: 3, MinLength: 3, MaxLength: 40}), nil
	}
	tap(t, w, "method.again")
	if len(s.sent) != 1 || s.sent[0].in != (app.Replace{Credential: "1"}) {
		t.Errorf("sent %+v", s.sent)
	}
	mustBeAt(t, w, "pick_questions")
}

func TestOwnQuestionsAreInTheReadersLanguage(t *testing.T) {
	texts := map[string]string{"en": "Which ward?", "de": "Welche Station?", "pt-BR": "Qual ala?", "zh-Hant": "哪個病房？"}
	for language, want := range map[string]string{
		"de": "Welche Station?", "de-CH": "Welche Station?", "DE-at": "Welche Station?", "pt": "Qual ala?", "pt-PT": "Qual ala?",
		"zh-Hant-TW": "哪個病房？", "en-GB": "Which ward?", "fr-FR": "Which ward?", "": "Which ward?", "d": "Which ward?", "den": "Which ward?",
	} {
		if got := inLanguage(texts, language); got != want {
			t.Errorf("in %q: %q", language, got)
		}
	}
	for want, texts := range map[string]map[string]string{
		"":                {},
		"Welche Station?": {"": "Welche Station?"},
		"Quel service ?":  {"fr": "Quel service ?", "nl": "Welke afdeling?"},
	} {
		if got := inLanguage(texts, "it"); got != want {
			t.Errorf("%v gives %q", texts, got)
		}
	}
}
