package step

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// choosePage offers ways, to register one or to pass a gate with one.
type choosePage struct {
	*shell.PageBase
	flow *flow
	step app.ChooseMethod
}

func newChoose(f *flow, step app.ChooseMethod) *choosePage {
	return &choosePage{PageBase: newStepPage(f), flow: f, step: step}
}

// Build implements shell.Page.
func (s *choosePage) Build() kit.PageSpec {
	body := append(s.required(), s.flow.choices("choose", s.step.Choices)...)
	if len(s.step.Choices) == 0 {
		body = append(body, kit.NewNote(kit.NoteWarning, words.Text("choose.nothing")))
	}
	if have := s.beyond(); len(have) > 0 {
		body = append(body, kit.NewText(words.Text("choose.have"), kit.SmallStrong))
		body = append(body, s.flow.registeredRows(have)...)
	}
	return kit.PageSpec{
		Heading: s.heading(),
		Lead:    s.lead(),
		Body:    body,
		Back:    s.flow.exits(),
	}
}

// required says that nothing else can be done before, where that is so.
func (s *choosePage) required() []fyne.CanvasObject {
	if !s.step.Enrol || s.Window.Session.Due != app.DueRegister {
		return nil
	}
	return []fyne.CanvasObject{kit.NewNote(kit.NoteInfo, words.Text("choose.required"))}
}

// beyond are the registered ways that aren't among the choices.
func (s *choosePage) beyond() []app.Credential {
	return slices.DeleteFunc(slices.Clone(s.step.Have), func(have app.Credential) bool {
		return slices.ContainsFunc(s.step.Choices, func(c app.Choice) bool { return c.Have && c.Kind == have.Kind })
	})
}

func (s *choosePage) heading() string {
	switch {
	case s.step.Enrol:
		return words.Text("choose.heading")
	case s.step.Gate > 1:
		return words.Text("choose.heading_again")
	}
	return words.Text("choose.heading_prove")
}

// lead says how many are still needed, or how far the gates are.
func (s *choosePage) lead() string {
	if !s.step.Enrol {
		if s.step.Gates < 2 {
			return words.Text("choose.lead_single")
		}
		return words.Text("choose.lead_gate", words.Values{"gate": s.step.Gate, "gates": s.step.Gates})
	}
	if missing := s.step.Missing; missing > 0 {
		return words.Plural("choose.lead_needed", missing, words.Values{"word": numberWord(missing)})
	}
	return words.Text("choose.lead_enough")
}

// numberWord writes a small number as the first word of a sentence.
func numberWord(n int) string {
	if key := "number." + strconv.Itoa(n); words.Known(key) {
		return words.Text(key)
	}
	return strconv.Itoa(n)
}

// othersPage offers the other ways that may be taken from a step; the flow stays where it is.
type othersPage struct {
	*shell.PageBase
	flow *flow
}

func newOthers(f *flow) *othersPage {
	s := &othersPage{PageBase: shell.NewPageBase(f.w, "others"), flow: f}
	s.Escape = f.show
	return s
}

// Build implements shell.Page.
func (s *othersPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("others.heading"),
		Lead:    s.flow.othersLead(),
		Body:    s.flow.choices("others", s.flow.Others),
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.flow.show),
	}
}

// othersLead says how many of the other ways it takes: two stand in for the key that a change asks for.
func (f *flow) othersLead() string {
	if step, is := f.Now.(app.UseKey); is && step.Get != nil && needsSession(f.Purpose) {
		return words.Text("others.lead_two")
	}
	return words.Text("others.lead")
}
