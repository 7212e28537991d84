package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// NoteKind is what a note is about.
type NoteKind int

// The kinds of note.
const (
	NoteInfo NoteKind = iota
	NoteWarning
	NoteDanger
	NoteSuccess
)

// noteLooks are the icon, the ground, the icon's colour and the text's of each kind.
var noteLooks = map[NoteKind]struct {
	icon               Icon
	ground, mark, text fyne.ThemeColorName
}{
	NoteInfo:    {IconInfo, ColorSoft, ColorPrimary, ColorInk},
	NoteWarning: {iconAlert, ColorWarningSoft, ColorWarning, ColorWarning},
	NoteDanger:  {iconAlert, ColorDangerSoft, ColorDanger, ColorDanger},
	NoteSuccess: {IconCheck, ColorSuccessSoft, ColorSuccess, ColorSuccess},
}

// Note is a remark in a tinted box.
type Note struct {
	widget.BaseWidget
	kind NoteKind
	face *canvas.Rectangle
	mark *Mark
	text *Text
}

// NewNote returns a note.
func NewNote(kind NoteKind, text string) *Note {
	l := noteLooks[kind]
	n := &Note{
		kind: kind, face: &canvas.Rectangle{},
		mark: NewMark(l.icon, 18, l.mark), text: NewText(text, noteText).tint(l.text),
	}
	n.ExtendBaseWidget(n)
	return n
}

// SetText changes the text.
func (n *Note) SetText(text string) {
	n.text.SetText(text)
	n.Refresh()
}

// HeightFor returns how high the note is when it is this wide.
func (n *Note) HeightFor(width float32) float32 {
	return n.text.HeightFor(width-u(45+16)) + u(24)
}

// CreateRenderer implements fyne.Widget.
func (n *Note) CreateRenderer() fyne.WidgetRenderer { return render(n) }

// Children are what the note is drawn with.
func (n *Note) Children() []fyne.CanvasObject {
	return []fyne.CanvasObject{n.face, n.mark, n.text}
}

func (n *Note) minSize() fyne.Size {
	return fyne.NewSize(u(200), n.HeightFor(max(u(200), n.Size().Width)))
}

func (n *Note) paint() { box(n.face, Color(noteLooks[n.kind].ground), nil, 12, 0) }

func (n *Note) layout(size fyne.Size) {
	place(n.face, 0, 0, size.Width, size.Height)
	place(n.mark, u(16), u(13), u(18), u(18))
	width := size.Width - u(45+16)
	place(n.text, u(45), u(12), width, n.text.HeightFor(width))
}
