package backend_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// generous is a policy that no throttle of which ends a benchmark.
func generous(p *policy.Policy) {
	p.Recovery.StartsPerHour, p.Recovery.EndedGates, p.Recovery.MostWrongTries, p.Recovery.MailsPerAddress, p.Recovery.WrongInARow = 1e9, 1e9, 1e9, 1e9, 1e9
	p.Codes.Tries, p.SignIn.Failures, p.SignIn.BelowDirectory = 1e9, 1e9, -1e9
}

// measure runs op, which prepares a round and gives what is measured, and reports the 99th percentile beside the mean.
func measure(b *testing.B, prepare func(w *world) func() error) {
	w := newWorld(b, generous)
	took := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	for b.Loop() {
		b.StopTimer()
		op := prepare(w)
		b.StartTimer()
		began := time.Now()
		err := op()
		took = append(took, time.Since(began))
		if err != nil {
			b.Fatal(err)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

func BenchmarkStart(b *testing.B) {
	measure(b, func(w *world) func() error {
		return func() error { w.start(app.PurposeReset, app.Caller{}); return nil }
	})
}

func BenchmarkGet(b *testing.B) {
	var k *talk
	measure(b, func(w *world) func() error {
		if k == nil || k.w != w {
			k = w.reset(someone(trial.Registered))
		}
		return func() error { _, err := w.Get(k.ctx, k.flow.ID); return err }
	})
}

func BenchmarkGiveUserID(b *testing.B) {
	measure(b, func(w *world) func() error {
		k := w.start(app.PurposeReset, app.Caller{})
		return func() error { return k.say(app.GiveUserID{UserID: someone(trial.Registered).UserID}) }
	})
}

func BenchmarkChoose(b *testing.B) {
	measure(b, func(w *world) func() error {
		k := w.reset(someone(trial.Registered))
		return func() error { return k.say(app.Choose{Kind: app.KindAuthApp}) }
	})
}

func BenchmarkGiveCode(b *testing.B) {
	measure(b, func(w *world) func() error {
		k := w.reset(someone(trial.Registered)).must(app.Choose{Kind: app.KindAuthApp})
		w.clock.pass(time.Minute)
		code := w.code(someone(trial.Registered))
		return func() error { return k.say(code) }
	})
}

func BenchmarkWrongCode(b *testing.B) {
	measure(b, func(w *world) func() error {
		k := w.reset(someone(trial.Registered)).must(app.Choose{Kind: app.KindAuthApp})
		wrong := w.wrongCode(someone(trial.Registered))
		return func() error {
			if err := k.say(wrong); app.CodeOf(err) != app.CodeWrongCode {
				return err
			}
			return nil
		}
	})
}

func BenchmarkCancel(b *testing.B) {
	measure(b, func(w *world) func() error {
		k := w.start(app.PurposeReset, app.Caller{})
		return func() error { return w.Cancel(k.ctx, k.flow.ID) }
	})
}

func BenchmarkGrant(b *testing.B) {
	measure(b, func(w *world) func() error {
		k := signedIn(w)
		return func() error { _, err := w.Grant(k.ctx, k.flow.ID); return err }
	})
}

func BenchmarkIdentify(b *testing.B) {
	var grant app.Grant
	var of *world
	measure(b, func(w *world) func() error {
		if of != w {
			of, grant = w, w.signIn(someone(trial.Registered))
		}
		return func() error { _, err := w.caller(grant.Access); return err }
	})
}

func BenchmarkRenew(b *testing.B) {
	var grant app.Grant
	var of *world
	measure(b, func(w *world) func() error {
		if of != w {
			of, grant = w, w.signIn(someone(trial.Registered))
		}
		return func() (err error) {
			grant, err = w.Renew(b.Context(), grant.Refresh)
			return err
		}
	})
}

// BenchmarkReload looks for another policy where there is none, as is done every two seconds.
func BenchmarkReload(b *testing.B) {
	w := newWorld(b)
	w.apply()
	w.ok(w.Reload(b.Context()))
	for b.Loop() {
		w.ok(w.Reload(b.Context()))
	}
}
