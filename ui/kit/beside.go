package kit

import "fyne.io/fyne/v2"

// NewBeside sets objects side by side, gap apart, where all of them fit as wide as they are, and else stacks them, below apart.
func NewBeside(gap, below float32, objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: beside{gap, below}, Objects: objects}
}

type beside struct{ gap, below float32 }

// stack is the column that they are where they don't fit.
func (b beside) stack() column {
	return func(_, _ fyne.CanvasObject) float32 { return b.below }
}

// natural is how wide they are side by side.
func (b beside) natural(objects []fyne.CanvasObject) float32 {
	var width float32
	for i, o := range visible(objects...) {
		if i > 0 {
			width += u(b.gap)
		}
		width += naturalWidth(o)
	}
	return width
}

// naturalWidth is how wide o is while nothing in it wraps.
func naturalWidth(o fyne.CanvasObject) float32 {
	switch o := o.(type) {
	case *Text:
		return o.natural()
	case *fyne.Container:
		switch l := o.Layout.(type) {
		case beside:
			return l.natural(o.Objects)
		case line:
			return beside{gap: float32(l)}.natural(o.Objects)
		}
	}
	return o.MinSize().Width
}

func (b beside) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	if b.natural(objects) > width+slack {
		return b.stack().heightFor(objects, width)
	}
	var height float32
	for _, o := range visible(objects...) {
		height = max(height, heightFor(o, naturalWidth(o)))
	}
	return height
}

func (b beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if b.natural(objects) > size.Width+slack {
		b.stack().Layout(objects, size)
		return
	}
	var x float32
	for _, o := range visible(objects...) {
		width := naturalWidth(o)
		height := heightFor(o, width)
		place(o, x, (size.Height-height)/2, width, height)
		x += width + u(b.gap)
	}
}

func (b beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := b.natural(objects)
	return fyne.NewSize(width, b.heightFor(objects, width))
}
