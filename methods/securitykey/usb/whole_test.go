//go:build linux && cgo && !nofido

package usb_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// BenchmarkWholeProgram takes a key through all of it: the backend asks, the driver has the key answer, the backend
// verifies and commits, over client and API. Proving is signing in, with the password before it. No PIN is asked for, as
// the tools ask for none in BenchmarkAgainstTheTools.
func BenchmarkWholeProgram(b *testing.B) {
	ana := trial.People()[0]
	plug(b, ctaptest.New(ctaptest.Options{}), 0)
	services, db := founded(b, app.AttestNone, func(k *keyPolicy) { k.Verification = app.VerifyDiscouraged })
	v := &visit{t: b, services: services, driver: usb.New()}
	known(b, v.driver, 1)
	v.signIn(ana, ana.Password).open()
	v.begin(app.PurposeRegister).say(app.Choose{Kind: app.KindSecurityKey}).use("", "Blue key")
	b.Run("prove", func(b *testing.B) {
		for b.Loop() {
			v.signIn(ana, ana.Password).use("", "")
		}
	})
	v.signIn(ana, ana.Password).use("", "").open()
	b.Run("register", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			forget(b, db, ana)
			b.StartTimer()
			v.begin(app.PurposeRegister).say(app.Choose{Kind: app.KindSecurityKey}).use("", "Blue key")
		}
	})
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
