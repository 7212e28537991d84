package policy

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/sparekey/sparekey/app"
)

// The bounds of the administrator's own questions: how many, and how many characters each.
const (
	mostOwn       = 20
	leastQuestion = 3
	mostQuestion  = 200
)

// questions checks the security questions, which are weak proof: whoever knows somebody well can answer them.
func (c *checker) questions(p Policy) {
	q := p.Questions
	c.number("questions.register", q.Register, 3, 5)
	c.number("questions.ask", q.Ask, 3, 5)
	if q.Ask > q.Register {
		c.add("questions.ask", "above", "other", "questions.register", "most", q.Register, "is", q.Ask)
	}
	if n := len(q.Own); n > mostOwn {
		c.add("questions.own", "questions_many", "most", mostOwn, "is", n)
	}
	for i, own := range q.Own {
		c.question(own)
		for _, other := range q.Own[:i] {
			if twice := own.shared(other); twice != "" {
				c.add("questions.own", "question_twice", "is", twice)
			}
		}
	}
	if !slices.Contains(p.Methods.Allowed, app.KindQuestions) {
		return
	}
	if p.Methods.Gates == 1 {
		c.add("methods.gates", "questions_gates")
	}
	if n := len(p.Methods.Allowed) - 1; n == 1 {
		c.add("methods.allowed", "questions_beside")
	}
}

// question checks one of the administrator's own, in each of its languages.
func (c *checker) question(own Words) {
	if len(own) == 0 {
		c.add("questions.own", "question_empty")
	}
	var known []language.Tag
	for _, tag := range slices.Sorted(maps.Keys(own)) {
		words := own[tag]
		n := utf8.RuneCountInString(words)
		if n < leastQuestion || n > mostQuestion || strings.TrimSpace(words) != words || strings.ContainsFunc(words, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			c.add("questions.own", "question_line", "least", leastQuestion, "most", mostQuestion, "is", words)
		}
		if tag == "" && len(own) == 1 {
			continue // a text alone
		}
		parsed, err := language.Parse(tag)
		switch {
		case err != nil || tag == "und":
			c.add("questions.own", "language", "is", tag)
		case slices.Contains(known, parsed):
			c.add("questions.own", "language_twice", "is", tag)
		}
		known = append(known, parsed)
	}
}

// shared gives the words that two questions have in common, whatever their language and case; empty for none.
func (w Words) shared(other Words) string {
	for _, words := range w {
		for _, theirs := range other {
			if strings.EqualFold(words, theirs) {
				return words
			}
		}
	}
	return ""
}
