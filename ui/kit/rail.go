package kit

import "fyne.io/fyne/v2"

// compactable takes less room in a narrow window.
type compactable interface{ Compact(compact bool) }

// layoutRail places the rail at the left, from top down.
func (f *Frame) layoutRail(top, height float32) {
	inset, width := u(railInset), u(railWidth-2*railInset)
	if s, ok := f.rail.Middle.(compactable); ok {
		s.Compact(false)
	}
	f.name.Hidden = false
	place(f.railLine, u(railWidth-1), top, u(1), height)
	y := f.layoutName(top+u(32), width)
	if f.rail.Middle != nil {
		y = max(y+u(36), top+u(106))
		place(f.rail.Middle, inset, y+u(4), width, heightFor(f.rail.Middle, width))
	}
	if f.rail.Foot != nil {
		h := heightFor(f.rail.Foot, width)
		place(f.rail.Foot, inset, top+height-u(32)-h, width, h)
	}
}

// layoutName places the logo and the name, the name below a wide logo, and
// returns where they end.
func (f *Frame) layoutName(top, width float32) float32 {
	inset := u(railInset)
	var logo fyne.Size
	if f.rail.Logo != nil {
		logo = f.rail.Logo.MinSize()
		place(f.rail.Logo, inset, top, logo.Width, logo.Height)
	}
	x, y := inset, top
	if logo.Width > u(logoHeight*2) {
		y = top + logo.Height + u(8)
	} else if logo.Width > 0 {
		x += logo.Width + u(12)
	}
	nameWidth := inset + width - x
	nameHeight := f.name.HeightFor(nameWidth)
	if y == top {
		y += max(0, (logo.Height-nameHeight)/2)
	}
	place(f.name, x, y, nameWidth, nameHeight)
	return max(top+logo.Height, y+nameHeight)
}

// layoutStrip places the rail as a strip at the top and returns where it ends.
// What has no room beside the name goes on a line of its own; in a low window
// the name goes first, for the logo says it too.
func (f *Frame) layoutStrip(top float32, size fyne.Size) float32 {
	inset, gap := u(20), u(20)
	if s, ok := f.rail.Middle.(compactable); ok {
		s.Compact(true)
	}
	others := visible(f.rail.Middle, f.foot())
	x := inset
	if f.rail.Logo != nil {
		x += f.rail.Logo.MinSize().Width + u(12)
	}
	needed := x + f.name.natural() + inset
	for _, o := range others {
		needed += gap + o.MinSize().Width
	}
	f.name.Hidden = f.rail.Logo != nil && needed > size.Width && size.Height < u(560)

	height := u(56)
	if !f.name.Hidden {
		width := min(f.name.natural(), size.Width-inset-x)
		own := f.name.HeightFor(width)
		height = max(height, own+u(16))
		place(f.name, x, top+(height-own)/2, width, own)
		x += width + gap
	}
	if f.rail.Logo != nil {
		logo := f.rail.Logo.MinSize()
		place(f.rail.Logo, inset, top+(height-logo.Height)/2, logo.Width, logo.Height)
	}
	bottom := f.layoutBeside(others, fyne.NewPos(x, top), fyne.NewSize(size.Width-inset-x, height))
	place(f.railLine, 0, bottom, size.Width, u(1))
	return bottom + u(1)
}

// layoutBeside places objects from the right into the room left of a strip,
// and what doesn't fit below it. It returns where they end.
func (f *Frame) layoutBeside(objects []fyne.CanvasObject, at fyne.Position, room fyne.Size) float32 {
	inset, right, bottom := u(20), at.X+room.Width, at.Y+room.Height
	below := right - inset
	for _, o := range objects {
		own := o.MinSize()
		if own.Width <= right-at.X && own.Height <= room.Height-u(8) {
			place(o, right-own.Width, at.Y+(room.Height-own.Height)/2, own.Width, own.Height)
			right -= own.Width + u(20)
			continue
		}
		h := heightFor(o, below)
		place(o, inset, bottom, below, h)
		bottom += h + u(12)
	}
	return bottom
}
