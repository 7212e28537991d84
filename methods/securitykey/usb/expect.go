//go:build cgo && !nofido

package usb

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// limits are how long opening a key beforehand may take, and how long it stays open then.
type limits struct{ open, hold time.Duration }

// ahead keeps within the patience of who has to wait for the opening, and short the time in which other programs by libfido2
// find the key locked.
var ahead = limits{open: grace, hold: time.Second}

// Expect opens the key that is plugged in alone, beside the caller. One that is new is asked what it is instead.
func (d *Driver) Expect() { go d.expect() }

func (d *Driver) expect() {
	if k := d.sole(); k != nil {
		k.openAhead()
	}
}

// sole gives the only key that is plugged in, if it has said what it is.
func (d *Driver) sole() *key {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refresh()
	if all := d.sorted(); len(all) == 1 && all[0].open && all[0].info.Ready {
		return all[0]
	}
	return nil
}

// openAhead opens the key, unless it is at work, and hands it over, open, to the conversation that begins before the time is over.
func (k *key) openAhead() {
	select {
	case k.turn <- struct{}{}:
	default:
		return
	}
	l := &line{left: app.Untold}
	if k.connect(l, k.driver.ahead.open) == nil { // what is wrong shows when the key is used
		k.behind.Store(false)
		select {
		case k.held <- l:
			return
		case <-time.After(k.driver.ahead.hold):
		}
	}
	l.close()
	<-k.turn
}
