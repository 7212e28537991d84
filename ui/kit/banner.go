package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// bannerStrip is a thin strip over the whole window.
type bannerStrip struct {
	widget.BaseWidget
	face *canvas.Rectangle
	line *fyne.Container
}

// NewBannerStrip returns a strip with a text and, at its right, what can be done.
func NewBannerStrip(text string, actions ...fyne.CanvasObject) fyne.CanvasObject {
	objects := []fyne.CanvasObject{NewText(text, noteText).tint(ColorWarning)}
	for _, action := range actions {
		if button, ok := action.(*Button); ok {
			button.low = true
		}
	}
	b := &bannerStrip{face: &canvas.Rectangle{}, line: NewLine(8, append(objects, actions...)...)}
	b.ExtendBaseWidget(b)
	return b
}

// HeightFor returns how high the strip is when it is this wide.
func (b *bannerStrip) HeightFor(width float32) float32 {
	return max(u(40), heightFor(b.line, width-u(56))+u(8))
}

// CreateRenderer implements fyne.Widget.
func (b *bannerStrip) CreateRenderer() fyne.WidgetRenderer { return render(b) }

// Children are what the strip is made of.
func (b *bannerStrip) Children() []fyne.CanvasObject { return []fyne.CanvasObject{b.face, b.line} }

func (b *bannerStrip) minSize() fyne.Size {
	return fyne.NewSize(u(300), b.HeightFor(max(u(300), b.Size().Width)))
}

func (b *bannerStrip) paint() { box(b.face, Color(ColorWarningSoft), nil, 0, 0) }

func (b *bannerStrip) layout(size fyne.Size) {
	place(b.face, 0, 0, size.Width, size.Height)
	place(b.line, u(28), u(4), size.Width-u(56), size.Height-u(8))
}
