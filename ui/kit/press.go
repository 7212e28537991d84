package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// pressable is what everything that acts on a tap has in common: mouse, Enter
// and Space, hover, the focus ring, being disabled.
type pressable struct {
	widget.DisableableWidget
	key              string
	onTap            func()
	self             drawn
	hovered, focused bool
	ring             *canvas.Rectangle
}

func (p *pressable) init(self drawn, key string, onTap func()) {
	p.self, p.key, p.onTap = self, key, onTap
	p.ring = &canvas.Rectangle{}
	p.ring.Hide()
	p.ExtendBaseWidget(self)
}

// Key implements Element.
func (p *pressable) Key() string { return p.key }

func (p *pressable) disabled() bool {
	d, ok := p.self.(fyne.Disableable)
	return ok && d.Disabled()
}

// Tapped implements fyne.Tappable.
func (p *pressable) Tapped(*fyne.PointEvent) {
	touched()
	if !p.disabled() && p.onTap != nil {
		p.onTap()
	}
}

// FocusGained implements fyne.Focusable.
func (p *pressable) FocusGained() {
	p.focused = true
	p.self.Refresh()
	reveal(p.self)
	touched()
}

// FocusLost implements fyne.Focusable.
func (p *pressable) FocusLost() {
	p.focused = false
	p.self.Refresh()
}

// TypedRune implements fyne.Focusable.
func (p *pressable) TypedRune(rune) { touched() }

// TypedKey implements fyne.Focusable.
func (p *pressable) TypedKey(key *fyne.KeyEvent) {
	touched()
	switch key.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.Tapped(nil)
	default:
		pass(p.self, key)
	}
}

// MouseIn implements desktop.Hoverable.
func (p *pressable) MouseIn(*desktop.MouseEvent) {
	p.hovered = true
	p.self.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (p *pressable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (p *pressable) MouseOut() {
	p.hovered = false
	p.self.Refresh()
}

// Cursor implements desktop.Cursorable.
func (p *pressable) Cursor() desktop.Cursor {
	if p.disabled() {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// paintRing shows the ring around a shape of this radius while it has the focus.
func (p *pressable) paintRing(radius float32) {
	p.ring.Hidden = !p.focused
	box(p.ring, Color(ColorBackground), Color(ColorPrimary), radius+4, 2)
}

func (p *pressable) layoutRing(size fyne.Size) {
	off := u(4)
	place(p.ring, -off, -off, size.Width+2*off, size.Height+2*off)
}
