// Sparekey lets people at work register ways to prove who they are, and later let themselves back in when they forgot
// their password, never got one, or are locked out, without the help desk.
//
// This package begins and ends the process; the command line is package command's. docs/architecture.md shows the house.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/mattn/go-isatty"

	"github.com/sparekey/sparekey/command"
)

// Both are set when it is built.
var (
	name    = "sparekey" // of the command
	version = "dev"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command.Run(ctx, command.Program{
		Name: name, Version: version, In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Unseen: !isatty.IsTerminal(os.Stderr.Fd()), Exit: os.Exit,
	}, os.Args[1:])
	stop()
	os.Exit(code)
}
