package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"
)

// The measures of the cells, in units.
const (
	cellWidth, cellHeight = 52, 62
	cellGap, groupGap     = 10, 28
	cellsWidth            = 6*cellWidth + 4*cellGap + groupGap
)

// CodeCells takes a code of six digits, in two groups of three.
type CodeCells struct {
	widget.DisableableWidget
	// OnChanged is called with the digits as they change.
	OnChanged func(string)
	// OnComplete is called with the code when its last digit was typed, or when nothing but a code was pasted. A code that
	// stood among other words was guessed to be one: its owner sends it.
	OnComplete func(string)
	// OnUnclear is called when nothing went in of what was pasted, with the number of different codes in it: 0, 2 or more.
	OnUnclear func(codes int)

	key     string
	buffer  codeBuffer
	focused bool
	label   *Text
	err     *Text
	halo    *canvas.Rectangle
	cells   [codeLength]*canvas.Rectangle
	digits  [codeLength]*canvas.Text
}

// NewCodeCells returns empty cells, under a label if it is not "".
func NewCodeCells(key, labelText string) *CodeCells {
	c := &CodeCells{key: key, label: NewText(labelText, label), err: NewText("", DangerText), halo: &canvas.Rectangle{}}
	c.label.Hidden = labelText == ""
	c.err.Hide()
	for i := range codeLength {
		c.cells[i], c.digits[i] = &canvas.Rectangle{}, canvas.NewText("", nil)
	}
	c.ExtendBaseWidget(c)
	return c
}

// Key implements Element.
func (c *CodeCells) Key() string { return c.key }

// Text returns the digits typed so far, in ASCII.
func (c *CodeCells) Text() string { return c.buffer.text() }

// Clear empties the cells, without calling OnChanged.
func (c *CodeCells) Clear() {
	c.buffer.clear()
	c.Refresh()
}

// SetError shows text beneath the cells and marks them; "" clears both.
func (c *CodeCells) SetError(text string) {
	if text == c.err.text {
		return
	}
	c.err.SetText(text)
	c.err.Hidden = text == ""
	c.Refresh()
	reflow(c)
}

// Error returns the error shown, or "".
func (c *CodeCells) Error() string { return c.err.text }

// changed tells the owner, after an edit that did something.
func (c *CodeCells) changed(edited bool) {
	c.Refresh()
	if !edited {
		return
	}
	reveal(c)
	if c.OnChanged != nil {
		c.OnChanged(c.Text())
	}
}

// complete tells the owner that the code is whole.
func (c *CodeCells) complete() {
	if c.buffer.full() && c.OnComplete != nil {
		c.OnComplete(c.Text())
	}
}

// paste puts in the one code that the clipboard holds, in place of what is there.
func (c *CodeCells) paste() {
	if c.Disabled() {
		return
	}
	pasted := readPasted(fyne.CurrentApp().Clipboard().Content())
	if len(pasted.codes) != 1 {
		if c.OnUnclear != nil {
			c.OnUnclear(len(pasted.codes))
		}
		return
	}
	c.buffer.fill(pasted.codes[0])
	c.changed(true)
	if pasted.bare {
		c.complete()
	}
}

// TypedRune implements fyne.Focusable.
func (c *CodeCells) TypedRune(r rune) {
	touched()
	if !c.Disabled() && c.buffer.put(r) {
		c.changed(true)
		c.complete()
	}
}

// TypedKey implements fyne.Focusable.
func (c *CodeCells) TypedKey(key *fyne.KeyEvent) {
	touched()
	if c.Disabled() {
		pass(c, key)
		return
	}
	switch key.Name {
	case fyne.KeyBackspace:
		c.changed(c.buffer.backspace())
	case fyne.KeyDelete:
		c.changed(c.buffer.remove())
	case fyne.KeyLeft:
		c.move(-1)
	case fyne.KeyRight:
		c.move(1)
	case fyne.KeyHome:
		c.move(-codeLength)
	case fyne.KeyEnd:
		c.move(codeLength)
	default:
		pass(c, key)
	}
}

func (c *CodeCells) move(by int) {
	c.buffer.move(by)
	c.Refresh()
}

// TypedShortcut implements fyne.Shortcutable.
func (c *CodeCells) TypedShortcut(shortcut fyne.Shortcut) {
	if _, ok := shortcut.(*fyne.ShortcutPaste); ok && !copies(shortcut) {
		c.paste()
	}
}

// Tapped implements fyne.Tappable: it takes the focus, at the cell tapped.
func (c *CodeCells) Tapped(e *fyne.PointEvent) {
	touched()
	if on := fyne.CurrentApp().Driver().CanvasForObject(c); on != nil {
		on.Focus(c)
	}
	for i, cell := range c.cells {
		if e.Position.X >= cell.Position().X && e.Position.X <= cell.Position().X+cell.Size().Width {
			c.move(i - c.buffer.caret)
		}
	}
}

// TappedSecondary implements fyne.SecondaryTappable: it offers to paste, unless anybody may stand here.
func (c *CodeCells) TappedSecondary(e *fyne.PointEvent) {
	if public != nil {
		return
	}
	if on := fyne.CurrentApp().Driver().CanvasForObject(c); on != nil {
		menu := fyne.NewMenu("", fyne.NewMenuItem(lang.L("Paste"), c.paste))
		widget.ShowPopUpMenuAtPosition(menu, on, e.AbsolutePosition)
	}
}

// FocusGained implements fyne.Focusable.
func (c *CodeCells) FocusGained() {
	c.focused = true
	c.Refresh()
	reveal(c)
	typingInto(c)
}

// FocusLost implements fyne.Focusable.
func (c *CodeCells) FocusLost() {
	c.focused = false
	c.Refresh()
}

// Cursor implements desktop.Cursorable.
func (c *CodeCells) Cursor() desktop.Cursor { return desktop.TextCursor }

// Keyboard implements mobile.Keyboardable.
func (c *CodeCells) Keyboard() mobile.KeyboardType { return mobile.NumberKeyboard }

// HeightFor returns how high the cells are when they have this width.
func (c *CodeCells) HeightFor(width float32) float32 {
	height := u(cellHeight)
	if c.label.Visible() {
		height += c.label.HeightFor(width) + u(8)
	}
	if c.err.Visible() {
		height += c.err.HeightFor(width) + u(8)
	}
	return height
}

// CreateRenderer implements fyne.Widget.
func (c *CodeCells) CreateRenderer() fyne.WidgetRenderer { return render(c) }

// Children are what the cells are drawn with.
func (c *CodeCells) Children() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{c.label, c.halo}
	for i := range codeLength {
		objects = append(objects, c.cells[i], c.digits[i])
	}
	return append(objects, c.err)
}

func (c *CodeCells) minSize() fyne.Size {
	return fyne.NewSize(u(240), c.HeightFor(max(u(240), c.Size().Width)))
}

func (c *CodeCells) paint() {
	typed := []rune(c.Text())
	l := looks[digit]
	for i := range codeLength {
		stroke, width := ColorEdge, float32(1)
		if c.err.Visible() {
			stroke, width = ColorDanger, 1.5
		}
		if c.focused && i == c.buffer.cell() {
			stroke, width = ColorPrimary, 2
		}
		box(c.cells[i], Color(ColorSurface), Color(stroke), 10, width)
		d := c.digits[i]
		d.Text = ""
		if i < len(typed) {
			d.Text = string(typed[i])
		}
		d.TextSize, d.FontSource, d.Color, d.Alignment = l.points(), l.font, Color(l.color), fyne.TextAlignCenter
		d.Refresh()
	}
	c.halo.Hidden = !c.focused
	box(c.halo, Color(ColorSoft), nil, 13, 0)
}

func (c *CodeCells) layout(size fyne.Size) {
	var y float32
	if c.label.Visible() {
		h := c.label.HeightFor(size.Width)
		place(c.label, 0, 0, size.Width, h)
		y = h + u(8)
	}
	shrink := min(1, size.Width/u(cellsWidth))
	var x float32
	for i := range codeLength {
		place(c.cells[i], x, y, u(cellWidth)*shrink, u(cellHeight))
		own := c.digits[i].MinSize()
		place(c.digits[i], x, y+(u(cellHeight)-own.Height)/2, u(cellWidth)*shrink, own.Height)
		x += u(cellWidth+cellGap) * shrink
		if i == codeLength/2-1 {
			x += u(groupGap-cellGap) * shrink
		}
	}
	cell := c.cells[c.buffer.cell()]
	place(c.halo, cell.Position().X-u(3), cell.Position().Y-u(3), cell.Size().Width+u(6), cell.Size().Height+u(6))
	if c.err.Visible() {
		place(c.err, 0, y+u(cellHeight)+u(8), size.Width, c.err.HeightFor(size.Width))
	}
}
