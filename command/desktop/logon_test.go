package desktop

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestTheWindowOpensOnThisComputerAlone: what a button says is a screen of this computer's, or nothing is opened.
func TestTheWindowOpensOnThisComputerAlone(t *testing.T) {
	for said, want := range map[string]string{
		":0\n": ":0", ":12\n": ":12", ":0.1\n": ":0.1", "elsewhere:0\n": "", "10.0.0.7:0\n": "", "unix:/tmp/x\n": "", "\n": "",
		":0 -auth /etc/shadow\n": "", ":0": "", strings.Repeat("1", 64) + "\n": "", ":0\x00\n": "", ":\n": "",
	} {
		button, window := net.Pipe()
		go func() { _, _ = button.Write([]byte(said)); _ = button.Close() }()
		got, err := hearOf(window)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q gives %q, %v", said, got, err)
		}
		_ = window.Close()
	}
}

// TestTheWindowIsNobodys: no profile, no bus and no cookie of anybody's is there for it, and the folder of its pictures is gone
// afterwards.
func TestTheWindowIsNobodys(t *testing.T) {
	of := []string{"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "XAUTHORITY"}
	for _, name := range append(of, "DISPLAY", "XDG_CACHE_HOME", "XKB_DEFAULT_LAYOUT") {
		t.Setenv(name, "/of/somebody")
	}
	done, err := ofNobody(":7")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range of {
		if value, set := os.LookupEnv(name); set {
			t.Errorf("%s is %s", name, value)
		}
	}
	cache := os.Getenv("XDG_CACHE_HOME")
	if info, err := os.Stat(cache); err != nil || info.Mode().Perm() != 0o700 || os.Getenv("DISPLAY") != ":7" {
		t.Errorf("the folder is %v, %v, the screen %s", info, err, os.Getenv("DISPLAY"))
	}
	if err := done(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(cache); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of the pictures is left: %v", err)
	}
}

func TestTheKeysOnTheScreenAreThoseOfTheKeyboard(t *testing.T) {
	for _, c := range []struct{ own, system, want string }{{"", "de", "de"}, {"", "ch,us", "ch"}, {"fr", "de", "fr"}, {"", "", ""}} {
		got := keyboardLayout(func(name string) string {
			return map[string]string{"XKB_DEFAULT_LAYOUT": c.own, "XKBLAYOUT": c.system}[name]
		})
		if got != c.want {
			t.Errorf("%+v gives %q", c, got)
		}
	}
}

// TestTheButtonWaitsForTheWindow until that is closed, and knows one that was never shown.
func TestTheButtonWaitsForTheWindow(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "socket")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	asked := make(chan net.Conn, 1)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			asked <- conn
		}
	}()
	ask := func(ctx context.Context) (net.Conn, chan error) {
		over := make(chan error, 1)
		go func() { over <- askForWindow(ctx, socket, ":3") }()
		window := <-asked
		if display, err := hearOf(window); err != nil || display != ":3" {
			t.Errorf("the window hears of %q, %v", display, err)
		}
		return window, over
	}
	window, over := ask(t.Context())
	if _, err := io.WriteString(window, logonShown+"\n"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-over:
		t.Fatalf("the button doesn't wait: %v", err)
	default:
	}
	_ = window.Close()
	if err := <-over; err != nil {
		t.Error(err)
	}

	window, over = ask(t.Context())
	_ = window.Close()
	if err := <-over; !errors.Is(err, errNotShown) {
		t.Errorf("a window that was never shown: %v", err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	window, over = ask(ctx)
	if _, err := io.WriteString(window, logonShown+"\n"); err != nil {
		t.Fatal(err)
	}
	cancel() // the greeter is over
	if _, err := window.Read(make([]byte, 1)); err == nil {
		t.Error("the window hears nothing of the end")
	}
	<-over
	_ = listener.Close()
	if err := askForWindow(t.Context(), socket, ":3"); err == nil {
		t.Error("where nobody opens windows that is not said")
	}
}

// TestAnEndWaitsForWhatIsSaid to the server, and no longer than a moment.
func TestAnEndWaitsForWhatIsSaid(t *testing.T) {
	r := &countingRunner{}
	said, ended := make(chan struct{}), make(chan struct{})
	var over atomic.Bool
	r.Run(func() func() { <-said; over.Store(true); return nil })
	go r.rest(func() { close(ended) })
	select {
	case <-ended:
		t.Error("it ends in the middle")
	case <-time.After(30 * time.Millisecond):
	}
	close(said)
	<-ended
	if !over.Load() {
		t.Error("it ended before")
	}
	began := time.Now()
	hang := make(chan struct{})
	defer close(hang)
	r.Run(func() func() { <-hang; return nil })
	r.rest(func() {})
	if took := time.Since(began); took < restWithin || took > 3*restWithin {
		t.Errorf("it took %v", took)
	}
}
