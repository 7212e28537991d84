//go:build !headless

package command

import (
	"context"

	"github.com/sparekey/sparekey/command/desktop"
	"github.com/sparekey/sparekey/command/doctor"
)

// windowCommands are those that need a window.
type windowCommands struct {
	Open         openCommand  `cmd:"" default:"withargs" help:"Open the window. Without settings it offers to connect to a server or to try it."`
	Try          tryCommand   `cmd:"" help:"Try it: a sample organisation on this computer. Nothing leaves it."`
	Tour         tourCommand  `cmd:"" help:"Perform the main job in the trial's window, with pictures and a transcript."`
	DoctorWindow doctorWindow `cmd:"" hidden:""`
}

// workstation is what the doctor looks at where there may be a window.
func workstation() *doctor.Workstation {
	return &doctor.Workstation{Keys: desktop.Keys(), OpenWindow: desktop.ProbeWindow}
}

// doctorWindow opens a window and closes it, for the check of the doctor that starts it.
type doctorWindow struct{}

func (doctorWindow) run(context.Context, Program) error { return desktop.OpenAndClose() }
