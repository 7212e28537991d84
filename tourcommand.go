package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"github.com/pquerna/otp/totp"

	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/tour"
)

// runTour performs the tour in the trial's window, with data of its own that are gone afterwards.
func runTour(ctx context.Context, c *tourCommand, s streams) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	own, err := temporaryFolders()
	if err != nil {
		return err
	}
	d := &desk{folders: own}
	o := ui.Options{Appearance: "light", Size: fyne.NewSize(c.Width, c.Height)}
	if o.Services, o.Trial, err = d.openTrial(ctx); err != nil {
		return err
	}
	var told error
	shown := d.show(ctx, o, func(w *ui.Window) {
		defer leave()
		told = tour.Run(ctx, tour.Options{
			Window: w, Trial: o.Trial, Code: totp.GenerateCode, Out: c.Out, Log: s.out, Stories: c.Stories, Pictures: c.Pictures,
		})
		select {
		case <-time.After(c.Stay):
		case <-ctx.Done():
		}
	})
	fmt.Fprintf(s.out, "Pictures and transcript: %s\n", c.Out)
	return errors.Join(told, shown, d.close())
}
