package backend_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// How a message went is recorded while its lease holds: afterwards somebody else would send it again.

// joined is a store that does something around each Join.
type joined struct {
	port.Store
	before, after func()
}

func (s *joined) Join(ctx context.Context, patience time.Duration, f func(port.Tx) error) error {
	s.before()
	defer s.after()
	return s.Store.Join(ctx, patience, f)
}

// Threat: a delivery that takes all its time is recorded after its lease has run out, when somebody else has sent it again.
func TestALeaseCoversRecordingToo(t *testing.T) {
	w := newWorld(t)
	k := w.toPassword(someone(trial.Registered))
	w.ok(w.Deliver(t.Context()))
	raw, n, came := w.config.Store, 0, make(chan string, 100)
	w.config.Deliverer = newArrivals(func(_ context.Context, m app.Message) error {
		n++
		w.clock.pass(map[int]time.Duration{1: 9 * time.Second, 2: 19 * time.Second}[n])
		came <- m.ID
		return nil
	})
	again := newArrivals(nil)
	other := w.another(again)
	w.config.Store = &joined{Store: raw, after: func() {}, before: func() {
		w.clock.pass(2 * time.Second)
		w.ok(other.Deliver(t.Context()))
	}}
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	k.must(app.GivePassword{Password: secret(newPassword)}) // two notices
	for range 2 {
		select {
		case <-came:
		case <-time.After(20 * time.Second):
			t.Fatal("two notices did not go out")
		}
	}
	w.ok(w.Close())
	if len(again.count) != 0 {
		t.Errorf("another server sent %d messages again", len(again.count))
	}
}

// Threat: how a message went is not written down as long as others are handed over, until its lease runs out.
func TestHowAMessageWentIsRecordedBeforeTheNext(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered).Mail
	p := newProvider(func(m app.Message) bool { return m.To != "slow0" })
	let := make(chan struct{})
	w.config.Deliverer = newArrivals(func(ctx context.Context, m app.Message) error {
		if m.To == "slow0" {
			p.count(m.Channel, 1)
			p.changed <- struct{}{}
			<-let
			p.count(m.Channel, -1)
			return nil
		}
		return p.Deliver(ctx, m)
	})
	recorded := make(chan struct{}, 100)
	w.config.Store = &joined{Store: w.config.Store, before: func() {}, after: func() { recorded <- struct{}{} }}
	w.restart()
	w.fill(t, p)
	sendCode(w) // handed over, and every lane is taken
	close(let)  // one becomes free for it, where it hangs
	select {
	case <-recorded:
	case <-time.After(20 * time.Second):
		t.Error("how the message before went is not recorded")
	}
	w.clock.pass(time.Minute / 2)
	var again sync.Map
	other := w.another(newArrivals(func(_ context.Context, m app.Message) error {
		again.Store(m.To, true)
		return port.ErrUndeliverable
	}))
	w.ok(other.Deliver(t.Context()))
	_, twice := again.Load("slow0")
	if _, bens := again.Load(ben); twice || !bens {
		t.Errorf("what was recorded goes out again: %v, what was not: %v", twice, bens)
	}
	w.ok(w.Close())
}

// failing is a store whose first Join fails.
type failing struct {
	port.Store
	tries, kept chan struct{}
}

func (s *failing) Join(ctx context.Context, patience time.Duration, f func(port.Tx) error) error {
	select {
	case s.tries <- struct{}{}:
		return errors.New("the disk is full")
	default:
	}
	err := s.Store.Join(ctx, patience, f)
	s.kept <- struct{}{}
	return err
}

// Threat: a commit that fails with somebody else's part makes a message go out twice.
func TestHowAMessageWentIsRecordedAgain(t *testing.T) {
	w := newWorld(t)
	s := &failing{w.config.Store, make(chan struct{}, 1), make(chan struct{}, 100)}
	w.config.Deliverer, w.config.Store = newArrivals(nil), s
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	sendCode(w)
	select {
	case <-s.kept:
	case <-time.After(20 * time.Second):
		t.Error("how the message went is not recorded")
	}
	w.clock.pass(time.Minute / 2)
	again := newArrivals(nil)
	w.ok(w.another(again).Deliver(t.Context()))
	if len(again.count) != 0 {
		t.Error("the message went out twice")
	}
	w.ok(w.Close())
}
