package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
)

// Role is what a button does for its page.
type Role int

// The roles.
const (
	Primary Role = iota
	Secondary
	Link
	Danger
)

const buttonHeight, lowHeight, buttonRadius = 46, 32, 10

// Button is a button.
type Button struct {
	pressable
	role    Role
	text    string
	busy    bool
	low     bool // for a strip
	icon    Icon
	face    *canvas.Rectangle
	caption *canvas.Text
	mark    *Mark
	spinner *Spinner
}

// NewButton returns a button that calls onTap. Its key is stable; its text is shown.
func NewButton(key, text string, role Role, onTap func()) *Button {
	b := &Button{
		role: role, text: text, face: &canvas.Rectangle{}, caption: canvas.NewText(text, nil),
		mark: NewMark("", 18, ColorPrimary), spinner: newSpinner(20),
	}
	b.mark.Hide()
	b.spinner.Hide()
	b.init(b, key, onTap)
	return b
}

// SetText changes the text.
func (b *Button) SetText(text string) {
	if b.text != text {
		b.text = text
		b.Refresh()
	}
}

// SetIcon puts an icon before the text ("" for none).
func (b *Button) SetIcon(icon Icon) {
	b.icon = icon
	b.Refresh()
}

// SetBusy shows life in place of the text while what the button started goes
// on. A busy button can have the focus but ignores taps.
func (b *Button) SetBusy(busy bool) {
	b.busy = busy
	if busy {
		b.spinner.Show()
		b.spinner.Start()
	} else {
		b.spinner.Stop()
		b.spinner.Hide()
	}
	b.Refresh()
}

// Busy reports whether the button is busy.
func (b *Button) Busy() bool { return b.busy }

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(e *fyne.PointEvent) {
	if !b.busy {
		b.pressable.Tapped(e)
	}
}

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(key *fyne.KeyEvent) {
	if b.busy && key.Name != fyne.KeyEscape {
		return
	}
	b.pressable.TypedKey(key)
}

// Cursor implements desktop.Cursorable.
func (b *Button) Cursor() desktop.Cursor {
	if b.busy {
		return desktop.DefaultCursor
	}
	return b.pressable.Cursor()
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer { return render(b) }

// Children are what the button is drawn with.
func (b *Button) Children() []fyne.CanvasObject {
	return []fyne.CanvasObject{b.ring, b.face, b.mark, b.caption, b.spinner}
}

func (b *Button) padding() float32 {
	if b.role == Link {
		return u(8)
	}
	return u(24)
}

func (b *Button) iconWidth() float32 {
	if b.icon == "" {
		return 0
	}
	return u(26)
}

func (b *Button) minSize() fyne.Size {
	width := b.caption.MinSize().Width + 2*b.padding() + b.iconWidth()
	if b.role != Link {
		width = max(width, u(84))
	}
	if b.low {
		return fyne.NewSize(width, u(lowHeight))
	}
	return fyne.NewSize(width, u(buttonHeight))
}

// colors returns the fill, the stroke and the colour of the text.
func (b *Button) colors() (fill, stroke color.Color, text fyne.ThemeColorName) {
	if b.Disabled() && b.role != Link {
		return Color(ColorLine), nil, ColorMuted
	}
	switch b.role {
	case Primary:
		return b.hover(ColorPrimary, ColorOnPrimary), nil, ColorOnPrimary
	case Danger:
		return b.hover(ColorDanger, ColorSurface), nil, ColorSurface
	case Link:
		if b.Disabled() {
			return nil, nil, ColorMuted
		}
		if b.hovered {
			return Color(ColorSoft), nil, ColorPrimary
		}
		return nil, nil, ColorPrimary
	}
	return b.hover(ColorSurface, ColorInk), Color(ColorLine), ColorInk
}

// hover is fill, moved towards toward while the mouse is over the button.
func (b *Button) hover(fill, toward fyne.ThemeColorName) color.Color {
	if !b.hovered {
		return Color(fill)
	}
	return blend(fill, toward, 0.08)
}

func (b *Button) paint() {
	fill, stroke, text := b.colors()
	box(b.face, fill, stroke, buttonRadius, 1)
	l := looks[Strong]
	b.caption.Text, b.caption.TextSize, b.caption.FontSource = b.text, l.points(), l.font
	b.caption.Color = Color(text)
	b.caption.Hidden = b.busy
	b.caption.Refresh()
	b.mark.Hidden = b.busy || b.icon == ""
	if b.icon != "" {
		b.mark.set(b.icon, text)
	}
	b.spinner.tint(text)
	b.paintRing(buttonRadius)
}

func (b *Button) layout(size fyne.Size) {
	b.layoutRing(size)
	place(b.face, 0, 0, size.Width, size.Height)
	own := b.caption.MinSize()
	x := (size.Width - own.Width - b.iconWidth()) / 2
	place(b.mark, x, (size.Height-u(18))/2, u(18), u(18))
	place(b.caption, x+b.iconWidth(), (size.Height-own.Height)/2, own.Width, own.Height)
	side := u(20)
	place(b.spinner, (size.Width-side)/2, (size.Height-side)/2, side, side)
}
