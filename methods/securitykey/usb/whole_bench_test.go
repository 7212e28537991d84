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
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// BenchmarkTheWholeProgram compares registering and proving, to the commit of what the key answered, with the tools
// on the same key. Registering includes the options; a proof's come with the password before it, whose hash is left out.
// Neither side asks for a PIN.
func BenchmarkTheWholeProgram(b *testing.B) {
	plug(b, ctaptest.New(ctaptest.Options{}), 0)
	d := usb.New()
	known(b, d, 1)
	ana := trial.People()[0]
	services, db := founded(b, app.AttestNone, func(p *keyPolicy) { p.Verification = app.VerifyDiscouraged })
	v := &visit{t: b, driver: d, services: services}
	v.signIn(ana, ana.Password).open()
	b.Run("register/program", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer() // a key is registered once
			forget(b, db, ana)
			v.begin(app.PurposeRegister)
			b.StartTimer()
			v.say(app.Choose{Kind: app.KindSecurityKey}).use("", "Blue key")
		}
	})
	hash := base64.StdEncoding.EncodeToString(make([]byte, 32))
	tool := func(name, option string, lines ...string) {
		file := filepath.Join(b.TempDir(), "request")
		if err := os.WriteFile(file, []byte(strings.Join(append([]string{hash}, lines...), "\n")+"\n"), 0o600); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if out, err := exec.Command("fido2-"+option[3:], option[:2], "-i", file, "/dev/hidraw0").CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
			}
		})
	}
	tool("register/fido2-cred", "-M cred", "harbour.example", "ana", base64.StdEncoding.EncodeToString([]byte("user")))
	var id []byte
	b.Run("prove/program", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer() // the password's hash is no part of it, and there is a step to stand at before the options
			v.signIn(ana, ana.Password)
			step := v.flow.Now.(app.UseKey)
			id = step.Get.Allow[0]
			b.StartTimer()
			v.use("", "")
		}
	})
	tool("prove/fido2-assert", "-G assert", "harbour.example", base64.StdEncoding.EncodeToString(id))
}

// forget deletes what somebody has registered.
func forget(b *testing.B, db port.Store, p trial.Person) {
	b.Helper()
	err := db.Update(b.Context(), func(tx port.Tx) error {
		creds, err := tx.Credentials(p.ID)
		for _, c := range creds {
			if err == nil {
				err = tx.DeleteCredential(c.ID)
			}
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}
