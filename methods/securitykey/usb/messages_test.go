//go:build linux && cgo && !nofido

package usb_test

import (
	"slices"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// overhear gives what a key is asked from here on: "init" for a channel, and a name for each command.
func overhear(k *ctaptest.Key) <-chan string {
	names := map[byte]string{0x01: "make", 0x02: "get", 0x04: "info", 0x06: "pin"}
	asked := make(chan string, 100)
	k.Faults(func(m ctaptest.Message) ctaptest.Fault {
		name := "init"
		if m.HID == 0x10 {
			name = names[m.CTAP]
		}
		asked <- name
		return ctaptest.NoFault
	})
	return asked
}

// heard is what the key was asked so far.
func heard(asked <-chan string) (all []string) {
	for range len(asked) {
		all = append(all, <-asked)
	}
	return all
}

// TestACeremonyAsksNoMoreThanItMust: a channel and what the key is come with each opening of libfido2's; a PIN takes two
// messages, a key of its own for the way and the token.
func TestACeremonyAsksNoMoreThanItMust(t *testing.T) {
	for _, c := range []struct {
		name         string
		pin          string
		verification app.Verification
		before       []string
	}{
		{"touch", "", app.VerifyDiscouraged, []string{"init", "info"}},
		{"PIN", "0815", app.VerifyRequired, []string{"init", "info", "pin", "pin"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := ctaptest.New(ctaptest.Options{})
			plug(t, k, 0)
			d := usb.New()
			id := known(t, d, 1)[0].ID
			if c.pin != "" {
				if err := d.SetPIN(t.Context(), id, app.NewSecret(c.pin)); err != nil {
					t.Fatal(err)
				}
			}
			asked := overhear(k)
			asks := func(what string) {
				t.Helper()
				if got, want := heard(asked), append(slices.Clone(c.before), what); !slices.Equal(got, want) {
					t.Errorf("%s: the key was asked %v, needed is %v", what, got, want)
				}
			}
			made := must[app.KeyAnswer](t)(d.Run(t.Context(), create(func(o *app.KeyCreate) { o.Verification = c.verification }), with(c.pin)))
			asks("make")
			must[app.KeyAnswer](t)(d.Run(t.Context(), get(func(o *app.KeyGet) {
				o.Verification, o.Allow = c.verification, [][]byte{made.CredentialID}
			}), with(c.pin)))
			asks("get")
			_, err := d.Run(t.Context(), create(func(o *app.KeyCreate) {
				o.Verification, o.Exclude = c.verification, [][]byte{made.CredentialID}
			}), with(c.pin))
			wants(t, err, app.CodeKeyExcluded)
			asks("make")
		})
	}
}
