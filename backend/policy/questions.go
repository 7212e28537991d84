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

// questions checks the security questions, which are weak proof: whoever knows somebody well can answer them.
func (c *checker) questions(p Policy) {
	q := p.Questions
	c.number("questions.register", q.Register, 3, 5)
	c.number("questions.ask", q.Ask, 3, 5)
	if q.Ask > q.Register {
		c.add("questions.ask", "must be at most questions.register, which is %d, is %d", q.Register, q.Ask)
	}
	if len(q.Own) > 20 {
		c.add("questions.own", "must be at most 20 questions, is %d", len(q.Own))
	}
	for i, own := range q.Own {
		c.question(own)
		for _, other := range q.Own[:i] {
			if twice := own.shared(other); twice != "" {
				c.add("questions.own", "has %q twice", twice)
			}
		}
	}
	if !slices.Contains(p.Methods.Allowed, app.KindQuestions) {
		return
	}
	if p.Methods.Gates == 1 {
		c.add("methods.gates", "must be 2, since \"questions\" are allowed: they are never the only gate")
	}
	if n := len(p.Methods.Allowed) - 1; n == 1 {
		c.add("methods.allowed", "must name two methods beside \"questions\": administrators can't use these, and always pass two gates")
	}
}

// question checks one of the administrator's own, in each of its languages.
func (c *checker) question(own Words) {
	if len(own) == 0 {
		c.add("questions.own", "has a question without words")
	}
	var known []language.Tag
	for _, tag := range slices.Sorted(maps.Keys(own)) {
		words := own[tag]
		n := utf8.RuneCountInString(words)
		if n < 3 || n > 200 || strings.TrimSpace(words) != words || strings.ContainsFunc(words, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			c.add("questions.own", "%q must be one line of 3 to 200 characters, without space around", words)
		}
		if tag == "" && len(own) == 1 {
			continue // a text alone
		}
		parsed, err := language.Parse(tag)
		switch {
		case err != nil || tag == "und":
			c.add("questions.own", "%q is no language: give a BCP 47 tag, such as \"en\" or \"pt-BR\"", tag)
		case slices.Contains(known, parsed):
			c.add("questions.own", "has the language %q twice", tag)
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
