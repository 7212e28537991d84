package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// RailSpec is what the rail shows: whose window this is, in the middle where
// one is, at the foot who helps.
type RailSpec struct {
	Logo         fyne.CanvasObject
	Name         string
	Middle, Foot fyne.CanvasObject
}

// The measures of the frame, in units.
const (
	railWidth  = 288
	railInset  = 28
	narrow     = 900 // below which the rail is a strip at the top
	low        = 600 // below which the strip leaves the rail's foot to the page
	sideWidth  = 300
	sideFits   = 1180 // from which the side panel shows by itself
	leastWidth = 400  // of a page beside the side panel
)

// Frame is the window's content: a banner, the rail, the page and a panel at
// the side.
type Frame struct {
	widget.BaseWidget
	banner, page, side fyne.CanvasObject
	rail               RailSpec
	name               *Text
	railLine, sideLine *canvas.Rectangle
	sideFace           *canvas.Rectangle
	lent               fyne.CanvasObject // the rail's foot, while the page shows it
	wanted             *bool             // whether the side panel is shown, nil to follow the width
	bare               bool              // there is no room for the rail
}

// NewFrame returns a frame. Banner and side may be nil.
func NewFrame(banner fyne.CanvasObject, rail RailSpec, page, side fyne.CanvasObject) *Frame {
	f := &Frame{
		banner: banner, page: page, side: side, rail: rail, name: NewText(rail.Name, Strong),
		railLine: &canvas.Rectangle{}, sideLine: &canvas.Rectangle{}, sideFace: &canvas.Rectangle{},
	}
	f.ExtendBaseWidget(f)
	return f
}

// SetPage replaces the page. What moved on the old one comes to rest.
func (f *Frame) SetPage(page fyne.CanvasObject) {
	Walk(f.page, func(o fyne.CanvasObject) bool {
		if moving, ok := o.(interface{ Stop() }); ok {
			moving.Stop()
		}
		return false
	})
	f.page = page
	f.Refresh()
}

// SetRail replaces the rail.
func (f *Frame) SetRail(rail RailSpec) {
	f.rail = rail
	f.name.SetText(rail.Name)
	f.Refresh()
}

// SetSideShown shows or hides the side panel whatever the width. It stands
// beside the page where there is room, in place of the rail if need be; in a
// window that is too narrow for both it lies over the page.
func (f *Frame) SetSideShown(shown bool) {
	f.wanted = &shown
	f.Refresh()
}

// SideShown reports whether the side panel is in view.
func (f *Frame) SideShown() bool {
	if f.side == nil {
		return false
	}
	if f.wanted != nil {
		return *f.wanted
	}
	return f.Size().Width >= u(sideFits)
}

// Narrow reports whether the rail is a strip at the top: in a narrow window, and
// where rail and side panel would leave too little for the page.
func (f *Frame) Narrow() bool {
	width := f.Size().Width
	return width < u(narrow) || f.SideShown() && width < u(railWidth+leastWidth+sideWidth)
}

// CreateRenderer implements fyne.Widget.
func (f *Frame) CreateRenderer() fyne.WidgetRenderer { return render(f) }

// Children are in the order of the Tab key: the page first.
func (f *Frame) Children() []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	all := []fyne.CanvasObject{f.page, f.banner, f.railLine, f.rail.Logo, f.name, f.rail.Middle, f.foot(), f.sideFace, f.sideLine, f.side}
	if f.bare {
		all = []fyne.CanvasObject{f.page, f.banner}
	}
	for _, o := range all {
		if o != nil {
			objects = append(objects, o)
		}
	}
	return objects
}

func (f *Frame) minSize() fyne.Size { return fyne.NewSize(u(320), u(300)) }

func (f *Frame) paint() {
	box(f.railLine, Color(ColorLine), nil, 0, 0)
	box(f.sideLine, Color(ColorLine), nil, 0, 0)
	box(f.sideFace, Color(ColorBackground), nil, 0, 0)
}

func (f *Frame) layout(size fyne.Size) {
	var top float32
	if f.banner != nil && f.banner.Visible() {
		top = heightFor(f.banner, size.Width)
		place(f.banner, 0, 0, size.Width, top)
	}
	left := float32(0)
	f.lend()
	if f.bare {
		place(f.page, 0, top, size.Width, size.Height-top)
		return
	}
	if f.Narrow() {
		top = f.layoutStrip(top, size)
	} else {
		f.layoutRail(top, size.Height-top)
		left = u(railWidth)
	}
	right := f.layoutSide(top, left, size)
	if f.page != nil {
		place(f.page, left, top, right-left, size.Height-top)
	}
}

// setBare leaves the rail out, or takes it back in.
func (f *Frame) setBare(bare bool) {
	if f.bare != bare {
		f.bare = bare
		f.Refresh()
	}
}

// lend puts the rail's foot at the end of the page while the strip would take too much of a low window, and takes it
// back when there is room again.
func (f *Frame) lend() {
	page, ok := f.page.(*Page)
	if !ok {
		return
	}
	f.lent = nil
	if f.bare || f.Narrow() && f.Size().Height < u(low) || !f.Narrow() && f.railNeeds() > f.Size().Height {
		f.lent = f.rail.Foot
	}
	page.setEnd(f.lent)
}

// railNeeds is how high the rail has to be for its middle and its foot not to meet.
func (f *Frame) railNeeds() float32 {
	if f.rail.Middle == nil || f.rail.Foot == nil {
		return 0
	}
	width := u(railWidth - 2*railInset)
	height := u(110+24+32) + heightFor(f.rail.Middle, width) + heightFor(f.rail.Foot, width)
	if f.banner != nil && f.banner.Visible() {
		height += heightFor(f.banner, f.Size().Width)
	}
	return height
}

// foot is the rail's foot while it stands in the rail.
func (f *Frame) foot() fyne.CanvasObject {
	if f.lent != nil {
		return nil
	}
	return f.rail.Foot
}

// layoutSide places the side panel and returns where the page ends.
func (f *Frame) layoutSide(top, left float32, size fyne.Size) float32 {
	shown := f.SideShown()
	f.sideFace.Hidden, f.sideLine.Hidden = !shown, !shown
	if f.side == nil {
		return size.Width
	}
	if !shown {
		f.side.Hide()
		return size.Width
	}
	f.side.Show()
	width := min(u(sideWidth), size.Width)
	x := size.Width - width
	place(f.sideFace, x, top, width, size.Height-top)
	place(f.sideLine, x, top, u(1), size.Height-top)
	place(f.side, x+u(1), top, width-u(1), size.Height-top)
	if x-left < u(leastWidth) {
		return size.Width
	}
	return x
}
