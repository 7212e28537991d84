package step

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// donePage says what happened, and what still has the old password.
type donePage struct {
	*shell.PageBase
	flow *flow
	step app.Done
}

func newDone(f *flow, step app.Done) *donePage {
	s := &donePage{PageBase: shell.NewPageBase(f.w, "done"), flow: f, step: step}
	s.Escape = f.w.Home
	s.SetNext(words.Text("button.done"), f.w.Home)
	return s
}

// Build implements shell.Page.
func (s *donePage) Build() kit.PageSpec {
	ending := s.words()
	return kit.PageSpec{
		Top:     kit.NewSeal(kit.IconCheck),
		Heading: words.Text("done.heading." + ending),
		Lead:    words.Text("done.lead." + ending),
		Body:    []fyne.CanvasObject{s.facts(), s.goesOn(), s.old(), s.keyring()},
	}
}

// words names the texts of what happened: the flow's purpose, or what a reset came to instead of a new password.
func (s *donePage) words() string {
	did := func(fact app.Fact) bool { return slices.Contains(s.step.Facts, fact) }
	switch {
	case s.flow.Purpose != app.PurposeReset || did(app.FactPasswordSet):
		return string(s.flow.Purpose)
	case did(app.FactFirstPassword):
		return "first"
	}
	return "unlocked"
}

func (s *donePage) facts() fyne.CanvasObject {
	var lines []string
	for _, fact := range s.step.Facts {
		if fact == app.FactOldGoesOn { // nothing to be ticked off
			continue
		}
		lines = append(lines, words.Text("fact."+string(fact)))
	}
	return kit.NewFacts(lines)
}

// goesOn says for how long the old password may still open something.
func (s *donePage) goesOn() fyne.CanvasObject {
	if !slices.Contains(s.step.Facts, app.FactOldGoesOn) {
		return nil
	}
	return kit.NewNote(kit.NoteInfo, words.Text("fact.old_goes_on", words.Values{"for": words.UpTo(s.step.OldFor)}))
}

// old warns of what still has an old password; after a first one it recommends one more way back in.
func (s *donePage) old() fyne.CanvasObject {
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

// keyring tells of the desktop's, which still opens with the old password when another one was set.
func (s *donePage) keyring() fyne.CanvasObject {
	if !s.flow.o.Keyring {
		return nil
	}
	switch s.words() {
	case string(app.PurposeReset):
		return kit.NewNote(kit.NoteInfo, words.Text("done.keyring.reset"))
	case string(app.PurposeChange):
		return kit.NewNote(kit.NoteInfo, words.Text("done.keyring.change"))
	}
	return nil
}

// requestPage says that an administrator was asked.
type requestPage struct {
	*shell.PageBase
	step   app.RequestSent
	copied *kit.Text
}

func newRequest(f *flow, step app.RequestSent) *requestPage {
	s := &requestPage{PageBase: shell.NewPageBase(f.w, "request_sent"), step: step, copied: kit.NewText("", kit.Small)}
	s.Escape = f.w.Home
	s.SetNext(words.Text("button.done"), f.w.Home)
	return s
}

// Build implements shell.Page.
func (s *requestPage) Build() kit.PageSpec {
	receipt := kit.NewColumn(4, kit.NewText(words.Text("request.receipt"), kit.SmallStrong), kit.NewText(s.step.Receipt, kit.Heading))
	if !s.Window.Public() {
		button := kit.NewButton("request.copy", words.Text("request.copy"), kit.Link, s.onCopy)
		button.SetIcon(kit.IconCopy)
		receipt.Add(kit.NewLine(0, button))
		receipt.Add(s.copied)
	}
	return kit.PageSpec{
		Heading: words.Text("request.heading"),
		Lead:    words.Text("request.lead"),
		Body:    []fyne.CanvasObject{kit.NewCard(receipt), s.HelpCard()},
	}
}

func (s *requestPage) onCopy() {
	s.Window.Clipboard().SetContent(s.step.Receipt)
	s.copied.SetText(words.Text("request.copied"))
}
