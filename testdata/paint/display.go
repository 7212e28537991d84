package main

import (
	"errors"
	"fmt"
	"image"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// What is pressed, as keysyms.
const (
	letter    = 'w'
	backSpace = 0xff08
)

// display is an X display of which every change is told.
type display struct {
	conn   *xgb.Conn
	screen *xproto.ScreenInfo
	watch  damage.Damage
	events chan struct{} // holds one where something was painted since await
	keys   map[uint32]byte
}

func open() (*display, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, err
	}
	d := &display{conn: conn, screen: xproto.Setup(conn).DefaultScreen(conn), events: make(chan struct{}, 1)}
	if err := errors.Join(damage.Init(conn), xtest.Init(conn), d.readKeys()); err != nil {
		return nil, err
	}
	if _, err := damage.QueryVersion(conn, 1, 1).Reply(); err != nil {
		return nil, err
	}
	if d.watch, err = damage.NewDamageId(conn); err != nil {
		return nil, err
	}
	if err := damage.CreateChecked(conn, d.watch, xproto.Drawable(d.screen.Root), damage.ReportLevelRawRectangles).Check(); err != nil {
		return nil, err
	}
	go func() {
		for {
			event, err := conn.WaitForEvent()
			if event == nil && err == nil {
				return // closed
			}
			if _, is := event.(damage.NotifyEvent); is {
				select {
				case d.events <- struct{}{}:
				default:
				}
			}
		}
	}()
	return d, nil
}

func (d *display) readKeys() error {
	setup := xproto.Setup(d.conn)
	low, n := setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)
	m, err := xproto.GetKeyboardMapping(d.conn, low, n).Reply()
	if err != nil {
		return err
	}
	d.keys = map[uint32]byte{}
	for i := range int(n) {
		d.keys[uint32(m.Keysyms[i*int(m.KeysymsPerKeycode)])] = byte(low) + byte(i)
	}
	return nil
}

// await waits until something is painted.
func (d *display) await(most time.Duration) error {
	select {
	case <-d.events:
		return nil
	case <-time.After(most):
		return errors.New("nothing was painted")
	}
}

// forget forgets what was painted so far.
func (d *display) forget() {
	select {
	case <-d.events:
	default:
	}
}

// press presses a key and lets it go.
func (d *display) press(symbol uint32) error {
	key, there := d.keys[symbol]
	if !there {
		return fmt.Errorf("no key gives %#x", symbol)
	}
	for _, kind := range []byte{xproto.KeyPress, xproto.KeyRelease} {
		if err := xtest.FakeInputChecked(d.conn, kind, key, 0, d.screen.Root, 0, 0, 0).Check(); err != nil {
			return err
		}
	}
	return nil
}

func (d *display) whole() image.Rectangle {
	return image.Rect(0, 0, int(d.screen.WidthInPixels), int(d.screen.HeightInPixels))
}

// pixels gives what is on the screen, four bytes a pixel: blue, green, red and nothing.
func (d *display) pixels(r image.Rectangle) ([]byte, error) {
	got, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.screen.Root),
		int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), 1<<32-1).Reply()
	if err != nil {
		return nil, err
	}
	return got.Data, nil
}

// field finds where text appears: it types and looks what changes.
func (d *display) field() (image.Rectangle, error) {
	before, err := d.pixels(d.whole())
	if err != nil {
		return image.Rectangle{}, err
	}
	for _, symbol := range []uint32{letter, letter, letter} {
		if err := d.press(symbol); err != nil {
			return image.Rectangle{}, err
		}
		time.Sleep(time.Second / 2)
	}
	after, err := d.pixels(d.whole())
	if err != nil {
		return image.Rectangle{}, err
	}
	var where image.Rectangle
	for i := 0; i < len(after); i += 4 {
		if bright(after[i:]) && !bright(before[i:]) {
			at := image.Pt(i/4%d.whole().Dx(), i/4/d.whole().Dx())
			where = where.Union(image.Rectangle{at, at.Add(image.Pt(1, 1))})
		}
	}
	if where.Empty() || where.Dy() > 60 {
		return where, fmt.Errorf("no field takes what is typed: %v changed", where)
	}
	return where.Inset(-2 * where.Dy() / 3).Intersect(d.whole()), nil
}

// ink counts the pixels of text, which is bright on dark; the cursor, which blinks, has a colour.
func (d *display) ink(r image.Rectangle) (n int, err error) {
	pixels, err := d.pixels(r)
	for i := 0; i+4 <= len(pixels); i += 4 {
		if bright(pixels[i:]) {
			n++
		}
	}
	return n, err
}

func bright(pixel []byte) bool { return min(pixel[0], pixel[1], pixel[2]) > 150 }
