package kit

import (
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"
)

// The measures of the keys, in units. At 1.5 times as large as usual a key is 66 pixels high.
const (
	capHeight   = 44
	capGap      = 5
	capWidest   = 84 // of a column
	boardEdge   = 10
	padWidest   = 120
	boardTall   = 620 // from which height of the window the digits have a row of their own
	boardPinTop = 1
)

// layer is which signs the keys show.
type layer int

const (
	layerLetters layer = iota
	layerAccents
	layerSigns
	layerMoreSigns
)

// shifted says whether the next letters are capitals.
type shifted int

const (
	shiftOff shifted = iota
	shiftOnce
	shiftLocked
)

// Keyboard is keys on the screen. They type into what has the focus, by the way of keys that are pressed, and leave it the
// focus.
type Keyboard struct {
	widget.BaseWidget
	layouts []KeyLayout
	shown   int
	layer   layer
	shift   shifted
	target  fyne.Focusable
	hide    func()
	tall    bool // there is room for a row of digits

	face, line *canvas.Rectangle
	rows       [][]*keycap
	made       shape
}

// shape is all by which one set of keys differs from another.
type shape struct {
	layout int
	layer  layer
	shift  shifted
	pad    bool
	tall   bool
}

// NewKeyboard returns keys of these layouts, of which there must be one; the first is shown. hide is called by the key that
// puts the keys away.
func NewKeyboard(layouts []KeyLayout, hide func()) *Keyboard {
	k := &Keyboard{layouts: layouts, hide: hide, face: &canvas.Rectangle{}, line: &canvas.Rectangle{}}
	k.ExtendBaseWidget(k)
	k.make()
	return k
}

// SetTarget names what the keys type into; nil for nothing. A field for a number gets digits alone.
func (k *Keyboard) SetTarget(f fyne.Focusable) {
	if k.target == f {
		return
	}
	k.target, k.layer, k.shift = f, layerLetters, shiftOff
	k.make()
}

// Target is what the keys type into, or nil.
func (k *Keyboard) Target() fyne.Focusable { return k.target }

// SetLayout shows the layout with this ID, if it is one of the keyboard's.
func (k *Keyboard) SetLayout(id string) {
	for i, l := range k.layouts {
		if l.ID == id {
			k.shown = i
			k.make()
		}
	}
}

// SetTall says whether there is room for a row of digits above the letters.
func (k *Keyboard) SetTall(windowHeight float32) {
	if tall := windowHeight >= u(boardTall); tall != k.tall {
		k.tall = tall
		k.make()
	}
}

// Digits reports whether the keys are digits alone.
func (k *Keyboard) Digits() bool {
	typed, ok := k.target.(mobile.Keyboardable)
	return ok && typed.Keyboard() == mobile.NumberKeyboard
}

// make makes the keys anew, if they are others now.
func (k *Keyboard) make() {
	now := shape{k.shown, k.layer, k.shift, k.Digits(), k.tall}
	if k.rows != nil && now == k.made {
		return
	}
	k.made = now
	if now.pad {
		k.rows = k.padRows()
	} else {
		k.rows = k.boardRows()
	}
	k.Refresh()
}

// renew makes the keys anew in the colours that are in use.
func (k *Keyboard) renew() {
	k.rows = nil
	k.make()
}

// typeRune types a sign as a key that is pressed does.
func (k *Keyboard) typeRune(r rune) {
	if k.focus() {
		k.target.TypedRune(r)
	}
	if k.shift == shiftOnce {
		k.shift = shiftOff
	}
	k.make()
}

// typeKey presses a key that types no sign.
func (k *Keyboard) typeKey(name fyne.KeyName) {
	if k.focus() {
		k.target.TypedKey(&fyne.KeyEvent{Name: name})
	}
}

// focus puts the focus back onto the target, and reports whether it is there: a tap beside it has taken it away.
func (k *Keyboard) focus() bool {
	if k.target == nil {
		return false
	}
	on := fyne.CurrentApp().Driver().CanvasForObject(k)
	if on == nil {
		return false
	}
	if on.Focused() != k.target {
		on.Focus(k.target)
	}
	return on.Focused() == k.target
}

// turn shows another layer.
func (k *Keyboard) turn(to layer) {
	k.layer, k.shift = to, shiftOff
	k.make()
}

// onShift makes the next letter a capital, a second tap all of them, a third none.
func (k *Keyboard) onShift() {
	k.shift = (k.shift + 1) % 3
	k.make()
}

// next shows the next layout.
func (k *Keyboard) next() {
	k.shown = (k.shown + 1) % len(k.layouts)
	k.turn(layerLetters)
}

// upper is the capital of a letter; one without stays as it is.
func (k *Keyboard) upper(r rune) rune {
	if k.shift == shiftOff {
		return r
	}
	return unicode.ToUpper(r)
}

// HeightFor returns how high the keys are when they are this wide.
func (k *Keyboard) HeightFor(float32) float32 {
	return float32(len(k.rows))*u(capHeight+capGap) - u(capGap) + 2*u(boardEdge)
}

// CreateRenderer implements fyne.Widget.
func (k *Keyboard) CreateRenderer() fyne.WidgetRenderer { return render(k) }

// Children are the keys.
func (k *Keyboard) Children() []fyne.CanvasObject {
	children := []fyne.CanvasObject{k.face, k.line}
	for _, row := range k.rows {
		for _, key := range row {
			children = append(children, key)
		}
	}
	return children
}

func (k *Keyboard) minSize() fyne.Size { return fyne.NewSize(u(320), k.HeightFor(0)) }

func (k *Keyboard) paint() {
	box(k.face, Color(ColorBackground), nil, 0, 0)
	box(k.line, Color(ColorLine), nil, 0, 0)
}

func (k *Keyboard) layout(size fyne.Size) {
	place(k.face, 0, 0, size.Width, size.Height)
	place(k.line, 0, 0, size.Width, u(boardPinTop))
	columns, widest := widestOf(k.rows), u(capWidest)
	if k.Digits() {
		widest = u(padWidest)
	}
	column := min((size.Width-2*u(boardEdge)+u(capGap))/columns, widest)
	left := (size.Width - column*columns + u(capGap)) / 2
	y := u(boardEdge)
	for _, row := range k.rows {
		x := left + (columns-columnsOf(row))*column/2
		for _, key := range row {
			place(key, x, y, key.columns*column-u(capGap), u(capHeight))
			x += key.columns * column
		}
		y += u(capHeight + capGap)
	}
}

// columnsOf is how many columns a row takes.
func columnsOf(row []*keycap) float32 {
	var sum float32
	for _, key := range row {
		sum += key.columns
	}
	return sum
}

// widestOf is how many columns the widest of some rows takes.
func widestOf(rows [][]*keycap) float32 {
	var widest float32
	for _, row := range rows {
		widest = max(widest, columnsOf(row))
	}
	return widest
}
