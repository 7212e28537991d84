package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Badge is a word in a tinted pill.
type Badge struct {
	widget.BaseWidget
	pill *canvas.Rectangle
	text *Text
}

// NewBadge returns a badge.
func NewBadge(text string) *Badge {
	b := &Badge{pill: &canvas.Rectangle{}, text: NewText(text, SmallStrong).tint(ColorPrimary)}
	b.ExtendBaseWidget(b)
	return b
}

// CreateRenderer implements fyne.Widget.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer { return render(b) }

// Children are what the badge is drawn with.
func (b *Badge) Children() []fyne.CanvasObject { return []fyne.CanvasObject{b.pill, b.text} }

func (b *Badge) minSize() fyne.Size {
	return fyne.NewSize(b.text.natural()+u(18), u(24))
}

func (b *Badge) paint() { box(b.pill, Color(ColorSoft), nil, 12, 0) }

func (b *Badge) layout(size fyne.Size) {
	place(b.pill, 0, 0, size.Width, size.Height)
	height := u(looks[SmallStrong].line)
	place(b.text, u(9), (size.Height-height)/2, size.Width-u(18), height)
}
