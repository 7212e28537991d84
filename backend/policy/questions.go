package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
		n := utf8.RuneCountInString(own)
		if n < 3 || n > 200 || strings.TrimSpace(own) != own || strings.ContainsFunc(own, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			c.add("questions.own", "%q must be one line of 3 to 200 characters, without space around", own)
		}
		if slices.ContainsFunc(q.Own[:i], func(other string) bool { return strings.EqualFold(other, own) }) {
			c.add("questions.own", "has %q twice", own)
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
