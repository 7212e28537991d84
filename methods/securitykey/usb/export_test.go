//go:build linux && cgo && !nofido

package usb

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
)

// Look is how often Watch looks.
const Look = look

// Fit is what a key gets of a name.
var Fit = fit

// WatchBy is Watch by ticks of the test's own.
func (d *Driver) WatchBy(ctx context.Context, tick <-chan time.Time) <-chan []app.KeyInfo {
	return d.watch(ctx, tick)
}
