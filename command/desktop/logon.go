package desktop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/command/setup"
	"github.com/sparekey/sparekey/ui/kiosk"
)

// localDisplay is a screen of this computer's: no name of another leads the window elsewhere.
var localDisplay = regexp.MustCompile(`^:[0-9]{1,5}(\.[0-9]{1,3})?$`)

// hearFor is how long a button may take to say which screen it is on.
const hearFor = 5 * time.Second

// hearOf takes from the button which screen the window is for.
func hearOf(button net.Conn) (display string, err error) {
	if err := button.SetReadDeadline(time.Now().Add(hearFor)); err != nil {
		return "", err
	}
	line, err := bufio.NewReaderSize(io.LimitReader(button, 32), 32).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("hear of the screen: %w", err)
	}
	if display = strings.TrimSuffix(line, "\n"); !localDisplay.MatchString(display) {
		return "", errors.New("hear of the screen: it is none of this computer's")
	}
	return display, button.SetReadDeadline(time.Time{})
}

// Logon shows the window of the logon screen, for which the button asks on the socket that is standard input. It ends when the person
// is through, when nobody is there, and when the button hangs up.
func (d *Desktop) Logon(ctx context.Context, set setup.InForce) error {
	button, err := net.FileConn(os.Stdin)
	if err != nil {
		return err
	}
	defer button.Close()
	display, err := hearOf(button)
	if err != nil {
		return err
	}
	done, err := ofNobody(display)
	if err != nil {
		return err
	}
	return errors.Join(d.logon(ctx, set, button), done())
}

// logon is Logon for a button that said where it is.
func (d *Desktop) logon(ctx context.Context, set setup.InForce, button io.ReadWriter) error {
	services, err := set.Kiosk(set.Server, "")
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	go func() {
		_, _ = io.Copy(io.Discard, button)
		end()
	}()
	run := &countingRunner{}
	o := Kiosk{}.options(set.Appearance)
	o.ShowKeys, o.Run = kiosk.KeysButton, run
	v := setup.NewVitals(time.Now)
	o.Services, o.Remembered = v.Services(services.Services), services.Remembered
	o.Logon = &kiosk.Logon{Networks: networks{}, Back: func() { go run.rest(end) }}
	return d.showKiosk(ctx, o, kioskShow{services.Rest, v, d.reports(set, v, app.ModeLogon), func(*kiosk.Kiosk) { fmt.Fprintln(button, logonShown) }, nil})
}

// ofNobody makes the process one without a person: nothing of anybody's is looked for. The screen is the one named. done takes away
// the folder in which the toolkit kept pictures meanwhile.
func ofNobody(display string) (done func() error, err error) {
	cache, err := os.MkdirTemp("", "sparekey-logon-")
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"DISPLAY": display, "XDG_CACHE_HOME": cache, "XKB_DEFAULT_LAYOUT": keyboardLayout(os.Getenv),
		"HOME": "", "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": "", "XDG_RUNTIME_DIR": "", "DBUS_SESSION_BUS_ADDRESS": "", "WAYLAND_DISPLAY": "", "XAUTHORITY": "",
	} {
		if value == "" {
			err = errors.Join(err, os.Unsetenv(name))
		} else {
			err = errors.Join(err, os.Setenv(name, value))
		}
	}
	return func() error { return os.RemoveAll(cache) }, err
}

// keyboardLayout is the first layout of the computer's keyboard, as the environment has it: /etc/default/keyboard of Debian's calls it
// XKBLAYOUT.
func keyboardLayout(environment func(string) string) string {
	layout := environment("XKB_DEFAULT_LAYOUT")
	if layout == "" {
		layout = environment("XKBLAYOUT")
	}
	first, _, _ := strings.Cut(layout, ",")
	return first
}

// restWithin is how long an end waits for what the server is still told: that a flow is cancelled, above all.
const restWithin = 2 * time.Second

// countingRunner knows how much is under way.
type countingRunner struct {
	kiosk.Background
	under atomic.Int64
}

// Run implements shell.Runner.
func (r *countingRunner) Run(work func() (then func())) {
	r.under.Add(1)
	r.Background.Run(func() func() {
		defer r.under.Add(-1)
		return work()
	})
}

// rest calls end once nothing is under way, or it took too long.
func (r *countingRunner) rest(end func()) {
	late := time.After(restWithin)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for r.under.Load() > 0 {
		select {
		case <-late:
			end()
			return
		case <-look.C:
		}
	}
	end()
}
