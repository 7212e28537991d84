//go:build linux

package desktop

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
)

// soakFor is for how long a campaign attacks, such as "1h"; a slice where it is empty.
const soakFor = "SPAREKEY_KIOSK_SOAK"

// manager is a window manager whose bindings, if one is reached, make a file.
type manager struct {
	name   string
	config func(out string) string
	args   func(config string) []string
}

var managers = []manager{
	{name: "no window manager"},
	{"openbox", openboxConfig, func(config string) []string { return []string{"openbox", "--config-file", config, "--sm-disable"} }},
	{"i3", i3Config, func(config string) []string { return []string{"i3", "-c", config} }},
}

// i3Config binds every key with each of a tiling manager's modifiers.
func i3Config(out string) string {
	var b strings.Builder
	b.WriteString("floating_modifier Mod4\nfocus_follows_mouse yes\n")
	for _, mods := range []string{"Mod4", "Mod4+Shift", "Mod1", "Mod1+Control", "Mod1+Shift", "Control", ""} {
		for code := 9; code < 135; code++ {
			if mods == "" && code < 67 { // bare letters are nobody's binding
				continue
			}
			fmt.Fprintf(&b, "bindcode %s exec --no-startup-id touch %s\n", strings.TrimPrefix(fmt.Sprintf("%s+%d", mods, code), "+"), out)
		}
	}
	fmt.Fprintf(&b, "bindsym --whole-window Mod4+button3 exec touch %s\nbindsym --whole-window button2 exec touch %s\n", out, out)
	return b.String()
}

// openboxConfig binds keys, and gestures of the mouse on a window, as people have them.
func openboxConfig(out string) string {
	act := fmt.Sprintf(`<action name="Execute"><command>touch %s</command></action>`, out)
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc"><keyboard>`)
	keys := strings.Fields("F1 F2 F3 F4 F5 F6 F10 F11 F12 Tab Escape space Return Left Right Up Down Home End Delete BackSpace Print Menu a d e l m q r t w x")
	for _, mods := range []string{"W-", "A-", "C-A-", "A-S-", "C-S-", "C-"} {
		for _, key := range keys {
			fmt.Fprintf(&b, `<keybind key="%s%s">%s</keybind>`, mods, key, act)
		}
	}
	b.WriteString(`<keybind key="Print">` + act + `</keybind><keybind key="Menu">` + act + `</keybind></keyboard><mouse>`)
	for _, context := range []string{"Frame", "Client", "Root", "Desktop"} {
		fmt.Fprintf(&b, `<context name="%s">`, context)
		for _, button := range []string{"A-Left", "A-Right", "W-Left", "W-Right", "A-Middle"} {
			fmt.Fprintf(&b, `<mousebind button="%s" action="Press">%s</mousebind>`, button, act)
		}
		b.WriteString(`</context>`)
	}
	b.WriteString(`</mouse></openbox_config>`)
	return b.String()
}

// siege is a kiosk that is attacked.
type siege struct {
	*station
	out string // exists once a window manager's binding was reached
}

func besiege(t *testing.T, m manager) siege {
	s := newScreen(t, 800, 600)
	g := siege{out: filepath.Join(t.TempDir(), "out")}
	if m.config != nil {
		config := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(config, []byte(m.config(g.out)), 0o600); err != nil {
			t.Fatal(err)
		}
		args := m.args(config)
		needs(t, args[0])
		wm := exec.Command(args[0], args[1:]...)
		wm.Env = append(os.Environ(), "DISPLAY="+s.name, "HOME="+t.TempDir())
		begin(t, wm)
		g.provokes(s)
	}
	g.station = newStation(s, "try")
	g.until("hold the screen", g.held)
	return g
}

// held reports whether the kiosk covers the screen and has the keyboard to itself: nobody else can hold it then.
func (g siege) held() bool {
	if g.front() != nil {
		return false
	}
	grab, err := xproto.GrabKeyboard(g.s.conn, false, g.s.root, xproto.TimeCurrentTime, xproto.GrabModeAsync, xproto.GrabModeAsync).Reply()
	if err != nil {
		g.t.Fatal(err)
	}
	if grab.Status == xproto.GrabStatusAlreadyGrabbed {
		return true
	}
	xproto.UngrabKeyboard(g.s.conn, xproto.TimeCurrentTime)
	return false
}

// provokes shows that the window manager's bindings work as long as there is no kiosk.
func (g siege) provokes(s *xScreen) {
	s.t.Helper()
	late := time.Now().Add(10 * time.Second)
	for {
		s.press(codeEnter, codeSuper)
		if _, err := os.Stat(g.out); err == nil {
			break
		}
		if time.Now().After(late) {
			s.t.Fatal("the window manager's bindings do nothing, so that the test would see none")
		}
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond) // what was pressed more than once
	if err := os.Remove(g.out); err != nil {
		s.t.Fatal(err)
	}
}

// holds says why the kiosk does not hold any more, after what was done.
func (g siege) holds(after string) {
	g.t.Helper()
	g.s.conn.Sync()
	g.ask("page") // all that came before was looked at
	if _, err := os.Stat(g.out); err == nil {
		g.t.Fatalf("%s reached the window manager", after)
	}
	if err := g.front(); err != nil {
		g.t.Fatalf("%s: %v", after, err)
	}
}

// front says what is wrong with the place of the kiosk's window: it must be the only one of its process, cover the screen and
// lie before everything.
func (g siege) front() error {
	ours := g.ours(g.s.root)
	if len(ours) != 1 {
		return fmt.Errorf("the kiosk has %d windows", len(ours))
	}
	geometry, err := xproto.GetGeometry(g.s.conn, xproto.Drawable(ours[0])).Reply()
	if err != nil {
		return err
	}
	at, err := xproto.TranslateCoordinates(g.s.conn, ours[0], g.s.root, 0, 0).Reply()
	if err != nil {
		return err
	}
	if at.DstX > 0 || at.DstY > 0 || int(at.DstX)+int(geometry.Width) < g.s.width || int(at.DstY)+int(geometry.Height) < g.s.height {
		return fmt.Errorf("the window is %d × %d at %d, %d", geometry.Width, geometry.Height, at.DstX, at.DstY)
	}
	tree, err := xproto.QueryTree(g.s.conn, g.s.root).Reply()
	if err != nil {
		return err
	}
	for i := len(tree.Children) - 1; i >= 0; i-- {
		if !g.inView(tree.Children[i]) {
			continue
		}
		if len(g.ours(tree.Children[i])) == 0 {
			return errors.New("another window lies before it")
		}
		return nil
	}
	return errors.New("no window is in view")
}

// inView reports whether a window can be seen on the screen.
func (g siege) inView(w xproto.Window) bool {
	a, err := xproto.GetWindowAttributes(g.s.conn, w).Reply()
	if err != nil || a.MapState != xproto.MapStateViewable || a.Class != xproto.WindowClassInputOutput {
		return false
	}
	at, err := xproto.GetGeometry(g.s.conn, xproto.Drawable(w)).Reply()
	return err == nil && at.Width > 1 && at.Height > 1 && int(at.X)+int(at.Width) > 0 && int(at.Y)+int(at.Height) > 0
}

// ours are the viewable windows of the kiosk's process, at w and below.
func (g siege) ours(w xproto.Window) []xproto.Window {
	if w != g.s.root {
		if a, err := xproto.GetWindowAttributes(g.s.conn, w).Reply(); err != nil || a.MapState != xproto.MapStateViewable {
			return nil
		}
	}
	if g.pidOf(w) == g.pid {
		return []xproto.Window{w}
	}
	tree, err := xproto.QueryTree(g.s.conn, w).Reply()
	if err != nil {
		return nil
	}
	var found []xproto.Window
	for _, child := range tree.Children {
		found = append(found, g.ours(child)...)
	}
	return found
}

func (g siege) pidOf(w xproto.Window) int {
	atom, err := xproto.InternAtom(g.s.conn, false, 11, "_NET_WM_PID").Reply()
	if err != nil {
		return 0
	}
	p, err := xproto.GetProperty(g.s.conn, false, w, atom.Atom, xproto.AtomCardinal, 0, 1).Reply()
	if err != nil || len(p.Value) != 4 {
		return 0
	}
	return int(uint32(p.Value[0]) | uint32(p.Value[1])<<8 | uint32(p.Value[2])<<16 | uint32(p.Value[3])<<24)
}

// message sends a client message to a window, or about it to the root.
func (g siege) message(to, about xproto.Window, kind string, data ...uint32) {
	g.t.Helper()
	atom, err := xproto.InternAtom(g.s.conn, false, uint16(len(kind)), kind).Reply()
	if err != nil {
		g.t.Fatal(err)
	}
	event := xproto.ClientMessageEvent{Format: 32, Window: about, Type: atom.Atom, Data: xproto.ClientMessageDataUnionData32New(append(data, make([]uint32, 5-len(data))...))}
	mask := uint32(0)
	if to == g.s.root {
		mask = xproto.EventMaskSubstructureRedirect | xproto.EventMaskSubstructureNotify
	}
	if err := xproto.SendEventChecked(g.s.conn, false, to, mask, string(event.Bytes())).Check(); err != nil {
		g.t.Fatal(err)
	}
}

// TestNothingLeadsOutOfAKiosk presses every key with every set of modifiers, and does at random what can be done with keyboard
// and mouse, under window managers that would act on most of it.
func TestNothingLeadsOutOfAKiosk(t *testing.T) {
	for _, m := range managers {
		t.Run(m.name, func(t *testing.T) {
			g := besiege(t, m)
			g.combinations(t)
			g.requests()
			g.random(20261129, 600, slice(t, 2*time.Second))
		})
	}
}

// slice is for how long a campaign goes on.
func slice(t *testing.T, usual time.Duration) time.Duration {
	t.Helper()
	if whole := os.Getenv(soakFor); whole != "" {
		d, err := time.ParseDuration(whole)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	return usual
}

// combinations presses each key with each set of modifiers.
func (g siege) combinations(t *testing.T) {
	mods := []xproto.Keycode{codeControl, codeShift, codeAlt, codeSuper, codeAltGr}
	for set := range 1 << len(mods) {
		var held []xproto.Keycode
		for i, m := range mods {
			if set&(1<<i) != 0 {
				held = append(held, m)
			}
		}
		if testing.Short() && len(held) > 2 {
			continue
		}
		for code := xproto.Keycode(9); code < 135; code++ {
			g.s.press(code, held...)
		}
		g.holds(fmt.Sprintf("a key with the modifiers %v", held))
	}
}

// requests asks the window, and the window manager about it, to go away.
func (g siege) requests() {
	g.t.Helper()
	ours := g.ours(g.s.root)[0]
	protocols, err := xproto.InternAtom(g.s.conn, false, 16, "WM_DELETE_WINDOW").Reply()
	if err != nil {
		g.t.Fatal(err)
	}
	g.message(ours, ours, "WM_PROTOCOLS", uint32(protocols.Atom))
	g.message(g.s.root, ours, "_NET_CLOSE_WINDOW")
	g.holds("a request to close")
	g.message(g.s.root, ours, "WM_CHANGE_STATE", 3) // iconic
	g.message(g.s.root, ours, "_NET_WM_STATE", 0, 0)
	for settled := time.Now().Add(time.Second); g.held() && time.Now().Before(settled); { // it may be done a little later
		time.Sleep(20 * time.Millisecond)
	}
	g.until("be back after a request to minimise", g.held)
	g.holds("a request to minimise")
}

// random does what can be done with keyboard and mouse, by a seed, for a while or so many times, whichever is longer.
func (g siege) random(seed uint64, times int, during time.Duration) {
	g.t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	mods := []xproto.Keycode{codeControl, codeShift, codeAlt, codeSuper, codeAltGr}
	end := time.Now().Add(during)
	i := 0
	for ; i < times || time.Now().Before(end); i++ {
		x, y := r.IntN(g.s.width), r.IntN(g.s.height)
		switch r.IntN(6) {
		case 0, 1:
			var held []xproto.Keycode
			for _, m := range mods {
				if r.IntN(4) == 0 {
					held = append(held, m)
				}
			}
			g.s.press(xproto.Keycode(9+r.IntN(126)), held...)
		case 2:
			g.s.click(byte(1+r.IntN(9)), x, y)
		case 3:
			g.s.click(1, x, y)
			g.s.click(1, x, y)
		case 4: // a drag, with a modifier as window managers have it
			held := mods[r.IntN(len(mods))]
			g.s.fake(xproto.KeyPress, byte(held), 0, 0)
			g.s.fake(xproto.MotionNotify, 0, x, y)
			button := byte(1 + r.IntN(3))
			g.s.fake(xproto.ButtonPress, button, x, y)
			g.s.fake(xproto.MotionNotify, 0, r.IntN(g.s.width), r.IntN(g.s.height))
			g.s.fake(xproto.ButtonRelease, button, x, y)
			g.s.fake(xproto.KeyRelease, byte(held), 0, 0)
		case 5:
			g.s.fake(xproto.MotionNotify, 0, x, y)
		}
		if i%50 == 0 {
			g.holds(fmt.Sprintf("step %d of seed %d", i, seed))
		}
	}
	g.holds("random input")
	g.t.Logf("%d steps", i)
}

// codeNumLock and codeKeypad7 are keys of a PC keyboard's keypad.
const codeNumLock, codeKeypad7 = 77, 79

// TestAKeypadTypesDigitsWhateverNumLockIs: on plain X digits of a keypad type nothing while Num Lock is off, which is a PIN pad that
// seems dead. Digits on the screen are tapped as well, and a scanner is as fast as it likes.
func TestAKeypadTypesDigitsWhateverNumLockIs(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 1024, 768)
	st := newStation(s, "try")
	siege{station: st}.until("hold the screen", siege{station: st}.held)
	for range 5 {
		st.tap("kiosk.corner")
	}
	st.at("kiosk_staff")
	s.press(codeNumLock) // whichever way it was
	st.tap("kiosk.start_over")
	st.at("kiosk")
	for range 5 {
		st.tap("kiosk.corner")
	}
	st.at("kiosk_staff")
	s.press(codeKeypad7)
	st.has("kiosk.pin", "7")
	for _, digit := range []string{"1", "2", "3", "backspace"} {
		st.tap("keyboard." + digit)
	}
	st.has("kiosk.pin", "712")
	st.tap("kiosk.start_over")
	st.at("kiosk")
	st.tap("kiosk.forgot")
	st.at("user_id")
	const scanned = "Ben.Okafor@Harbour.Example-0123456789"
	s.write(scanned)
	st.has("user_id.field", scanned)
}
