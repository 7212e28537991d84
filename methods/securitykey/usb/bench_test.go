//go:build linux && cgo && !nofido

package usb_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// BenchmarkAgainstTheTools compares the driver with fido2-cred and fido2-assert on the same key.
func BenchmarkAgainstTheTools(b *testing.B) {
	k := ctaptest.New(ctaptest.Options{})
	plug(b, k, 0)
	d := usb.New()
	known(b, d, 1)
	making := create(func(c *app.KeyCreate) { c.Verification = app.VerifyDiscouraged })
	made := must[app.KeyAnswer](b)(d.Run(b.Context(), making, with()))
	proving := get(func(g *app.KeyGet) {
		g.Verification, g.Allow = app.VerifyDiscouraged, [][]byte{made.CredentialID}
	})
	hash := base64.StdEncoding.EncodeToString(make([]byte, 32))
	lines := func(text ...string) string {
		name := filepath.Join(b.TempDir(), "request")
		if err := os.WriteFile(name, []byte(strings.Join(text, "\n")+"\n"), 0o600); err != nil {
			b.Fatal(err)
		}
		return name
	}
	cred := lines(hash, "harbour.example", "ana", base64.StdEncoding.EncodeToString([]byte("user")))
	assert := lines(hash, "harbour.example", base64.StdEncoding.EncodeToString(made.CredentialID))
	driver := func(use app.UseKey) func(*testing.B) {
		return func(b *testing.B) {
			for b.Loop() {
				if _, err := d.Run(b.Context(), use, with()); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	tool := func(args ...string) func(*testing.B) {
		return func(b *testing.B) {
			for b.Loop() {
				if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
			}
		}
	}
	b.Run("register/driver", driver(making))
	b.Run("register/fido2-cred", tool("fido2-cred", "-M", "-i", cred, "/dev/hidraw0"))
	b.Run("prove/driver", driver(proving))
	b.Run("prove/fido2-assert", tool("fido2-assert", "-G", "-i", assert, "/dev/hidraw0"))
}

// BenchmarkPlugging measures how soon it is seen that a key was plugged in, and that it was taken out.
func BenchmarkPlugging(b *testing.B) {
	seen := usb.New().Watch(b.Context())
	<-seen
	k := ctaptest.New(ctaptest.Options{})
	for b.Loop() {
		s := plug(b, k, 0)
		for in := range seen {
			if len(in) == 1 && in[0].Ready {
				break
			}
		}
		out(b, s)
		for in := range seen {
			if len(in) == 0 {
				break
			}
		}
	}
}
