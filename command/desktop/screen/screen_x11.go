//go:build unix && !darwin

package screen

import (
	"fmt"
	"io"
	"log"
	"os"
	"sync"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"
)

// Quiet has the X library write nothing: what goes wrong is returned. Once, and before there is a connection, since these read it.
var Quiet = sync.OnceFunc(func() { xgb.Logger = log.New(io.Discard, "", 0) })

// Find asks the X server for the monitor that has the pointer, since that is where window managers open windows.
func Find() (Screen, error) {
	if os.Getenv("DISPLAY") == "" {
		return Screen{}, ErrUnknown
	}
	Quiet()
	conn, err := xgb.NewConn()
	if err != nil {
		return Screen{}, fmt.Errorf("reach the X server: %w", err)
	}
	defer conn.Close()
	x := server{conn, xproto.Setup(conn).DefaultScreen(conn)}
	monitor, millimetres := x.monitor()
	area := monitor.within(x.workArea())
	return Screen{
		Width: area.right - area.left, Height: area.bottom - area.top,
		Scale:  measured(monitor.right-monitor.left, millimetres),
		Wanted: float32(dotsOf(string(x.property("RESOURCE_MANAGER"))) / 96),
	}, nil
}

// server is a connection to an X server, and its screen, which spans all monitors.
type server struct {
	conn   *xgb.Conn
	screen *xproto.ScreenInfo
}

func (x server) whole() rect {
	return rect{0, 0, int(x.screen.WidthInPixels), int(x.screen.HeightInPixels)}
}

// monitor is the one that has the pointer, with its width in millimetres: the whole screen where the server knows of none.
func (x server) monitor() (area rect, millimetres int) {
	area, millimetres = x.whole(), int(x.screen.WidthInMillimeters)
	if randr.Init(x.conn) != nil {
		return area, millimetres
	}
	if v, err := randr.QueryVersion(x.conn, 1, 5).Reply(); err != nil || v.MajorVersion == 1 && v.MinorVersion < 5 {
		return area, millimetres
	}
	found, err := randr.GetMonitors(x.conn, x.screen.Root, true).Reply()
	pointer, err2 := xproto.QueryPointer(x.conn, x.screen.Root).Reply()
	if err != nil || err2 != nil {
		return area, millimetres
	}
	for _, m := range found.Monitors {
		at := rect{int(m.X), int(m.Y), int(m.X) + int(m.Width), int(m.Y) + int(m.Height)}
		if at.holds(int(pointer.RootX), int(pointer.RootY)) {
			return at, int(m.WidthInMillimeters)
		}
	}
	return area, millimetres
}

// workArea is what panels and docks leave of the desktop at hand (Extended Window Manager Hints, _NET_WORKAREA); the whole
// screen where no window manager says.
func (x server) workArea() rect {
	areas := x.cardinals("_NET_WORKAREA")
	at := 0
	if now := x.cardinals("_NET_CURRENT_DESKTOP"); len(now) == 1 && (now[0]+1)*4 <= len(areas) {
		at = now[0] * 4
	}
	if len(areas) < 4 {
		return x.whole()
	}
	return rect{areas[at], areas[at+1], areas[at] + areas[at+2], areas[at+1] + areas[at+3]}
}

func (x server) cardinals(name string) []int {
	var numbers []int
	for data := x.property(name); len(data) >= 4; data = data[4:] {
		numbers = append(numbers, int(xgb.Get32(data)))
	}
	return numbers
}

// property reads a property of the root window; nothing where it has none.
func (x server) property(name string) []byte {
	const most = 1 << 18 // units of four bytes
	atom, err := xproto.InternAtom(x.conn, true, uint16(len(name)), name).Reply()
	if err != nil {
		return nil
	}
	p, err := xproto.GetProperty(x.conn, false, x.screen.Root, atom.Atom, xproto.GetPropertyTypeAny, 0, most).Reply()
	if err != nil {
		return nil
	}
	return p.Value
}
