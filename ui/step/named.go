package step

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/password"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// What the directory refused by: its rule is crossed in the checklist as long as the same password stands there, whatever this side
// makes of it, or stands there as unmet where it is one of those that may be meant; afterwards it is the directory's business.

// namedRules are the rules of the checklist that the directory's names mean. "simple" may mean any of its own.
var namedRules = map[string][]password.Rule{
	"length":     {password.RuleLengthMin},
	"complexity": {password.RuleClasses},
	"history":    {password.RuleHistory},
	"simple":     {password.RuleClasses, password.RuleHistory},
}

// Failed remembers what the directory refused, and says why.
func (s *passwordPage) Failed(e *app.Error) {
	if e.Code == app.CodeDirectory {
		s.named, s.refused = e.Params["rule"], s.password.Text()
		s.judge(s.refused)
		s.Refresh()
	}
	s.PageBase.Failed(e)
}

// markNamed marks the rule that the directory named, or those that it may mean; one that was not known before is added.
func (s *passwordPage) markNamed(items []kit.Check, given string) []kit.Check {
	for _, rule := range namedRules[s.named] {
		text := s.listed(rule)
		at := slices.IndexFunc(items, func(c kit.Check) bool { return c.Text == text })
		if at < 0 {
			at, items = len(items), append(items, kit.Check{Text: text, State: kit.OnServer})
		}
		switch {
		case given == "" || given != s.refused:
		case s.named != "simple":
			items[at].State = kit.Refused
		case items[at].State != kit.Met: // else it is another one that the directory means
			items[at].State = kit.Unmet
		}
	}
	return items
}

// listed is the text of a rule as it stands in the checklist; of one that nobody told before, the directory's own.
func (s *passwordPage) listed(rule password.Rule) string {
	for _, check := range password.Judge(s.rules, "") {
		if check.Rule == rule {
			return s.rule(check)
		}
	}
	return words.Text("check.directory." + map[password.Rule]string{password.RuleClasses: "complexity", password.RuleHistory: "history"}[rule])
}
