package command

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// asProgram tells this test binary to be Sparekey, with its arguments.
const asProgram = "SPAREKEY_AS_PROGRAM"

func beProgram() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, Program{Name: "sparekey", Version: "v1.2.3", Out: os.Stdout, Err: os.Stderr, Exit: os.Exit}, os.Args[1:])
}
