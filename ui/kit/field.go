package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

const fieldHeight = 50

// Field is a line to type into: a label above, an error beneath.
type Field struct {
	widget.BaseWidget
	// OnChanged is called with the text as it changes.
	OnChanged func(string)
	// OnSubmitted is called with the text on Enter.
	OnSubmitted func(string)

	key    string
	label  *Text
	halo   *canvas.Rectangle
	frame  *canvas.Rectangle
	entry  *entry
	reveal *eye
	err    *Text
}

// NewField returns an empty field.
func NewField(key, labelText string) *Field {
	f := &Field{key: key, label: NewText(labelText, label), halo: &canvas.Rectangle{}, frame: &canvas.Rectangle{}, entry: newEntry(), err: NewText("", DangerText)}
	f.label.Hidden = labelText == ""
	f.err.Hide()
	f.reveal = newEye(key+".reveal", f.toggle)
	f.reveal.Hide()
	f.entry.onFocus = func(bool) { f.Refresh() }
	f.entry.OnChanged = func(s string) {
		if f.OnChanged != nil {
			f.OnChanged(s)
		}
	}
	f.entry.OnSubmitted = func(s string) {
		if f.OnSubmitted != nil {
			f.OnSubmitted(s)
			return
		}
		pass(f.entry, &fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	f.ExtendBaseWidget(f)
	return f
}

// Key implements Element.
func (f *Field) Key() string { return f.key }

// Text returns what was typed.
func (f *Field) Text() string { return f.entry.Text }

// SetText replaces what was typed.
func (f *Field) SetText(text string) { f.entry.SetText(text) }

// SetPlaceholder shows a hint while the field is empty.
func (f *Field) SetPlaceholder(text string) { f.entry.SetPlaceHolder(text) }

// SetPassword masks the text, with an eye to reveal it. manyLines is what the field says of a paste that it doesn't take, since
// it was more than one line.
func (f *Field) SetPassword(manyLines string) {
	f.entry.onLines = func() {
		f.SetError(manyLines)
		reveal(f)
	}
	f.entry.Password = true
	f.entry.secret = true
	f.reveal.Show()
	f.entry.Refresh()
	f.Refresh()
}

// SetDigits tells keys on the screen that a number is typed here.
func (f *Field) SetDigits() { f.entry.digits = true }

// SetError shows text beneath the field and marks the field; "" clears both.
func (f *Field) SetError(text string) {
	if text == f.err.text { // as with nearly each sign that is typed
		return
	}
	f.err.SetText(text)
	f.err.Hidden = text == ""
	f.Refresh()
	reflow(f)
}

// Error returns the error shown, or "".
func (f *Field) Error() string { return f.err.text }

// Entry is what takes the focus.
func (f *Field) Entry() fyne.Focusable { return f.entry }

// Enable makes the field take text again.
func (f *Field) Enable() { f.entry.Enable(); f.Refresh() }

// Disable makes the field refuse text.
func (f *Field) Disable() { f.entry.Disable(); f.Refresh() }

func (f *Field) toggle() {
	f.entry.Password = !f.entry.Password
	f.entry.Refresh()
	f.reveal.open(!f.entry.Password)
}

// HeightFor returns how high the field is when it is this wide.
func (f *Field) HeightFor(width float32) float32 {
	height := u(fieldHeight)
	if f.label.Visible() {
		height += f.label.HeightFor(width) + u(8)
	}
	if f.err.Visible() {
		height += f.err.HeightFor(width) + u(6)
	}
	return height
}

// CreateRenderer implements fyne.Widget.
func (f *Field) CreateRenderer() fyne.WidgetRenderer { return render(f) }

// Children are what the field is made of.
func (f *Field) Children() []fyne.CanvasObject {
	return []fyne.CanvasObject{f.label, f.halo, f.frame, f.entry, f.reveal, f.err}
}

func (f *Field) minSize() fyne.Size {
	return fyne.NewSize(u(200), f.HeightFor(max(u(200), f.Size().Width)))
}

func (f *Field) paint() {
	fill, stroke, halo, width := ColorSurface, ColorEdge, ColorSoft, float32(1)
	if f.entry.Disabled() {
		fill, stroke = ColorBackground, ColorLine
	}
	if f.err.Visible() {
		stroke, halo, width = ColorDanger, ColorDangerSoft, 1.5
	}
	if f.entry.focused {
		width = 2
		if !f.err.Visible() {
			stroke = ColorPrimary
		}
	}
	f.halo.Hidden = !f.entry.focused
	box(f.halo, Color(halo), nil, 13, 0)
	box(f.frame, Color(fill), Color(stroke), 10, width)
}

func (f *Field) layout(size fyne.Size) {
	var y float32
	if f.label.Visible() {
		h := f.label.HeightFor(size.Width)
		place(f.label, 0, 0, size.Width, h)
		y = h + u(8)
	}
	height := u(fieldHeight)
	place(f.frame, 0, y, size.Width, height)
	place(f.halo, -u(3), y-u(3), size.Width+u(6), height+u(6))
	own := f.entry.MinSize().Height
	right := u(8)
	if f.reveal.Visible() {
		side := u(34)
		place(f.reveal, size.Width-side-u(8), y+(height-side)/2, side, side)
		right += side + u(4)
	}
	place(f.entry, u(8), y+(height-own)/2, size.Width-u(8)-right, own)
	if f.err.Visible() {
		place(f.err, 0, y+height+u(6), size.Width, f.err.HeightFor(size.Width))
	}
}
