package questions

import (
	"bytes"
	"slices"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

// TestTheSameAnswerInAnyScript: what keyboards and programs choose for the writer does not count.
func TestTheSameAnswerInAnyScript(t *testing.T) {
	for _, same := range [][]string{
		{"İstanbul", "istanbul", " ISTANBUL\n"}, {"Diyarbakır", "DIYARBAKIR"}, {"O’Brien’s", "o'brien's"},
		{"Aix–en–Provence", "aix-en-provence"}, {"علی کریمی", "علي كريمي"}, {"١٩٨٧", "1987", "१९८७"}, {"Королёв", "королев"},
	} {
		for _, written := range same {
			if got := normalise(written); got != normalise(same[0]) {
				t.Errorf("%q becomes %q, and %q becomes %q", written, got, same[0], normalise(same[0]))
			}
		}
	}
}

// TestWhatIsLongEnough: a word of two characters is one where a character is a syllable.
func TestWhatIsLongEnough(t *testing.T) {
	for answer, good := range map[string]bool{
		"東京": true, "서울": true, "ねこ": true, "京": false, "ab": false, "أم": false, "abc": true, "राम": true, "東\u200b": false, "a京": true,
	} {
		_, err := readLength(app.NewSecret(answer), 0)
		if (err == nil) != good {
			t.Errorf("%q: %v", answer, err)
		}
	}
}

// gateOf begins a gate at a credential that asks all its questions, and gives the turn to answer them.
func gateOf(t *testing.T, secret []byte) (app.Turn, []app.Question) {
	t.Helper()
	now := turn()
	now.Credential, now.Settings.Questions.Ask = secret, 5
	r, err := cheap.Prove(now, nil)
	if err != nil {
		t.Fatal(err)
	}
	now.State = r.State
	if r.Update != nil {
		now.Credential = r.Update
	}
	return now, r.Step.(app.AnswerQuestions).Questions
}

// answered answers every question with one word.
func answered(asked []app.Question, word string) app.GiveAnswers {
	var in app.GiveAnswers
	for _, q := range asked {
		in.Answers = append(in.Answers, app.Answer{Question: q.ID, Answer: app.NewSecret(word)})
	}
	return in
}

// older makes of a credential one of an older version, whose answers were all this word.
func older(t *testing.T, secret []byte, word string) []byte {
	t.Helper()
	c, err := readCredential(app.Turn{Credential: secret, Person: turn().Person})
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Answers {
		c.Answers[i].Hash = c.Cost.hash(caseless(word), c.Answers[i].Salt)
	}
	old, err := kept.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	return old
}

// TestAnswersOfOlderVersionsHold, as they were written then and as they may be written now, and are renewed.
func TestAnswersOfOlderVersionsHold(t *testing.T) {
	fresh, _ := enrolled(t, cheap)
	for registered, words := range map[string][]string{
		"İstanbul": {"İstanbul", "i̇stanbul"}, "istanbul": {"istanbul", "İSTANBUL", "ıstanbul"}, "O’Brien": {"O’Brien", "o’BRIEN"},
		"علي": {"علي"}, "Fiat Panda": {"fiat panda"},
	} {
		for _, word := range words {
			old := older(t, fresh, registered)
			now, asked := gateOf(t, old)
			r, err := cheap.Prove(now, answered(asked, word))
			if err != nil || r.Verdict != app.Proven {
				t.Fatalf("%q, registered as %q: %v, %v", word, registered, r.Verdict, err)
			}
			if renewed := normalise(registered) != caseless(registered); bytes.Equal(hashesOf(t, r.Update), hashesOf(t, old)) == renewed {
				t.Errorf("%q: renewed %v", registered, !renewed)
			}
			now, asked = gateOf(t, r.Update)
			if r, err = cheap.Prove(now, answered(asked, " "+normalise(word))); err != nil || r.Verdict != app.Proven {
				t.Errorf("%q after it was renewed: %v, %v", word, r.Verdict, err)
			}
		}
		now, asked := gateOf(t, older(t, fresh, registered))
		if r, err := cheap.Prove(now, answered(asked, "something else")); err != nil || r.Verdict != app.Wrong || r.Update != nil {
			t.Errorf("a wrong answer to %q: %v, %v", registered, r.Verdict, err)
		}
	}
}

func hashesOf(t *testing.T, secret []byte) []byte {
	t.Helper()
	c, err := readCredential(app.Turn{Credential: secret, Person: turn().Person})
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, a := range c.Answers {
		all = append(all, a.Hash...)
	}
	return all
}

// Threat: whether an answer is hashed in one form or in two tells of what is kept: of an account from an older version, or of a
// decoy. It depends on what was typed alone.
func TestTheFormsThatAreHashedTellNothing(t *testing.T) {
	fresh, _ := enrolled(t, cheap)
	decoy, err := cheap.Decoy(turn(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for word, two := range map[string]bool{"istanbul": false, "İstanbul": true, "O’Brien": true} {
		for _, secret := range [][]byte{fresh, older(t, fresh, word), older(t, fresh, normalise(word)), decoy.Secret} {
			now, asked := gateOf(t, secret)
			p, err := cheap.Prepare(now, answered(asked, word))
			if err != nil {
				t.Fatal(err)
			}
			h := p.Work.(hashed)
			for i := range asked {
				if bytes.Equal(h.before[i], h.answers[i].Hash) == two {
					t.Errorf("%q: two forms %v", word, !two)
				}
			}
		}
	}
}

// TestIDsOfOwnQuestionsStay: an administrator's question with a sign that answers fold has the ID that it always had.
func TestIDsOfOwnQuestionsStay(t *testing.T) {
	ids := []string{ownID("What was your mother’s first car?"), ownID("Doğduğunuz şehir: İstanbul mu?")}
	if want := []string{"own_71c1852be6e1c52e", "own_4ac706e3c3774855"}; !slices.Equal(ids, want) {
		t.Errorf("%v, want %v", ids, want)
	}
}
