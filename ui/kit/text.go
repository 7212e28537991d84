package kit

import (
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// TextStyle is how a text looks.
type TextStyle int

// The text styles.
const (
	Heading TextStyle = iota
	Subheading
	Body
	Strong
	Muted
	Small
	SmallStrong
	Mono
	DangerText
	Success
	lead
	detail
	label
	noteText
	number
	digit
	keycapText
)

// look is what a text style is made of: size and line height in units. Whole
// sizes only: glyphs are spaced as in the next whole size.
type look struct {
	font       fyne.Resource
	size, line float32
	color      fyne.ThemeColorName
}

// points is the size of the font in Fyne's units.
func (l look) points() float32 { return float32(math.Round(float64(u(l.size)))) }

var looks = map[TextStyle]look{
	Heading:     {fontDisplay, 28, 36, ColorInk},
	Subheading:  {fontSemiBold, 18, 26, ColorInk},
	Body:        {fontRegular, 15, 24, ColorInk},
	Strong:      {fontSemiBold, 15, 24, ColorInk},
	Muted:       {fontRegular, 15, 24, ColorMuted},
	Small:       {fontRegular, 13, 19, ColorMuted},
	SmallStrong: {fontSemiBold, 13, 19, ColorInk},
	Mono:        {fontMono, 16, 26, ColorInk},
	DangerText:  {fontRegular, 14, 20, ColorDanger},
	Success:     {fontRegular, 15, 22, ColorSuccess},
	lead:        {fontRegular, 16, 24, ColorMuted},
	detail:      {fontRegular, 14, 20, ColorMuted},
	label:       {fontSemiBold, 14, 20, ColorInk},
	noteText:    {fontRegular, 14, 20, ColorInk},
	number:      {fontSemiBold, 13, 18, ColorMuted},
	digit:       {fontSemiBold, 26, 34, ColorInk},
	keycapText:  {fontRegular, 20, 26, ColorInk},
}

// widest is how wide a text asks to be before it is given a width, in units.
const widest = 480

// Text is a text that wraps at words and is as high as its lines. It has no
// padding of its own.
type Text struct {
	widget.BaseWidget
	text  string
	style TextStyle
	color fyne.ThemeColorName
	lines []*canvas.Text
	width float32
}

// NewText returns text in this style.
func NewText(text string, style TextStyle) *Text {
	t := &Text{text: text, style: style, color: looks[style].color}
	t.ExtendBaseWidget(t)
	return t
}

// SetText changes the text.
func (t *Text) SetText(text string) {
	if t.text != text {
		t.text = text
		t.Refresh()
		reflow(t)
	}
}

// tint changes the colour.
func (t *Text) tint(name fyne.ThemeColorName) *Text {
	if t.color != name {
		t.color = name
		t.Refresh()
	}
	return t
}

// Resize wraps the text anew when the width changes.
func (t *Text) Resize(size fyne.Size) {
	changed := size.Width != t.width
	t.width = size.Width
	t.BaseWidget.Resize(size)
	if changed {
		t.Refresh()
	}
}

// HeightFor returns how high the text is when it is this wide.
func (t *Text) HeightFor(width float32) float32 {
	return float32(len(t.wrap(width))) * u(looks[t.style].line)
}

// natural is the width of the text on one line (of its longest, if it has several).
func (t *Text) natural() float32 {
	var width float32
	for line := range strings.SplitSeq(t.text, "\n") {
		width = max(width, t.measure(line))
	}
	return width
}

func (t *Text) measure(s string) float32 {
	l := looks[t.style]
	size, _ := fyne.CurrentApp().Driver().RenderedTextSize(s, l.points(), fyne.TextStyle{}, l.font)
	return size.Width
}

func (t *Text) wrap(width float32) []string {
	if t.text == "" {
		return nil
	}
	return wrapText(t.text, width, t.measure)
}

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer { return render(t) }

// Children are the lines.
func (t *Text) Children() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, len(t.lines))
	for i, line := range t.lines {
		objects[i] = line
	}
	return objects
}

func (t *Text) minSize() fyne.Size {
	natural := min(t.natural(), u(widest))
	if t.width > 0 {
		return fyne.NewSize(min(natural, t.width), t.HeightFor(t.width))
	}
	return fyne.NewSize(natural, t.HeightFor(natural))
}

func (t *Text) paint() {
	width := t.width
	if width == 0 {
		width = u(widest)
	}
	l := looks[t.style]
	words := t.wrap(width)
	for len(t.lines) < len(words) {
		t.lines = append(t.lines, canvas.NewText("", nil))
	}
	t.lines = t.lines[:len(words)]
	for i, line := range t.lines {
		line.Text, line.TextSize, line.FontSource = words[i], l.points(), l.font
		line.Color = Color(t.color)
		line.Refresh()
	}
}

func (t *Text) layout(size fyne.Size) {
	step := u(looks[t.style].line)
	for i, line := range t.lines {
		own := line.MinSize()
		place(line, 0, float32(i)*step+(step-own.Height)/2, max(own.Width, size.Width), own.Height)
	}
}
