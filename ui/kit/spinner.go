package kit

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// turn is how long a spinner takes to go round.
const turn = 900 * time.Millisecond

// Spinner shows that something is going on. It moves, and costs, only between
// Start and Stop and while it is shown.
type Spinner struct {
	widget.BaseWidget
	size    float32
	color   fyne.ThemeColorName
	arc     *canvas.Arc
	track   *canvas.Arc
	running *fyne.Animation
}

// NewSpinner returns a spinner at rest.
func NewSpinner() *Spinner { return newSpinner(32) }

// NewSmallSpinner returns one that stands beside a line of text, as a mark does.
func NewSmallSpinner() *Spinner { return newSpinner(20) }

func newSpinner(size float32) *Spinner {
	s := &Spinner{size: size, color: ColorPrimary, arc: &canvas.Arc{}, track: &canvas.Arc{}}
	s.ExtendBaseWidget(s)
	s.point(0)
	return s
}

// Start sets the spinner in motion.
func (s *Spinner) Start() {
	if s.running != nil {
		return
	}
	s.running = newMotion(turn, fyne.AnimationLinear, func(done float32) {
		s.point(done)
		canvas.Refresh(s.arc)
	})
	if s.Visible() {
		s.running.Start()
	}
}

// Stop brings the spinner to rest.
func (s *Spinner) Stop() {
	if s.running != nil {
		s.running.Stop()
		s.running = nil
	}
}

// Moving reports whether the spinner is between Start and Stop.
func (s *Spinner) Moving() bool { return s.running != nil }

// Hide hides the spinner; it rests while hidden.
func (s *Spinner) Hide() {
	s.BaseWidget.Hide()
	if s.running != nil {
		s.running.Stop()
	}
}

// Show shows the spinner, moving if it was started.
func (s *Spinner) Show() {
	wasHidden := !s.Visible()
	s.BaseWidget.Show()
	if s.running != nil && wasHidden {
		s.running.Start()
	}
}

func (s *Spinner) tint(color fyne.ThemeColorName) {
	if s.color != color {
		s.color = color
		s.Refresh()
	}
}

// point turns the arc to this part of a full turn.
func (s *Spinner) point(done float32) {
	start := float32(math.Mod(float64(done)*360, 360))
	s.arc.StartAngle, s.arc.EndAngle = start, start+100
}

// CreateRenderer implements fyne.Widget.
func (s *Spinner) CreateRenderer() fyne.WidgetRenderer {
	s.paint()
	return &renderer{w: s, destroy: s.Stop}
}

// Children are the arcs.
func (s *Spinner) Children() []fyne.CanvasObject { return []fyne.CanvasObject{s.track, s.arc} }

func (s *Spinner) minSize() fyne.Size { return fyne.NewSquareSize(u(s.size)) }

func (s *Spinner) paint() {
	ink := Color(s.color)
	r, g, b, _ := ink.RGBA()
	faint := alpha(rgb(r>>8<<16|g>>8<<8|b>>8), 0x30)
	s.track.StartAngle, s.track.EndAngle = 0, 360
	s.track.CutoutRatio, s.arc.CutoutRatio = 0.78, 0.78
	s.track.FillColor, s.arc.FillColor = faint, ink
	s.track.Refresh()
	s.arc.Refresh()
}

func (s *Spinner) layout(size fyne.Size) {
	side := min(u(s.size), size.Width, size.Height)
	for _, arc := range []*canvas.Arc{s.track, s.arc} {
		arc.Resize(fyne.NewSquareSize(side))
		arc.Move(fyne.NewPos((size.Width-side)/2, (size.Height-side)/2))
	}
}
