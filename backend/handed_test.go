package backend_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// What is handed over to the worker in memory is leased in the store meanwhile. None of it goes out twice while nothing crashes.

// arrivals is a deliverer that counts what arrives, and does something first.
type arrivals struct {
	mu    sync.Mutex
	count map[string]int // by the message's ID
	first func(context.Context, app.Message) error
}

func newArrivals(first func(context.Context, app.Message) error) *arrivals {
	return &arrivals{count: map[string]int{}, first: first}
}

func (a *arrivals) Deliver(ctx context.Context, m app.Message) error {
	if a.first != nil {
		if err := a.first(ctx, m); err != nil {
			return err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count[m.ID]++
	return nil
}

// another is another server at the same store.
func (w *world) another(d port.Deliverer) *backend.Backend {
	w.t.Helper()
	config := w.config
	config.Deliverer = d
	other, err := backend.New(config)
	w.ok(err)
	return other
}

// fill has messages of others hang on every lane of mail's.
func (w *world) fill(t *testing.T, p *provider) {
	w.t.Helper()
	const lanes = 8
	for i := range lanes {
		w.enqueue(app.AccountID(fmt.Sprint("S", i)), app.KindEmail, "", fmt.Sprint("slow", i))
	}
	w.ok(w.StartWorker(w.t.Context()))
	p.untilOut(t, app.KindEmail, lanes)
}

// Threat: a message waits in memory until its lease runs out, another server carries it out, and then it is marked as one that
// still has to go.
func TestWhatAnotherServerSentIsNotSentAgain(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered).Mail
	p := newProvider(func(m app.Message) bool { return m.To != ben && m.To != "last" })
	w.config.Deliverer = p
	w.restart()
	w.fill(t, p)
	sendCode(w) // handed over, and every lane is taken
	w.clock.pass(time.Minute / 2)
	sent := newArrivals(func(_ context.Context, m app.Message) error {
		if m.To != ben {
			return port.ErrUndeliverable
		}
		return nil
	})
	other := w.another(sent)
	w.ok(other.Deliver(t.Context()))
	close(p.let)
	w.ok(w.Deliver(t.Context()))
	w.ok(w.Close())
	w.ok(other.Deliver(t.Context()))
	n := 0
	for _, times := range sent.count {
		n += times
	}
	for _, m := range p.arrived {
		if m.To == ben {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the code arrived %d times", n)
	}
}

// held is a store where the Update that puts the first message into the outbox returns late.
type held struct {
	port.Store
	once           sync.Once
	committed, let chan struct{}
}

func (s *held) Update(ctx context.Context, f func(port.Tx) error) error {
	enqueued := false
	err := s.Store.Update(ctx, func(tx port.Tx) error {
		_, empty := tx.NextDue()
		err := f(tx)
		_, still := tx.NextDue()
		enqueued = empty != nil && still == nil
		return err
	})
	if enqueued {
		s.once.Do(func() {
			close(s.committed)
			<-s.let
		})
	}
	return err
}

// Threat: a message is sent by a worker that was closed, and recorded in a store that is.
func TestNothingIsHandedToAClosedWorker(t *testing.T) {
	w := newWorld(t)
	k := w.reset(someone(trial.Registered)).must(app.Choose{Kind: app.KindEmail})
	sent := newArrivals(nil)
	s := &held{Store: w.config.Store, committed: make(chan struct{}), let: make(chan struct{})}
	w.config.Deliverer, w.config.Store = sent, s
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	var done sync.WaitGroup
	done.Go(func() { k.must(app.GiveAddress{Address: someone(trial.Registered).Mail}) })
	<-s.committed
	w.ok(w.Close())
	close(s.let)
	done.Wait()
	w.ok(w.Deliver(t.Context())) // waits for every lane
	if len(sent.count) != 0 {
		t.Error("a closed worker sent a message")
	}
}

// Threat: notices that are handed over go before a code that waits in the outbox. With one lane free, whatever waits where, the
// code goes first.
func TestACodeInTheOutboxGoesBeforeNoticesInMemory(t *testing.T) {
	w, ben, ana := newWorld(t), someone(trial.Registered).Mail, someone(trial.Ready)
	const slow = 7 // of eight lanes
	let, first, begun := make(chan struct{}), make(chan struct{}), make(chan string, 100)
	var mu sync.Mutex
	var order []string
	w.config.Deliverer = newArrivals(func(ctx context.Context, m app.Message) error {
		begun <- m.To
		mu.Lock()
		order = append(order, m.To)
		hangs := map[bool]chan struct{}{true: let, false: nil}[strings.HasPrefix(m.To, "slow")]
		if m.To == ben && !slices.Contains(order[:len(order)-1], ben) {
			hangs = first
		}
		mu.Unlock()
		if hangs != nil {
			<-hangs
		}
		return nil
	})
	w.restart()
	for i := range slow {
		w.enqueue(app.AccountID(fmt.Sprint("S", i)), app.KindEmail, "", fmt.Sprint("slow", i))
	}
	w.ok(w.StartWorker(t.Context()))
	until := func(n int) {
		for range n {
			select {
			case <-begun:
			case <-time.After(20 * time.Second):
				t.Fatal("what waits does not go out")
			}
		}
	}
	until(slow)
	sendCode(w)
	until(1)
	w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ana.UserID}, app.ContactAdmin{}) // handed over
	sendCode(w)                                                                                          // waits for the one before
	close(first)
	until(2)
	mu.Lock()
	if got := order[slow+1]; got != ben {
		t.Errorf("what goes to %s went before the code", got)
	}
	mu.Unlock()
	close(let)
	w.ok(w.Close())
}
