//go:build linux && cgo && !nofido

package usb_test

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// BenchmarkTheWholeProgram compares registering and proving, to the commit of what the key answered, with the tools
// on the same key, touched only and with a PIN, in the order in which the window does it. Registering includes the options; a
// proof's come with the password before it, whose hash is left out. The key, which answers in this process, has a processor of
// Go's more than there are, since a real one takes none of the program's.
func BenchmarkTheWholeProgram(b *testing.B) {
	before := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(before + 1)
	defer runtime.GOMAXPROCS(before)
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
	services, db, folder := founded(b, app.AttestNone, func(p *keyPolicy) { p.Verification = verification })
	wearIn(b, db, filepath.Join(folder, "store.db-wal"))
	v := &visit{t: b, driver: d, services: services}
	v.signIn(ana, ana.Password).open()
	tool := func(name, option string, lines ...string) func() {
		file := filepath.Join(b.TempDir(), "request")
		lines = append([]string{base64.StdEncoding.EncodeToString(make([]byte, 32)), "harbour.example"}, lines...)
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			b.Fatal(err)
		}
		args := []string{option, "-i", file, "/dev/hidraw0"}
		if pin != "" {
			args = slices.Insert(args, 1, "-v")
		}
		return func() {
			cmd := exec.Command(name, args...)
			cmd.Stdin = strings.NewReader(pin + "\n")
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
		}
	}
	b.Run("register", func(b *testing.B) {
		cred := tool("fido2-cred", "-M", "ana", base64.StdEncoding.EncodeToString([]byte("user")))
		contest(b, func() func() {
			forget(b, db, ana) // a key is registered once
			v.begin(app.PurposeRegister)
			return func() {
				d.Expect()
				v.say(app.Choose{Kind: app.KindSecurityKey}).use(pin, "Blue key")
			}
		}, cred)
	})
	v.signIn(ana, ana.Password)
	assert := tool("fido2-assert", "-G", base64.StdEncoding.EncodeToString(v.flow.Now.(app.UseKey).Get.Allow[0]))
	b.Run("prove", func(b *testing.B) {
		contest(b, func() func() {
			v.signIn(ana, ana.Password) // the password's hash is no part of it, and there is a step to stand at before the options
			return func() { v.use(pin, "") }
		}, assert)
	})
}

// contest times the program, from a state that is made anew each time, and the tool in turns, so that what else the
// machine does slows both. It reports medians, and how many times as long as the tool the program takes.
func contest(b *testing.B, program func() func(), tool func()) {
	var ours, theirs []float64
	timed := func(f func()) float64 {
		began := time.Now()
		f()
		return float64(time.Since(began)) / float64(time.Millisecond)
	}
	for b.Loop() {
		ours = append(ours, timed(program()))
		theirs = append(theirs, timed(tool))
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	a, t := ours[len(ours)/2], theirs[len(theirs)/2]
	b.ReportMetric(a, "program-ms")
	b.ReportMetric(t, "tool-ms")
	b.ReportMetric(a/t, "times")
	b.ReportMetric(0, "ns/op") // of both, with what is not timed
}

// wearIn writes until the store's log has the size that it keeps, as that of a server which has been at work for a while: as
// long as it grows, each commit waits for the file's length, too.
func wearIn(b *testing.B, db port.Store, log string) {
	b.Helper()
	for before := int64(-1); ; {
		err := db.Update(b.Context(), func(tx port.Tx) error {
			var err error
			for range 200 {
				err = errors.Join(err, tx.PutCounter(port.Counter{Key: rand.Text(), Count: 1}))
			}
			return err
		})
		file := must[os.FileInfo](b)(os.Stat(log))
		if err != nil {
			b.Fatal(err)
		}
		if file.Size() == before {
			return
		}
		before = file.Size()
	}
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
