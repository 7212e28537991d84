package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// drawn is a widget of the kit: it holds the primitives it is drawn with, and
// says how large they are, where they go and what they look like now.
type drawn interface {
	fyne.Widget
	Parent
	minSize() fyne.Size
	layout(size fyne.Size)
	paint()
}

// renderer is the one renderer of the kit.
type renderer struct {
	w       drawn
	destroy func()
}

func render(w drawn) fyne.WidgetRenderer {
	w.paint()
	return &renderer{w: w}
}

func (r *renderer) Layout(size fyne.Size)        { r.w.layout(size) }
func (r *renderer) MinSize() fyne.Size           { return r.w.minSize() }
func (r *renderer) Objects() []fyne.CanvasObject { return r.w.Children() }

func (r *renderer) Refresh() {
	r.w.paint()
	r.w.layout(r.w.Size())
	canvas.Refresh(r.w)
}

func (r *renderer) Destroy() {
	if r.destroy != nil {
		r.destroy()
	}
}

// wrapper is an object whose height depends on its width.
type wrapper interface {
	HeightFor(width float32) float32
}

// heightFor returns the height o takes at this width. An object that is no
// wrapper is given the width first, for it may hold wrappers.
func heightFor(o fyne.CanvasObject, width float32) float32 {
	switch o := o.(type) {
	case wrapper:
		return o.HeightFor(width)
	case *fyne.Container:
		if l, ok := o.Layout.(heightLayout); ok {
			return l.heightFor(o.Objects, width)
		}
		if o.Size().Width != width {
			o.Resize(fyne.NewSize(width, o.MinSize().Height))
		}
	}
	return o.MinSize().Height
}

// place puts o at x, y with width w and height h.
func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// visible returns the objects that are neither nil nor hidden.
func visible(objects ...fyne.CanvasObject) []fyne.CanvasObject {
	var shown []fyne.CanvasObject
	for _, o := range objects {
		if o != nil && o.Visible() {
			shown = append(shown, o)
		}
	}
	return shown
}

// box draws r with this fill, and with a stroke unless it is nil.
func box(r *canvas.Rectangle, fill, stroke color.Color, radius, width float32) {
	if stroke == nil {
		width = 0
	}
	if fill == nil {
		fill = color.Transparent
	}
	r.FillColor, r.StrokeColor = fill, stroke
	r.CornerRadius, r.StrokeWidth = u(radius), u(width)
	r.Refresh()
}

// pass hands a key that w has no use for to the canvas w is on.
func pass(w fyne.CanvasObject, key *fyne.KeyEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(w); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(key)
	}
}

// reveal scrolls the page that holds w so that w is in view.
func reveal(w fyne.CanvasObject) {
	c := fyne.CurrentApp().Driver().CanvasForObject(w)
	if c == nil {
		return
	}
	Walk(c.Content(), func(o fyne.CanvasObject) bool {
		page, ok := o.(*Page)
		return ok && page.ScrollTo(w)
	})
}

// reflow lays out anew the page and the frame that hold w, whose height changed.
func reflow(w fyne.CanvasObject) {
	c := fyne.CurrentApp().Driver().CanvasForObject(w)
	if c == nil {
		return
	}
	Walk(c.Content(), func(o fyne.CanvasObject) bool {
		switch o := o.(type) {
		case *Frame:
			o.layout(o.Size())
		case *Page:
			o.reflow()
		}
		return false
	})
}
