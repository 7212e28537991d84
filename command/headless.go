//go:build headless

package command

import (
	"context"

	"github.com/sparekey/sparekey/command/doctor"
)

// windowCommands are none: this build can't show a window.
type windowCommands struct{}

func workstation() *doctor.Workstation { return nil }

func showFault(context.Context, Program, error) {}

func misused(_ []string, err error) error { return err }
