package rules

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/password"
	"github.com/sparekey/sparekey/backend/port"
)

// Password is what the subject's new password has to keep to: of the policy's rules and the directory's, the stricter ones. Where
// it has no list of leaked passwords, breached is nil.
func (r Rules) Password(breached port.Breached) app.PasswordRules {
	p, directory := r.policy.Password, r.subject.Directory
	rules := app.PasswordRules{
		MinLength:  max(p.MinLength, directory.MinLength),
		MaxLength:  least(p.MaxLength, directory.MaxLength),
		MinClasses: directory.MinClasses,
		Forbidden:  r.forbidden(),
		Banned:     true,
		OwnTerms:   len(p.Banned) > 0,
		Common:     true,
		Breached:   breached != nil,
		History:    directory.History,
	}
	if r.subject.HadNoPassword {
		rules.History = 0
	}
	if p.Mode == "classic" {
		rules.MinClasses = max(rules.MinClasses, 3)
	}
	return rules
}

// shortestName is how many characters a name must have to be forbidden here: those like "Li" are in every other word. What the
// directory itself won't take is forbidden however short.
const shortestName = 4

// forbidden lists what a password must not contain: the person's names and the organisation's, the policy's, the directory's.
func (r Rules) forbidden() []string {
	local, _, _ := strings.Cut(r.subject.Person.UserID, "@")
	terms := slices.Concat(r.subject.Names, []string{r.subject.Person.Name, r.policy.Organisation.Name, local}, r.policy.Password.Forbidden)
	terms = slices.DeleteFunc(terms, func(term string) bool { return utf8.RuneCountInString(strings.TrimSpace(term)) < shortestName })
	terms = append(terms, r.subject.Directory.Forbidden...)
	slices.Sort(terms)
	return slices.Compact(terms)
}

// least is the smaller of two bounds, of which 0 is none.
func least(x, y int) int {
	if x == 0 || y == 0 {
		return max(x, y)
	}
	return min(x, y)
}

// JudgePassword holds a password against the rules that were shown, and against what only the backend has: the
// organisation's terms and the leaked passwords. A list that can't be read refuses any password, with CodeUnavailable.
func (r Rules) JudgePassword(given app.Secret, breached port.Breached) *app.Error {
	if check, broken := password.First(password.Judge(r.Password(breached), given.Reveal())); broken {
		return breaksRule(check.Rule, check.Params)
	}
	if password.Guessable(given.Reveal(), r.policy.Password.Banned) {
		return breaksRule(password.RuleBanned, nil)
	}
	if breached == nil {
		return nil
	}
	leaked, err := breached.Contains(given)
	if err != nil {
		return &app.Error{Code: app.CodeUnavailable, Cause: err}
	}
	if leaked {
		return breaksRule(password.RuleBreached, nil)
	}
	return nil
}

// breaksRule is the refusal of a password that breaks a rule.
func breaksRule(rule password.Rule, figures map[string]string) *app.Error {
	params := map[string]string{"rule": string(rule)}
	maps.Copy(params, figures)
	return &app.Error{Code: app.CodePassword, Field: "password", Params: params}
}
