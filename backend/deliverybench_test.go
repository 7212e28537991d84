package backend_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/delivery/letter"
	"github.com/sparekey/sparekey/backend/delivery/mail"
	"github.com/sparekey/sparekey/backend/delivery/mail/mailtest"
	"github.com/sparekey/sparekey/backend/delivery/route"
	"github.com/sparekey/sparekey/backend/flow"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/worker"
)

// perSecond is how many messages a second are committed, and warm how many go before those that are measured.
const (
	perSecond = 100
	warm      = 64
)

// stopwatch is a deliverer that notes when its provider had taken a message.
type stopwatch struct {
	port.Deliverer
	mu    sync.Mutex
	taken map[string]time.Time
	left  chan struct{}
}

func (s *stopwatch) Deliver(ctx context.Context, m app.Message) error {
	err := s.Deliverer.Deliver(ctx, m)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.taken[m.ID] = time.Now()
		s.left <- struct{}{}
	}
	return err
}

// wait waits until so many more were taken.
func (s *stopwatch) wait(b *testing.B, n int) {
	for range n {
		select {
		case <-s.left:
		case <-time.After(30 * time.Second):
			b.Fatal("Postfix takes no more")
		}
	}
}

// BenchmarkDelivery commits a hundred codes a second, on one processor, and measures how long it takes until Postfix on the same computer
// has taken each: from the commit that puts it into the outbox, and with that commit. The connections are open already. Beside it, ten times a
// second, a mail goes to the same Postfix without an outbox.
func BenchmarkDelivery(b *testing.B) {
	postfix := mailtest.NewPostfix(b)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	w := newWorld(b)
	roots, err := os.ReadFile(postfix.RootsFile)
	w.ok(err)
	letters, err := letter.New(letter.Config{Organisation: w.Organisation})
	w.ok(err)
	config := mail.Config{
		Server: postfix.STARTTLS, Roots: pool(roots), From: "reset@harbour.example", Auth: mail.AuthBest, User: postfix.User, Letters: letters.Write,
		Secret: func() (app.Secret, error) { return app.NewSecret(postfix.Password), nil }, Idle: time.Minute,
	}
	relay, err := mail.New(config)
	w.ok(err)
	defer relay.Close()
	beside, err := mail.New(config)
	w.ok(err)
	defer beside.Close()
	watch := &stopwatch{taken: map[string]time.Time{}, left: make(chan struct{}, b.N+warm),
		Deliverer: route.New(realClock{}, route.Provider{Name: "relay", Channel: app.KindEmail, Deliverer: relay, Time: 8 * time.Second})}
	w.config.Deliverer, w.config.Clock = watch, realClock{}
	wake := make(chan struct{}, 1)
	c, err := core.New(w.config, func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	w.ok(err)
	flows, err := flow.New(c)
	w.ok(err)
	work := worker.New(c, flows, wake)
	w.ok(work.StartWorker(b.Context()))
	defer func() { w.ok(work.Close()) }()

	n := b.N + warm
	begun, committed, ids := make([]time.Time, n), make([]time.Time, n), make([]string, n)
	send := func(i int) {
		m := app.Message{Channel: app.KindEmail, To: "ana@harbour.example", Template: app.MessageCode, Code: "123456", Params: map[string]string{"minutes": "5"}}
		begun[i] = time.Now()
		err := c.Update(b.Context(), func(tx *core.Tx) (err error) {
			ids[i], err = tx.EnqueueInFlow("", app.AccountID(fmt.Sprint("account-", i)), m, time.Now().Add(time.Minute))
			return err
		})
		if committed[i] = time.Now(); err != nil {
			b.Error(err)
		}
	}
	var sending, bare sync.WaitGroup
	for i := range warm {
		sending.Go(func() { send(i) })
	}
	watch.wait(b, warm)
	var alone []float64
	over := make(chan struct{})
	bare.Go(func() {
		for tick := time.NewTicker(10 * time.Second / perSecond); ; <-tick.C {
			m := app.Message{ID: fmt.Sprint("bare", len(alone)), Channel: app.KindEmail, To: "ana@harbour.example", Template: app.MessageUnlocked}
			began := time.Now()
			if err := beside.Deliver(b.Context(), m); err != nil {
				b.Error(err)
			}
			alone = append(alone, float64(time.Since(began).Microseconds())/1000)
			select {
			case <-over:
				return
			default:
			}
		}
	})
	tick := time.NewTicker(time.Second / perSecond)
	defer tick.Stop()
	b.ResetTimer()
	for i := warm; i < n; i++ {
		<-tick.C
		sending.Go(func() { send(i) })
	}
	sending.Wait()
	watch.wait(b, b.N)
	b.StopTimer()
	close(over)
	bare.Wait()
	since := func(from []time.Time) (took []float64) {
		for i, at := range from[warm:] {
			took = append(took, max(0, float64(watch.taken[ids[warm+i]].Sub(at).Microseconds())/1000))
		}
		return took
	}
	for what, took := range map[string][]float64{"": since(committed), "-with-commit": since(begun), "-bare": alone[min(1, len(alone)-1):]} {
		slices.Sort(took)
		b.ReportMetric(took[len(took)/2], "p50-ms"+what)
		b.ReportMetric(took[len(took)*99/100], "p99-ms"+what)
	}
}

// realClock is the computer's.
type realClock struct{}

func (realClock) Now() time.Time { return time.Now().UTC() }
