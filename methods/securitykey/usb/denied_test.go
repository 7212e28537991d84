//go:build linux && cgo && !nofido

package usb_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// TestAModelThatIsNotTakenIsRefusedAtOnce: no PIN is asked for or set, nothing is touched, nothing made. A proof asks for
// no model.
func TestAModelThatIsNotTakenIsRefusedAtOnce(t *testing.T) {
	const model, another = "2fc0579f-8113-47ea-b116-bb5a8db9202a", "c5ef55ff-ad9a-4b9f-b580-adebafe026d0"
	k := ctaptest.New(ctaptest.Options{AAGUID: [16]byte{0x2f, 0xc0, 0x57, 0x9f, 0x81, 0x13, 0x47, 0xea, 0xb1, 0x16, 0xbb, 0x5a, 0x8d, 0xb9, 0x20, 0x2a}})
	plug(t, k, 0)
	d := usb.New()
	for name, change := range map[string]func(*app.KeyCreate){
		"denied":      func(c *app.KeyCreate) { c.DenyModels = []string{another, model} },
		"not allowed": func(c *app.KeyCreate) { c.AllowModels = []string{another} },
	} {
		talk := with("0815")
		_, err := d.Run(t.Context(), create(change), talk)
		wants(t, err, app.CodeKeyNotAllowed)
		if len(talk.asked) != 0 || len(talk.touched) != 0 || k.HasPIN() || k.Credentials() != 0 {
			t.Errorf("%s: asked %+v", name, talk.asked)
		}
	}
	made, err := d.Run(t.Context(), create(func(c *app.KeyCreate) {
		c.AllowModels, c.DenyModels = []string{model}, []string{another}
	}), with("0815"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Run(t.Context(), get(func(g *app.KeyGet) { g.Allow = [][]byte{made.CredentialID} }), with("0815")); err != nil {
		t.Error(err)
	}
}
