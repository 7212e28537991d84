package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// The measures of a stand, in units.
const (
	barHeight   = 58
	barInset    = 20
	barGap      = 8
	standLow    = 360 // of the frame, below which its rail makes room while the keys are shown
	cornerTaps  = 44  // of the corner that staff tap
	barLowInset = 12
)

// Stand is what a kiosk has around a frame: a bar above it, and keys below, which never lie over it.
type Stand struct {
	widget.BaseWidget
	frame       fyne.CanvasObject
	keyboard    *Keyboard
	keys        bool              // the keys are shown
	roomy       fyne.CanvasObject // of the bar, for a window that is high enough
	roomyFrom   float32
	title       bool // the bar says whose kiosk this is: a narrow frame needs no strip for it
	left, right []fyne.CanvasObject
	ground      *ground
	corner      *ground
	face, line  *canvas.Rectangle
}

// NewStand returns a stand around content, a frame. onCorner is called when the upper left corner is tapped, which nothing
// shows.
func NewStand(content fyne.CanvasObject, keyboard *Keyboard, onCorner func()) *Stand {
	s := &Stand{frame: content, keyboard: keyboard, face: &canvas.Rectangle{}, line: &canvas.Rectangle{},
		ground: newGround("", touched), corner: newGround("kiosk.corner", onCorner)}
	s.ExtendBaseWidget(s)
	return s
}

// SetFrame replaces the frame.
func (s *Stand) SetFrame(frame fyne.CanvasObject) {
	s.frame = frame
	s.Refresh()
}

// SetBar puts these into the bar, from the left and from the right.
func (s *Stand) SetBar(left, right []fyne.CanvasObject) {
	s.left, s.right, s.title = left, right, false
	s.Refresh()
}

// SetTitle is SetBar for a bar that says at its left whose kiosk this is, where the frame's rail would be a strip.
func (s *Stand) SetTitle(title, right []fyne.CanvasObject) {
	s.left, s.right, s.title = title, right, true
	s.Refresh()
}

// OnlyAbove has an object of the bar shown in a window that is so high at least, in the toolkit's units; nil for none.
func (s *Stand) OnlyAbove(height float32, o fyne.CanvasObject) { s.roomy, s.roomyFrom = o, height }

// ShowKeys shows the keys, or puts them away. What they type into stays in view.
func (s *Stand) ShowKeys(shown bool) {
	if s.keys != shown {
		s.keys = shown
		s.keyboard.renew()
		s.Refresh()
	}
	if target, ok := s.keyboard.Target().(fyne.CanvasObject); ok && shown {
		reveal(target)
	}
}

// Repaint draws anew what a theme that was changed does not reach.
func (s *Stand) Repaint() {
	s.keyboard.renew()
	s.Refresh()
}

// KeysShown reports whether the keys are shown.
func (s *Stand) KeysShown() bool { return s.keys }

// CreateRenderer implements fyne.Widget.
func (s *Stand) CreateRenderer() fyne.WidgetRenderer { return render(s) }

// Children are in the order of the Tab key: the page first. The keys are not in it.
func (s *Stand) Children() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{s.ground, s.face, s.line, s.corner}
	if s.frame != nil {
		objects = append(objects, s.frame)
	}
	objects = append(append(objects, s.left...), s.right...)
	if s.keys {
		objects = append(objects, s.keyboard)
	}
	return objects
}

func (s *Stand) minSize() fyne.Size { return fyne.NewSize(u(320), u(300)) }

func (s *Stand) paint() {
	box(s.face, Color(ColorSurface), nil, 0, 0)
	box(s.line, Color(ColorLine), nil, 0, 0)
}

func (s *Stand) layout(size fyne.Size) {
	bar := u(barHeight)
	place(s.ground, 0, 0, size.Width, size.Height)
	place(s.face, 0, 0, size.Width, bar)
	place(s.line, 0, bar-u(1), size.Width, u(1))
	place(s.corner, 0, 0, u(cornerTaps), u(cornerTaps))
	s.choose(size)
	s.layoutBar(size.Width, bar-u(1))
	bottom := size.Height
	if s.keys {
		s.keyboard.SetTall(size.Height)
		height := s.keyboard.HeightFor(size.Width)
		bottom -= height
		place(s.keyboard, 0, bottom, size.Width, height)
	}
	if frame, ok := s.frame.(*Frame); ok {
		frame.setBare(s.keys && bottom-bar < u(standLow) || s.title && size.Width < u(narrow))
	}
	if s.frame != nil {
		place(s.frame, 0, bar, size.Width, bottom-bar)
	}
}

// choose shows of the bar what there is room for, and what no rail says.
func (s *Stand) choose(size fyne.Size) {
	for _, o := range s.left {
		if s.title && size.Width >= u(narrow) {
			o.Hide()
		} else {
			o.Show()
		}
	}
	if s.roomy == nil {
		return
	}
	if size.Height < s.roomyFrom {
		s.roomy.Hide()
	} else {
		s.roomy.Show()
	}
}

// layoutBar places what is in the bar; where there is too little room the last from the left go.
func (s *Stand) layoutBar(width, height float32) {
	x := u(barInset)
	for _, o := range visible(s.left...) {
		own := o.MinSize()
		place(o, x, (height-own.Height)/2, own.Width, own.Height)
		x += own.Width + u(barGap+4)
	}
	right := width - u(barLowInset)
	for i := len(s.right) - 1; i >= 0; i-- {
		o := s.right[i]
		if !o.Visible() {
			continue
		}
		own := o.MinSize()
		right -= own.Width
		place(o, right, (height-own.Height)/2, own.Width, own.Height)
		right -= u(barGap)
	}
}

// ground takes the taps that nothing else takes.
type ground struct {
	widget.BaseWidget
	key   string
	onTap func()
}

func newGround(key string, onTap func()) *ground {
	g := &ground{key: key, onTap: onTap}
	g.ExtendBaseWidget(g)
	return g
}

// Key implements Element.
func (g *ground) Key() string { return g.key }

// Tapped implements fyne.Tappable.
func (g *ground) Tapped(*fyne.PointEvent) {
	touched()
	g.onTap()
}

// CreateRenderer implements fyne.Widget.
func (g *ground) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
