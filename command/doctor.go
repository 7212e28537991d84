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
	flags := setup.Settings{Server: strings.TrimRight(c.Server, "/")}
	if err := flags.Check(); err != nil {
		return usageError{fmt.Errorf("--%w", setup.InWords(err))}
	}
	set, found := doctor.CheckSettings(setup.Sources{Flags: flags, File: c.Settings})
	if set.Server == "" { // nothing else could be read
		set.Server = flags.Server
	}
	found = append(found, doctor.New(p.Version, set, workstation()).Examine(ctx)...)
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
