package questions

import (
	"maps"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
	"github.com/sparekey/sparekey/methods/methodtest"
)

type words = map[string]string

// TestIDsOutliveTheList names a question the same when a translation is added, and another one otherwise.
func TestIDsOutliveTheList(t *testing.T) {
	id := ownID(naming(words{"": "Which ward?"}))
	for _, same := range []words{{"": "which  WARD?"}, {"en": "Which ward?"}, {"en": "Which ward?", "de": "Welche Station?"}, {"de": "Which ward?"}, {"de": "Which ward?", "fr": "Quel service ?"}} {
		if got := ownID(naming(same)); got != id {
			t.Errorf("%v is another question", same)
		}
	}
	for _, other := range []words{{"": "Which office?"}, {"de": "Welche Station?", "en": "Which office?"}, {}} {
		if ownID(naming(other)) == id {
			t.Errorf("%v is the same question", other)
		}
	}
}

// TestQuestionsKeepTheirWords registers a question, and asks it after the administrator edited the list.
func TestQuestionsKeepTheirWords(t *testing.T) {
	was := words{"en": "Which ward?", "de": "Welche Station?"}
	secret, p := enrolled(t, cheap, func(turn *app.Turn) { turn.Settings.Questions.Own = []words{was} })
	for name, c := range map[string]struct{ own, want words }{
		"as it was":         {was, was},
		"removed":           {words{"": "Which office?"}, was},
		"translated":        {words{"en": "Which ward?", "fr": "Quel service ?", "de": "Auf welcher Station?"}, words{"en": "Which ward?", "de": "Welche Station?", "fr": "Quel service ?"}},
		"in one language":   {words{"": "Welche Station?"}, words{"": "Welche Station?", "en": "Which ward?", "de": "Welche Station?"}},
		"all words changed": {words{"en": "Which ward was it?", "de": "Welche war es?"}, was},
	} {
		turn := turn()
		turn.Credential, turn.Settings.Questions.Ask = secret, 5
		turn.Settings.Questions.Own = []words{{"": "Something else?"}, c.own}
		r, err := cheap.Prove(turn, nil)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, q := range r.Step.(app.AnswerQuestions).Questions {
			if q.Texts != nil {
				if found = true; !maps.Equal(q.Texts, c.want) {
					t.Errorf("%s: asked %v", name, q.Texts)
				}
			}
		}
		if !found {
			t.Errorf("%s: it is not asked", name)
		}
		p.See(r)
		turn.State = r.State
		if r.Update != nil {
			turn.Credential = r.Update
		}
		if r, err := cheap.Prove(turn, p.Right(turn.Now)); err != nil || r.Verdict != app.Proven {
			t.Errorf("%s: the old answers give %v, %v", name, r.Verdict, err)
		}
	}
	if was["fr"] != "" {
		t.Error("the list itself was written into")
	}
}

// TestWordsOfOlderVersions reads the words that were kept without a language.
func TestWordsOfOlderVersions(t *testing.T) {
	if got := (keptAnswer{Text: "Which ward?"}).words(); got[""] != "Which ward?" {
		t.Errorf("kept %v", got)
	}
}

// TestAnswersInEveryLanguage are refused when the question gives them away in any of its languages.
func TestAnswersInEveryLanguage(t *testing.T) {
	q := app.Question{Texts: words{"en": "Which ward?", "de": "Welche Station im Hafen?"}}
	for answer, want := range map[string]bool{"hafen": true, "ward": true, "harbour": false} {
		if given, err := contains(q, answer); err != nil || given != want {
			t.Errorf("%s: %v, %v", answer, given, err)
		}
	}
}

// TestAnswersFromBeforeLanguages reads a credential with the one text of an own question, and writes the same.
func TestAnswersFromBeforeLanguages(t *testing.T) {
	const old = `{"owner":"account-ana","cost":{"memory":8,"passes":1},"answers":[{"id":"own_f0d181c6aa5e1385","text":"Which ward?",` +
		`"salt":"5V1fHV10ZAFYGNLCoJc6Wg==","hash":"KR+eF81A/PqXVftQrt6Jh/LKhtYJipFjlBr90kzdqJk="}]}`
	c, err := readCredential(app.Turn{Credential: []byte(old), Person: methodtest.Ana})
	if err != nil || c.Answers[0].words()[""] != "Which ward?" {
		t.Fatalf("%+v, %v", c, err)
	}
	if again, err := kept.Encode(c); err != nil || string(again) != old {
		t.Errorf("%s, %v", again, err)
	}
}
