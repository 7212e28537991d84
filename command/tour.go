//go:build !headless

package command

import (
	"context"
	"path/filepath"
	"time"

	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/command/desktop"
	"github.com/sparekey/sparekey/command/setup"
)

type tourCommand struct {
	Out      string        `required:"" help:"Folder for the pictures and the transcript." type:"path"`
	Stories  []string      `help:"Tell these stories only."`
	Width    float32       `help:"Width of the window, in units." default:"1024"`
	Height   float32       `help:"Height of the window." default:"700"`
	Keys     string        `help:"Socket at which virtual security keys take orders." placeholder:"SOCKET" type:"path"`
	Terse    bool          `help:"With virtual keys that say as little of themselves as they may."`
	Pictures []string      `help:"Take pictures of the pages of these names, of all or of none." default:"all"`
	Resets   int           `help:"Let the person who registered reset the password so often after the stories; what lives in memory is told on the way." placeholder:"TIMES"`
	Stay     time.Duration `help:"Keep the window open for so long afterwards."`
}

func (c *tourCommand) run(ctx context.Context, p Program) error {
	if err := c.checkOut(); err != nil {
		return usageError{err}
	}
	return (&desktop.Desktop{Version: p.Version, Log: p.Err, Exit: p.Exit}).RunTour(ctx, desktop.Tour(*c), p.Out)
}

// checkOut refuses a folder with somebody else's transcript. It stands for the folder: what an earlier tour left there is
// written over.
func (c *tourCommand) checkOut() error {
	return setup.InWords(files.Replaceable(filepath.Join(c.Out, "transcript.json"), "{\n  \"started\": "))
}
