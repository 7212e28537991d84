//go:build linux

package desktop

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"github.com/sparekey/sparekey/command/setup"
	"github.com/sparekey/sparekey/ui/kiosk"
	"github.com/sparekey/sparekey/ui/kit"
)

// asKiosk has the test's binary be a kiosk: "try", or the address of a server.
const asKiosk = "SPAREKEY_TEST_KIOSK"

func TestMain(m *testing.M) {
	if what := os.Getenv(asKiosk); what != "" {
		if err := beKiosk(what); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if server := os.Getenv(logonServer); server != "" {
		if err := beLogon(server); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// beKiosk is a kiosk as the command opens it, which says on its standard output where things are when it is asked.
func beKiosk(what string) error {
	if err := StartClean(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	settings := setup.KioskDefaults()
	settings.Registration = os.Getenv("SPAREKEY_TEST_REGISTRATION") != ""
	k := Kiosk{Settings: settings, started: func(k *kiosk.Kiosk) { go answer(k) }}
	d := &Desktop{Log: os.Stderr}
	if what == "try" {
		var err error
		if d.Folders, err = setup.TemporaryFolders(); err != nil {
			return err
		}
		return d.TryKiosk(ctx, k)
	}
	set, err := setup.Sources{Flags: setup.Settings{Server: what, StationKey: os.Getenv(stationKey)}, Managed: func(any) (string, error) { return "", nil }}.Load()
	if err != nil {
		return err
	}
	return d.OpenKiosk(ctx, set, k)
}

// answer says, one line for each line, which page is shown and where an element is.
func answer(k *kiosk.Kiosk) {
	fmt.Println("shown")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		asked := strings.Fields(lines.Text())
		kit.DoAndWait(func() {
			switch w := k.Window(); asked[0] {
			case "page":
				fmt.Println(w.Page(), w.Busy())
			case "texts":
				fmt.Printf("%q, typed %d\n", kit.Texts(w.Root()), len(strings.Join(kit.Given(w.Root()), "")))
			case "says":
				fmt.Println(strings.Contains(strings.Join(kit.Texts(w.Root()), "\n"), asked[1]) && !w.Busy())
			case "weight":
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				fmt.Println(runtime.NumGoroutine(), m.HeapAlloc>>10)
			case "length":
				field, _ := kit.Find(w.Root(), asked[1]).(*kit.Field)
				if field == nil {
					fmt.Println(-1)
					return
				}
				fmt.Println(len(field.Text()))
			case "where": // whoever looks for it scrolls
				w.Shown().Base().ScrollTo(kit.Find(w.Root(), asked[1]))
				fmt.Println(place(w.Window().Canvas(), asked[1]))
			}
		})
	}
}

// place is the middle of an element in pixels, or "nowhere".
func place(on fyne.Canvas, key string) string {
	roots := append([]fyne.CanvasObject{on.Content()}, on.Overlays().List()...)
	for i := len(roots) - 1; i >= 0; i-- {
		if o := kit.Find(roots[i], key); o != nil {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
			x, y := on.PixelCoordinateForPosition(at.AddXY(o.Size().Width/2, o.Size().Height/2))
			return fmt.Sprint(x, " ", y)
		}
	}
	return "nowhere"
}

// screen is an X server of a test's own.
type xScreen struct {
	t      *testing.T
	name   string // ":7"
	conn   *xgb.Conn
	root   xproto.Window
	width  int
	height int
	keys   map[rune]stroke // what types a sign, on the layout at hand
}

type stroke struct {
	code  xproto.Keycode
	shift bool
}

// needs skips the test where a program is missing.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not on this machine", program)
		}
	}
}

// newScreen starts an X server.
func newScreen(t *testing.T, width, height int) *xScreen {
	t.Helper()
	needs(t, "Xvfb")
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{write}
	begin(t, server)
	_ = write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb names no display: %v", err)
	}
	s := &xScreen{t: t, name: ":" + strings.TrimSpace(number), width: width, height: height}
	if s.conn, err = xgb.NewConnDisplay(s.name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.conn.Close)
	if err := xtest.Init(s.conn); err != nil {
		t.Fatal(err)
	}
	s.root = xproto.Setup(s.conn).DefaultScreen(s.conn).Root
	s.readKeys()
	return s
}

// begin starts a program that ends with the test.
func begin(t *testing.T, command *exec.Cmd) {
	t.Helper()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(10*time.Second, func() { _ = command.Process.Kill() })
		_ = command.Wait()
		late.Stop()
	})
}

func (s *xScreen) readKeys() {
	setup := xproto.Setup(s.conn)
	count := byte(setup.MaxKeycode - setup.MinKeycode + 1)
	mapping, err := xproto.GetKeyboardMapping(s.conn, setup.MinKeycode, count).Reply()
	if err != nil {
		s.t.Fatal(err)
	}
	s.keys = map[rune]stroke{}
	per := int(mapping.KeysymsPerKeycode)
	for i := range int(count) {
		for level := 1; level >= 0; level-- {
			sym := mapping.Keysyms[i*per+level]
			if sym >= 0x20 && sym < 0x7f {
				s.keys[rune(sym)] = stroke{setup.MinKeycode + xproto.Keycode(i), level == 1}
			}
		}
	}
}

// The keycodes of a PC keyboard, as Xvfb has them.
const (
	codeEscape, codeEnter, codeTab, codeBackspace              = 9, 36, 23, 22
	codeControl, codeShift, codeAlt, codeAltGr, codeSuper, f10 = 37, 50, 64, 108, 133, 76
)

// press presses a key while others are held.
func (s *xScreen) press(code xproto.Keycode, held ...xproto.Keycode) {
	for _, h := range held {
		s.fake(xproto.KeyPress, byte(h), 0, 0)
	}
	s.fake(xproto.KeyPress, byte(code), 0, 0)
	s.fake(xproto.KeyRelease, byte(code), 0, 0)
	for _, h := range held {
		s.fake(xproto.KeyRelease, byte(h), 0, 0)
	}
}

// fake sends an event as a device does.
func (s *xScreen) fake(kind, detail byte, x, y int) {
	if err := xtest.FakeInputChecked(s.conn, kind, detail, 0, s.root, int16(x), int16(y), 0).Check(); err != nil {
		s.t.Fatal(err)
	}
}

// write types a text.
func (s *xScreen) write(text string) {
	s.t.Helper()
	for _, r := range text {
		k, known := s.keys[r]
		switch {
		case !known:
			s.t.Fatalf("no key types %q", r)
		case k.shift:
			s.press(k.code, codeShift)
		default:
			s.press(k.code)
		}
	}
}

// click presses a button of the mouse somewhere, and lets it go.
func (s *xScreen) click(button byte, x, y int) {
	s.fake(xproto.MotionNotify, 0, x, y)
	s.fake(xproto.ButtonPress, button, x, y)
	s.fake(xproto.ButtonRelease, button, x, y)
}

// station is a kiosk in a process of its own.
type station struct {
	t      *testing.T
	s      *xScreen
	cmd    *exec.Cmd
	in     io.Writer
	out    *bufio.Scanner
	report strings.Builder
}

// newStation starts a kiosk on a screen, and waits until it is shown. what is "try" or a server.
func newStation(s *xScreen, what string, env ...string) *station {
	s.t.Helper()
	st := &station{t: s.t, s: s, cmd: exec.Command(os.Args[0])}
	st.cmd.Env = append(append(os.Environ(), asKiosk+"="+what, "DISPLAY="+s.name, "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1", "LANG=C.UTF-8"), env...)
	in, err := st.cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := st.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	st.in, st.out = in, bufio.NewScanner(out)
	st.cmd.Stderr = &st.report
	s.t.Cleanup(func() { // after the process has ended
		if s.t.Failed() {
			s.t.Logf("the kiosk said: %s", lastOf(st.report.String(), 2000))
		}
	})
	begin(s.t, st.cmd)
	if !st.out.Scan() || st.out.Text() != "shown" {
		s.t.Fatalf("the kiosk does not begin: %q", st.out.Text())
	}
	st.until("the first page", func() bool { return st.ask("page") == "kiosk false" })
	return st
}

// lastOf is the end of a text.
func lastOf(text string, n int) string { return text[max(0, len(text)-n):] }

// ask asks the kiosk something.
func (st *station) ask(line string) string {
	st.t.Helper()
	if _, err := fmt.Fprintln(st.in, line); err != nil {
		st.t.Fatalf("the kiosk has ended: %v", err)
	}
	if !st.out.Scan() {
		st.t.Fatal("the kiosk has ended")
	}
	return st.out.Text()
}

// until waits until something holds.
func (st *station) until(what string, holds func() bool) {
	st.t.Helper()
	late := time.Now().Add(20 * time.Second)
	for !holds() {
		if time.Now().After(late) {
			st.t.Fatalf("it does not come to %s; the page is %s: %s", what, st.ask("page"), st.ask("texts"))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// at waits for a page that waits for nothing.
func (st *station) at(page string) {
	st.t.Helper()
	st.until("page "+page, func() bool { return st.ask("page") == page+" false" })
}

// tap taps an element by the mouse.
func (st *station) tap(key string) {
	st.t.Helper()
	var x, y int
	before := ""
	st.until("show "+key, func() bool { // and come to rest there
		time.Sleep(60 * time.Millisecond)
		now := st.ask("where " + key)
		still := now == before
		before = now
		n, _ := fmt.Sscan(now, &x, &y)
		return n == 2 && still && x > 0 && y > 0 && x < st.s.width && y < st.s.height
	})
	st.s.click(1, x, y)
}
