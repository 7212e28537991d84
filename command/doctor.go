package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/doctor"
	"github.com/sparekey/sparekey/command/setup"
)

type doctorCommand struct {
	Settings string `help:"Settings file, in place of the one in the configuration folder." type:"path"`
	Server   string `help:"The organisation's server, in place of the one in the settings."`
	JSON     bool   `help:"Print findings as JSON."`
}

func (c *doctorCommand) run(ctx context.Context, p Program) error {
	path := c.Settings
	if path == "" {
		path = setup.SettingsPath()
	}
	set, settingsFound := doctor.CheckSettings(path, c.Settings != "")
	if c.Server != "" {
		set.Server = strings.TrimRight(c.Server, "/")
		if err := setup.CheckServer(set.Server); err != nil {
			return usageError{fmt.Errorf("--%w", setup.InWords(err))}
		}
	}
	found := append([]doctor.Finding{settingsFound}, doctor.New(p.Version, set.Server, workstation()).Examine(ctx)...)
	if err := ctx.Err(); err != nil { // interrupted: what was found says nothing
		return err
	}
	if err := doctor.Report(p.Out, found, c.JSON); err != nil {
		return err
	}
	problems := 0
	for _, f := range found {
		if f.Health == doctor.Problem {
			problems++
		}
	}
	if problems > 0 {
		return errors.New(words.Text("command.doctor.problems", words.Values{"n": problems}))
	}
	return nil
}
