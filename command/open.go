//go:build !headless

package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/desktop"
	"github.com/sparekey/sparekey/command/setup"
)

type openCommand struct {
	Settings   string `help:"Settings file, in place of the one in the configuration folder." type:"path"`
	Server     string `help:"The organisation's server, such as https://reset.example.org."`
	Appearance string `help:"system, light or dark."`
}

func (c *openCommand) run(ctx context.Context, p Program) error {
	d := &desktop.Desktop{Version: p.Version, Log: p.Err, Exit: p.Exit}
	set, err := setup.Sources{
		File: c.Settings, Flags: setup.Settings{Server: strings.TrimRight(c.Server, "/"), Appearance: c.Appearance},
	}.Load()
	if err != nil {
		err = usageError{err}
	} else {
		err = c.open(ctx, p, d, set)
	}
	if err != nil && !d.Shown() {
		return windowless{err, setup.HelpDesk(set.File)}
	}
	return err
}

// open opens the window, unless another process shows it.
func (c *openCommand) open(ctx context.Context, p Program, d *desktop.Desktop, set setup.InForce) error {
	for _, line := range set.OverruledInWords() {
		fmt.Fprintln(p.Err, line)
	}
	switch err := d.Claim(ctx, "window", set.File, c.Server); {
	case errors.Is(err, desktop.ErrRaised):
		return nil
	case err != nil: // beside one that hangs there may be another
		fmt.Fprintln(p.Err, words.Text("command.failed", words.Values{"why": err}))
	}
	return d.Open(ctx, set)
}
