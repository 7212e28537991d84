package kit

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// StepState is where one is with a step.
type StepState int

// The states.
const (
	StepTodo StepState = iota
	StepNow
	StepDone
)

// StepperPlace is one step.
type StepperPlace struct {
	Text  string
	State StepState
}

// The measures of the stepper, in units.
const (
	stepDot    = 26
	stepStride = 52
	stepIndent = 40
)

// Stepper shows the steps of a flow, one under the other, or compact: side by
// side with only the present one's name.
type Stepper struct {
	widget.BaseWidget
	compact bool
	steps   []*step
}

type step struct {
	place  StepperPlace
	dot    *canvas.Rectangle
	line   *canvas.Rectangle
	number *Text
	check  *Mark
	name   *Text
}

// NewStepper returns the steps.
func NewStepper(places []StepperPlace) *Stepper {
	s := &Stepper{}
	for i, p := range places {
		one := &step{place: p, dot: &canvas.Rectangle{}, line: &canvas.Rectangle{}, number: NewText(strconv.Itoa(i+1), number), check: NewMark(IconCheck, 14, ColorOnPrimary)}
		style, color := Body, ColorMuted
		if p.State == StepNow {
			style, color = Strong, ColorInk
			one.number.tint(ColorPrimary)
		}
		one.name = NewText(p.Text, style).tint(color)
		one.check.Hidden = p.State != StepDone
		one.number.Hidden = p.State == StepDone
		one.line.Hidden = i == len(places)-1
		s.steps = append(s.steps, one)
	}
	s.ExtendBaseWidget(s)
	return s
}

// Compact sets the steps side by side, for a narrow window.
func (s *Stepper) Compact(compact bool) {
	if s.compact == compact {
		return
	}
	s.compact = compact
	for _, one := range s.steps {
		one.name.Hidden = compact && one.place.State != StepNow
	}
	s.Refresh()
}

// HeightFor returns how high the steps are at this width.
func (s *Stepper) HeightFor(width float32) float32 {
	if s.compact {
		return s.compactSize(width).Height
	}
	var height float32
	for i, one := range s.steps {
		height += s.stepHeight(one, width)
		if i == len(s.steps)-1 {
			height -= u(stepStride - stepDot)
		}
	}
	return height
}

// stepHeight is the distance from one step to the next.
func (s *Stepper) stepHeight(one *step, width float32) float32 {
	return max(u(stepStride), one.name.HeightFor(width-u(stepIndent))+u(stepStride-stepDot))
}

// CreateRenderer implements fyne.Widget.
func (s *Stepper) CreateRenderer() fyne.WidgetRenderer { return render(s) }

// Children are what the steps are drawn with.
func (s *Stepper) Children() []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	for _, one := range s.steps {
		objects = append(objects, one.line, one.dot, one.number, one.check, one.name)
	}
	return objects
}

func (s *Stepper) minSize() fyne.Size {
	if s.compact {
		return s.compactSize(u(widest))
	}
	return fyne.NewSize(u(160), s.HeightFor(max(u(160), s.Size().Width)))
}

func (s *Stepper) paint() {
	for _, one := range s.steps {
		line := Color(ColorLine)
		switch one.place.State {
		case StepDone:
			box(one.dot, Color(ColorPrimary), nil, stepDot/2, 0)
		case StepNow:
			box(one.dot, Color(ColorSurface), Color(ColorPrimary), stepDot/2, 1.5)
		case StepTodo:
			box(one.dot, Color(ColorBackground), line, stepDot/2, 1.5)
		}
		box(one.line, line, nil, 0, 0)
	}
}

func (s *Stepper) layout(size fyne.Size) {
	if s.compact {
		s.layoutCompact(size.Width)
		return
	}
	var y float32
	for _, one := range s.steps {
		one.layoutDot(0, y)
		name := one.name.HeightFor(size.Width - u(stepIndent))
		place(one.name, u(stepIndent), y+(u(stepDot)-min(name, u(24)))/2, size.Width-u(stepIndent), name)
		next := s.stepHeight(one, size.Width)
		place(one.line, u(stepDot/2-0.5), y+u(stepDot), u(1), next-u(stepDot))
		y += next
	}
}

// The measures of the compact steps, in units.
const (
	compactStride = stepDot + 10
	compactName   = 120 // what the name needs to stand beside the dots
)

// now returns the name of the present step, or nil.
func (s *Stepper) now() *Text {
	for _, one := range s.steps {
		if one.place.State == StepNow {
			return one.name
		}
	}
	return nil
}

// dots is how wide the dots are side by side.
func (s *Stepper) dots() float32 { return u(compactStride) * float32(len(s.steps)) }

// compactSize is the size the compact steps take, at this width at most.
func (s *Stepper) compactSize(width float32) fyne.Size {
	name := s.now()
	if name == nil {
		return fyne.NewSize(s.dots(), u(stepDot))
	}
	if beside := width - s.dots(); beside >= min(name.natural(), u(compactName)) {
		return fyne.NewSize(s.dots()+min(beside, name.natural()), max(u(stepDot), name.HeightFor(beside)))
	}
	return fyne.NewSize(width, u(stepDot+4)+name.HeightFor(width))
}

func (s *Stepper) layoutCompact(width float32) {
	for i, one := range s.steps {
		x := float32(i) * u(compactStride)
		one.layoutDot(x, 0)
		place(one.line, x+u(stepDot), u(stepDot/2-0.5), u(compactStride-stepDot), u(1))
	}
	name := s.now()
	if name == nil {
		return
	}
	if beside := width - s.dots(); beside >= min(name.natural(), u(compactName)) {
		place(name, s.dots(), u(1), beside, name.HeightFor(beside))
	} else {
		place(name, 0, u(stepDot+4), width, name.HeightFor(width))
	}
}

func (one *step) layoutDot(x, y float32) {
	place(one.dot, x, y, u(stepDot), u(stepDot))
	place(one.check, x, y, u(stepDot), u(stepDot))
	width := one.number.natural()
	place(one.number, x+(u(stepDot)-width)/2, y+(u(stepDot)-u(18))/2, width, u(18))
}
