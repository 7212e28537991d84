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
	"strconv"
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
	runtime.MemProfileRate = 0 // which package testing brings, and the program has not: each place that allocates is kept for ever
	if err := StartClean(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	settings := setup.KioskDefaults()
	settings.Idle = idle
	settings.Registration = os.Getenv("SPAREKEY_TEST_REGISTRATION") != ""
	h := newHours()
	k := Kiosk{Settings: settings, adjust: h.into, started: func(k *kiosk.Kiosk) { go answer(k, h) }}
	d := &Desktop{Log: os.Stderr, Exit: os.Exit}
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

// answer says, one line for each line, which page is shown and where an element is. The words of a line are parted by tabs.
func answer(k *kiosk.Kiosk, h *hours) {
	fmt.Println("shown", os.Getpid())
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		switch asked := strings.Split(lines.Text(), "\t"); asked[0] {
		case "await": // asked[1] is the answer
			fmt.Println(awaited(k, h, asked[1], asked[2:]))
		case "still":
			fmt.Println(still(k, h, asked[1]))
		case "settled": // what went on beside is over
			h.settle()
			frame()
			fmt.Println("true")
		case "pass":
			d, err := time.ParseDuration(asked[1])
			if err == nil {
				h.pass(d, k.Window().Window().Canvas())
			}
			fmt.Println(err)
		default:
			fmt.Println(told(k, asked))
		}
	}
}

// patience is how long something is waited for, and idle how long a kiosk waits for somebody: both longer than a busy machine takes
// over anything.
const (
	patience = time.Minute
	idle     = 10 * time.Minute
)

// awaited asks until the answer is the one that is waited for, or patience is over; it is the last answer.
func awaited(k *kiosk.Kiosk, h *hours, want string, asked []string) (is string) {
	h.look(func() bool {
		is = told(k, asked)
		return is == want
	})
	return is
}

// still is where an element has come to rest: the next frame does not move it. Where it never does, it says so.
func still(k *kiosk.Kiosk, h *hours, key string) (is string) {
	var was string
	if !h.look(func() bool {
		was = told(k, []string{"scrolled", key})
		frame()
		is = told(k, []string{"where", key})
		return is == was && is != nowhere
	}) {
		return fmt.Sprintf("at %q, and at %q before", is, was)
	}
	return is
}

// told is what a kiosk says to a question.
func told(k *kiosk.Kiosk, asked []string) (answer string) {
	kit.DoAndWait(func() {
		switch w := k.Window(); asked[0] {
		case "page":
			answer = fmt.Sprintf("%s %t", w.Page(), w.Busy())
		case "texts":
			answer = fmt.Sprintf("%q, typed %d", kit.Texts(w.Root()), len(strings.Join(kit.Given(w.Root()), "")))
		case "says":
			texts := kit.Texts(w.Root())
			for _, over := range w.Window().Canvas().Overlays().List() {
				texts = append(texts, kit.Texts(over)...)
			}
			answer = strconv.FormatBool(strings.Contains(strings.Join(texts, "\n"), asked[1]) && !w.Busy())
		case "weight":
			var m runtime.MemStats
			runtime.GC() // what has a finalizer, and what a pool keeps for one round, goes with the second
			runtime.GC()
			runtime.ReadMemStats(&m)
			answer = fmt.Sprint(runtime.NumGoroutine(), m.HeapAlloc>>10)
		case "length":
			answer = "-1"
			if field, is := kit.Find(w.Root(), asked[1]).(*kit.Field); is {
				answer = strconv.Itoa(len(field.Text()))
			}
		case "scrolled": // as whoever looks for it does
			w.Shown().Base().ScrollTo(kit.Find(w.Root(), asked[1]))
			answer = place(w.Window().Canvas(), asked[1])
		case "where":
			answer = place(w.Window().Canvas(), asked[1])
		}
	})
	return answer
}

// nowhere is the place of what is not on the screen.
const nowhere = "nowhere"

// place is the middle of an element in pixels.
func place(on fyne.Canvas, key string) string {
	roots := append([]fyne.CanvasObject{on.Content()}, on.Overlays().List()...)
	for i := len(roots) - 1; i >= 0; i-- {
		if o := kit.Find(roots[i], key); o != nil {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
			x, y := on.PixelCoordinateForPosition(at.AddXY(o.Size().Width/2, o.Size().Height/2))
			return fmt.Sprint(x, " ", y)
		}
	}
	return nowhere
}

// screen is an X server of a test's own.
type xScreen struct {
	t      *testing.T
	name   string // ":7"
	server *os.Process
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
	t.Cleanup(func() { _ = server.Process.Signal(syscall.SIGCONT) }) // where hang has stopped it
	_ = write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb names no display: %v", err)
	}
	s := &xScreen{t: t, name: ":" + strings.TrimSpace(number), width: width, height: height, server: server.Process}
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

// hang has the server answer nothing any more.
func (s *xScreen) hang() {
	s.t.Helper()
	if err := s.server.Signal(syscall.SIGSTOP); err != nil {
		s.t.Fatal(err)
	}
}

// environment has a program show its window on the screen.
func (s *xScreen) environment() []string {
	return []string{"DISPLAY=" + s.name, "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1", "LANG=C.UTF-8"}
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
	s.stroke(code, held...)
	s.conn.Sync()
}

func (s *xScreen) stroke(code xproto.Keycode, held ...xproto.Keycode) {
	for _, h := range held {
		s.fake(xproto.KeyPress, byte(h), 0, 0)
	}
	s.fake(xproto.KeyPress, byte(code), 0, 0)
	s.fake(xproto.KeyRelease, byte(code), 0, 0)
	for _, h := range held {
		s.fake(xproto.KeyRelease, byte(h), 0, 0)
	}
}

// fake sends an event as a device does. The server has taken it after conn.Sync.
func (s *xScreen) fake(kind, detail byte, x, y int) {
	xtest.FakeInput(s.conn, kind, detail, 0, s.root, int16(x), int16(y), 0)
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
			s.stroke(k.code, codeShift)
		default:
			s.stroke(k.code)
		}
	}
	s.conn.Sync()
}

// click presses a button of the mouse somewhere, and lets it go.
func (s *xScreen) click(button byte, x, y int) {
	s.fake(xproto.MotionNotify, 0, x, y)
	s.fake(xproto.ButtonPress, button, x, y)
	s.fake(xproto.ButtonRelease, button, x, y)
	s.conn.Sync()
}

// station is a kiosk in a process of its own.
type station struct {
	t      *testing.T
	s      *xScreen
	cmd    *exec.Cmd
	in     io.Writer
	out    *bufio.Scanner
	pid    int // of the kiosk itself
	report strings.Builder
}

// newStation starts a kiosk on a screen, and waits until it is shown. what is "try" or a server.
func newStation(s *xScreen, what string, env ...string) *station {
	s.t.Helper()
	return newStationBy(exec.Command(os.Args[0]), s, what, env...)
}

// newStationBy is newStation by a command that starts the test's binary.
func newStationBy(cmd *exec.Cmd, s *xScreen, what string, env ...string) *station {
	s.t.Helper()
	st := &station{t: s.t, s: s, cmd: cmd}
	st.cmd.Env = append(append(append(os.Environ(), asKiosk+"="+what), s.environment()...), env...)
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
	st.cmd.WaitDelay = patience
	begin(s.t, st.cmd)
	st.out.Scan()
	if n, _ := fmt.Sscanf(st.out.Text(), "shown %d", &st.pid); n != 1 {
		s.t.Fatalf("the kiosk does not begin: %q", st.out.Text())
	}
	s.t.Cleanup(func() { _ = syscall.Kill(st.pid, syscall.SIGTERM) }) // who started it ends with it
	st.at("kiosk")
	return st
}

// lastOf is the end of a text.
func lastOf(text string, n int) string { return text[max(0, len(text)-n):] }

// ask asks the kiosk something.
func (st *station) ask(question ...string) string {
	st.t.Helper()
	if _, err := fmt.Fprintln(st.in, strings.Join(question, "\t")); err != nil {
		st.t.Fatalf("the kiosk has ended: %v", err)
	}
	if !st.out.Scan() {
		st.t.Fatal("the kiosk has ended")
	}
	return st.out.Text()
}

// await waits until the kiosk answers a question so.
func (st *station) await(want string, question ...string) {
	st.t.Helper()
	if is := st.ask(append([]string{"await", want}, question...)...); is != want {
		st.t.Fatalf("%q is %s, not %s; the page is %s: %s", question, is, want, st.ask("page"), st.ask("texts"))
	}
}

// until waits until something holds.
func (st *station) until(what string, holds func() bool) {
	st.t.Helper()
	late := time.Now().Add(patience)
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
	st.await(page+" false", "page")
}

// says waits until a text stands on the page.
func (st *station) says(text string) {
	st.t.Helper()
	st.await("true", "says", text)
}

// tap taps an element by the mouse, once it has come to rest.
func (st *station) tap(key string) {
	st.t.Helper()
	var x, y int
	at := st.ask("still", key)
	if n, _ := fmt.Sscan(at, &x, &y); n != 2 || x <= 0 || y <= 0 || x >= st.s.width || y >= st.s.height {
		st.t.Fatalf("%s is %s; the page is %s: %s", key, at, st.ask("page"), st.ask("texts"))
	}
	st.s.click(1, x, y)
}
