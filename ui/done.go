package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// doneScreen says what happened, and what still has the old password.
type doneScreen struct {
	*sheet
	talk *conversation
	step app.Done
}

func newDone(c *conversation, step app.Done) *doneScreen {
	s := &doneScreen{sheet: newSheet(c.w, "done"), talk: c, step: step}
	s.escape = c.w.home
	s.next(words.Text("button.done"), c.w.home)
	return s
}

func (s *doneScreen) build() fyne.CanvasObject {
	ending := s.words()
	return s.page(kit.PageSpec{
		Top:     kit.NewSeal(kit.IconCheck),
		Heading: words.Text("done.heading." + ending),
		Lead:    words.Text("done.lead." + ending),
		Body:    []fyne.CanvasObject{s.facts(), s.old()},
	})
}

// words names the texts of what happened: the flow's purpose, or what a reset came to instead of a new password.
func (s *doneScreen) words() string {
	did := func(fact app.Fact) bool { return slices.Contains(s.step.Facts, fact) }
	switch {
	case s.talk.flow.Purpose != app.PurposeReset || did(app.FactPasswordSet):
		return string(s.talk.flow.Purpose)
	case did(app.FactFirstPassword):
		return "first"
	}
	return "unlocked"
}

func (s *doneScreen) facts() fyne.CanvasObject {
	var lines []string
	for _, fact := range s.step.Facts {
		lines = append(lines, words.Text("fact."+string(fact)))
	}
	return kit.NewFacts(lines)
}

// old warns of what still has an old password; after a first one it recommends one more way back in.
func (s *doneScreen) old() fyne.CanvasObject {
	switch s.words() {
	case "first":
		return kit.NewNote(kit.NoteInfo, words.Text("done.first"))
	case "unlocked":
		return kit.NewNote(kit.NoteWarning, words.Text("done.unlocked"))
	case string(app.PurposeReset), string(app.PurposeChange):
		return kit.NewNote(kit.NoteWarning, words.Text("done.old"))
	}
	return nil
}

// requestScreen says that an administrator was asked.
type requestScreen struct {
	*sheet
	step   app.RequestSent
	copied *kit.Text
}

func newRequest(c *conversation, step app.RequestSent) *requestScreen {
	s := &requestScreen{sheet: newSheet(c.w, "request_sent"), step: step, copied: kit.NewText("", kit.Small)}
	s.escape = c.w.home
	s.next(words.Text("button.done"), c.w.home)
	return s
}

func (s *requestScreen) build() fyne.CanvasObject {
	button := kit.NewButton("request.copy", words.Text("request.copy"), kit.Link, s.onCopy)
	button.SetIcon(kit.IconCopy)
	return s.page(kit.PageSpec{
		Heading: words.Text("request.heading"),
		Lead:    words.Text("request.lead"),
		Body: []fyne.CanvasObject{
			kit.NewCard(kit.NewColumn(4,
				kit.NewText(words.Text("request.receipt"), kit.SmallStrong),
				kit.NewText(s.step.Receipt, kit.Heading),
				kit.NewLine(0, button),
				s.copied,
			)),
			s.w.helpCard(),
		},
	})
}

func (s *requestScreen) onCopy() {
	s.w.app.Clipboard().SetContent(s.step.Receipt)
	s.copied.SetText(words.Text("request.copied"))
}
