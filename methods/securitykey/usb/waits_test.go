//go:build linux && cgo && !nofido

package usb_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// TestAKeyThatKeepsWaiting: what was asked of it before has not ended, and no other program is to blame. Once it was
// touched, or put back, it works again.
func TestAKeyThatKeepsWaiting(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{KeepsWaiting: true})
	socket := plug(t, k, 0)
	d := usb.New()
	access := app.KeyAccess{ID: known(t, d, 1)[0].ID, PIN: app.NewSecret("0815")}
	if err := d.SetPIN(t.Context(), access.ID, access.PIN); err != nil {
		t.Fatal(err)
	}
	touch := make(chan struct{})
	k.Touch(ctaptest.Slow(nil, touch))
	briefly := create(func(c *app.KeyCreate) { c.Timeout = 200 * time.Millisecond })
	_, err := d.Run(t.Context(), briefly, with("0815"))
	wants(t, err, app.CodeKeyTimeout)
	_, err = d.Credentials(t.Context(), access)
	wants(t, err, app.CodeKeyAtWork)
	_, err = d.Run(t.Context(), briefly, with("0815"))
	wants(t, err, app.CodeKeyAtWork)
	touch <- struct{}{}
	if _, err := d.Credentials(t.Context(), access); err != nil {
		t.Errorf("after a touch: %v", err)
	}
	_, err = d.Run(t.Context(), briefly, with("0815"))
	wants(t, err, app.CodeKeyTimeout)
	out(t, socket)
	plug(t, k, 0)
	access.ID = known(t, d, 1)[0].ID
	if _, err := d.Credentials(t.Context(), access); err != nil {
		t.Errorf("put back: %v", err)
	}
}

// TestAKeyWithoutKeepalives is waited for like any other.
func TestAKeyWithoutKeepalives(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{NoKeepalives: true})
	plug(t, k, 0)
	d := usb.New()
	waiting, touch := make(chan struct{}, 1), make(chan struct{})
	k.Touch(ctaptest.Slow(waiting, touch))
	go func() {
		<-waiting
		touch <- struct{}{}
	}()
	if _, err := d.Run(t.Context(), create(), with("0815")); err != nil {
		t.Error(err)
	}
	k.Touch(ctaptest.Never)
	_, err := d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Timeout = 200 * time.Millisecond }), with("0815"))
	wants(t, err, app.CodeKeyUntouched)
}
