package questions

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
)

// The length of an answer after normalisation: at least so much weight, at most so many characters (Unicode code points).
const (
	minLength = 3
	maxLength = 40
	maxTyped  = 1024 // bytes that are looked at
)

// normalise makes one of all the ways to write an answer: what typed.Fold folds, what can't be seen, and space around and
// within do not count.
func normalise(s string) string { return settle(s, typed.Fold) }

// caseless is the form of older versions, in which compatibility forms, case and space alone do not count. Hashes of it are
// kept until their answer has been given again.
func caseless(s string) string {
	return settle(s, func(s string) string { return norm.NFKC.String(typed.Caseless(norm.NFKC.String(s))) })
}

// settle folds and tidies until nothing changes any more. What is settled stays as it is; folding once more can bring
// forth something to compose, and settles after a few rounds.
func settle(s string, fold func(string) string) string {
	const rounds = 8
	s = strings.ToValidUTF8(s, "\uFFFD")
	for range rounds {
		next := tidy(fold(s))
		if next == s {
			break
		}
		s = next
	}
	return s
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

// weight is how much there is of an answer, to be long enough: a character that writes a syllable or a word, as in Chinese,
// Japanese and Korean, counts as two.
func weight(answer string) int {
	n := 0
	for _, r := range answer {
		n++
		if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
			n++
		}
	}
	return n
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
	switch {
	case weight(answer) < minLength:
		return "", malformed("short", index)
	case utf8.RuneCountInString(answer) > maxLength:
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
