package backend

import (
	"maps"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/password"
)

// rules are what a new password has to keep to.
func (b *Backend) rules(w who) app.PasswordRules {
	p := b.policy().Password
	rules := app.PasswordRules{
		MinLength: p.MinLength,
		MaxLength: p.MaxLength,
		Forbidden: slices.Concat(w.Names, []string{w.Person.Name, b.policy().Organisation.Name}, p.Forbidden),
		Banned:    true,
		OwnTerms:  len(p.Banned) > 0,
		Common:    true,
		Breached:  b.force().Breached != nil,
		History:   w.History,
	}
	if local, _, _ := strings.Cut(w.Person.UserID, "@"); local != "" {
		rules.Forbidden = append(rules.Forbidden, local)
	}
	if p.Mode == "classic" {
		rules.MinClasses = 3
	}
	rules.Forbidden = slices.DeleteFunc(rules.Forbidden, func(term string) bool { return strings.TrimSpace(term) == "" })
	slices.Sort(rules.Forbidden)
	rules.Forbidden = slices.Compact(rules.Forbidden)
	return rules
}

// judge holds the password against the rules that were shown, and against what only this side has: the organisation's
// terms and the leaked passwords. A list that can't be read refuses any password, with CodeUnavailable.
func (b *Backend) judge(w who, given app.Secret) *app.Error {
	if check, broken := password.First(password.Judge(b.rules(w), given.Reveal())); broken {
		return breaks(check.Rule, check.Params)
	}
	if password.Guessable(given.Reveal(), b.policy().Password.Banned) {
		return breaks(password.RuleBanned, nil)
	}
	if b.force().Breached == nil {
		return nil
	}
	leaked, err := b.force().Breached.Contains(given)
	if err != nil {
		b.c.Log.Error("the breached list can't be read", "error", err)
		return &app.Error{Code: app.CodeUnavailable, Cause: err}
	}
	if leaked {
		return breaks(password.RuleBreached, nil)
	}
	return nil
}

// breaks is the refusal of a password that breaks a rule.
func breaks(rule password.Rule, figures map[string]string) *app.Error {
	params := map[string]string{"rule": string(rule)}
	maps.Copy(params, figures)
	return &app.Error{Code: app.CodePassword, Field: "password", Params: params}
}
