//go:build headless

package command

import "github.com/sparekey/sparekey/command/doctor"

// windowCommands are none: this build can't show a window.
type windowCommands struct{}

func workstation() *doctor.Workstation { return nil }
