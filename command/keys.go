package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

// keptFlags say whose data and keys a command looks after.
type keptFlags struct {
	Config string `help:"The server's settings (server.toml); without it, the trial." type:"path" xor:"kept"`
	Data   string `help:"The trial's data folder, in place of its own." type:"path" xor:"kept"`
}

func (f keptFlags) kept() setup.Kept { return setup.Kept{Config: f.Config, Data: f.Data} }

type keysCommands struct {
	Check  keysCheck  `cmd:"" help:"Say which keys there are, what is sealed under each, and whether it opens. No key is shown."`
	Rotate keysRotate `cmd:"" help:"Make a new data key, and seal everything under it; also while a server or a window is at work."`
	Drop   keysDrop   `cmd:"" help:"Forget the data keys under which nothing is sealed any more. Backups made before need them."`
	Rewrap keysRewrap `cmd:"" help:"Wrap the data keys under another master key, while no server or window is at work."`
}

type keysCheck struct {
	keptFlags `embed:""`
}

func (c *keysCheck) run(ctx context.Context, p Program) error {
	r, err := setup.CheckKeys(ctx, c.kept())
	if err != nil {
		return keptProblem(err)
	}
	if err := keysTable(p.Out, r); err != nil {
		return err
	}
	if bad := r.Unopened(); bad > 0 {
		return errors.New(words.Plural("command.keys.unopened", bad))
	}
	_, err = fmt.Fprintln(p.Out, words.Text("command.keys.good"))
	return err
}

func keysTable(out io.Writer, r setup.KeysReport) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, words.Text("command.keys.columns"))
	for _, k := range r.Keys {
		made := words.Text("command.keys.first")
		if !k.Made.IsZero() {
			made = k.Made.Format(time.RFC3339)
		}
		note := ""
		switch {
		case !k.Known:
			made, note = "", words.Text("command.keys.missing")
		case k.Active:
			note = words.Text("command.keys.active")
		case k.Values == 0:
			note = words.Text("command.keys.unused")
		}
		fmt.Fprintf(table, "%d\t%s\t%d\t%s\n", k.ID, made, k.Values, note)
	}
	return table.Flush()
}

type keysRotate struct {
	keptFlags `embed:""`
}

func (c *keysRotate) run(ctx context.Context, p Program) error {
	done, err := setup.RotateKeys(ctx, c.kept())
	if err != nil {
		return keptProblem(err)
	}
	said := words.Values{"key": done.Key, "values": done.Moved}
	if done.Begun {
		_, err = fmt.Fprintln(p.Out, words.Text("command.keys.went_on", said))
	} else {
		_, err = fmt.Fprintln(p.Out, words.Text("command.keys.rotated", said))
	}
	if err != nil {
		return err
	}
	if bad := done.Report.Unopened(); bad > 0 {
		return errors.New(words.Plural("command.keys.unopened", bad))
	}
	return nil
}

type keysDrop struct {
	keptFlags `embed:""`
}

func (c *keysDrop) run(ctx context.Context, p Program) error {
	dropped, err := setup.DropKeys(ctx, c.kept())
	if err != nil {
		return keptProblem(err)
	}
	said := words.Text("command.keys.nothing")
	if len(dropped) > 0 {
		said = words.Text("command.keys.dropped", words.Values{"keys": numbers(dropped)})
	}
	_, err = fmt.Fprintln(p.Out, said)
	return err
}

type keysRewrap struct {
	File      string `arg:"" help:"The new master key: 32 random bytes, which their owner alone may read." type:"path"`
	keptFlags `embed:""`
}

func (c *keysRewrap) run(ctx context.Context, p Program) error {
	done, err := setup.RewrapKeys(ctx, c.kept(), c.File)
	if err != nil {
		return keptProblem(err)
	}
	_, err = fmt.Fprintln(p.Out, words.Text("command.keys.rewrapped", words.Values{"keys": done.KeyFile, "new": c.File, "master": done.Master}))
	return err
}

func numbers(ids []uint32) string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = strconv.FormatUint(uint64(id), 10)
	}
	return strings.Join(all, ", ")
}

// keptProblem tells a mistake on the command line from what went wrong.
func keptProblem(err error) error {
	var none *setup.NoTrialError
	if errors.As(err, &none) {
		return usageError{err}
	}
	return err
}
