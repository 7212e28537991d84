package command

import (
	"context"
	"fmt"
)

type versionCommand struct{}

func (versionCommand) run(_ context.Context, p Program) error {
	_, err := fmt.Fprintf(p.Out, "sparekey %s\n", p.Version)
	return err
}
