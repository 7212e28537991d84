package command

import (
	"context"
	"fmt"

	"github.com/sparekey/sparekey/assets/words"
)

type versionCommand struct{}

func (versionCommand) run(_ context.Context, p Program) error {
	_, err := fmt.Fprintln(p.Out, words.Text("command.version", words.Values{"version": p.Version}))
	return err
}
