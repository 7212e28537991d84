//go:build !headless

package command

import (
	"context"
	"errors"
	"fmt"
	"os"
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
	d := &desktop.Desktop{Version: p.Version, Log: p.Err}
	set, path, err := c.settings()
	if err != nil {
		err = usageError{err}
	} else {
		err = c.open(ctx, p, d, set, path)
	}
	if err != nil && !d.Shown() {
		return windowless{err, setup.HelpDesk(path)}
	}
	return err
}

// open opens the window, unless another process shows it.
func (c *openCommand) open(ctx context.Context, p Program, d *desktop.Desktop, set setup.Settings, path string) error {
	switch err := d.Claim(ctx, "window", path, c.Server); {
	case errors.Is(err, desktop.ErrRaised):
		return nil
	case err != nil: // beside one that hangs there may be another
		fmt.Fprintln(p.Err, words.Text("command.failed", words.Values{"why": err}))
	}
	return d.Open(ctx, set, path)
}

// settings are those of the file, with the flags before them.
func (c *openCommand) settings() (setup.Settings, string, error) {
	path := c.Settings
	if path == "" {
		path = setup.SettingsPath()
	} else if _, err := os.Stat(path); err != nil {
		return setup.Settings{}, path, fmt.Errorf("%s: %w", words.Text("command.settings.unreadable"), err)
	}
	set, err := setup.LoadSettings(path)
	if err != nil {
		return setup.Settings{}, path, err
	}
	if c.Server != "" {
		set.Server = strings.TrimRight(c.Server, "/")
	}
	if c.Appearance != "" {
		set.Appearance = c.Appearance
	}
	if err := set.Check(); err != nil {
		return setup.Settings{}, path, fmt.Errorf("--%w", setup.InWords(err))
	}
	return set, path, nil
}
