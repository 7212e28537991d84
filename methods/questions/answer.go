package questions

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/sparekey/sparekey/app"
)

// The length of an answer, in characters (Unicode code points) after normalisation.
const (
	minLength = 3
	maxLength = 40
	maxTyped  = 1024 // bytes that are looked at
)

// normalise makes one of all the ways to write an answer: compatibility forms (NFKC), upper case, what can't be seen, and
// space around and within do not count. What is normalised stays as it is; folding once more can bring forth something
// to compose, and settles after a few rounds.
func normalise(s string) string {
	const rounds = 8
	s = strings.ToValidUTF8(s, "\uFFFD")
	for range rounds {
		next := tidy(norm.NFKC.String(fold(norm.NFKC.String(s))))
		if next == s {
			break
		}
		s = next
	}
	return s
}

// fold takes case away. Cherokee is folded to its capitals, as Unicode has it; cases.Fold turns them back and forth.
func fold(s string) string {
	var b strings.Builder
	caser := cases.Fold()
	for _, r := range s {
		if unicode.Is(unicode.Cherokee, r) {
			b.WriteRune(unicode.ToUpper(r))
		} else {
			b.WriteString(caser.String(string(r)))
		}
	}
	return b.String()
}

// tidy makes all space one blank between words, and drops what can't be seen.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r), unicode.IsControl(r), unicode.Is(unicode.Variation_Selector, r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// malformed refuses an answer: why it can't serve, and which one it is.
func malformed(why string, index int) error {
	return &app.Error{Code: app.CodeBadAnswer, Field: "answers", Params: map[string]string{"why": why, "index": strconv.Itoa(index)}}
}

// readLength normalises an answer and holds it to its length.
func readLength(given app.Secret, index int) (string, error) {
	typed := given.Reveal()
	if len(typed) > maxTyped {
		return "", malformed("long", index)
	}
	answer := normalise(typed)
	switch n := utf8.RuneCountInString(answer); {
	case n < minLength:
		return "", malformed("short", index)
	case n > maxLength:
		return "", malformed("long", index)
	}
	return answer, nil
}

// chosen is a question with its answer, normalised.
type chosen struct {
	question app.Question
	answer   string
}

// readNew takes new answers: to as many different questions as the policy says, none given away by its question, by
// another answer or by the user ID.
func readNew(t app.Turn, in app.GiveAnswers) ([]chosen, error) {
	catalogue, known := offered(t.Settings.Questions), names(t.Person.UserID)
	var taken []chosen
	for i, a := range in.Answers {
		at := slices.IndexFunc(catalogue, func(q app.Question) bool { return q.ID == a.Question })
		if at < 0 || slices.ContainsFunc(taken, func(c chosen) bool { return c.question.ID == a.Question }) {
			return nil, malformed("question", i)
		}
		answer, err := readLength(a.Answer, i)
		if err != nil {
			return nil, err
		}
		given, err := contains(catalogue[at], answer)
		switch {
		case err != nil:
			return nil, err
		case given:
			return nil, malformed("in_question", i)
		case slices.Contains(known, answer):
			return nil, malformed("user_id", i)
		case slices.ContainsFunc(taken, func(c chosen) bool { return c.answer == answer }):
			return nil, malformed("twice", i)
		}
		taken = append(taken, chosen{catalogue[at], answer})
	}
	if len(taken) != t.Settings.Questions.Register {
		return nil, malformed("question", len(taken))
	}
	return taken, nil
}
