//go:build unix && !darwin

package entry

import (
	"image"
	"strconv"
	"strings"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/shape"
	"github.com/jezek/xgb/xproto"
)

// fromBelow is how far the button stands above the monitor's lower edge, in units.
const fromBelow = 40

// create makes the button's window and shows it. No window manager has a say in it, and greeters that give each new window the
// keyboard leave a notification without.
func (b *button) create() error {
	var err error
	if b.window, err = xproto.NewWindowId(b.x.Conn); err != nil {
		return err
	}
	if b.context, err = xproto.NewGcontextId(b.x.Conn); err != nil {
		return err
	}
	at := b.area()
	if err := xproto.CreateWindowChecked(b.x.Conn, b.x.screen.RootDepth, b.window, b.x.screen.Root,
		int16(at.Min.X), int16(at.Min.Y), uint16(at.Dx()), uint16(at.Dy()), 0, xproto.WindowClassInputOutput, b.x.screen.RootVisual,
		xproto.CwOverrideRedirect|xproto.CwEventMask, []uint32{1, xproto.EventMaskExposure | xproto.EventMaskButtonPress |
			xproto.EventMaskButtonRelease | xproto.EventMaskEnterWindow | xproto.EventMaskLeaveWindow}).Check(); err != nil {
		return err
	}
	if err := xproto.CreateGCChecked(b.x.Conn, b.context, xproto.Drawable(b.window), 0, nil).Check(); err != nil {
		return err
	}
	b.text("WM_NAME", b.Label)
	b.text("WM_CLASS", "sparekey-logon\x00Sparekey\x00")
	b.atom("_NET_WM_WINDOW_TYPE", "_NET_WM_WINDOW_TYPE_NOTIFICATION")
	xproto.ChangeWindowAttributes(b.x.Conn, b.x.screen.Root, xproto.CwEventMask, []uint32{xproto.EventMaskSubstructureNotify | xproto.EventMaskStructureNotify})
	b.round(at)
	return xproto.MapWindowChecked(b.x.Conn, b.window).Check()
}

// monitor is where the button is: the first monitor, by the choice of whoever set them up; the whole screen where nothing tells.
func (b *button) monitor() image.Rectangle {
	whole := image.Rect(0, 0, int(b.x.screen.WidthInPixels), int(b.x.screen.HeightInPixels))
	if randr.Init(b.x.Conn) != nil {
		return whole
	}
	if v, err := randr.QueryVersion(b.x.Conn, 1, 5).Reply(); err != nil || v.MajorVersion == 1 && v.MinorVersion < 5 {
		return whole
	}
	found, err := randr.GetMonitors(b.x.Conn, b.x.screen.Root, true).Reply()
	if err != nil || len(found.Monitors) == 0 {
		return whole
	}
	first := found.Monitors[0]
	for _, m := range found.Monitors {
		if m.Primary {
			first = m
		}
	}
	return image.Rect(0, 0, int(first.Width), int(first.Height)).Add(image.Pt(int(first.X), int(first.Y)))
}

// area is where the button stands: in the middle, near the lower edge, where greeters have nothing.
func (b *button) area() image.Rectangle {
	w, h := b.paint.size(b.face)
	m := b.monitor()
	x, y := m.Min.X+(m.Dx()-w)/2, m.Max.Y-h-b.paint.px(fromBelow)
	return image.Rect(x, y, x+w, y+h)
}

// place moves the button to where it belongs.
func (b *button) place() {
	at := b.area()
	xproto.ConfigureWindow(b.x.Conn, b.window, xproto.ConfigWindowX|xproto.ConfigWindowY|xproto.ConfigWindowWidth|xproto.ConfigWindowHeight,
		[]uint32{uint32(at.Min.X), uint32(at.Min.Y), uint32(at.Dx()), uint32(at.Dy())})
	b.round(at)
	b.draw()
}

// show shows another face.
func (b *button) show(f face) {
	b.face = f
	b.place()
}

// within reports whether a place in the window is on the button.
func (b *button) within(x, y int16) bool {
	w, h := b.paint.size(b.face)
	return image.Pt(int(x), int(y)).In(image.Rect(0, 0, w, h))
}

// round cuts the corners off the window, where the X server can; otherwise they are black.
func (b *button) round(at image.Rectangle) {
	if shape.Init(b.x.Conn) != nil {
		return
	}
	r := b.paint.px(radius)
	var lines []xproto.Rectangle
	for y := range at.Dy() {
		from := inset(r, y, at.Dy())
		lines = append(lines, xproto.Rectangle{X: int16(from), Y: int16(y), Width: uint16(at.Dx() - 2*from), Height: 1})
	}
	shape.Rectangles(b.x.Conn, shape.SoSet, shape.SkBounding, xproto.ClipOrderingYXBanded, b.window, 0, 0, lines)
}

// draw paints the button, line by line where a request can't hold all of it.
func (b *button) draw() {
	img := b.paint.paint(b.face)
	w, h := img.Rect.Dx(), img.Rect.Dy()
	most := max(1, (1<<16-64)*4/(4*w)) // lines in a request (X protocol, chapter 1: 2^16-1 units of four bytes)
	for y := 0; y < h; y += most {
		n := min(most, h-y)
		data := make([]byte, 0, n*w*4)
		for at := y * img.Stride; at < (y+n)*img.Stride; at += 4 {
			data = append(data, img.Pix[at+2], img.Pix[at+1], img.Pix[at], 0)
		}
		xproto.PutImage(b.x.Conn, xproto.ImageFormatZPixmap, xproto.Drawable(b.window), b.context, uint16(w), uint16(n), 0, int16(y), 0, b.x.screen.RootDepth, data)
	}
}

// grab has a function key open it too, whatever has the keyboard; false where there is none or somebody else has it.
func (b *button) grab(name string) bool {
	number, err := strconv.Atoi(strings.TrimPrefix(name, "F"))
	if err != nil || number < 1 || number > 12 {
		return false
	}
	const f1 = 0xffbe // X11's keysymdef.h
	setup := xproto.Setup(b.x.Conn)
	count := byte(setup.MaxKeycode - setup.MinKeycode + 1)
	keys, err := xproto.GetKeyboardMapping(b.x.Conn, setup.MinKeycode, count).Reply()
	if err != nil {
		return false
	}
	for at := 0; at < len(keys.Keysyms); at += int(keys.KeysymsPerKeycode) {
		if keys.Keysyms[at] != xproto.Keysym(f1+number-1) {
			continue
		}
		code := setup.MinKeycode + xproto.Keycode(at/int(keys.KeysymsPerKeycode))
		if xproto.GrabKeyChecked(b.x.Conn, false, b.x.screen.Root, xproto.ModMaskAny, code, xproto.GrabModeAsync, xproto.GrabModeAsync).Check() != nil {
			return false
		}
		b.key = code
		return true
	}
	return false
}

func (b *button) text(property, value string) {
	if p, err := atomOf(b.x.Conn, property); err == nil {
		xproto.ChangeProperty(b.x.Conn, xproto.PropModeReplace, b.window, p, xproto.AtomString, 8, uint32(len(value)), []byte(value))
	}
}

func (b *button) atom(property, value string) {
	p, err := atomOf(b.x.Conn, property)
	v, err2 := atomOf(b.x.Conn, value)
	if err == nil && err2 == nil {
		data := make([]byte, 4)
		xgb.Put32(data, uint32(v))
		xproto.ChangeProperty(b.x.Conn, xproto.PropModeReplace, b.window, p, xproto.AtomAtom, 32, 1, data)
	}
}

func atomOf(conn *xgb.Conn, name string) (xproto.Atom, error) {
	a, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return 0, err
	}
	return a.Atom, nil
}
