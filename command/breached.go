package command

import (
	"context"
	"fmt"
	"os"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/breached"
	"github.com/sparekey/sparekey/command/setup"
)

type breachedCommands struct {
	Import breachedImport `cmd:"" help:"Make the filter of leaked passwords that the policy names, from a public list of SHA-1 hashes ordered by hash."`
}

type breachedImport struct {
	List   string `arg:"" help:"The list: a hash on each line, alone or with \":\" and a count." type:"path"`
	Filter string `arg:"" help:"The filter file to write." type:"path"`
}

// progressEvery is after how many lines an import says how far it is.
const progressEvery = 1 << 20

func (c *breachedImport) run(ctx context.Context, p Program) error {
	list, err := os.Open(c.List)
	if err != nil {
		return usageError{err}
	}
	defer list.Close()
	said := int64(0)
	count, err := breached.Build(interruptible{ctx, list}, c.Filter, func(lines int64) {
		if lines-said >= progressEvery {
			said = lines
			fmt.Fprintln(p.Err, words.Text("command.breached.lines", words.Values{"n": lines}))
		}
	})
	if err != nil {
		return usageError{fmt.Errorf("%s\n%w", words.Text("command.breached.failed", words.Values{"file": c.List}), setup.InWords(err))}
	}
	_, err = fmt.Fprintln(p.Out, words.Text("command.breached.made", words.Values{"file": c.Filter, "n": count}))
	return err
}

// interruptible is a list whose import ends when the context does.
type interruptible struct {
	ctx  context.Context
	list *os.File
}

// Read implements io.Reader.
func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.list.Read(p)
}
