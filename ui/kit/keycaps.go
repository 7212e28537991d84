package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// keycap is one key on the screen. It never takes the focus.
type keycap struct {
	widget.BaseWidget
	board   *Keyboard
	key     string
	columns float32
	plain   bool // types a sign
	on      bool // such as a shift that is locked
	press   func()
	down    bool
	over    bool
	face    *canvas.Rectangle
	text    *canvas.Text
	mark    *Mark
}

// newCap makes a key that is this many columns wide. It shows the icon, or else the text.
func (k *Keyboard) newCap(key, text string, icon Icon, columns float32, press func()) *keycap {
	c := &keycap{board: k, key: "keyboard." + key, columns: columns, press: press,
		face: &canvas.Rectangle{}, text: canvas.NewText(text, nil), mark: NewMark(icon, 22, ColorInk)}
	c.mark.Hidden, c.text.Hidden = icon == "", icon != ""
	c.ExtendBaseWidget(c)
	return c
}

// sign is a key that types a sign.
func (k *Keyboard) sign(r rune) *keycap {
	c := k.newCap(string(r), string(r), "", 1, func() { k.typeRune(r) })
	c.plain = true
	return c
}

// signs is a row of keys that each type a sign.
func (k *Keyboard) signs(row string) []*keycap {
	var caps []*keycap
	for _, r := range row {
		caps = append(caps, k.sign(k.upper(r)))
	}
	return caps
}

func (k *Keyboard) eraser(columns float32) *keycap {
	return k.newCap("backspace", "", iconErase, columns, func() { k.typeKey(fyne.KeyBackspace) })
}

func (k *Keyboard) enter(columns float32) *keycap {
	return k.newCap("enter", "", iconEnter, columns, func() { k.typeKey(fyne.KeyReturn) })
}

func (k *Keyboard) hider(columns float32) *keycap {
	return k.newCap("hide", "", iconHide, columns, func() { k.hide() })
}

// padRows are the keys for a number.
func (k *Keyboard) padRows() [][]*keycap {
	rows := [][]*keycap{k.signs("123"), k.signs("456"), k.signs("789")}
	side := []*keycap{k.eraser(1), k.sign('+'), k.hider(1)}
	for i := range rows {
		rows[i] = append(rows[i], side[i])
	}
	return append(rows, []*keycap{k.sign('-'), k.sign('0'), k.sign(' '), k.enter(1)})
}

// boardRows are the keys for words.
func (k *Keyboard) boardRows() [][]*keycap {
	var rows [][]*keycap
	layout := k.layouts[k.shown]
	switch k.layer {
	case layerLetters, layerAccents:
		letters := layout.Letters
		if k.layer == layerAccents {
			letters = layout.Accents
		}
		if k.tall {
			rows = append(rows, k.signs(digitRow))
		}
		first, third := k.signs(letters[0]), k.signs(letters[2])
		side := max(1, (columnsOf(first)-columnsOf(third))/2)
		shift := k.newCap("shift", "", iconShift, side, k.onShift)
		shift.on = k.shift != shiftOff
		rows = append(rows, first, k.signs(letters[1]), append(append([]*keycap{shift}, third...), k.eraser(side)))
	default:
		signs := signRows[k.layer-layerSigns]
		rows = [][]*keycap{k.signs(digitRow), k.signs(signs[0])}
		more, to := "#+=", layerMoreSigns
		if k.layer == layerMoreSigns {
			more, to = "123", layerSigns
		}
		third := append([]*keycap{k.newCap("more", more, "", 1.5, func() { k.turn(to) })}, k.signs(signs[1])...)
		rows = append(rows, append(third, k.eraser(1.5)))
		if k.tall {
			rows = slices.Insert(rows, 2, k.signs(signRows[1-(k.layer-layerSigns)][0]))
		}
	}
	return append(rows, k.lastRow(widestOf(rows)))
}

// lastRow changes what the keys show, and has what is needed in every layer. It is as wide as the others.
func (k *Keyboard) lastRow(columns float32) []*keycap {
	signs, to := "?123", layerSigns
	if k.layer == layerSigns || k.layer == layerMoreSigns {
		signs, to = "abc", layerLetters
	}
	accents := k.newCap("accents", "áéü", "", 1.25, func() {
		if k.layer == layerAccents {
			k.turn(layerLetters)
			return
		}
		k.turn(layerAccents)
	})
	accents.on = k.layer == layerAccents
	row := []*keycap{k.newCap("signs", signs, "", 1.25, func() { k.turn(to) }), accents}
	if len(k.layouts) > 1 {
		row = append(row, k.newCap("layout", "", IconGlobe, 1, k.next))
	}
	row = append(row, k.sign('@'))
	rest := []*keycap{k.sign('.'), k.enter(1.25), k.hider(1)}
	space := k.newCap("space", k.layouts[k.shown].Name, "", max(2, columns-columnsOf(row)-columnsOf(rest)), func() { k.typeRune(' ') })
	space.plain = true
	return append(append(row, space), rest...)
}

// Key implements Element.
func (c *keycap) Key() string { return c.key }

// Tapped implements fyne.Tappable.
func (c *keycap) Tapped(*fyne.PointEvent) {
	touched()
	c.press()
}

// MouseDown implements desktop.Mouseable. The toolkit takes the focus from the field after this; it gets it back at once.
func (c *keycap) MouseDown(*desktop.MouseEvent) {
	c.down = true
	c.Refresh()
	Do(func() { c.board.focus() })
}

// MouseUp implements desktop.Mouseable.
func (c *keycap) MouseUp(*desktop.MouseEvent) {
	c.down = false
	c.Refresh()
	Do(func() { c.board.focus() })
}

// MouseIn implements desktop.Hoverable.
func (c *keycap) MouseIn(*desktop.MouseEvent) { c.hover(true) }

// MouseMoved implements desktop.Hoverable.
func (c *keycap) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *keycap) MouseOut() { c.hover(false) }

func (c *keycap) hover(over bool) {
	c.over, c.down = over, c.down && over
	c.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (c *keycap) CreateRenderer() fyne.WidgetRenderer { return render(c) }

// Children are what the key is drawn with.
func (c *keycap) Children() []fyne.CanvasObject {
	return []fyne.CanvasObject{c.face, c.text, c.mark}
}

func (c *keycap) minSize() fyne.Size { return fyne.NewSize(u(24), u(capHeight)) }

func (c *keycap) paint() {
	fill, stroke, ink := ColorSurface, ColorLine, ColorInk
	l := looks[keycapText]
	if !c.plain {
		fill, l = ColorBackground, looks[Strong]
	}
	if c.key == "keyboard.space" {
		l, ink = looks[Small], ColorMuted
	}
	switch {
	case c.down:
		fill, stroke = ColorSoft, ColorPrimary
	case c.on:
		fill, stroke, ink = ColorSoft, ColorPrimary, ColorPrimary
	case c.over:
		stroke = ColorPrimary
	}
	box(c.face, Color(fill), Color(stroke), 8, 1)
	c.text.TextSize, c.text.FontSource, c.text.Color = l.points(), l.font, Color(ink)
	c.text.Alignment = fyne.TextAlignCenter
	c.text.Refresh()
	c.mark.set(c.mark.icon, ink)
}

func (c *keycap) layout(size fyne.Size) {
	place(c.face, 0, 0, size.Width, size.Height)
	height := c.text.MinSize().Height
	place(c.text, 0, (size.Height-height)/2, size.Width, height)
	place(c.mark, (size.Width-u(22))/2, (size.Height-u(22))/2, u(22), u(22))
}
