//go:build linux && cgo && !nofido

package usb_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// TestATerseKeyDoesWhatAKeyDoes, though it tells of itself only what it must.
func TestATerseKeyDoesWhatAKeyDoes(t *testing.T) {
	s, i := mannered(t, ctaptest.Options{Sensor: true, Firmware: 7, Manners: ctaptest.TerseManners()})
	if i.Room != app.Untold || i.MinPINLength != 4 || i.PINRetries != 8 || !i.Sensor || !i.Manages || i.PIN != app.PINSet {
		t.Errorf("shown %+v", i)
	}
	s.made = must[app.KeyAnswer](t)(s.d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Discoverable, c.Attested = true, true }), with("0815")))
	_, err := s.d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Exclude = [][]byte{s.made.CredentialID} }), with("0815"))
	wants(t, err, app.CodeKeyExcluded)
	want(t, s.listed(t), "harbour.example ana")
	for _, act := range []string{"create", "get", "change the PIN", "list credentials"} {
		if err := acts[act](t, s); err != nil {
			t.Errorf("%s: %v", act, err)
		}
	}
	if _, err := s.d.EnrolFingerprint(t.Context(), s.access, "thumb", func(app.FingerSample) {}); err != nil {
		t.Fatal(err)
	}
	talk := with() // the finger will do
	if _, err := s.d.Run(t.Context(), get(), talk); err != nil || len(talk.asked) != 0 {
		t.Errorf("by finger: asked %+v: %v", talk.asked, err)
	}
}

// TestAKeyThatManagesNothingSaysSo, and not that it is broken.
func TestAKeyThatManagesNothingSaysSo(t *testing.T) {
	s, i := mannered(t, ctaptest.Options{Manners: ctaptest.Manners{NoManaging: true}})
	if i.Manages {
		t.Errorf("shown %+v", i)
	}
	_, err := s.d.Credentials(t.Context(), s.access)
	wants(t, err, app.CodeKeyUnsupported)
}
