//go:build linux

package screen

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// ownDisplay says that the test runs on a display of its own, where it may change what everybody sees.
const ownDisplay = "SPAREKEY_OWN_DISPLAY"

// TestFind asks a real X server of 1366 by 768 pixels, on which a desktop has a panel and 120 dots to an inch.
func TestFind(t *testing.T) {
	if os.Getenv(ownDisplay) == "" {
		again := exec.CommandContext(t.Context(), "../../../scripts/window", os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.count", "1")
		again.Env = append(os.Environ(), ownDisplay+"=1", "SCREEN=1366x768")
		if said, err := again.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		return
	}
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	expect := func(what string, want Screen) {
		t.Helper()
		if got, err := Find(); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", what, got, err, want)
		}
	}
	expect("no window manager", Screen{Width: 1366, Height: 768, Scale: 1})

	set := func(name string, format byte, content []byte) {
		t.Helper()
		atom, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			t.Fatal(err)
		}
		kind := xproto.Atom(xproto.AtomCardinal)
		if format == 8 {
			kind = xproto.AtomString
		}
		root := xproto.Setup(conn).DefaultScreen(conn).Root
		count := uint32(len(content) / (int(format) / 8))
		if err := xproto.ChangePropertyChecked(conn, xproto.PropModeReplace, root, atom.Atom, kind, format, count, content).Check(); err != nil {
			t.Fatal(err)
		}
	}
	cardinals := func(numbers ...uint32) []byte {
		content := make([]byte, 4*len(numbers))
		for i, n := range numbers {
			xgb.Put32(content[4*i:], n)
		}
		return content
	}
	set("_NET_WORKAREA", 32, cardinals(0, 0, 1366, 768, 66, 28, 1300, 740))
	set("_NET_CURRENT_DESKTOP", 32, cardinals(1))
	expect("a panel and a dock on the second desktop", Screen{Width: 1300, Height: 740, Scale: 1})
	set("_NET_CURRENT_DESKTOP", 32, cardinals(7))
	expect("a desktop that there is not", Screen{Width: 1366, Height: 768, Scale: 1})
	set("_NET_WORKAREA", 32, cardinals(0, 28))
	expect("half a work area", Screen{Width: 1366, Height: 768, Scale: 1})
	set("RESOURCE_MANAGER", 8, []byte("Xcursor.size:\t24\nXft.dpi:\t120\n"))
	expect("120 dots to an inch", Screen{Width: 1366, Height: 768, Scale: 1, Wanted: 1.25})

	t.Setenv("DISPLAY", "")
	if _, err := Find(); !errors.Is(err, ErrUnknown) {
		t.Errorf("without a display: %v", err)
	}
}
