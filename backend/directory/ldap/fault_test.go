package ldap_test

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

// fault is what happens to a connection at one of the messages that it carries.
type fault int

const (
	cutBefore fault = iota + 1 // the message never arrives
	cutAfter                   // it arrives, and its answer doesn't
	silence                    // it arrives, and its answer stays on the way until nobody waits any more
	garbage                    // it arrives, and the answer can't be read
)

// wire is a network whose connections have faults.
type wire struct {
	dial func(ctx context.Context, network, address string) (net.Conn, error)

	mu     sync.Mutex
	fault  fault
	in     int // messages until the fault
	silent chan struct{}
	refuse map[string]bool // hosts that can't be reached
	dialed []string        // hosts, in order

	roll func() fault // the fault of each message, 0 for none, in place of one that is armed
	hush func()       // is told of a silence, then
}

// arm lets the fault happen at the n-th message from now, from 1.
func (w *wire) arm(f fault, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault, w.in, w.silent = f, n, make(chan struct{})
}

func (w *wire) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(address)
	w.mu.Lock()
	w.dialed = append(w.dialed, host)
	refused := w.refuse[host]
	w.mu.Unlock()
	if refused {
		return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
	}
	conn, err := w.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &faulty{Conn: conn, wire: w, closed: make(chan struct{})}, nil
}

func (w *wire) hosts() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.dialed
	w.dialed = nil
	return all
}

// faulty is a connection of a wire.
type faulty struct {
	net.Conn
	wire   *wire
	mu     sync.Mutex
	fault  fault
	once   sync.Once
	closed chan struct{}
}

func (f *faulty) Write(b []byte) (int, error) {
	f.wire.mu.Lock()
	struck := fault(0)
	if f.wire.roll != nil {
		struck = f.wire.roll()
	} else if f.wire.in > 0 {
		if f.wire.in--; f.wire.in == 0 {
			struck = f.wire.fault
		}
	}
	f.wire.mu.Unlock()
	if struck != 0 {
		f.mu.Lock()
		f.fault = struck
		f.mu.Unlock()
	}
	if f.struck() == cutBefore {
		_ = f.Close()
		return 0, io.ErrClosedPipe
	}
	return f.Conn.Write(b)
}

func (f *faulty) struck() fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fault
}

func (f *faulty) Read(b []byte) (int, error) {
	n, err := f.Conn.Read(b)
	switch f.struck() {
	case cutAfter: // the answer was there
		_ = f.Close()
		return 0, io.ErrUnexpectedEOF
	case silence:
		f.wire.mu.Lock()
		silent, hush := f.wire.silent, f.wire.hush
		f.wire.mu.Unlock()
		f.once.Do(func() {
			if hush != nil {
				hush()
			} else {
				close(silent)
			}
		})
		<-f.closed
		return 0, net.ErrClosed
	case garbage:
		for i := range b[:n] {
			b[i] ^= 0x55
		}
	}
	return n, err
}

func (f *faulty) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-f.closed:
	default:
		close(f.closed)
	}
	return f.Conn.Close()
}

// faults runs a reset through each fault at each message: it is never done without proof, never refused without the server's
// word, and written once at most.
func faults(t *testing.T, good ldap.Config, fresh func() app.AccountID, binds func(password string) bool) {
	const second = "Lantern-tide 41 copper"
	for _, c := range []struct {
		name    string
		fault   fault
		message int // of the reset: 1 looks the person up
		written bool
	}{
		{"cut before it is looked up", cutBefore, 1, true}, // another connection is tried: nothing was told yet
		{"cut while it is looked up", cutAfter, 1, true},
		{"garbage while it is looked up", garbage, 1, true},
		{"silent while it is looked up", silence, 1, false},
		{"cut before the write", cutBefore, 0, false},
		{"cut after the write", cutAfter, 0, true},
		{"silent after the write", silence, 0, true},
		{"garbage after the write", garbage, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := fresh()
			w := &wire{dial: good.Network.Dial}
			config := good
			config.Network.Dial = w.Dial
			d := open(t, config)
			before, err := d.Account(t.Context(), id) // which leaves a connection that is good
			if err != nil {
				t.Fatal(err)
			}
			message := c.message
			if message == 0 {
				message = questions(t, good, id, w) + 1
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			w.arm(c.fault, message)
			if c.fault == silence {
				go func() { <-w.silent; cancel() }() // whoever waits goes away
			}
			err = d.SetPassword(ctx, id, app.NewSecret(second))
			var refusal *port.Refusal
			switch retried := c.message == 1 && c.fault != silence; {
			case errors.As(err, &refusal), errors.Is(err, port.ErrPassword):
				t.Errorf("refused: %v", err)
			case retried && err != nil:
				t.Errorf("nothing was told to the first connection: %v", err)
			case !retried && err == nil:
				t.Error("done, without an answer")
			}
			w.arm(0, 0)
			if got := binds(second); got != c.written {
				t.Errorf("the new password signs in: %v, want %v", got, c.written)
			}
			if after, err := d.Account(t.Context(), id); err != nil || (after.Stamp != before.Stamp) != c.written {
				t.Errorf("the stamp was %q and is %q, %v", before.Stamp, after.Stamp, err)
			}
			if err := d.SetPassword(t.Context(), id, app.NewSecret("Quiet-tide 19 signal")); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
	t.Run("the server is away once it has written", func(t *testing.T) {
		id := fresh()
		w := &wire{dial: good.Network.Dial}
		config := good
		config.Network.Dial = w.Dial
		d := open(t, config)
		if _, err := d.Account(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		w.refuse = map[string]bool{}
		for _, host := range w.hosts() {
			w.refuse[host] = true // the proof wants a connection of its own
		}
		var refusal *port.Refusal
		if err := d.SetPassword(t.Context(), id, app.NewSecret(second)); err == nil || errors.As(err, &refusal) {
			t.Errorf("without proof: %v", err)
		}
		if !binds(second) {
			t.Error("it was not written")
		}
	})
}

// questions counts the messages of a reset on the service account's connection before the write: those of finding the person.
func questions(t *testing.T, good ldap.Config, id app.AccountID, w *wire) int {
	t.Helper()
	counter := &counting{}
	config := good
	config.Network.Dial = countedDial(w.dial, counter)
	d := open(t, config)
	if _, err := d.Rules(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	before := counter.get()
	if _, err := d.Rules(t.Context(), id); err != nil { // looks the person up, and nothing else
		t.Fatal(err)
	}
	return counter.get() - before
}

type counting struct {
	mu sync.Mutex
	n  int
}

func (c *counting) get() int { c.mu.Lock(); defer c.mu.Unlock(); return c.n }

type counted struct {
	net.Conn
	all *counting
}

// countedDial is a network whose messages are counted.
func countedDial(dial func(ctx context.Context, network, address string) (net.Conn, error), all *counting) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return &counted{conn, all}, err
	}
}

func (c *counted) Write(b []byte) (int, error) {
	c.all.mu.Lock()
	c.all.n++
	c.all.mu.Unlock()
	return c.Conn.Write(b)
}

// failover: the first server that answers is used; one that was away is asked again, and returned to.
func failover(t *testing.T, good ldap.Config, first, other string) {
	w := &wire{dial: good.Network.Dial, refuse: map[string]bool{first: true}}
	now := &clock{}
	config := good
	config.Clock, config.Network.Dial = now, w.Dial
	config.Servers = []string{"ldaps://" + first, "ldaps://" + other}
	d := open(t, config)
	ask := func() {
		t.Helper()
		if _, err := d.Find(t.Context(), "nobody"); !errors.Is(err, port.ErrNotFound) {
			t.Fatal(err)
		}
	}
	step := func(name string, want ...string) {
		t.Helper()
		ask()
		if got := w.hosts(); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	step("the first is away", first, other)
	if id, err := d.Find(t.Context(), "ana"); err == nil && id.Lag == 0 {
		t.Error("of several servers none may be behind")
	}
	step("a connection is there")
	w.refuse[first] = false
	now.ahead.Store(int64(20 * time.Second))
	step("within half a minute")
	now.ahead.Store(int64(2 * time.Minute))
	step("a minute later", first)
	w.refuse[first], w.refuse[other] = true, true
	now.ahead.Store(int64(15 * time.Minute))
	if _, err := d.Find(t.Context(), "nobody"); err == nil || errors.Is(err, port.ErrNotFound) {
		t.Errorf("all are away: %v", err)
	}
}
