package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// KeyState is what the picture of a security key shows.
type KeyState int

// The states.
const (
	KeyAway    KeyState = iota // beside its port: it is to be plugged in
	KeyThere                   // in its port, at rest
	KeyWorking                 // in its port, at work
	KeyWaiting                 // in its port, waiting for a touch
	KeyTrouble                 // in its port, with something wrong
)

// The measures of the picture, in units.
const (
	artHeight             = 132
	keyLength, keyWide    = 148, 66
	plugLength, plugWide  = 38, 34
	portLength, portWide  = 80, 88
	discSize, holeSize    = 34, 14
	awayGap               = 30
	pulseFrom, pulseTo    = 40, 96
	pulse                 = 1600 * time.Millisecond
	workingSize, markSize = 34, 22
)

// KeyArt is a picture of a security key and the port that it goes into.
type KeyArt struct {
	widget.BaseWidget
	state              KeyState
	ground, port, slot *canvas.Rectangle
	plug, body, hole   *canvas.Rectangle
	disc, ring         *canvas.Circle
	spinner            *Spinner
	mark               *Mark
	done               float32 // of a pulse
	running            *fyne.Animation
}

// NewKeyArt returns the picture. It moves, where it does, while it is on the page.
func NewKeyArt(state KeyState) *KeyArt {
	r := func() *canvas.Rectangle { return &canvas.Rectangle{} }
	a := &KeyArt{
		state: state, ground: r(), port: r(), slot: r(), plug: r(), body: r(), hole: r(),
		disc: &canvas.Circle{}, ring: &canvas.Circle{}, spinner: newSpinner(workingSize), mark: NewMark(iconAlert, markSize, ColorWarning),
	}
	a.ring.Hidden = state != KeyWaiting
	a.spinner.Hidden = state != KeyWorking
	a.mark.Hidden = state != KeyTrouble
	a.disc.Hidden = !a.spinner.Hidden || !a.mark.Hidden
	a.ExtendBaseWidget(a)
	return a
}

// State is what the picture shows.
func (a *KeyArt) State() KeyState { return a.state }

// start sets in motion what moves. A system that wants less motion gets the ring at rest.
func (a *KeyArt) start() {
	switch {
	case a.state == KeyWorking:
		a.spinner.Start()
	case a.state == KeyWaiting && a.running == nil && fyne.CurrentApp().Settings().ShowAnimations():
		a.running = newMotion(pulse, fyne.AnimationEaseOut, func(done float32) {
			a.done = done
			a.paintRing()
			a.placeRing(a.Size())
		})
		a.running.Start()
	}
}

// Stop brings the picture to rest.
func (a *KeyArt) Stop() {
	a.spinner.Stop()
	if a.running != nil {
		a.running.Stop()
		a.running = nil
	}
}

// Moving reports whether something in the picture moves.
func (a *KeyArt) Moving() bool { return a.running != nil || a.spinner.Moving() }

// CreateRenderer implements fyne.Widget.
func (a *KeyArt) CreateRenderer() fyne.WidgetRenderer {
	a.paint()
	a.start()
	return &renderer{w: a, destroy: a.Stop}
}

// Children are what the picture is drawn with.
func (a *KeyArt) Children() []fyne.CanvasObject {
	return []fyne.CanvasObject{a.ground, a.plug, a.port, a.slot, a.body, a.hole, a.ring, a.disc, a.spinner, a.mark}
}

func (a *KeyArt) minSize() fyne.Size { return fyne.NewSize(u(300), u(artHeight)) }

func (a *KeyArt) paint() {
	line, ink := Color(ColorPrimary), Color(ColorSurface)
	if a.state == KeyTrouble {
		line = Color(ColorWarning)
	}
	box(a.ground, Color(ColorSoft), nil, 12, 0)
	box(a.port, ink, Color(ColorMuted), 12, 2)
	box(a.slot, Color(ColorLine), Color(ColorMuted), 4, 2)
	box(a.plug, ink, line, 4, 2)
	box(a.body, ink, line, 18, 2)
	box(a.hole, Color(ColorSoft), line, holeSize/2, 2)
	a.disc.FillColor, a.disc.StrokeColor, a.disc.StrokeWidth = Color(ColorSoft), line, u(2)
	if a.state == KeyWaiting {
		a.disc.FillColor = line
	}
	a.disc.Refresh()
	a.paintRing()
}

// paintRing draws the ring fainter, the larger it is.
func (a *KeyArt) paintRing() {
	r, g, b, _ := Color(ColorPrimary).RGBA()
	a.ring.StrokeColor = alpha(rgb(r>>8<<16|g>>8<<8|b>>8), uint8(0xd0*(1-a.done)))
	a.ring.StrokeWidth = u(3)
	a.ring.Refresh()
}

func (a *KeyArt) layout(size fyne.Size) {
	place(a.ground, 0, 0, size.Width, size.Height)
	left, y := a.left(size), size.Height/2
	centred := func(o fyne.CanvasObject, x, w, h float32) { place(o, x, y-h/2, w, h) }
	centred(a.body, left, u(keyLength), u(keyWide))
	centred(a.hole, left+u(14), u(holeSize), u(holeSize))
	x := left + u(keyLength)
	centred(a.plug, x-u(2), u(plugLength), u(plugWide))
	if a.state == KeyAway {
		x += u(plugLength + awayGap)
	} else {
		x += u(4)
	}
	centred(a.port, x, u(portLength), u(portWide))
	centred(a.slot, x-u(1), u(10), u(plugWide+10))
	middle := a.middle(size)
	for o, side := range map[fyne.CanvasObject]float32{a.disc: discSize, a.spinner: workingSize, a.mark: markSize} {
		place(o, middle.X-u(side)/2, middle.Y-u(side)/2, u(side), u(side))
	}
	a.placeRing(size)
}

// left is where the key begins, so that key and port together stand in the middle.
func (a *KeyArt) left(size fyne.Size) float32 {
	width := u(keyLength + 4 + portLength)
	if a.state == KeyAway {
		width = u(keyLength + plugLength + awayGap + portLength)
	}
	return (size.Width - width) / 2
}

// middle is where the key is touched.
func (a *KeyArt) middle(size fyne.Size) fyne.Position {
	return fyne.NewPos(a.left(size)+u(keyLength)/2+u(8), size.Height/2)
}

func (a *KeyArt) placeRing(size fyne.Size) {
	side, at := u(pulseFrom+(pulseTo-pulseFrom)*a.done), a.middle(size)
	place(a.ring, at.X-side/2, at.Y-side/2, side, side)
}
