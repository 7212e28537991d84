//go:build !headless

package command

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/command/desktop"
	"github.com/sparekey/sparekey/command/doctor"
	"github.com/sparekey/sparekey/command/setup"
)

// windowCommands are those that need a window.
type windowCommands struct {
	Open         openCommand   `cmd:"" default:"withargs" help:"Open the window. Without settings it offers to connect to a server or to try it."`
	Try          tryCommand    `cmd:"" help:"Try it: a sample organisation on this computer. Nothing leaves it."`
	Tour         tourCommand   `cmd:"" help:"Perform the main job in the trial's window, with pictures and a transcript."`
	Logon        logonCommands `cmd:"" hidden:""`
	Kiosk        kioskCommands `cmd:"" help:"Be a kiosk: fill the screen, and lead people back in who can't log on."`
	DoctorWindow doctorWindow  `cmd:"" hidden:""`
}

// workstation is what the doctor looks at where there may be a window.
func workstation() *doctor.Workstation {
	return &doctor.Workstation{Keys: desktop.Keys(), OpenWindow: desktop.ProbeWindow}
}

// process is what a window has of the process.
func (p Program) process() desktop.Process { return desktop.Process{Log: p.Err, Exit: p.Exit} }

// windowless is what went wrong before a command had shown its window.
type windowless struct {
	error
	helpDesk string // how to reach it, or empty
}

// Unwrap gives what went wrong.
func (e windowless) Unwrap() error { return e.error }

// showFault tells a person who started the program by an icon why there is no window.
func showFault(ctx context.Context, p Program, err error) {
	var fault windowless
	if p.Unseen && errors.As(err, &fault) {
		desktop.ShowFault(ctx, p.process(), fault.error, fault.helpDesk)
	}
}

// misused is a mistake on the command line, of which the window's commands tell as of any that keeps it from opening.
func misused(args []string, err error) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || slices.Contains([]string{"open", "try"}, args[0]) {
		return windowless{err, setup.HelpDesk(setup.SettingsPath())}
	}
	return err
}

// doctorWindow opens a window and closes it, for the check of the doctor that starts it.
type doctorWindow struct{}

func (doctorWindow) run(ctx context.Context, p Program) error {
	return desktop.OpenAndClose(ctx, p.process(), p.Out)
}
