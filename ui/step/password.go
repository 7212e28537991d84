package step

import (
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/password"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// passwordPage takes a new password; its rules stand there before the first letter, and each is ticked as one types.
type passwordPage struct {
	*shell.PageBase
	flow     *flow
	renew    bool
	rules    app.PasswordRules
	named    string // the rule by which the directory refused
	refused  string // what it refused
	password *kit.Field
	again    *kit.Field
	strength *kit.Strength
	word     *kit.Text // how strong, in words
	checks   *kit.Checklist
	space    *kit.Note // that a space at an end counts
}

func newPassword(f *flow, step app.NewPassword) *passwordPage {
	s := &passwordPage{PageBase: newStepPage(f), flow: f, renew: step.Renew, rules: step.Rules,
		password: kit.NewField("password.new", words.Text("password.label")),
		again:    kit.NewField("password.again", words.Text("password.again")),
		strength: kit.NewStrength(),
		word:     kit.NewText("", kit.Small),
		checks:   kit.NewChecklist(),
		space:    kit.NewNote(kit.NoteInfo, words.Text("password.space")),
	}
	s.password.SetPassword(words.Text("field.many_lines"))
	s.again.SetPassword(words.Text("field.many_lines"))
	s.password.OnChanged = s.onTyped
	s.again.OnChanged = s.onTypedAgain
	s.space.Hide()
	s.password.OnSubmitted = func(string) { s.Focus(s.again) }
	s.again.OnSubmitted = func(string) { s.onNext() }
	s.Fields = map[string]shell.ErrorField{"password": s.password}
	s.First = s.password.Entry()
	s.Leave = func() { s.refused = ""; s.password.SetText(""); s.again.SetText("") }
	s.SetNext(words.Text("password.button"), s.onNext)
	s.judge("")
	return s
}

// Build implements shell.Page.
func (s *passwordPage) Build() kit.PageSpec {
	heading, lead := "password.heading", "password.lead"
	switch {
	case s.renew:
		lead = "password.lead_renew"
	case s.flow.Purpose == app.PurposeSignIn:
		heading = "password.heading_first"
	}
	return kit.PageSpec{
		Heading: words.Text(heading),
		Lead:    words.Text(lead),
		Body:    []fyne.CanvasObject{kit.NewColumn(8, s.password, s.strength, s.word), s.checks, s.space, s.again},
		Back:    s.flow.exits(),
	}
}

func (s *passwordPage) onTyped(given string) {
	s.password.SetError("")
	s.onTypedAgain(s.again.Text())
	s.judge(given)
}

// onTypedAgain says of a password that is all there whether a space stands at an end of it, where nobody sees it.
func (s *passwordPage) onTypedAgain(again string) {
	s.again.SetError("")
	if shown := again != "" && typed.SpaceAtEnds(s.password.Text()); shown == s.space.Hidden {
		s.space.Hidden = !shown
		s.Refresh()
	}
}

// judge ticks the rules and measures the strength of what was typed so far.
func (s *passwordPage) judge(given string) {
	var items []kit.Check
	for _, check := range password.Judge(s.rules, given) {
		if quietRule(check, given) {
			continue
		}
		state := kit.Unmet
		switch {
		case check.State == password.OnServer:
			state = kit.OnServer
		case check.State == password.Met && given != "":
			state = kit.Met
		}
		items = append(items, kit.Check{Text: s.rule(check), State: state})
	}
	items = s.markNamed(items, given)
	s.checks.SetItems(items)
	if given == "" || given == s.refused { // strong or not, the directory does not take it
		s.strength.SetScore(0)
		s.word.SetText("")
		return
	}
	score := password.Strength(given, s.rules.Forbidden)
	s.strength.SetScore(score)
	s.word.SetText(words.Text("strength." + strconv.Itoa(score)))
}

// quietRule reports whether a rule goes without saying: it is listed only once it is broken.
func quietRule(check password.Check, given string) bool {
	quiet := check.Rule == password.RuleLengthMax || check.Rule == password.RulePrintable
	return quiet && (check.State == password.Met || given == "")
}

// rule puts a rule into words.
func (s *passwordPage) rule(check password.Check) string {
	key := "check." + string(check.Rule)
	for _, name := range []string{"min", "max", "count"} {
		if n, err := strconv.Atoi(check.Params[name]); err == nil {
			return words.Plural(key, n)
		}
	}
	return words.Text(key, words.Values{"org": s.Window.Org.Name})
}

func (s *passwordPage) onNext() {
	given := s.password.Text()
	if given == "" {
		s.Refuse(s.password, words.Text("password.empty"))
		return
	}
	if broken, ok := password.First(password.Judge(s.rules, given)); ok {
		s.Refuse(s.password, words.Text("rule."+string(broken.Rule)))
		return
	}
	if s.again.Text() == "" {
		s.Refuse(s.again, words.Text("password.again_empty"))
		return
	}
	if typed.NFC(s.again.Text()) != typed.NFC(given) {
		s.Refuse(s.again, words.Text("password.mismatch"))
		return
	}
	s.flow.submit(app.GivePassword{Password: app.NewSecret(given)})
}
