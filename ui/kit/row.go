package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
)

// RowSpec is what a row shows. A passive row only informs.
type RowSpec struct {
	Icon                 Icon
	Title, Detail, Badge string
	Passive              bool
}

// The measures of a row, in units.
const (
	rowHeight  = 72
	rowRadius  = 12
	rowInset   = 18
	rowTile    = 42
	rowText    = rowInset + rowTile + 16
	rowChevron = 18
	rowGap     = 12
	// rowNarrow is below which width the badge stands under the text.
	rowNarrow = 420
)

// Row is one of several ways to go on: an icon, what it is, and a chevron.
type Row struct {
	pressable
	spec          RowSpec
	face, tile    *canvas.Rectangle
	icon, chevron *Mark
	title, detail *Text
	badge         *Badge
}

// NewRow returns a row that calls onTap.
func NewRow(key string, spec RowSpec, onTap func()) *Row {
	r := &Row{
		spec: spec, face: &canvas.Rectangle{}, tile: &canvas.Rectangle{},
		icon: NewMark(spec.Icon, 22, ColorPrimary), chevron: NewMark(IconChevron, rowChevron, ColorMuted),
		title: NewText(spec.Title, Strong), detail: NewText(spec.Detail, detail), badge: NewBadge(spec.Badge),
	}
	r.tile.Hidden, r.icon.Hidden = spec.Icon == "", spec.Icon == ""
	r.detail.Hidden = spec.Detail == ""
	r.badge.Hidden = spec.Badge == ""
	r.chevron.Hidden = spec.Passive
	r.init(r, key, onTap)
	return r
}

// Disabled reports whether the row can't be acted on.
func (r *Row) Disabled() bool { return r.spec.Passive || r.pressable.Disabled() }

// Cursor implements desktop.Cursorable.
func (r *Row) Cursor() desktop.Cursor { return r.pressable.Cursor() }

// HeightFor returns how high the row is when it is this wide.
func (r *Row) HeightFor(width float32) float32 {
	textWidth := r.textWidth(width)
	height := r.textHeight(textWidth)
	if r.badgeBelow(width) {
		height += u(6) + r.badge.MinSize().Height
	}
	return max(u(rowHeight), height+u(28))
}

func (r *Row) textHeight(width float32) float32 {
	height := r.title.HeightFor(width)
	if r.detail.Visible() {
		height += r.detail.HeightFor(width)
	}
	return height
}

func (r *Row) badgeBelow(width float32) bool { return r.badge.Visible() && width < u(rowNarrow) }

func (r *Row) textLeft() float32 {
	if r.spec.Icon == "" {
		return u(rowInset)
	}
	return u(rowText)
}

func (r *Row) textWidth(width float32) float32 {
	right := u(rowInset)
	if r.chevron.Visible() {
		right += u(rowChevron + rowGap)
	}
	if r.badge.Visible() && !r.badgeBelow(width) {
		right += r.badge.MinSize().Width + u(rowGap)
	}
	return max(u(40), width-r.textLeft()-right)
}

// CreateRenderer implements fyne.Widget.
func (r *Row) CreateRenderer() fyne.WidgetRenderer { return render(r) }

// Children are what the row is drawn with.
func (r *Row) Children() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.face, r.tile, r.icon, r.title, r.detail, r.badge, r.chevron}
}

func (r *Row) minSize() fyne.Size {
	width := max(u(280), r.Size().Width)
	return fyne.NewSize(u(280), r.HeightFor(width))
}

func (r *Row) paint() {
	stroke, title, icon := Color(ColorLine), ColorInk, ColorPrimary
	if r.hovered && !r.Disabled() {
		stroke = Color(ColorPrimary)
	}
	if r.pressable.Disabled() {
		title, icon = ColorMuted, ColorMuted
	}
	r.icon.set(r.spec.Icon, icon)
	box(r.face, Color(ColorSurface), stroke, rowRadius, 1)
	box(r.tile, Color(ColorSoft), nil, 10, 0)
	r.title.tint(title)
	r.paintRing(rowRadius)
}

func (r *Row) layout(size fyne.Size) {
	r.layoutRing(size)
	place(r.face, 0, 0, size.Width, size.Height)
	tile := u(rowTile)
	top := (size.Height - tile) / 2
	place(r.tile, u(rowInset), top, tile, tile)
	place(r.icon, u(rowInset), top, tile, tile)

	x, width := r.textLeft(), r.textWidth(size.Width)
	right := size.Width - u(rowInset)
	if r.chevron.Visible() {
		right -= u(rowChevron)
		place(r.chevron, right, (size.Height-u(rowChevron))/2, u(rowChevron), u(rowChevron))
		right -= u(rowGap)
	}
	height := r.textHeight(width)
	badge := r.badge.MinSize()
	if r.badgeBelow(size.Width) {
		height += u(6) + badge.Height
	}
	y := (size.Height - height) / 2
	place(r.title, x, y, width, r.title.HeightFor(width))
	y += r.title.HeightFor(width)
	if r.detail.Visible() {
		place(r.detail, x, y, width, r.detail.HeightFor(width))
		y += r.detail.HeightFor(width)
	}
	if r.badgeBelow(size.Width) {
		place(r.badge, x, y+u(6), badge.Width, badge.Height)
	} else {
		place(r.badge, right-badge.Width, (size.Height-badge.Height)/2, badge.Width, badge.Height)
	}
}
