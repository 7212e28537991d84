//go:build linux

package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	fyneapp "fyne.io/fyne/v2/app"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// end tells a kiosk to end, and gives its exit code once it has. One that does not end says where it is.
func (st *station) end() (code int) {
	st.t.Helper()
	if err := syscall.Kill(st.pid, syscall.SIGTERM); err != nil {
		st.t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { _ = syscall.Kill(st.pid, syscall.SIGQUIT) })
	defer late.Stop()
	err := st.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	if err != nil {
		st.t.Fatal(err)
	}
	return 0
}

// rests waits until the kiosk's loop sleeps: its thread was not woken for a tenth of a second.
func (st *station) rests() {
	st.t.Helper()
	quiet, before := 0, ""
	st.until("a rest", func() bool {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/status", st.pid, st.pid))
		if err != nil {
			st.t.Fatal(err)
		}
		_, woken, _ := strings.Cut(string(status), "voluntary_ctxt_switches:")
		if quiet++; woken != before {
			quiet, before = 0, woken
		}
		return quiet == 5
	})
}

// TestAWindowEndsWhenItIsTold, whatever goes on in it: nothing, a request that nobody answers, a display that hangs.
func TestAWindowEndsWhenItIsTold(t *testing.T) {
	t.Run("at rest", func(t *testing.T) {
		st := newStation(newScreen(t, 1024, 768), "try")
		st.rests()
		if code := st.end(); code != 0 {
			t.Errorf("it ends with %d", code)
		}
	})
	t.Run("beside a server that hangs", func(t *testing.T) {
		o := newOrganisation(t)
		st := newStation(newScreen(t, 1024, 768), o.address, "SSL_CERT_FILE="+o.certificate, "SSL_CERT_DIR=/nonexistent", "HOME="+t.TempDir())
		o.wire.lose()
		defer o.wire.found()
		st.tap("kiosk.forgot")
		st.await("kiosk true", "page")
		if code := st.end(); code != 0 {
			t.Errorf("it ends with %d", code)
		}
	})
	t.Run("under a display that hangs", func(t *testing.T) {
		s := newScreen(t, 1024, 768)
		st := newStation(s, "try")
		s.hang()
		code := st.end()
		if said := st.report.String(); code != 1 || !strings.Contains(said, words.Text("command.ended")) {
			t.Errorf("it ends with %d, and says %s", code, lastOf(said, 2000))
		}
	})
}

// stuckKeys never let go of a key, whatever they are told.
type stuckKeys struct {
	app.KeyDriver
	asked chan struct{}
}

func (k stuckKeys) Run(context.Context, app.UseKey, app.KeyTalk) (app.KeyAnswer, error) {
	close(k.asked)
	select {}
}

// TestAKeyThatWaitsForATouchHoldsUpNoEnd for long.
func TestAKeyThatWaitsForATouchHoldsUpNoEnd(t *testing.T) {
	stuck := stuckKeys{asked: make(chan struct{})}
	keys := &activeKeys{KeyDriver: stuck}
	go func() { _, _ = keys.Run(t.Context(), app.UseKey{}, nil) }()
	<-stuck.asked
	began := time.Now()
	keys.rest()
	if took := time.Since(began); took < restAtMost || took > restAtMost+patience {
		t.Errorf("it waited for %v", took)
	}
}

// TestTheToolkitQueuesNothingAsItEnds: it may wait for that for ever.
func TestTheToolkitQueuesNothingAsItEnds(t *testing.T) {
	a := fyneapp.NewWithID(appID)
	l := a.Lifecycle().(interface{ OnStopped() func() })
	if l.OnStopped() == nil {
		t.Error("the toolkit has nothing to do as it ends any more: keepNoPreferences is for nothing")
	}
	keepNoPreferences(a)
	if l.OnStopped() != nil {
		t.Error("the toolkit queues something as it ends")
	}
}
