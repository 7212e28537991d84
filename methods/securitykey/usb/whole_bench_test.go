//go:build linux && cgo && !nofido

package usb_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// BenchmarkTheWholeProgram compares registering and proving, to the commit of what the key answered, with the tools
// on the same key, touched only and with a PIN. Registering includes the options; a proof's come with the password before
// it, whose hash is left out.
func BenchmarkTheWholeProgram(b *testing.B) {
	b.Run("touch", func(b *testing.B) { againstTheTools(b, "", app.VerifyDiscouraged) })
	b.Run("PIN", func(b *testing.B) {
		if tty, err := os.Open("/dev/tty"); err == nil {
			_ = tty.Close()
			b.Skip("the tools would ask at the terminal for the PIN: start this by setsid -w")
		}
		againstTheTools(b, "0815", app.VerifyRequired)
	})
}

func againstTheTools(b *testing.B, pin string, verification app.Verification) {
	plug(b, ctaptest.New(ctaptest.Options{}), 0)
	d := usb.New()
	id := known(b, d, 1)[0].ID
	if pin != "" {
		if err := d.SetPIN(b.Context(), id, app.NewSecret(pin)); err != nil {
			b.Fatal(err)
		}
	}
	ana := trial.People()[0]
	services, db := founded(b, app.AttestNone, func(p *keyPolicy) { p.Verification = verification })
	v := &visit{t: b, driver: d, services: services}
	v.signIn(ana, ana.Password).open()
	b.Run("register/program", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer() // a key is registered once
			forget(b, db, ana)
			v.begin(app.PurposeRegister)
			b.StartTimer()
			v.say(app.Choose{Kind: app.KindSecurityKey}).use(pin, "Blue key")
		}
	})
	hash := base64.StdEncoding.EncodeToString(make([]byte, 32))
	tool := func(name, option string, lines ...string) {
		file := filepath.Join(b.TempDir(), "request")
		if err := os.WriteFile(file, []byte(strings.Join(append([]string{hash}, lines...), "\n")+"\n"), 0o600); err != nil {
			b.Fatal(err)
		}
		args := []string{option, "-i", file, "/dev/hidraw0"}
		if pin != "" {
			args = slices.Insert(args, 1, "-v")
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				cmd := exec.Command(filepath.Base(name), args...)
				cmd.Stdin = strings.NewReader(pin + "\n")
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
			}
		})
	}
	tool("register/fido2-cred", "-M", "harbour.example", "ana", base64.StdEncoding.EncodeToString([]byte("user")))
	var credential []byte
	b.Run("prove/program", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer() // the password's hash is no part of it, and there is a step to stand at before the options
			v.signIn(ana, ana.Password)
			credential = v.flow.Now.(app.UseKey).Get.Allow[0]
			b.StartTimer()
			v.use(pin, "")
		}
	})
	tool("prove/fido2-assert", "-G", "harbour.example", base64.StdEncoding.EncodeToString(credential))
}

// forget deletes what somebody has registered.
func forget(b testing.TB, db port.Store, p trial.Person) {
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
