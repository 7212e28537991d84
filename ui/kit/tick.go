package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// The measures of a tick, in units.
const (
	tickHeight = 48
	tickInset  = 16
	tickMark   = 20
	tickText   = tickInset + tickMark + 14
)

// Tick is one of many things of which several are chosen: a mark and a text.
type Tick struct {
	pressable
	on   bool
	face *canvas.Rectangle
	mark *Mark
	text *Text
}

// NewTick returns a tick that is off, and calls onTap when it is tapped.
func NewTick(key, text string, onTap func()) *Tick {
	t := &Tick{face: &canvas.Rectangle{}, mark: NewMark(iconCircle, tickMark, ColorMuted), text: NewText(text, Body)}
	t.init(t, key, onTap)
	return t
}

// SetOn shows whether it is chosen.
func (t *Tick) SetOn(on bool) {
	if t.on != on {
		t.on = on
		t.Refresh()
	}
}

// On reports whether it is chosen.
func (t *Tick) On() bool { return t.on }

// HeightFor returns how high the tick is when it is this wide.
func (t *Tick) HeightFor(width float32) float32 {
	return max(u(tickHeight), t.text.HeightFor(t.textWidth(width))+u(24))
}

func (t *Tick) textWidth(width float32) float32 { return max(u(40), width-u(tickText+tickInset)) }

// CreateRenderer implements fyne.Widget.
func (t *Tick) CreateRenderer() fyne.WidgetRenderer { return render(t) }

// Children are what the tick is drawn with.
func (t *Tick) Children() []fyne.CanvasObject {
	return []fyne.CanvasObject{t.ring, t.face, t.mark, t.text}
}

func (t *Tick) minSize() fyne.Size {
	return fyne.NewSize(u(200), t.HeightFor(max(u(200), t.Size().Width)))
}

func (t *Tick) paint() {
	fill, stroke, width := ColorSurface, ColorLine, float32(1)
	icon, mark, ink := iconCircle, ColorMuted, ColorInk
	switch {
	case t.on:
		fill, stroke, width, icon, mark = ColorSoft, ColorPrimary, 1.5, IconCheck, ColorPrimary
	case t.Disabled():
		fill, ink = ColorBackground, ColorMuted
	case t.hovered:
		stroke = ColorPrimary
	}
	box(t.face, Color(fill), Color(stroke), 10, width)
	t.mark.set(icon, mark)
	t.text.tint(ink)
	t.paintRing(10)
}

func (t *Tick) layout(size fyne.Size) {
	t.layoutRing(size)
	place(t.face, 0, 0, size.Width, size.Height)
	place(t.mark, u(tickInset), (size.Height-u(tickMark))/2, u(tickMark), u(tickMark))
	width := t.textWidth(size.Width)
	height := t.text.HeightFor(width)
	place(t.text, u(tickText), (size.Height-height)/2, width, height)
}
