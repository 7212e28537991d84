package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type serveCommand struct {
	Config string `help:"The server's settings (TOML)." type:"path" default:"/etc/sparekey/server.toml"`
	Check  bool   `help:"Say everything that is wrong in the settings and in the files that they name, and serve nothing."`
}

func (c *serveCommand) run(ctx context.Context, p Program) error {
	read := setup.PlanBeside
	if !c.Check {
		read = func(path string) (*setup.ServerPlan, error) { return setup.Plan(path, nil) }
	}
	plan, err := read(c.Config)
	if plan != nil {
		for _, note := range plan.Notes {
			fmt.Fprintln(p.Err, note)
		}
	}
	if err != nil {
		return usageError{err}
	}
	if c.Check {
		_, err := fmt.Fprintln(p.Out, words.Text("command.serve.good", words.Values{"file": c.Config}))
		return err
	}
	server, err := setup.OpenServer(ctx, plan, setup.ServerParts{Version: p.Version, Err: p.Err})
	if err != nil {
		return err
	}
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, reloadSignals...)
	defer signal.Stop(reload)
	return errors.Join(server.Serve(ctx, reload), server.Close())
}
