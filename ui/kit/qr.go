package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

const (
	quietZone   = 4 // light modules that ISO/IEC 18004 wants around a QR code
	leastModule = 3 // pixels of a module's side: cameras read smaller ones off a screen badly
	qrInset     = 4 // units of the frame around the quiet zone
)

// QR is a QR code: whole pixels, dark on white in every theme, for cameras.
type QR struct {
	widget.BaseWidget
	modules [][]bool
	size    float32
	face    *canvas.Rectangle
	raster  *canvas.Raster
}

// NewQR returns the code of these modules (true is dark, no quiet zone), size
// units wide and high with its frame, or larger where so many modules need it.
func NewQR(modules [][]bool, size float32) *QR {
	q := &QR{modules: modules, size: size, face: &canvas.Rectangle{}}
	q.raster = canvas.NewRaster(q.draw)
	q.ExtendBaseWidget(q)
	return q
}

// draw paints the modules, centred, as large as whole pixels allow.
func (q *QR) draw(w, h int) image.Image {
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black})
	count := len(q.modules)
	side := min(w, h) / (count + 2*quietZone)
	if side == 0 {
		side = 1
	}
	left, top := (w-side*count)/2, (h-side*count)/2
	for y, row := range q.modules {
		for x, dark := range row {
			if dark {
				fill(img, image.Rect(left+x*side, top+y*side, left+(x+1)*side, top+(y+1)*side))
			}
		}
	}
	return img
}

func fill(img *image.Paletted, r image.Rectangle) {
	r = r.Intersect(img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			img.SetColorIndex(x, y, 1)
		}
	}
}

// CreateRenderer implements fyne.Widget.
func (q *QR) CreateRenderer() fyne.WidgetRenderer { return render(q) }

// Children are what the code is drawn with.
func (q *QR) Children() []fyne.CanvasObject { return []fyne.CanvasObject{q.face, q.raster} }

func (q *QR) minSize() fyne.Size { return fyne.NewSquareSize(q.side()) }

// side is how wide and high the code is, with its frame.
func (q *QR) side() float32 {
	pixels := float32((len(q.modules)+2*quietZone)*leastModule + 1) // one for what rounding takes
	if on := fyne.CurrentApp().Driver().CanvasForObject(q); on != nil {
		pixels /= on.Scale()
	}
	return max(u(q.size), pixels+2*u(qrInset))
}

func (q *QR) paint() {
	box(q.face, color.White, Color(ColorLine), 12, 1)
	q.raster.Refresh()
}

func (q *QR) layout(size fyne.Size) {
	side := min(q.side(), size.Width)
	place(q.face, 0, 0, side, side)
	inset := u(qrInset)
	place(q.raster, inset, inset, side-2*inset, side-2*inset)
}
