package rules

import (
	"maps"
	"slices"
	"strings"

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
		Forbidden:  slices.Concat(r.subject.Names, []string{r.subject.Person.Name, r.policy.Organisation.Name}, p.Forbidden),
		Banned:     true,
		OwnTerms:   len(p.Banned) > 0,
		Common:     true,
		Breached:   breached != nil,
		History:    directory.History,
		Words:      directory.Forbidden,
	}
	if local, _, _ := strings.Cut(r.subject.Person.UserID, "@"); local != "" {
		rules.Forbidden = append(rules.Forbidden, local)
	}
	if r.subject.HadNoPassword {
		rules.History = 0
	}
	if p.Mode == "classic" {
		rules.MinClasses = max(rules.MinClasses, 3)
	}
	rules.Forbidden = slices.DeleteFunc(rules.Forbidden, func(term string) bool { return strings.TrimSpace(term) == "" })
	slices.Sort(rules.Forbidden)
	rules.Forbidden = slices.Compact(rules.Forbidden)
	return rules
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
