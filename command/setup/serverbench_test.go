//go:build linux

package setup

import (
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// What `make bench-server` prints. It runs with -benchtime=Nx; N is the number of resets.

// timed measures every call of a client.
type timed struct {
	http.RoundTripper
	mu   *sync.Mutex
	took *[]time.Duration
}

func (t timed) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	reply, err := t.RoundTripper.RoundTrip(r)
	took := time.Since(began)
	t.mu.Lock()
	*t.took = append(*t.took, took)
	t.mu.Unlock()
	return reply, err
}

// resetting is a server of its own, and people who reset.
type resetting struct {
	b      *testing.B
	server *serverProcess
	people []settler
	took   []time.Duration
	mu     sync.Mutex
}

// ownPeople makes a house for people in their organisation's own network: of strangers it lets so many reset in a minute.
func ownPeople(b *testing.B) *house {
	b.Helper()
	h := emptyHouse(b, proxied)
	p := trial.Policy()
	p.Feature.Disclosure, p.Feature.HelpfulNetworks = policy.Private, []string{"10.0.0.0/8"}
	write(b, filepath.Join(h.dir, "policy.toml"), string(policy.Effective(p)))
	return h
}

// newResetting starts a server for so many people. prefix is what its command begins with.
func newResetting(b *testing.B, people int, hasher string, prefix ...string) *resetting {
	b.Helper()
	h := ownPeople(b)
	r := &resetting{b: b, server: &serverProcess{t: b, dir: h.dir, hasher: hasher, trusted: h.trusted, prefix: prefix}}
	r.people = settlers(b, h.dir, people, hashers[hasher], firstPassword, func(int) bool { return true })
	r.server.run(0)
	return r
}

// connect opens a connection.
func (r *resetting) connect() *http.Transport {
	r.b.Helper()
	t := transportTo(r.server.trusted, r.server.address)
	if _, err := clientFrom(t, 0, systemClock{}).Organisation(r.b.Context()); err != nil {
		r.b.Fatal(err)
	}
	return t
}

// reset lets one person in again, over a connection.
func (r *resetting) reset(at int, over http.RoundTripper) error {
	p := citizen{
		settler: &r.people[at], client: clientFrom(over, at, systemClock{}), now: time.Now, code: r.server.code, insist: patient,
	}
	return p.reset(newSecret)
}

// patient comes back when the server says so.
func patient(f func() error) error {
	for {
		err := f()
		var told *app.Error
		if app.CodeOf(err) != app.CodeBusy || !errors.As(err, &told) {
			return err
		}
		time.Sleep(time.Until(told.RetryAt))
	}
}

// run has everyone reset once, over so many connections at once, and says how long that took.
func (r *resetting) run(clients int) time.Duration {
	r.b.Helper()
	all := make([]*http.Transport, clients)
	for i := range all {
		all[i] = r.connect()
		defer all[i].CloseIdleConnections()
	}
	var next atomic.Int64
	var resets sync.WaitGroup
	began := time.Now()
	for _, t := range all {
		resets.Go(func() {
			for at := next.Add(1) - 1; at < int64(len(r.people)); at = next.Add(1) - 1 {
				if err := r.reset(int(at), timed{t, &r.mu, &r.took}); err != nil {
					r.b.Errorf("%s: %v", r.people[at].ID, err)
					return
				}
			}
		})
	}
	resets.Wait()
	return time.Since(began)
}

// nothingPerSecond is how many answers without any work the server gives to as many clients.
func (r *resetting) nothingPerSecond(clients int) float64 {
	r.b.Helper()
	const each = 100
	var all sync.WaitGroup
	began := time.Now()
	for range clients {
		all.Go(func() {
			t := transportTo(r.server.trusted, r.server.address)
			defer t.CloseIdleConnections()
			for range each {
				request, err := http.NewRequest(http.MethodGet, "https://reset.example.org/healthz", nil)
				if err != nil {
					r.b.Error(err)
					return
				}
				reply, err := t.RoundTrip(request)
				if err != nil {
					r.b.Error(err)
					return
				}
				_ = reply.Body.Close()
			}
		})
	}
	all.Wait()
	return float64(clients*each) / time.Since(began).Seconds()
}

func BenchmarkServer(b *testing.B) {
	b.Run("resets", func(b *testing.B) {
		if b.N == 1 {
			return // the benchmark's own first look
		}
		r := newResetting(b, b.N, "quick", pinned()...)
		took := r.run(48)
		calls := float64(len(r.took)) / took.Seconds()
		tell(b, figure{Name: "complete resets, hashing cheap, 48 clients", Value: float64(b.N) / took.Seconds(), Unit: "1/s"})
		tell(b, figure{Name: "its calls", Value: calls, Unit: "1/s"}.beside("/healthz of the same server", r.nothingPerSecond(48)))
		r.server.end()
	})
	b.Run("crowd", func(b *testing.B) {
		if b.N == 1 {
			return
		}
		r := newResetting(b, 2*b.N, "quick", pinned()...)
		r.run(200)
		slices.Sort(r.took)
		p50, p99 := r.took[len(r.took)/2], r.took[len(r.took)*99/100]
		ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
		tell(b, figure{Name: "one call under 200 clients, 99 of 100", Value: ms(p99), Unit: "ms"}.beside("median", ms(p50)).atMost(5))
		r.server.end()
	})
	b.Run("hashing", func(b *testing.B) {
		if b.N == 1 {
			return
		}
		r := newResetting(b, b.N, "real", pinned()...)
		before := hashAlonePerSecond(b)
		took := r.run(24)
		alone := (before + hashAlonePerSecond(b)) / 2
		const hashes = 2 // of a reset: whether it is the old password, and the new one
		tell(b, figure{Name: "complete resets, hashing as usual, 24 clients", Value: float64(b.N) / took.Seconds(), Unit: "1/s"}.
			beside("two argon2id alone", alone/hashes).atLeast(0.95))
		r.server.end()
	})
}
