package rules

import (
	"slices"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// TestTheStricterRuleHolds: of the policy's and the directory's, rule by rule; where one says nothing, the other's.
func TestTheStricterRuleHolds(t *testing.T) {
	for _, c := range []struct {
		mode      string
		policy    [2]int // least and most characters
		directory port.PasswordRules
		want      app.PasswordRules
	}{
		{"nist", [2]int{15, 256}, port.PasswordRules{}, app.PasswordRules{MinLength: 15, MaxLength: 256}},
		{"nist", [2]int{15, 256}, port.PasswordRules{MinLength: 8, MaxLength: 300, History: 24}, app.PasswordRules{MinLength: 15, MaxLength: 256, History: 24}},
		{"nist", [2]int{15, 256}, port.PasswordRules{MinLength: 20, MaxLength: 127, MinClasses: 3}, app.PasswordRules{MinLength: 20, MaxLength: 127, MinClasses: 3}},
		{"classic", [2]int{8, 0}, port.PasswordRules{MaxLength: 64, MinClasses: 2}, app.PasswordRules{MinLength: 8, MaxLength: 64, MinClasses: 3}},
		{"classic", [2]int{8, 0}, port.PasswordRules{MinClasses: 4}, app.PasswordRules{MinLength: 8, MinClasses: 4}},
		{"nist", [2]int{15, 256}, port.PasswordRules{Forbidden: []string{"ana"}}, app.PasswordRules{MinLength: 15, MaxLength: 256, Words: []string{"ana"}}},
	} {
		p := &policy.Policy{Password: policy.Password{Mode: c.mode, MinLength: c.policy[0], MaxLength: c.policy[1]}}
		got := For(p, nil, Subject{Directory: c.directory}).Password(nil)
		if got.MinLength != c.want.MinLength || got.MaxLength != c.want.MaxLength || got.MinClasses != c.want.MinClasses || got.History != c.want.History || !slices.Equal(got.Words, c.want.Words) {
			t.Errorf("%s %v and %+v: %+v, want %+v", c.mode, c.policy, c.directory, got, c.want)
		}
	}
}

// TestWhoNeverHadAPasswordHasNoHistory that could be held against the first one.
func TestWhoNeverHadAPasswordHasNoHistory(t *testing.T) {
	s := Subject{HadNoPassword: true, Directory: port.PasswordRules{History: 24, MinLength: 12}}
	if got := For(&policy.Policy{}, nil, s).Password(nil); got.History != 0 || got.MinLength != 12 {
		t.Errorf("rules: %+v", got)
	}
}

// TestADirectorysWordsAreJudgedHere as well, so that a refusal names the rule where the directory says "too simple".
func TestADirectorysWordsAreJudgedHere(t *testing.T) {
	r := For(&policy.Policy{}, nil, Subject{Directory: port.PasswordRules{Forbidden: []string{"ple"}}})
	if err := r.JudgePassword(app.NewSecret("Gentle-otter-paints-9-apples"), nil); err == nil || err.Code != app.CodePassword || err.Params["rule"] != "words" {
		t.Errorf("%+v", err)
	}
	if err := r.JudgePassword(app.NewSecret("Gentle-otter-paints-9-doors"), nil); err != nil {
		t.Errorf("%+v", err)
	}
}
