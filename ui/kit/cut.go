package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Cut returns the visible texts below root that have less room than they take: those that reach out of the object they
// stand in, or out of root, to the left or to the right. What is typed into a field may be longer than the field.
func Cut(root fyne.CanvasObject) []string {
	var cut []string
	cutIn(root, 0, 0, root.Size().Width, &cut)
	return cut
}

// cutIn looks below o, which begins at x and in which there is room from left to right.
func cutIn(o fyne.CanvasObject, x, left, right float32, cut *[]string) {
	const slack = 1 // of a unit: what rounding to pixels takes
	if !o.Visible() || is[*entry](o) {
		return
	}
	if text, ok := o.(*canvas.Text); ok && text.Text != "" {
		width := text.MinSize().Width
		switch text.Alignment {
		case fyne.TextAlignCenter:
			x += (text.Size().Width - width) / 2
		case fyne.TextAlignTrailing:
			x += text.Size().Width - width
		}
		if x < left-slack || x+width > right+slack {
			*cut = append(*cut, text.Text)
		}
		return
	}
	left, right = max(left, x), min(right, x+o.Size().Width)
	for _, child := range childrenOf(o) {
		cutIn(child, x+child.Position().X, left, right, cut)
	}
}
