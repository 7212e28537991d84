package systemd

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-systemd/v22/journal"
)

// manager is a service manager that listens.
func manager(t *testing.T) *net.UnixConn {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("NOTIFY_SOCKET", path)
	return c
}

func heard(t *testing.T, c *net.UnixConn) string {
	t.Helper()
	b := make([]byte, 512)
	n, err := c.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

func TestTheManagerHearsHowItGoesOn(t *testing.T) {
	c := manager(t)
	for want, say := range map[string]func() error{"READY=1": Ready, "STOPPING=1": Stopping, "RELOADING=1\nMONOTONIC_USEC=": Reloading} {
		if err := say(); err != nil {
			t.Fatal(err)
		}
		if got := heard(t, c); !strings.HasPrefix(got, want) {
			t.Errorf("heard %q, want %q", got, want)
		}
	}
}

// TestASignOfLifeFollowsALook holds that the watchdog is fed by a look at the server that came back, never without one.
func TestASignOfLifeFollowsALook(t *testing.T) {
	c := manager(t)
	t.Setenv("WATCHDOG_USEC", "20000")
	ctx, stop := context.WithCancel(t.Context())
	looks := make(chan struct{})
	ended := make(chan error, 1)
	go func() { ended <- Watch(ctx, func(context.Context) { looks <- struct{}{} }) }()
	for range 2 {
		<-looks
		if got := heard(t, c); got != "WATCHDOG=1" {
			t.Errorf("heard %q", got)
		}
	}
	stop()
	for {
		select {
		case <-looks:
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
			return
		}
	}
}

func TestWithoutAManagerNothingIsSaid(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("WATCHDOG_USEC", "")
	looked := false
	for _, err := range []error{Ready(), Stopping(), Reloading(), Watch(t.Context(), func(context.Context) { looked = true })} {
		if err != nil {
			t.Error(err)
		}
	}
	if looked {
		t.Error("a look that nobody wants")
	}
	if _, err := Listener("public"); !errors.Is(err, ErrNoSocket) {
		t.Errorf("a socket that nobody opened: %v", err)
	}
}

func TestACredentialIsAFileOfItsFolder(t *testing.T) {
	if _, err := Credential("master"); os.Getenv("CREDENTIALS_DIRECTORY") == "" && !errors.Is(err, ErrNoCredentials) {
		t.Errorf("got %v", err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", "/run/credentials/x")
	if path, err := Credential("master"); err != nil || path != filepath.Join("/run/credentials/x", "master") {
		t.Errorf("got %q, %v", path, err)
	}
	for _, name := range []string{"", ".", "..", "../y/master", "a/b"} {
		if path, err := Credential(name); err == nil {
			t.Errorf("%q is the file %s", name, path)
		}
	}
}

func TestAJournalLineHasFields(t *testing.T) {
	var message string
	var fields map[string]string
	var level journal.Priority
	j := &Journal{level: slog.LevelInfo, edit: func(a slog.Attr) slog.Attr { return a }, send: func(m string, p journal.Priority, f map[string]string) error {
		message, level, fields = m, p, f
		return nil
	}}
	log := slog.New(j)
	log.Debug("not said")
	if message != "" {
		t.Errorf("%q is said", message)
	}
	log.With("request", "H7K2-9QWD").Warn("a line", "status", 503, "cause.of", errors.New("two\nlines"))
	want := map[string]string{"SPAREKEY_REQUEST": "H7K2-9QWD", "SPAREKEY_STATUS": "503", "SPAREKEY_CAUSE_OF": "two\nlines", "SYSLOG_IDENTIFIER": "sparekey"}
	if message != "a line" || level != journal.PriWarning || len(fields) != len(want) {
		t.Errorf("got %q at %d with %v", message, level, fields)
	}
	for name, value := range want {
		if fields[name] != value {
			t.Errorf("%s is %q, want %q", name, fields[name], value)
		}
	}
}
