package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"
)

// entry is Fyne's, without a frame, that says when it has the focus and passes
// on Escape.
type entry struct {
	widget.Entry
	focused bool
	secret  bool
	digits  bool // what is typed is a number
	onFocus func(bool)
	onLines func() // more than one line was pasted into a masked field
}

func newEntry() *entry {
	e := &entry{}
	e.Wrapping, e.Scroll = fyne.TextWrapOff, fyne.ScrollHorizontalOnly
	e.ActionItem = canvas.NewRectangle(color.Transparent) // in place of Fyne's eye
	e.ExtendBaseWidget(e)
	return e
}

// shown is the text that can be read on the screen.
func (e *entry) shown() string {
	switch {
	case e.Text == "":
		return e.PlaceHolder
	case e.Password:
		return ""
	}
	return e.Text
}

// FocusGained implements fyne.Focusable.
func (e *entry) FocusGained() {
	e.focused = true
	e.Entry.FocusGained()
	e.onFocus(true)
	reveal(e)
	typingInto(e)
}

// FocusLost implements fyne.Focusable.
func (e *entry) FocusLost() {
	e.focused = false
	e.Entry.FocusLost()
	e.onFocus(false)
}

// TypedKey implements fyne.Focusable.
func (e *entry) TypedKey(key *fyne.KeyEvent) {
	touched()
	if key.Name == fyne.KeyEscape {
		pass(e, key)
		return
	}
	e.Entry.TypedKey(key)
}

// TypedShortcut implements fyne.Shortcutable. A paste brings no line end along, and a masked field takes no two lines: what
// is wrong there nobody would see.
func (e *entry) TypedShortcut(shortcut fyne.Shortcut) {
	touched()
	if copies(shortcut) {
		return
	}
	if paste, is := shortcut.(*fyne.ShortcutPaste); is {
		text, lines := cleanPaste(paste.Clipboard.Content())
		if e.secret && lines > 1 {
			e.onLines()
			return
		}
		shortcut = &fyne.ShortcutPaste{Clipboard: pasted(text)}
		defer reveal(e)
	}
	e.Entry.TypedShortcut(shortcut)
}

// TypedRune implements fyne.Focusable.
func (e *entry) TypedRune(r rune) {
	touched()
	e.Entry.TypedRune(r)
	reveal(e)
}

// MouseDown implements desktop.Mouseable.
func (e *entry) MouseDown(m *desktop.MouseEvent) {
	touched()
	e.Entry.MouseDown(m)
}

// TappedSecondary implements fyne.SecondaryTappable: it offers to paste, unless anybody may stand here.
func (e *entry) TappedSecondary(at *fyne.PointEvent) {
	if public == nil {
		e.Entry.TappedSecondary(at)
	}
}

// Keyboard implements mobile.Keyboardable.
func (e *entry) Keyboard() mobile.KeyboardType {
	if e.digits {
		return mobile.NumberKeyboard
	}
	return e.Entry.Keyboard()
}

// eye is the small button in a masked field.
type eye struct {
	pressable
	mark *Mark
	face *canvas.Rectangle
}

func newEye(key string, onTap func()) *eye {
	e := &eye{mark: NewMark(IconEye, 20, ColorMuted), face: &canvas.Rectangle{}}
	e.init(e, key, onTap)
	return e
}

// open shows whether the text can be read now.
func (e *eye) open(open bool) {
	icon := IconEye
	if open {
		icon = IconEyeOff
	}
	e.mark.set(icon, ColorMuted)
}

// CreateRenderer implements fyne.Widget.
func (e *eye) CreateRenderer() fyne.WidgetRenderer { return render(e) }

// Children are what the eye is drawn with.
func (e *eye) Children() []fyne.CanvasObject {
	return []fyne.CanvasObject{e.face, e.mark}
}

func (e *eye) minSize() fyne.Size { return fyne.NewSquareSize(u(34)) }

func (e *eye) paint() {
	fill := Color(ColorSurface)
	if e.hovered {
		fill = Color(ColorSoft)
	}
	var stroke color.Color
	if e.focused {
		stroke = Color(ColorPrimary)
	}
	box(e.face, fill, stroke, 8, 2)
}

func (e *eye) layout(size fyne.Size) {
	place(e.face, 0, 0, size.Width, size.Height)
	place(e.mark, 0, 0, size.Width, size.Height)
}
