package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// The measures of a rail's list, in units.
const (
	railItem  = 42
	railGap   = 6
	railInner = 14
	tightGap  = 2 // side by side
	tight     = 8
)

// RailItem is one place of a rail's list.
type RailItem struct {
	pressable
	face     *canvas.Rectangle
	name     *Text
	selected bool
	compact  bool
}

// NewRailItem returns a place that calls onTap; the selected one is where the person is.
func NewRailItem(key, text string, selected bool, onTap func()) *RailItem {
	look := Muted
	if selected {
		look = Strong
	}
	i := &RailItem{face: &canvas.Rectangle{}, name: NewText(text, look), selected: selected}
	i.init(i, key, onTap)
	return i
}

// CreateRenderer implements fyne.Widget.
func (i *RailItem) CreateRenderer() fyne.WidgetRenderer { return render(i) }

// Children are what the place is drawn with.
func (i *RailItem) Children() []fyne.CanvasObject { return []fyne.CanvasObject{i.ring, i.face, i.name} }

func (i *RailItem) minSize() fyne.Size {
	return fyne.NewSize(i.name.natural()+2*i.inner(), u(railItem))
}

// inner is the room beside the name.
func (i *RailItem) inner() float32 {
	if i.compact {
		return u(tight)
	}
	return u(railInner)
}

func (i *RailItem) paint() {
	box(i.face, Color(ColorSoft), nil, 10, 0)
	i.face.Hidden = !i.selected && !i.hovered
	if i.selected {
		i.name.tint(ColorPrimary)
	}
	i.paintRing(10)
}

func (i *RailItem) layout(size fyne.Size) {
	i.layoutRing(size)
	place(i.face, 0, 0, size.Width, size.Height)
	width := size.Width - 2*i.inner()
	height := i.name.HeightFor(width)
	place(i.name, i.inner(), (size.Height-height)/2, width, height)
}

// RailList is the places of an account: one below the other, in a narrow window side by side.
type RailList struct {
	widget.BaseWidget
	items   []*RailItem
	compact bool
}

// NewRailList returns a list of places.
func NewRailList(items ...*RailItem) *RailList {
	l := &RailList{items: items}
	l.ExtendBaseWidget(l)
	return l
}

// Compact sets the places side by side.
func (l *RailList) Compact(compact bool) {
	if l.compact != compact {
		l.compact = compact
		for _, item := range l.items {
			item.compact = compact
		}
		l.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (l *RailList) CreateRenderer() fyne.WidgetRenderer { return render(l) }

// Children are the places.
func (l *RailList) Children() []fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, len(l.items))
	for i, item := range l.items {
		objects[i] = item
	}
	return objects
}

// HeightFor returns how high the list is at this width.
func (l *RailList) HeightFor(width float32) float32 {
	return l.each(width, func(*RailItem, float32, float32, float32) {})
}

func (l *RailList) minSize() fyne.Size {
	var widest, all float32
	for _, item := range l.items {
		own := item.minSize().Width
		widest, all = max(widest, own), all+own+u(tightGap)
	}
	if l.compact {
		return fyne.NewSize(all-u(tightGap), u(railItem))
	}
	return fyne.NewSize(widest, l.HeightFor(widest))
}

func (l *RailList) paint() {}

func (l *RailList) layout(size fyne.Size) {
	l.each(size.Width, func(item *RailItem, x, y, width float32) { place(item, x, y, width, u(railItem)) })
}

// each tells where each place stands, and returns where they end.
func (l *RailList) each(width float32, tell func(item *RailItem, x, y, width float32)) float32 {
	var x, y float32
	for n, item := range l.items {
		own := width
		if l.compact {
			own = min(item.minSize().Width, width)
		}
		if n > 0 && x+own > width {
			x, y = 0, y+u(railItem+railGap)
		}
		tell(item, x, y, own)
		x += own + u(tightGap)
	}
	return y + u(railItem)
}
