//go:build linux && cgo && !nofido

package usb_test

import (
	"os"
	"sync"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// TestUnderANewerLibfido2: from 1.15 on a key that knows only the commands of the final CTAP 2.1 is managed, and asked by no
// other.
func TestUnderANewerLibfido2(t *testing.T) {
	if os.Getenv("SPAREKEY_NEWER_LIBFIDO2") == "" {
		t.Skip("started by scripts/newer-libfido2")
	}
	const credentialManagement, bioEnrollment, itsPreview, bioPreview = 0x0a, 0x09, 0x41, 0x40
	k := ctaptest.New(ctaptest.Options{NoPreview: true, Sensor: true})
	var mu sync.Mutex
	asked := map[byte]int{}
	k.Faults(func(m ctaptest.Message) ctaptest.Fault {
		mu.Lock()
		defer mu.Unlock()
		asked[m.CTAP]++
		return ctaptest.NoFault
	})
	plug(t, k, 0)
	d := usb.New()
	made := register(t, d, with("0815"), func(c *app.KeyCreate) { c.Discoverable = true })
	access := app.KeyAccess{ID: known(t, d, 1)[0].ID, PIN: app.NewSecret("0815")}

	all := must[[]app.KeyCredential](t)(d.Credentials(t.Context(), access))
	if len(all) != 1 || string(all[0].ID) != string(made.ID) {
		t.Errorf("the key has %+v", all)
	}
	if err := d.DeleteCredential(t.Context(), access, made.ID); err != nil || k.Credentials() != 0 {
		t.Errorf("%d are left: %v", k.Credentials(), err)
	}
	finger := must[app.Fingerprint](t)(d.EnrolFingerprint(t.Context(), access, "thumb", func(app.FingerSample) {}))
	fingers := must[[]app.Fingerprint](t)(d.Fingerprints(t.Context(), access))
	if len(fingers) != 1 || fingers[0].Name != finger.Name {
		t.Errorf("the key has %+v", fingers)
	}
	mu.Lock()
	defer mu.Unlock()
	if asked[credentialManagement] == 0 || asked[bioEnrollment] == 0 || asked[itsPreview]+asked[bioPreview] > 0 {
		t.Errorf("asked, by command: %v", asked)
	}
}
