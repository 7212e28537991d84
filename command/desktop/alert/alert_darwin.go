package alert

import (
	"context"
	"os/exec"
)

// script shows its second argument under its first; neither is read as a script.
const script = `on run argv
display alert (item 1 of argv) message (item 2 of argv) as critical
end run`

// Show shows a box until it is closed or ctx ends.
func Show(ctx context.Context, title, text string) error {
	return exec.CommandContext(ctx, "/usr/bin/osascript", "-e", script, title, text).Run()
}
