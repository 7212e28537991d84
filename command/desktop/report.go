package desktop

import (
	"context"
	"fmt"
	"math"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/command/setup"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/ui/kit"
)

// reports tells the server how this computer is, where it is a station of its, until the context ends. A report that is refused is no
// trouble of anybody's here: the list of stations shows that none came.
func (d *Desktop) reports(set setup.InForce, v *setup.Vitals, mode app.StationMode) func(context.Context) {
	return func(ctx context.Context) {
		send, err := set.StationReports()
		if err != nil {
			fmt.Fprintln(d.Log, err)
		}
		if send == nil {
			return
		}
		setup.Reporter{Send: send, Told: v.Reported, Say: func() app.StationReport {
			said := v.Fill(setup.OwnReport(d.Version, mode))
			said.Width, said.Height, said.Scale = screenShown()
			said.Keys = keysHere()
			return said
		}}.Run(ctx)
	}
}

// keysHere says whether security keys can be used at this computer.
func keysHere() app.StationKeys {
	switch {
	case !usb.Supported:
		return app.KeysMissing
	case usb.Barred():
		return app.KeysBarred
	}
	return app.KeysUsable
}

// screenShown is how large the window is, in pixels, and the scale of what it shows, in percent. It must not be called on the UI thread.
func screenShown() (width, height, scale int) {
	kit.DoAndWait(func() {
		for _, win := range fyne.CurrentApp().Driver().AllWindows() {
			canvas := win.Canvas()
			width, height = canvas.PixelCoordinateForPosition(fyne.NewPos(canvas.Size().Width, canvas.Size().Height))
			scale = int(math.Round(float64(canvas.Scale()) * 100))
		}
	})
	return width, height, scale
}
