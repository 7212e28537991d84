package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

const cardPadding = 20

// Card sets its content apart on a surface.
type Card struct {
	widget.BaseWidget
	face    *canvas.Rectangle
	content fyne.CanvasObject
}

// NewCard returns a card around content.
func NewCard(content fyne.CanvasObject) *Card {
	c := &Card{face: &canvas.Rectangle{}, content: content}
	c.ExtendBaseWidget(c)
	return c
}

// HeightFor returns how high the card is when it is this wide.
func (c *Card) HeightFor(width float32) float32 {
	return heightFor(c.content, width-2*u(cardPadding)) + 2*u(cardPadding)
}

// CreateRenderer implements fyne.Widget.
func (c *Card) CreateRenderer() fyne.WidgetRenderer { return render(c) }

// Children are the surface and the content.
func (c *Card) Children() []fyne.CanvasObject { return []fyne.CanvasObject{c.face, c.content} }

func (c *Card) minSize() fyne.Size {
	width := c.content.MinSize().Width + 2*u(cardPadding)
	return fyne.NewSize(width, c.HeightFor(max(width, c.Size().Width)))
}

func (c *Card) paint() { box(c.face, Color(ColorSurface), Color(ColorLine), 12, 1) }

func (c *Card) layout(size fyne.Size) {
	place(c.face, 0, 0, size.Width, size.Height)
	pad := u(cardPadding)
	place(c.content, pad, pad, size.Width-2*pad, size.Height-2*pad)
}
