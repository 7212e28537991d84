package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// The measures of a veil, in units.
const (
	veilWidth = 520
	veilInset = 36
)

// colorRest is that of words on a screen that rests, whatever the theme.
const colorRest fyne.ThemeColorName = "kit.rest"

// Veil lies over the whole window, with a card in its middle or, without one, dark with a few words. Any tap and any key
// counts as an answer to it.
type Veil struct {
	widget.BaseWidget
	ground  *ground
	face    *canvas.Rectangle
	card    *canvas.Rectangle
	content fyne.CanvasObject
	dark    bool
	at      fyne.Position // of the content of a dark one, as shares of the room that there is
}

// NewVeil returns a veil with content on a card.
func NewVeil(content fyne.CanvasObject, onTap func()) *Veil {
	v := &Veil{ground: newGround("veil", onTap), face: &canvas.Rectangle{}, card: &canvas.Rectangle{}, content: content}
	v.ExtendBaseWidget(v)
	return v
}

// NewRest returns a dark veil with a few words.
func NewRest(title, text string, onTap func()) *Veil {
	v := NewVeil(NewColumn(8, NewText(title, Subheading).tint(colorRest), NewText(text, Body).tint(colorRest)), onTap)
	v.dark = true
	return v
}

// MoveTo puts the content of a dark veil elsewhere: x and y are shares of the room that there is, from 0 to 1.
func (v *Veil) MoveTo(x, y float32) {
	v.at = fyne.NewPos(x, y)
	v.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (v *Veil) CreateRenderer() fyne.WidgetRenderer { return render(v) }

// Children are what the veil is drawn with.
func (v *Veil) Children() []fyne.CanvasObject {
	return []fyne.CanvasObject{v.face, v.ground, v.card, v.content}
}

func (v *Veil) minSize() fyne.Size { return fyne.NewSize(u(300), u(200)) }

func (v *Veil) paint() {
	v.card.Hidden = v.dark
	box(v.card, Color(ColorSurface), Color(ColorEdge), 16, 1.5)
	if v.dark {
		box(v.face, color.Black, nil, 0, 0)
		return
	}
	box(v.face, alpha(color.NRGBA{}, 0xB0), nil, 0, 0)
}

func (v *Veil) layout(size fyne.Size) {
	place(v.face, 0, 0, size.Width, size.Height)
	place(v.ground, 0, 0, size.Width, size.Height)
	inset := u(veilInset)
	width := min(size.Width-2*inset, u(veilWidth))
	height := heightFor(v.content, width-2*inset)
	if v.dark {
		room := fyne.NewSize(max(0, size.Width-width-2*inset), max(0, size.Height-height-2*inset))
		place(v.content, inset+room.Width*v.at.X, inset+room.Height*v.at.Y, width, height)
		return
	}
	x, y := (size.Width-width)/2, (size.Height-height)/2-inset
	place(v.card, x, y, width, height+2*inset)
	place(v.content, x+inset, y+inset, width-2*inset, height)
}
