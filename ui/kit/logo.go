package kit

import (
	"image/color"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

const logoHeight = 34

// Monogram is an organisation's first letter in a square, for want of a logo.
type Monogram struct {
	widget.BaseWidget
	face   *canvas.Rectangle
	letter *canvas.Text
}

// NewMonogram returns the monogram of name.
func NewMonogram(name string) *Monogram {
	m := &Monogram{face: &canvas.Rectangle{}, letter: canvas.NewText(initial(name), color.White)}
	m.ExtendBaseWidget(m)
	return m
}

// initial returns the first letter or digit of name as a capital, or "".
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return ""
}

// CreateRenderer implements fyne.Widget.
func (m *Monogram) CreateRenderer() fyne.WidgetRenderer { return render(m) }

// Children are what the monogram is drawn with.
func (m *Monogram) Children() []fyne.CanvasObject { return []fyne.CanvasObject{m.face, m.letter} }

func (m *Monogram) minSize() fyne.Size { return fyne.NewSquareSize(u(logoHeight)) }

func (m *Monogram) paint() {
	box(m.face, Color(ColorPrimary), nil, 8, 0)
	m.letter.Color, m.letter.FontSource, m.letter.TextSize = Color(ColorOnPrimary), fontSemiBold, u(16)
	m.letter.Refresh()
}

func (m *Monogram) layout(size fyne.Size) {
	side := u(logoHeight)
	x, y := (size.Width-side)/2, (size.Height-side)/2
	place(m.face, x, y, side, side)
	own := m.letter.MinSize()
	place(m.letter, x+(side-own.Width)/2, y+(side-own.Height)/2, own.Width, own.Height)
}

// NewLogo returns the organisation's logo, from a PNG, as high as the
// monogram and at most four times as wide.
func NewLogo(png []byte) fyne.CanvasObject {
	image := canvas.NewImageFromResource(fyne.NewStaticResource("logo.png", png))
	image.FillMode = canvas.ImageFillContain
	aspect := min(max(image.Aspect(), 0.5), 4)
	image.SetMinSize(fyne.NewSize(u(logoHeight)*aspect, u(logoHeight)))
	return image
}
