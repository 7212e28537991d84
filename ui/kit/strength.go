package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Strength shows how strong a password is, in four bars.
type Strength struct {
	widget.BaseWidget
	score int
	bars  [4]*canvas.Rectangle
}

// NewStrength returns four empty bars.
func NewStrength() *Strength {
	s := &Strength{}
	for i := range s.bars {
		s.bars[i] = &canvas.Rectangle{}
	}
	s.ExtendBaseWidget(s)
	return s
}

// SetScore fills as many bars as score, 0 to 4.
func (s *Strength) SetScore(score int) {
	s.score = min(max(score, 0), len(s.bars))
	s.Refresh()
}

// Score returns how many bars are filled.
func (s *Strength) Score() int { return s.score }

// CreateRenderer implements fyne.Widget.
func (s *Strength) CreateRenderer() fyne.WidgetRenderer { return render(s) }

// Children are the bars.
func (s *Strength) Children() []fyne.CanvasObject {
	return []fyne.CanvasObject{s.bars[0], s.bars[1], s.bars[2], s.bars[3]}
}

func (s *Strength) minSize() fyne.Size { return fyne.NewSize(u(120), u(5)) }

func (s *Strength) paint() {
	fill := [...]fyne.ThemeColorName{ColorLine, ColorDanger, ColorWarning, ColorSuccess, ColorSuccess}[s.score]
	for i, bar := range s.bars {
		color := ColorLine
		if i < s.score {
			color = fill
		}
		box(bar, Color(color), nil, 2.5, 0)
	}
}

func (s *Strength) layout(size fyne.Size) {
	gap := u(6)
	width := (size.Width - 3*gap) / 4
	for i, bar := range s.bars {
		place(bar, float32(i)*(width+gap), 0, width, u(5))
	}
}
