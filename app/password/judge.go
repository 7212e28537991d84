package password

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
)

// Rule names a rule; the window has a sentence for each, and CodePassword carries it as Params["rule"].
type Rule string

// The rules.
const (
	RuleLengthMin Rule = "length_min" // Params: min
	RuleLengthMax Rule = "length_max" // Params: max
	RuleClasses   Rule = "classes"    // Params: min
	RuleForbidden Rule = "forbidden"  // it says not which term: that would be a part of the password
	RuleWords     Rule = "words"      // it says not which word either
	RuleBanned    Rule = "banned"     // it says not which term either
	RuleCommon    Rule = "common"
	RuleBreached  Rule = "breached"  // the backend judges it: only there is the list
	RuleHistory   Rule = "history"   // Params: count; the directory judges it
	RulePrintable Rule = "printable" // no control characters
)

// State says how a password stands to a rule.
type State int

// The states.
const (
	Unmet State = iota
	Met
	OnServer // known only after the password was sent
)

// Check is one rule and how the password stands to it.
type Check struct {
	Rule   Rule
	Params map[string]string
	State  State
}

// shortestTerm is how many characters a forbidden term must have to count: names like "Li" are in every other word.
const shortestTerm = 4

// Judge holds a password against the rules, in the order in which a page lists them, and leaves out rules that are not
// set. Lengths are in code points after NFC, so that a letter counts the same however the keyboard composed it.
func Judge(rules app.PasswordRules, password string) []Check {
	text := typed.NFC(password)
	length := utf8.RuneCountInString(text)
	checks := []Check{number(RuleLengthMin, "min", rules.MinLength, length >= rules.MinLength)}
	if rules.MaxLength > 0 {
		checks = append(checks, number(RuleLengthMax, "max", rules.MaxLength, length <= rules.MaxLength))
	}
	if rules.MinClasses > 0 {
		checks = append(checks, number(RuleClasses, "min", rules.MinClasses, classes(text) >= rules.MinClasses))
	}
	if len(rules.Forbidden) > 0 {
		checks = append(checks, Check{Rule: RuleForbidden, State: met(!forbidden(rules.Forbidden, text))})
	}
	if len(rules.Words) > 0 {
		checks = append(checks, Check{Rule: RuleWords, State: met(!holds(text, rules.Words))})
	}
	if rules.Banned {
		checks = append(checks, Check{Rule: RuleBanned, State: banned(rules, text)})
	}
	if rules.Common {
		checks = append(checks, Check{Rule: RuleCommon, State: met(!common(text))})
	}
	checks = append(checks, Check{Rule: RulePrintable, State: met(typed.Printable(password))})
	if rules.Breached {
		checks = append(checks, Check{Rule: RuleBreached, State: OnServer})
	}
	if rules.History > 0 {
		checks = append(checks, Check{Rule: RuleHistory, Params: map[string]string{"count": strconv.Itoa(rules.History)}, State: OnServer})
	}
	return checks
}

// First gives the first rule that the password breaks; ok is false when it breaks none.
func First(checks []Check) (first Check, ok bool) {
	for _, c := range checks {
		if c.State == Unmet {
			return c, true
		}
	}
	return Check{}, false
}

func met(ok bool) State {
	if ok {
		return Met
	}
	return Unmet
}

func number(rule Rule, name string, n int, ok bool) Check {
	return Check{Rule: rule, Params: map[string]string{name: strconv.Itoa(n)}, State: met(ok)}
}

// classes counts which of lower case, upper case, digits and others are there. Letters without case are others.
func classes(text string) int {
	var lower, upper, digit, other int
	for _, r := range text {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return lower + upper + digit + other
}

// forbidden reports whether text contains one of the terms, also with look-alikes.
func forbidden(terms []string, text string) bool {
	text = normal(text)
	return slices.ContainsFunc(terms, func(term string) bool {
		t := normal(strings.TrimSpace(term))
		return utf8.RuneCountInString(t) >= shortestTerm && strings.Contains(text, t)
	})
}

// shortestWord is how many characters a directory's own word has: Active Directory and 389 Directory Server refuse no shorter
// ones. Look-alikes are not the same to them.
const shortestWord = 3

// holds reports whether text contains one of a directory's words.
func holds(text string, words []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(word string) bool {
		w := strings.ToLower(typed.NFC(word))
		return utf8.RuneCountInString(w) >= shortestWord && strings.Contains(text, w)
	})
}

// banned judges by the built-in terms; what the organisation's say is known on the server.
func banned(rules app.PasswordRules, text string) State {
	if Guessable(text, nil) {
		return Unmet
	}
	if rules.OwnTerms {
		return OnServer
	}
	return Met
}
