package kit

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// The measures of options, in units.
const (
	optionHeight  = 46
	optionGap     = 8
	optionPadding = 16
)

// Options are a few words side by side of which one is chosen, with a label above. Their keys are the options' own and
// their number, from 1: "phone.use.1".
type Options struct {
	widget.BaseWidget
	label    *Text
	options  []*option
	selected int
	onChange func()
}

// NewOptions returns options of which the first is chosen.
func NewOptions(key, labelText string, names []string, onChange func()) *Options {
	o := &Options{label: NewText(labelText, label), onChange: onChange}
	for i, name := range names {
		one := &option{face: &canvas.Rectangle{}, text: canvas.NewText(name, nil)}
		one.init(one, key+"."+strconv.Itoa(i+1), func() { o.Select(i) })
		o.options = append(o.options, one)
	}
	o.ExtendBaseWidget(o)
	o.mark()
	return o
}

// Select chooses the option with this number, from 0.
func (o *Options) Select(i int) {
	if i == o.selected {
		return
	}
	o.selected = i
	o.mark()
	o.onChange()
}

// Selected is the number of the option that is chosen, from 0.
func (o *Options) Selected() int { return o.selected }

func (o *Options) mark() {
	for i, one := range o.options {
		one.on = i == o.selected
		one.paint()
		one.Refresh()
	}
}

// HeightFor returns how high the options are when they are this wide.
func (o *Options) HeightFor(width float32) float32 {
	lines := 1
	if o.stacked(width) {
		lines = len(o.options)
	}
	return o.label.HeightFor(width) + u(8) + float32(lines)*u(optionHeight) + float32(lines-1)*u(optionGap)
}

// stacked reports whether the words don't fit side by side.
func (o *Options) stacked(width float32) bool {
	each := (width - float32(len(o.options)-1)*u(optionGap)) / float32(max(len(o.options), 1))
	for _, one := range o.options {
		if one.minSize().Width > each {
			return true
		}
	}
	return false
}

// CreateRenderer implements fyne.Widget.
func (o *Options) CreateRenderer() fyne.WidgetRenderer { return render(o) }

// Children are the label and the options.
func (o *Options) Children() []fyne.CanvasObject {
	children := []fyne.CanvasObject{o.label}
	for _, one := range o.options {
		children = append(children, one)
	}
	return children
}

func (o *Options) minSize() fyne.Size {
	return fyne.NewSize(u(200), o.HeightFor(max(u(200), o.Size().Width)))
}

func (o *Options) paint() {}

func (o *Options) layout(size fyne.Size) {
	height := o.label.HeightFor(size.Width)
	place(o.label, 0, 0, size.Width, height)
	x, y, width := float32(0), height+u(8), size.Width
	stacked := o.stacked(size.Width)
	if !stacked {
		width = (size.Width - float32(len(o.options)-1)*u(optionGap)) / float32(max(len(o.options), 1))
	}
	for _, one := range o.options {
		place(one, x, y, width, u(optionHeight))
		if stacked {
			y += u(optionHeight + optionGap)
		} else {
			x += width + u(optionGap)
		}
	}
}

// option is one of several.
type option struct {
	pressable
	on   bool
	face *canvas.Rectangle
	text *canvas.Text
}

// CreateRenderer implements fyne.Widget.
func (o *option) CreateRenderer() fyne.WidgetRenderer { return render(o) }

// Children are what the option is drawn with.
func (o *option) Children() []fyne.CanvasObject { return []fyne.CanvasObject{o.ring, o.face, o.text} }

func (o *option) minSize() fyne.Size {
	return fyne.NewSize(o.text.MinSize().Width+2*u(optionPadding), u(optionHeight))
}

func (o *option) paint() {
	fill, stroke, ink, width := ColorSurface, ColorLine, ColorInk, float32(1)
	if o.hovered {
		stroke = ColorPrimary
	}
	if o.on {
		fill, stroke, ink, width = ColorSoft, ColorPrimary, ColorPrimary, 1.5
	}
	box(o.face, Color(fill), Color(stroke), buttonRadius, width)
	l := looks[Strong]
	o.text.TextSize, o.text.FontSource, o.text.Color = l.points(), l.font, Color(ink)
	o.text.Alignment = fyne.TextAlignCenter
	o.text.Refresh()
	o.paintRing(buttonRadius)
}

func (o *option) layout(size fyne.Size) {
	o.layoutRing(size)
	place(o.face, 0, 0, size.Width, size.Height)
	height := o.text.MinSize().Height
	place(o.text, 0, (size.Height-height)/2, size.Width, height)
}
