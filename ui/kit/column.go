package kit

import "fyne.io/fyne/v2"

// heightLayout is a layout whose height depends on its width.
type heightLayout interface {
	fyne.Layout
	heightFor(objects []fyne.CanvasObject, width float32) float32
}

// NewColumn stacks objects gap apart, each as wide as the column and as high
// as it needs at that width.
func NewColumn(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: column(func(_, _ fyne.CanvasObject) float32 { return gap }), Objects: objects}
}

// column is a stack; it returns the gap between two neighbours.
type column func(above, below fyne.CanvasObject) float32

func (c column) each(objects []fyne.CanvasObject, width float32, f func(o fyne.CanvasObject, y, h float32)) float32 {
	var y float32
	var above fyne.CanvasObject
	for _, o := range visible(objects...) {
		if above != nil {
			y += u(c(above, o))
		}
		h := heightFor(o, width)
		f(o, y, h)
		y, above = y+h, o
	}
	return y
}

func (c column) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return c.each(objects, width, func(fyne.CanvasObject, float32, float32) {})
}

func (c column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	c.each(objects, size.Width, func(o fyne.CanvasObject, y, h float32) { place(o, 0, y, size.Width, h) })
}

func (c column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var width float32
	var laidOut float32
	for _, o := range visible(objects...) {
		width = max(width, o.MinSize().Width)
		laidOut = max(laidOut, o.Size().Width)
	}
	if laidOut == 0 {
		laidOut = width
	}
	return fyne.NewSize(width, c.heightFor(objects, laidOut))
}

// NewLine sets objects side by side, gap apart. Each has the width it needs;
// what is left over or short goes to the texts in it, or else stays empty.
func NewLine(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: line(gap), Objects: objects}
}

type line float32

// widths shares width out: what can't wrap takes its own, the rest have equal shares of what is left.
func (l line) widths(objects []fyne.CanvasObject, width float32) []float32 {
	left, wrapping := width-u(float32(l))*float32(len(objects)-1), 0
	widths := make([]float32, len(objects))
	for i, o := range objects {
		if stretches(o) {
			wrapping++
			continue
		}
		widths[i] = o.MinSize().Width
		left -= widths[i]
	}
	for i, o := range objects {
		if stretches(o) {
			widths[i] = max(0, left/float32(wrapping))
		}
	}
	return widths
}

// stretches reports whether o makes use of all the width there is.
func stretches(o fyne.CanvasObject) bool {
	switch o := o.(type) {
	case *Button, *Badge, *Mark, *Monogram, *QR, *Spinner:
		return false
	case wrapper:
		return true
	case *fyne.Container:
		_, ok := o.Layout.(heightLayout)
		return ok
	}
	return false
}

// indent is how far the words of the first object stand from its edge, where nothing is drawn around them: so far it goes
// to the left, for the words to stand below those of its neighbours.
func indent(objects ...fyne.CanvasObject) float32 {
	if len(objects) == 0 {
		return 0
	}
	if b, ok := objects[0].(*Button); ok && b.role == Link {
		return b.padding()
	}
	return 0
}

func (l line) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	objects = visible(objects...)
	var height float32
	for i, w := range l.widths(objects, width) {
		height = max(height, heightFor(objects[i], w))
	}
	return height
}

func (l line) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects = visible(objects...)
	x := -indent(objects...)
	for i, w := range l.widths(objects, size.Width) {
		h := heightFor(objects[i], w)
		y := (size.Height - h) / 2
		if is[*Mark](objects[i]) {
			y = min(y, u(1)) // beside the first line of a text
		}
		place(objects[i], x, y, w, h)
		x += w + u(float32(l))
	}
}

func (l line) MinSize(objects []fyne.CanvasObject) fyne.Size {
	objects = visible(objects...)
	var width, height float32
	for i, o := range objects {
		size := o.MinSize()
		if i > 0 {
			width += u(float32(l))
		}
		width += size.Width
		height = max(height, size.Height)
	}
	return fyne.NewSize(width, height)
}
