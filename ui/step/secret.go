package step

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// forgetAfter is how long a copied key stays on the clipboard.
const forgetAfter = 30 * time.Second

// qrSize is the side of the QR code, its quiet zone included.
const qrSize = 250

// secretPage shows the authenticator app's key, once, and takes the code that proves it.
type secretPage struct {
	*shell.PageBase
	flow   *flow
	step   app.ShowSecret
	cells  *kit.CodeCells
	copied *kit.Text
}

func newSecret(f *flow, step app.ShowSecret) *secretPage {
	s := &secretPage{PageBase: newStepPage(f), flow: f, step: step,
		cells:  kit.NewCodeCells("code.cells", words.Text("app.code")),
		copied: kit.NewText("", kit.Small),
	}
	takeCode(s.PageBase, s.cells, s.onNext)
	s.SetNext(words.Text("button.next"), s.onNext)
	return s
}

// Build implements shell.Page.
func (s *secretPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading:   words.Text("app.heading"),
		Lead:      words.Text("app.lead"),
		Body:      []fyne.CanvasObject{container.New(&beside{}, s.picture(), s.key()), s.cells},
		Back:      s.flow.exits(),
		Secondary: s.flow.another(),
	}
}

// picture is the QR code, or a word on why there is none.
func (s *secretPage) picture() fyne.CanvasObject {
	if s.flow.o.QR == nil {
		return kit.NewNote(kit.NoteInfo, words.Text("app.no_qr"))
	}
	modules, err := s.flow.o.QR(s.step.URI.Reveal())
	if err != nil {
		return kit.NewNote(kit.NoteInfo, words.Text("app.no_qr"))
	}
	return kit.NewQR(modules, qrSize)
}

// key is the key in words, for a person who can't scan: groups of four, a few to a line.
func (s *secretPage) key() fyne.CanvasObject {
	const inLine = 4
	lines := kit.NewColumn(4)
	groups := reveal(s.step.Groups)
	for len(groups) > 0 {
		n := min(inLine, len(groups))
		lines.Add(kit.NewText(strings.Join(groups[:n], " "), kit.Mono))
		groups = groups[n:]
	}
	all := kit.NewColumn(8,
		kit.NewText(words.Text("app.cant_scan"), kit.Strong),
		kit.NewText(words.Text("app.type_key"), kit.Muted),
		lines,
		kit.NewText(words.Text("app.account", words.Values{"account": s.step.Account}), kit.Small),
	)
	if !s.Window.Public() {
		button := kit.NewButton("secret.copy", words.Text("app.copy"), kit.Link, s.onCopy)
		button.SetIcon(kit.IconCopy)
		all.Add(kit.NewLine(0, button))
		all.Add(s.copied)
	}
	return all
}

// onCopy puts the key on the clipboard, and takes it away again if it is still there.
func (s *secretPage) onCopy() {
	key := strings.Join(reveal(s.step.Groups), "")
	clipboard := s.Window.Clipboard()
	clipboard.SetContent(key)
	s.copied.SetText(words.Text("app.copied"))
	s.Window.Run.After(forgetAfter, func() {
		s.copied.SetText("")
		if clipboard.Content() == key {
			clipboard.SetContent("")
		}
	})
}

func (s *secretPage) onNext() { s.flow.giveCode(s.PageBase, s.cells) }

// Failed clears a code that was refused: nobody corrects a dead code.
func (s *secretPage) Failed(e *app.Error) { refuseCode(s.PageBase, s.cells, app.KindAuthApp, e) }

func reveal(secrets []app.Secret) []string {
	var words []string
	for _, secret := range secrets {
		words = append(words, secret.Reveal())
	}
	return words
}

// beside puts two things side by side where there is room, one below the other where there isn't.
type beside struct{ wide bool }

const (
	besideGap   = 32
	besideRight = 220 // the least width of the right one
)

// Layout implements fyne.Layout.
func (b *beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left, right := objects[0], objects[1]
	first := left.MinSize()
	wide := size.Width >= first.Width+besideGap+besideRight
	if wide {
		left.Resize(first)
		left.Move(fyne.NewPos(0, 0))
		right.Move(fyne.NewPos(first.Width+besideGap, 0))
		right.Resize(fyne.NewSize(size.Width-first.Width-besideGap, size.Height))
	} else {
		left.Resize(fyne.NewSize(min(first.Width, size.Width), first.Height))
		left.Move(fyne.NewPos(0, 0))
		right.Move(fyne.NewPos(0, first.Height+besideGap/2))
		right.Resize(fyne.NewSize(size.Width, right.MinSize().Height))
	}
	b.wide = wide
}

// MinSize implements fyne.Layout.
func (b *beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	left, right := objects[0].MinSize(), objects[1].MinSize()
	if b.wide {
		return fyne.NewSize(left.Width, max(left.Height, right.Height))
	}
	return fyne.NewSize(left.Width, left.Height+besideGap/2+right.Height)
}
