package ui

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// chooseScreen offers ways, to register one or to pass a gate with one.
type chooseScreen struct {
	*sheet
	talk *conversation
	step app.ChooseMethod
}

func newChoose(c *conversation, step app.ChooseMethod) *chooseScreen {
	return &chooseScreen{sheet: newStepSheet(c), talk: c, step: step}
}

func (s *chooseScreen) build() fyne.CanvasObject {
	body := append(s.required(), s.talk.choices("choose", s.step.Choices)...)
	if len(s.step.Choices) == 0 {
		body = append(body, kit.NewNote(kit.NoteWarning, words.Text("choose.nothing")))
	}
	if have := s.beyond(); len(have) > 0 {
		body = append(body, kit.NewText(words.Text("choose.have"), kit.SmallStrong))
		body = append(body, s.talk.registeredRows(have)...)
	}
	return s.page(kit.PageSpec{
		Heading: s.heading(),
		Lead:    s.lead(),
		Body:    body,
		Back:    s.talk.ways(),
	})
}

// required says that nothing else can be done before, where that is so.
func (s *chooseScreen) required() []fyne.CanvasObject {
	if !s.step.Enrol || s.w.session.Due != app.DueRegister {
		return nil
	}
	return []fyne.CanvasObject{kit.NewNote(kit.NoteInfo, words.Text("choose.required"))}
}

// beyond are the registered ways that aren't among the choices.
func (s *chooseScreen) beyond() []app.Credential {
	return slices.DeleteFunc(slices.Clone(s.step.Have), func(have app.Credential) bool {
		return slices.ContainsFunc(s.step.Choices, func(c app.Choice) bool { return c.Have && c.Kind == have.Kind })
	})
}

func (s *chooseScreen) heading() string {
	switch {
	case s.step.Enrol:
		return words.Text("choose.heading")
	case s.step.Gate > 1:
		return words.Text("choose.heading_again")
	}
	return words.Text("choose.heading_prove")
}

// lead says how many are still needed, or how far the gates are.
func (s *chooseScreen) lead() string {
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

// othersScreen offers the other ways that may be taken from a step; the flow stays where it is.
type othersScreen struct {
	*sheet
	talk *conversation
}

func newOthers(c *conversation) *othersScreen {
	s := &othersScreen{sheet: newSheet(c.w, "others"), talk: c}
	s.escape = c.show
	return s
}

func (s *othersScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text("others.heading"),
		Lead:    words.Text("others.lead"),
		Body:    s.talk.choices("others", s.talk.flow.Others),
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.talk.show),
	})
}
