//go:build linux && cgo && !nofido

package usb_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// ctap22 are the statuses of CTAP 2.2, section 8.2.
var ctap22 = []int{
	0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0b, 0x11, 0x12, 0x14, 0x15, 0x17, 0x18, 0x19, 0x21, 0x22, 0x23, 0x24, 0x25,
	0x26, 0x27, 0x28, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x39, 0x3a, 0x3b, 0x3c,
	0x3d, 0x3e, 0x3f, 0x40, 0x7f, 0xdf,
}

// nonsense are the statuses of an answer that can't be read: of these alone a key may be broken.
var nonsense = []int{0x3d, -3, -4, -6, -11}

// TestEveryStatusHasItsMeaning: each that CTAP or libfido2 has a name for has a row, and what has none is a key's own
// refusal, or a line that broke.
func TestEveryStatusHasItsMeaning(t *testing.T) {
	named := 0
	for n := -64; n <= 0xff; n++ {
		code, known, name := usb.CodeOf(n)
		isNamed := n != 0 && !strings.HasSuffix(name, "FIDO_ERR_UNKNOWN")
		switch {
		case n == 0:
		case (isNamed || slices.Contains(ctap22, n)) && !known:
			t.Errorf("%d, %s, has no row", n, name)
		case code == app.CodeKeyFailed != slices.Contains(nonsense, n):
			t.Errorf("%d, %s: %s", n, name, code)
		case !known && n > 0 && code != app.CodeKeyRefused, !known && n < 0 && code != app.CodeKeyDisturbed:
			t.Errorf("%d: %s", n, code)
		}
		if isNamed {
			named++
		}
	}
	if named < 50 {
		t.Errorf("libfido2 names %d statuses only", named)
	}
}

// TestAStatusOfTheKeys is told by what it means, not as a broken key.
func TestAStatusOfTheKeys(t *testing.T) {
	const makeCredential = 0x01
	for status, want := range map[byte]app.Code{
		0x02: app.CodeKeyUnsupported, 0x27: app.CodeKeyUntouched, 0x3a: app.CodeKeyUntouched, 0x24: app.CodeKeyAtWork,
		0x06: app.CodeKeyBusy, 0x33: app.CodeKeyDisturbed, 0x7f: app.CodeKeyRefused, 0xf3: app.CodeKeyRefused,
	} {
		s := plug(t, ctaptest.New(ctaptest.Options{Statuses: map[byte]byte{makeCredential: status}}), 0)
		_, err := usb.New().Run(t.Context(), create(), with("0815"))
		if e := wants(t, err, want); status == 0xf3 && e.Params["status"] != "0xf3" {
			t.Errorf("got %v", e.Params)
		}
		out(t, s)
	}
}
