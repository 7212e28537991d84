//go:build linux && cgo && !nofido

package usb

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
)

// Look is how often Watch looks.
const Look = look

// CodeOf gives what a status means, whether that is by a row of its own, and libfido2's name for the status.
func CodeOf(n int) (code app.Code, known bool, name string) {
	_, known = codes[status(n)]
	return codeOf(status(n)), known, status(n).Error()
}

// Fit is what a key gets of a name.
var Fit = fit

// SetClock has the driver take the time from now.
func (d *Driver) SetClock(now func() time.Time) { d.now = now }

// PortOf is the USB port in a path of sysfs.
var PortOf = portOf

// Looks are the ticks of Watch.
var Looks = looks

// WatchBy is Watch by ticks of the test's own.
func (d *Driver) WatchBy(ctx context.Context, tick <-chan time.Time) <-chan []app.KeyInfo {
	return d.watch(ctx, tick, func() {})
}

// SetAhead says how long opening a key beforehand may take, and how long it stays open then.
func (d *Driver) SetAhead(open, hold time.Duration) { d.ahead = limits{open, hold} }

// ExpectNow is Expect that returns when nothing is open any more, or when Run has taken over.
func (d *Driver) ExpectNow() { d.expect() }
