package step

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// registeredPage is where the wizard ends, and where a person who has registered lands: the ways that are registered,
// what they can do, and who can see them.
type registeredPage struct {
	*shell.PageBase
	flow *flow
	step app.Registered
}

func newRegistered(f *flow, step app.Registered) *registeredPage {
	s := &registeredPage{PageBase: newStepPage(f), flow: f, step: step}
	s.SetNext(words.Text("registered.button"), s.onFinish)
	return s
}

// Build implements shell.Page.
func (s *registeredPage) Build() kit.PageSpec {
	body := s.flow.registeredRows(s.step.Have)
	body = append(body, kit.NewText(words.Text("registered.who"), kit.Small))
	if s.step.Recommend {
		body = append(body, kit.NewNote(kit.NoteInfo, words.Text("registered.recommend")))
	}
	if len(s.step.More) > 0 {
		body = append(body, kit.NewText(words.Text("registered.more"), kit.Strong))
		body = append(body, s.flow.choices("registered", s.step.More)...)
	}
	return kit.PageSpec{
		Heading: words.Text("registered.heading"),
		Lead:    s.lead(),
		Body:    body,
		Back:    s.flow.exits(),
	}
}

func (s *registeredPage) onFinish() { s.flow.submit(app.Finish{}) }

// lead says what the registered ways can do.
func (s *registeredPage) lead() string {
	switch n := different(s.step.Have); {
	case n == 0:
		return words.Text("registered.lead_none", words.Values{"needed": s.step.Needed})
	case s.step.Missing > 0:
		return words.Plural("registered.lead_few", n, words.Values{"needed": s.step.Needed})
	case n == 2:
		return words.Text("registered.lead_two")
	default:
		return words.Plural("registered.lead", n)
	}
}

// different is how many different ways there are; a contact that is not confirmed is none.
func different(have []app.Credential) int {
	kinds := map[app.Kind]bool{}
	for _, c := range have {
		if !c.Entered {
			kinds[c.Kind] = true
		}
	}
	return len(kinds)
}

// registeredRows list what is registered; nothing in them can be acted on.
func (f *flow) registeredRows(have []app.Credential) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, credential := range have {
		rows = append(rows, kit.NewRow("have."+string(credential.Kind), kit.RowSpec{
			Icon:    shell.KindIcon(credential.Kind),
			Title:   shell.KindTitle(credential.Kind),
			Detail:  f.detail(credential),
			Passive: true,
		}, nil))
	}
	return rows
}

// detail says where a credential leads, when it was added and used.
func (f *flow) detail(credential app.Credential) string {
	now := f.w.Clock()
	said := words.Text("registered.added", words.Values{"date": words.Date(now, f.local(credential.Added))})
	switch {
	case credential.Entered:
		said = words.Text("info.entered", words.Values{"date": words.Date(now, f.local(credential.Added))})
	case !credential.LastUsed.IsZero():
		said = words.Text("registered.added_used", words.Values{
			"date": words.Date(now, f.local(credential.Added)),
			"used": words.Date(now, f.local(credential.LastUsed)),
		})
	}
	if !credential.UsableAt.IsZero() {
		said += " · " + words.Text("info.usable", words.Values{"when": words.Until(now, f.local(credential.UsableAt))})
	}
	for _, word := range []string{credential.Masked, useName(app.PhoneUse(credential.Variant))} {
		if word != "" {
			said = word + " · " + said
		}
	}
	return said
}
