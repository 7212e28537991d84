// Package command is the command line: what may be said on it, and a file for each command that says what it does.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// Program is what a command has of the process that it runs in.
type Program struct {
	Name     string // how it is called: sparekey, or sparekey-server
	Version  string
	In       io.Reader // what is typed, or piped; nil: nothing
	Out, Err io.Writer // where it writes
	Unseen   bool      // nobody reads Err: the program was started by an icon

	Exit func(code int) // ends the process at once, where a window keeps it from ending
}

// Run parses the command line and does what it says. Exit codes: 0 done, 1 it failed, 2 the command line or the settings
// are wrong.
func Run(ctx context.Context, p Program, args []string) int {
	run, err := parse(p.Name, args, p.Out)
	if err != nil {
		fmt.Fprintln(p.Err, words.Text("command.misused", words.Values{"name": p.Name, "why": err}))
		showFault(ctx, p, misused(args, err))
		return 2
	}
	if run == nil { // help was asked for, and given
		return 0
	}
	if err := run(ctx, p); err != nil {
		fmt.Fprintln(p.Err, words.Text("command.failed", words.Values{"name": p.Name, "why": dependencyInWords(err)}))
		showFault(ctx, p, err)
		var usage usageError
		if errors.As(err, &usage) {
			return 2
		}
		return 1
	}
	return 0
}

// dependencyInWords says of a directory or a store that failed, and of which the command itself says nothing, what that is.
func dependencyInWords(err error) error {
	var failed *app.Error
	if !errors.As(err, &failed) || failed.Code != app.CodeUnavailable || err.Error() != failed.Error() {
		return err
	}
	return withCause(words.Text("command.dependency_down"), failed)
}

// withCause is a sentence with the cause of an error behind it, such as a disk that is full, where it is known on this computer.
func withCause(said string, err error) error {
	var failed *app.Error
	if errors.As(err, &failed) && failed.Cause != nil {
		said += ": " + failed.Cause.Error()
	}
	return errors.New(said)
}

// usageError is a mistake in what was said to the program: the command line or a file that it names.
type usageError struct{ error }

// Unwrap gives the mistake.
func (e usageError) Unwrap() error { return e.error }
