// Sparekey lets people at work register ways to prove who they are, and later let themselves back in when they forgot
// their password, never got one, or are locked out, without the help desk.
//
// This package is the wiring: the command line, the settings, and the story of start-up. What it wires stands in
// docs/architecture.md.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// version is set when it is built.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run parses the command line and does what it says. Exit codes: 0 done, 1 it failed, 2 the command line or the
// settings are wrong.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	command, err := parse(args, stdout)
	if err != nil {
		fmt.Fprintf(stderr, "sparekey: %v\nSee sparekey --help.\n", err)
		return 2
	}
	if command == nil { // help was asked for, and given
		return 0
	}
	if err := command(ctx, streams{stdout, stderr}); err != nil {
		fmt.Fprintf(stderr, "sparekey: %v\n", err)
		if isUsage(err) {
			return 2
		}
		return 1
	}
	return 0
}

// streams are where a command writes.
type streams struct{ out, err io.Writer }
