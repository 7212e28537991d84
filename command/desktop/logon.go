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

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/command/setup"
	"github.com/sparekey/sparekey/ui"
)

// localDisplay is a screen of this computer's: no name of another leads the window elsewhere.
var localDisplay = regexp.MustCompile(`^:[0-9]{1,5}(\.[0-9]{1,3})?$`)

// hearOf takes from the button which screen the window is for.
func hearOf(conn net.Conn) (display string, err error) {
	line, err := bufio.NewReaderSize(io.LimitReader(conn, 32), 32).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("hear of the screen: %w", err)
	}
	if display = strings.TrimSuffix(line, "\n"); !localDisplay.MatchString(display) {
		return "", errors.New("hear of the screen: it is none of this computer's")
	}
	return display, nil
}

// Logon shows the window of the logon screen, for which the button asks on the socket that is standard input. It ends when the button
// hangs up.
func (d *Desktop) Logon(ctx context.Context, set setup.InForce) error {
	conn, err := net.FileConn(os.Stdin)
	if err != nil {
		return err
	}
	defer conn.Close()
	display, err := hearOf(conn)
	if err != nil {
		return err
	}
	if err := ofNobody(display); err != nil {
		return err
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	go func() {
		_, _ = io.Copy(io.Discard, conn)
		end()
	}()
	services, err := set.Remote(set.Server)
	if err != nil {
		return err
	}
	return runWindow(ctx, func(a fyne.App, win fyne.Window) *ui.Window {
		win.SetFullScreen(true)
		return ui.New(a, win, ui.Options{Services: services, Managed: set.Server})
	}, func(win fyne.Window, w *ui.Window) {
		fmt.Fprintln(conn, logonShown)
	})
}

// ofNobody makes the process one without a person: what is theirs is not looked for. The screen is the one named.
func ofNobody(display string) error {
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "XAUTHORITY"} {
		if err := os.Unsetenv(name); err != nil {
			return err
		}
	}
	return os.Setenv("DISPLAY", display)
}
