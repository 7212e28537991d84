package command

import (
	"context"
	"fmt"
	"os"

	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/breached"
	"github.com/sparekey/sparekey/command/setup"
)

type breachedCommands struct {
	Import breachedImport `cmd:"" help:"Make the filter of leaked passwords that the policy names, from a public list of SHA-1 hashes ordered by hash."`
}

type breachedImport struct {
	List    string `arg:"" help:"The list: a hash on each line, alone or with \":\" and a count." type:"path"`
	Filter  string `arg:"" help:"The filter file to write: a new one, or a filter to replace." type:"path"`
	Partial bool   `help:"Take a list that lacks a part of the hashes. The passwords of that part pass, and policy check says so."`
}

// progressEvery is after how many lines an import says how far it is.
const progressEvery = 1 << 20

func (c *breachedImport) run(ctx context.Context, p Program) error {
	list, err := files.Open(c.List)
	if err != nil {
		return usageError{err}
	}
	defer list.Close()
	said := int64(0)
	progress := func(lines int64) {
		if lines-said >= progressEvery {
			said = lines
			fmt.Fprintln(p.Err, words.Text("command.breached.lines", words.Values{"n": lines}))
		}
	}
	made, err := breached.Build(interruptible{ctx, list}, c.Filter, breached.Options{Source: c.List, Partial: c.Partial, Progress: progress})
	if err != nil {
		return usageError{fmt.Errorf("%s\n%w", words.Text("command.breached.failed", words.Values{"file": c.List}), setup.InWords(err))}
	}
	for _, note := range made.Missing.Notes(c.Filter) {
		fmt.Fprintln(p.Err, words.Problem(note))
	}
	_, err = fmt.Fprintln(p.Out, words.Text("command.breached.made", words.Values{"file": c.Filter, "n": made.Count}))
	if err == nil && made.Padding > 0 {
		_, err = fmt.Fprintln(p.Out, words.Text("command.breached.padding", words.Values{"n": made.Padding}))
	}
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
