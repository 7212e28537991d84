//go:build !headless

package command

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/desktop"
	"github.com/sparekey/sparekey/command/setup"
)

// logonCommands are what the files of the package sparekey-logon start.
type logonCommands struct {
	Button logonButton `cmd:"" help:"Show \"Forgot my password?\" on the logon screen, beside the greeter that starts this."`
	Window logonWindow `cmd:"" help:"Show the window that the button opens; the screen is named on standard input, which is the button's socket."`
}

type logonButton struct {
	Greeter int    `help:"The process of the greeter, with which the button ends." required:"" placeholder:"PID"`
	Key     string `help:"The function key that does what the button does; none for none." default:"F2"`
}

func (c *logonButton) run(ctx context.Context, p Program) error {
	if _, err := logonSettings(); err != nil {
		return err
	}
	return desktop.LogonButton(ctx, p.process(), c.Greeter, c.Key)
}

type logonWindow struct{}

func (logonWindow) run(ctx context.Context, p Program) error {
	if err := desktop.StartClean(); err != nil {
		return err
	}
	set, err := logonSettings()
	if err != nil {
		return err
	}
	return (&desktop.Desktop{Version: p.Version, Log: p.Err, Exit: p.Exit}).Logon(ctx, set)
}

// logonSettings are the organisation's for this computer: nobody's own count where nobody is.
func logonSettings() (setup.InForce, error) {
	set, err := setup.Sources{}.Load()
	if err != nil {
		return set, usageError{err}
	}
	if !set.IsManaged("server") {
		return set, usageError{errors.New(words.Text("command.logon.no_server"))}
	}
	return set, nil
}
