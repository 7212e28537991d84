//go:build linux && cgo && !nofido

package usb_test

import (
	"bytes"
	"context"
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

// TestASilentKeyThatIsTakenOut is gone at once, however long it might have been waited for.
func TestASilentKeyThatIsTakenOut(t *testing.T) {
	for _, fault := range []ctaptest.Fault{ctaptest.Stall, ctaptest.StallKeepalive} {
		s := newStage(t, 0)
		s.k.Faults(func(m ctaptest.Message) ctaptest.Fault {
			if m.CTAP != 0x01 { // authenticatorMakeCredential
				return ctaptest.NoFault
			}
			go unplugAll(t)
			return fault
		})
		_, err := s.d.Run(t.Context(), create(forHours), with("0815"))
		wants(t, err, app.CodeKeyGone)
		unplugAll(t)
	}
}

// TestAKeyThatObeysLate: what is asked next waits for it.
func TestAKeyThatObeysLate(t *testing.T) {
	s := newStage(t, 0)
	late := make(chan struct{})
	s.k.Touch(func(ctx context.Context) ctaptest.Outcome {
		<-ctx.Done()
		<-late
		return ctaptest.TimedOut
	})
	_, err := s.d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Timeout = 200 * time.Millisecond }), with("0815"))
	wants(t, err, app.CodeKeyTimeout)
	close(late)
	if _, err := s.d.Credentials(t.Context(), s.access); err != nil {
		t.Error(err)
	}
}

// TestCredentialIDsOfEveryLength are made, recognised and used, alone and in a long list.
func TestCredentialIDsOfEveryLength(t *testing.T) {
	for _, size := range []int{16, 64, 255} {
		socket := plug(t, ctaptest.New(ctaptest.Options{IDSize: size}), 0)
		d := usb.New()
		made := must[app.KeyAnswer](t)(d.Run(t.Context(), create(), with("0815")))
		if len(made.CredentialID) != size {
			t.Fatalf("the ID has %d bytes, want %d", len(made.CredentialID), size)
		}
		list := [][]byte{made.CredentialID}
		for i := range byte(20) {
			list = append(list, append(make([]byte, size-1), i+1))
		}
		for _, allow := range [][][]byte{list[:1], list} {
			got, err := d.Run(t.Context(), get(func(g *app.KeyGet) { g.Allow = allow }), with("0815"))
			if err != nil || !bytes.Equal(got.CredentialID, made.CredentialID) {
				t.Errorf("%d bytes, one of %d: %v", size, len(allow), err)
			}
		}
		_, err := d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Exclude = list }), with("0815"))
		wants(t, err, app.CodeKeyExcluded)
		out(t, socket)
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
