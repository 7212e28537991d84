//go:build linux

package desktop

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sparekey/sparekey/command/setup"
)

// logonServer has the test's binary be the window of the logon screen, at a server.
const logonServer = "SPAREKEY_TEST_LOGON"

// beLogon is the window as the command opens it.
func beLogon(server string) error {
	if err := StartClean(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	set, err := setup.Sources{Managed: func(into any) (string, error) {
		into.(*setup.Settings).Server = server
		return "/etc/sparekey/settings.toml", nil
	}}.Load()
	if err != nil {
		return err
	}
	return (&Desktop{Log: os.Stderr, Exit: os.Exit}).Logon(ctx, set)
}

// handshakes counts the handshakes that came to nothing.
type handshakes struct{ failed chan struct{} }

func (h handshakes) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "handshake error") {
		select {
		case h.failed <- struct{}{}:
		default:
		}
	}
	return len(line), nil
}

// TestTheWindowOfTheLogonScreen in a real window, without a profile: it tells the button that it is there, sends nothing to a server
// whose certificate nobody vouches for, and ends when the button hangs up.
func TestTheWindowOfTheLogonScreen(t *testing.T) {
	s := newScreen(t, 1280, 800)
	var asked atomic.Int64
	failed := handshakes{make(chan struct{}, 1)}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	server.Config.ErrorLog = log.New(failed, "", 0)
	server.StartTLS()
	defer server.Close()

	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	end := os.NewFile(uintptr(pair[0]), "button")
	button, err := net.FileConn(end)
	if err != nil {
		t.Fatal(err)
	}
	_ = end.Close()
	window := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^$")
	window.Env = []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "LIBGL_ALWAYS_SOFTWARE=1", "GALLIUM_DRIVER=softpipe", "TMPDIR=" + t.TempDir(), logonServer + "=" + server.URL}
	window.Stdin = os.NewFile(uintptr(pair[1]), "window")
	var said strings.Builder
	window.Stderr = &said
	if err := window.Start(); err != nil {
		t.Fatal(err)
	}
	_ = window.Stdin.(*os.File).Close()
	if _, err := fmt.Fprintln(button, s.name); err != nil {
		t.Fatal(err)
	}
	if err := button.SetReadDeadline(time.Now().Add(60 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(button).ReadString('\n'); err != nil || line != logonShown+"\n" {
		t.Fatalf("the button hears %q, %v; said is %s", line, err, said.String())
	}
	select {
	case <-failed.failed:
	case <-time.After(30 * time.Second):
		t.Error("the server is not asked")
	}
	_ = button.Close()
	ended := make(chan error, 1)
	go func() { ended <- window.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("%v: %s", err, said.String())
		}
	case <-time.After(30 * time.Second):
		t.Errorf("it goes on without a button; said is %s", said.String())
		_ = window.Process.Kill()
		<-ended
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("a server that nobody vouches for was asked %d times", n)
	}
}

var _ io.Writer = handshakes{}
