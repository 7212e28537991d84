//go:build linux

package entry

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"github.com/sparekey/sparekey/command/desktop/screen"
)

// ownDisplay says that the test runs on a display of its own, of which it may use the keyboard.
const ownDisplay = "SPAREKEY_OWN_DISPLAY"

// onDisplay begins the test again on a display of its own; false: that is done.
func onDisplay(t *testing.T) bool {
	if os.Getenv(ownDisplay) != "" {
		return true
	}
	again := exec.CommandContext(t.Context(), "../../../scripts/window", os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.count", "1")
	again.Env = append(os.Environ(), ownDisplay+"=1", "SCREEN=1280x800")
	if said, err := again.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return false
}

// screenTest is a greeter's side of a screen: a window that has the keyboard.
type screenTest struct {
	t       *testing.T
	conn    *xgb.Conn
	root    xproto.Window
	greeter xproto.Window
}

func newScreenTest(t *testing.T) *screenTest {
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	s := &screenTest{t: t, conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root}
	if err := xtest.Init(conn); err != nil {
		t.Fatal(err)
	}
	s.greeter = s.cover()
	s.must(xproto.SetInputFocusChecked(conn, xproto.InputFocusParent, s.greeter, xproto.TimeCurrentTime).Check())
	return s
}

func (s *screenTest) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// cover maps a window of the greeter's over the whole screen.
func (s *screenTest) cover() xproto.Window {
	s.t.Helper()
	w, err := xproto.NewWindowId(s.conn)
	s.must(err)
	s.must(xproto.CreateWindowChecked(s.conn, 0, w, s.root, 0, 0, 1280, 800, 0, xproto.WindowClassInputOutput, 0, 0, nil).Check())
	s.must(xproto.MapWindowChecked(s.conn, w).Check())
	return w
}

// eventually waits until cond holds.
func (s *screenTest) eventually(what string, cond func() bool) {
	s.t.Helper()
	for late := time.After(10 * time.Second); !cond(); {
		select {
		case <-late:
			s.t.Fatalf("it did not happen that %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// top is the uppermost window that is shown.
func (s *screenTest) top() xproto.Window {
	tree, err := xproto.QueryTree(s.conn, s.root).Reply()
	s.must(err)
	for _, w := range slices.Backward(tree.Children) {
		if a, err := xproto.GetWindowAttributes(s.conn, w).Reply(); err == nil && a.MapState == xproto.MapStateViewable {
			return w
		}
	}
	return 0
}

// button is whether the button is on top.
func (s *screenTest) button() bool {
	g, err := xproto.GetGeometry(s.conn, xproto.Drawable(s.top())).Reply()
	return err == nil && g.Height == height && g.Y == 800-height-fromBelow && g.X == (1280-int16(g.Width))/2
}

func (s *screenTest) click() {
	s.t.Helper()
	s.must(xproto.WarpPointerChecked(s.conn, 0, s.root, 0, 0, 0, 0, 640, 800-fromBelow-height/2).Check())
	for _, kind := range []byte{xproto.ButtonPress, xproto.ButtonRelease} {
		s.must(xtest.FakeInputChecked(s.conn, kind, 1, 0, s.root, 0, 0, 0).Check())
	}
}

// press presses F2, by its place on the keyboard of the display.
func (s *screenTest) press(key byte) {
	s.t.Helper()
	for _, kind := range []byte{xproto.KeyPress, xproto.KeyRelease} {
		s.must(xtest.FakeInputChecked(s.conn, kind, key, 0, s.root, 0, 0, 0).Check())
	}
}

// admitted are the accounts that may use the screen beside its owner.
func (s *screenTest) admitted() (names []string) {
	hosts, err := xproto.ListHosts(s.conn).Reply()
	s.must(err)
	for _, h := range hosts.Hosts {
		names = append(names, string(h.Address))
	}
	return names
}

func (s *screenTest) focus() xproto.Window {
	at, err := xproto.GetInputFocus(s.conn).Reply()
	s.must(err)
	return at.Focus
}

// TestTheButtonOpensAndComesBack: it stays above a greeter's windows, opens by the pointer and by the key, is gone meanwhile, and
// leaves the keyboard with the greeter.
func TestTheButtonOpensAndComesBack(t *testing.T) {
	if !onDisplay(t) {
		return
	}
	s := newScreenTest(t)
	ctx, cancel := context.WithCancel(t.Context())
	opened, over, ended := make(chan struct{}), make(chan error), make(chan error, 1)
	go func() {
		ended <- Show(ctx, Options{Label: "Forgot my password?", Failed: "That can't be opened now. Call the help desk.", Key: "F2", Admit: "nobody",
			Open: func(context.Context) error { opened <- struct{}{}; return <-over }})
	}()
	s.eventually("the button is there", s.button)
	if s.focus() != s.greeter {
		t.Error("the button took the keyboard")
	}
	s.cover()
	s.eventually("the button is above a greeter's new window", s.button)

	for _, open := range []func(){s.click, func() { s.press(68) }} { // F2 of evdev's keyboard
		open()
		<-opened
		s.eventually("the button is gone", func() bool { return !s.button() })
		if !slices.Contains(s.admitted(), "localuser\x00nobody") {
			t.Errorf("admitted are %q", s.admitted())
		}
		stranger := s.cover()
		s.must(xproto.SetInputFocusChecked(s.conn, xproto.InputFocusParent, stranger, xproto.TimeCurrentTime).Check())
		s.must(xproto.DestroyWindowChecked(s.conn, stranger).Check())
		over <- nil
		s.eventually("the button is back", s.button)
		s.eventually("the greeter has the keyboard", func() bool { return s.focus() == s.greeter })
		if slices.Contains(s.admitted(), "localuser\x00nobody") {
			t.Error("the account may still use the screen")
		}
	}

	before := s.width()
	s.click()
	<-opened
	over <- errors.New("nothing there")
	s.eventually("the button says that it can't be opened", func() bool { return s.width() > before })
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	s.eventually("the button is gone with the greeter", func() bool { return s.width() == 1280 })
}

// width is that of the uppermost window.
func (s *screenTest) width() uint16 {
	g, err := xproto.GetGeometry(s.conn, xproto.Drawable(s.top())).Reply()
	if err != nil {
		return 0
	}
	return g.Width
}

// TestTheButtonDoesWithoutAKeyThatIsTaken.
func TestTheButtonDoesWithoutAKeyThatIsTaken(t *testing.T) {
	if !onDisplay(t) {
		return
	}
	s := newScreenTest(t)
	s.must(xproto.GrabKeyChecked(s.conn, false, s.root, xproto.ModMaskAny, 68, xproto.GrabModeAsync, xproto.GrabModeAsync).Check())
	p, err := newPainter(1)
	s.must(err)
	alone, _ := p.size(face{words: "Forgot my password?"})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Show(ctx, Options{Label: "Forgot my password?", Key: "F2", Open: func(context.Context) error { return nil }})
	}()
	s.eventually("the button is there, and names no key", func() bool { return s.button() && int(s.width()) == alone })
	cancel()
	s.must(<-ended)
}

// TestTheButtonEndsWithTheXServer is what becomes of it where LightDM stops that.
func TestTheButtonEndsWithTheXServer(t *testing.T) {
	if _, err := exec.LookPath("Xvfb"); err != nil {
		t.Skip("there is no Xvfb on this computer")
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset")
	x.ExtraFiles = []*os.File{write}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	number, err := bufio.NewReader(read).ReadString('\n') // it comes in parts
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	screen.Quiet()
	ended := make(chan error, 1)
	go func() {
		ended <- Show(t.Context(), Options{Label: "Forgot my password?", Open: func(context.Context) error { return nil }})
	}()
	(&screenTest{t: t}).eventually("the button is there", func() bool {
		select {
		case err := <-ended:
			t.Fatalf("it ended with the screen there: %v", err)
		default:
		}
		conn, err := xgb.NewConn()
		if err != nil {
			return false
		}
		defer conn.Close()
		s := &screenTest{t: t, conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root}
		return s.top() != 0
	})
	if err := x.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = x.Wait()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the button goes on without a screen")
	}
}
