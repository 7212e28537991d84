package desktop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/desktop/entry"
)

// What systemd holds of the logon screen's window: where it waits for the button, and the account that it starts the window as.
const (
	logonSocket  = "/run/sparekey-logon.sock"
	logonAccount = "sparekey-logon"
)

// logonShown is the line by which the window says that it is there.
const logonShown = "shown"

// LogonButton shows "Forgot my password?" on the logon screen until ctx or the greeter ends, whose process has the number greeter and
// began this one. key does what the button does; "none" for none.
func LogonButton(ctx context.Context, p Process, greeter int, key string) error {
	defer p.endInTime(ctx)()
	closeGreeters()
	if err := endWith(greeter); err != nil {
		return err
	}
	if key == "none" {
		key = ""
	}
	display := os.Getenv("DISPLAY")
	return entry.Show(ctx, entry.Options{
		Label: words.Text("logon.button"), Failed: words.Text("logon.failed"), Key: key, Admit: logonAccount,
		Open: func(ctx context.Context) error {
			err := askForWindow(ctx, logonSocket, display)
			if err != nil {
				fmt.Fprintln(os.Stderr, words.Text("command.failed", words.Values{"name": "sparekey logon", "why": err}))
			}
			return err
		},
	})
}

// closeGreeters closes what LightDM opened for its greeter alone: it takes the end of these pipes for the end of the greeter.
func closeGreeters() {
	for _, name := range []string{"LIGHTDM_TO_SERVER_FD", "LIGHTDM_FROM_SERVER_FD"} {
		var fd uintptr
		if _, err := fmt.Sscanf(os.Getenv(name), "%d", &fd); err == nil && fd > 2 {
			_ = os.NewFile(fd, name).Close()
		}
	}
}

var errNotShown = errors.New("the window was not shown")

// askForWindow has a window opened on a display, and comes back when it is closed; an error where none was shown.
func askForWindow(ctx context.Context, socket, display string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })() // which ends the window
	if _, err := fmt.Fprintln(conn, display); err != nil {
		return err
	}
	said := bufio.NewReader(io.LimitReader(conn, 1<<10))
	line, err := said.ReadString('\n')
	if err != nil || strings.TrimSpace(line) != logonShown {
		return errors.Join(errNotShown, err)
	}
	_, _ = io.Copy(io.Discard, conn) // until it is over
	return nil
}
