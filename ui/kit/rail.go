package kit

import "fyne.io/fyne/v2"

// layoutRail places the rail at the left, from top down.
func (f *Frame) layoutRail(top, height float32) {
	inset, width := u(railInset), u(railWidth-2*railInset)
	if s, ok := f.rail.Middle.(*Stepper); ok {
		s.Compact(false)
	}
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
// What has no room beside the name goes on a line of its own.
func (f *Frame) layoutStrip(top, width float32) float32 {
	inset, gap := u(20), u(20)
	if s, ok := f.rail.Middle.(*Stepper); ok {
		s.Compact(true)
	}
	height := u(56)
	x := inset
	if f.rail.Logo != nil {
		logo := f.rail.Logo.MinSize()
		place(f.rail.Logo, x, top+(height-logo.Height)/2, logo.Width, logo.Height)
		x += logo.Width + u(12)
	}
	nameWidth := min(f.name.natural(), width-inset-x)
	nameHeight := f.name.HeightFor(nameWidth)
	height = max(height, nameHeight+u(16))
	place(f.name, x, top+(height-nameHeight)/2, nameWidth, nameHeight)
	x += nameWidth + gap

	right, bottom := width-inset, top+height
	for _, o := range visible(f.rail.Middle, f.rail.Foot) {
		own := o.MinSize()
		if own.Width <= right-x && own.Height <= height-u(8) {
			place(o, right-own.Width, top+(height-own.Height)/2, own.Width, own.Height)
			right -= own.Width + gap
			continue
		}
		h := heightFor(o, width-2*inset)
		place(o, inset, bottom, width-2*inset, h)
		bottom += h + u(12)
	}
	place(f.railLine, 0, bottom, width, u(1))
	return bottom + u(1)
}
