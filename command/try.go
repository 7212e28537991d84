//go:build !headless

package command

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/desktop"
	"github.com/sparekey/sparekey/command/setup"
)

type tryCommand struct {
	Appearance string `help:"system, light or dark." enum:"system,light,dark" default:"system"`
	Data       string `help:"Folder for the trial's data, in place of its own in the data folder." type:"path"`
	Fresh      bool   `help:"Begin anew: forget what the trial kept from earlier runs."`
	Policy     string `help:"The file that manages the policy: the sample organisation follows it, and each change of it." type:"path"`
}

func (c *tryCommand) run(ctx context.Context, p Program) error {
	d := &desktop.Desktop{Version: p.Version, Policy: c.Policy, Log: p.Err, Exit: p.Exit}
	err := c.open(ctx, d)
	if err != nil && !d.Shown() {
		return windowless{err, setup.HelpDesk(setup.SettingsPath())}
	}
	return err
}

// open opens the trial's window, unless another process shows it.
func (c *tryCommand) open(ctx context.Context, d *desktop.Desktop) error {
	if c.Policy != "" {
		if _, err := setup.CheckPolicy(c.Policy); err != nil {
			return usageError{err}
		}
	}
	if c.Data != "" {
		d.Folders = setup.FoldersAt(c.Data)
	}
	switch err := d.Claim(ctx, "trial", c.Data); {
	case errors.Is(err, desktop.ErrRaised) && (c.Fresh || c.Policy != ""):
		return errors.New(words.Text("command.try.open"))
	case errors.Is(err, desktop.ErrRaised):
		return nil
	case err != nil: // two windows on one trial are one too many
		return err
	}
	return d.Try(ctx, c.Appearance, c.Fresh)
}
