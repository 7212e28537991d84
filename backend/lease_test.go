package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/trial"
)

// second is another server on the same store.
func (w *world) second() *backend.Backend {
	w.t.Helper()
	config := w.config
	config.Server = "second"
	other, err := backend.New(config)
	w.ok(err)
	return other
}

// TestNobodyConcludesWhileAServerWaits: while one server waits for the directory's answer to a password write, another
// server's sweep must not say "not written".
func TestNobodyConcludesWhileAServerWaits(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	w.config.Server = "first"
	w.restart()
	other := w.second()
	k := w.toPassword(ben)
	w.dir.set = func(write func() error) error {
		w.ok(other.Sweep(t.Context()))
		w.ok(w.Sweep(t.Context()))
		at[app.Confirming](k.again())
		return write()
	}
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
	if w.audited("reset.write", "failed") != 0 || w.audited("reset.write", "succeeded") != 1 {
		t.Error("a write that was under way was said to have failed")
	}
}

// TestALeaseEnds: what a server that is gone was waiting for is learnt by another one, once its lease is over; by the same
// server, started again, at once.
func TestALeaseEnds(t *testing.T) {
	for name, restarted := range map[string]bool{"by another server": false, "by the same server": true} {
		t.Run(name, func(t *testing.T) {
			w, ben := newWorld(t), someone(trial.Registered)
			w.config.Server = "first"
			w.restart()
			k := w.toPassword(ben)
			func() {
				defer func() { _ = recover() }()
				w.dir.set = func(write func() error) error {
					w.ok(write())
					panic("crash")
				}
				_ = k.say(app.GivePassword{Password: secret(newPassword)})
			}()
			w.dir.set = nil
			if restarted {
				w.restart()
				w.ok(w.Sweep(t.Context()))
				at[app.Done](k.again())
				return
			}
			other := w.second()
			w.ok(other.Sweep(t.Context()))
			at[app.Confirming](k.again())
			w.clock.pass(31 * time.Second)
			w.ok(other.Sweep(t.Context()))
			at[app.Done](k.again())
		})
	}
}

// TestALeaseOfAClockThatWasPutBackIsNone.
func TestALeaseOfAClockThatWasPutBackIsNone(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	w.config.Server = "first"
	w.restart()
	k := w.toPassword(ben)
	func() {
		defer func() { _ = recover() }()
		w.dir.set = func(func() error) error { panic("crash") }
		_ = k.say(app.GivePassword{Password: secret(newPassword)})
	}()
	w.dir.set = nil
	w.clock.pass(-45 * time.Second) // by more, the flow would be one that is to begin yet
	w.ok(w.second().Sweep(t.Context()))
	at[app.NewPassword](k.again())
}
