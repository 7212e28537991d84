package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

const sealSize = 64

// Seal is an icon in a tinted disc, above the heading of a page that ends well.
type Seal struct {
	widget.BaseWidget
	disc *canvas.Rectangle
	mark *Mark
}

// NewSeal returns a seal with this icon.
func NewSeal(icon Icon) *Seal {
	s := &Seal{disc: &canvas.Rectangle{}, mark: NewMark(icon, 32, ColorPrimary)}
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer implements fyne.Widget.
func (s *Seal) CreateRenderer() fyne.WidgetRenderer { return render(s) }

// Children are what the seal is drawn with.
func (s *Seal) Children() []fyne.CanvasObject { return []fyne.CanvasObject{s.disc, s.mark} }

func (s *Seal) minSize() fyne.Size { return fyne.NewSquareSize(u(sealSize)) }

func (s *Seal) paint() { box(s.disc, Color(ColorSoft), nil, sealSize/2, 0) }

func (s *Seal) layout(fyne.Size) {
	place(s.disc, 0, 0, u(sealSize), u(sealSize))
	place(s.mark, u(16), u(16), u(32), u(32))
}
