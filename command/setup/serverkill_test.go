package setup

import (
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
)

const (
	crowdSize = 200
	// answersOfACrowd are at least so many: each of half of them registers in 11, and each of the others resets in 7.
	answersOfACrowd = crowdSize / 2 * (11 + 7)
)

// TestKilledUnderACrowdNothingIsLost: 200 clients work on a server over real TLS, which is killed with SIGKILL after an answer that
// is drawn. It is started again on its data, and everyone goes on with the same intent. Every conversation stands where its client
// was told or further, every registration and every new password that was acknowledged is there and happened once, a message
// comes again at most as the same one, and the audit trail is whole.
func TestKilledUnderACrowdNothingIsLost(t *testing.T) {
	for seed := range runs(t, "SPAREKEY_SERVER_KILLS", 2) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { killUnderACrowd(t, uint64(seed)) })
	}
}

func killUnderACrowd(t *testing.T, seed uint64) {
	h := emptyHouse(t, proxied)
	resets := func(i int) bool { return i%2 == 1 }
	m := &mortal{
		serverProcess: serverProcess{t: t, dir: h.dir, hasher: "quick", trusted: h.trusted},
		next:          make(chan struct{}), dead: make(chan struct{}),
	}
	people := settlers(t, h.dir, crowdSize, quickHasher(), firstPassword, resets)
	m.left.Store(1 + mathrand.New(mathrand.NewPCG(seed, 14)).Int64N(answersOfACrowd*3/4))
	m.run(0)
	var all sync.WaitGroup
	for i := range people {
		c, done := clientOf(h.trusted, m.address, i, &m.clock)
		p := &citizen{settler: &people[i], client: c, now: m.clock.Now, code: m.code}
		p.insist = func(f func() error) error { return m.insist(p, f) }
		all.Go(func() {
			defer done()
			do := p.enrol
			if resets(i) {
				do = func() error { return p.reset(newSecret) }
			}
			if err := do(); err != nil {
				t.Errorf("%s: %v", p.ID, err)
			}
		})
	}
	finished := make(chan struct{})
	go func() { all.Wait(); close(finished) }()
	select {
	case <-m.dead:
	case <-finished:
		t.Fatal("everyone was done before the kill")
	}
	if err := m.await(); err == nil {
		t.Error("the server ended by itself")
	}
	m.clock.ahead.Store(int64(afterLease)) // what was being delivered is delivered again
	m.run(afterLease)
	close(m.next)
	<-finished
	for i, p := range people {
		m.awaitMessages(p.mailbox, messagesOf(resets(i))) // notices come last
	}
	m.end()
	m.lookAt(people, resets)
	t.Logf("%d answers, %d messages repeated", m.given.Load(), m.repeated)
}

// afterLease is longer than a delivery is taken for one that goes on.
const afterLease = 31 * time.Second

// mortal is a server that is killed once.
type mortal struct {
	serverProcess
	left  atomic.Int64 // answers until then
	given atomic.Int64
	dead  chan struct{}
	next  chan struct{} // closed once it is there again
	clock movedClock
}

// movedClock is that of the server's clients.
type movedClock struct{ ahead atomic.Int64 }

func (c *movedClock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// acknowledged counts an answer that a client has read whole.
func (m *mortal) acknowledged() {
	m.given.Add(1)
	if m.left.Add(-1) == 0 {
		m.kill()
		close(m.dead)
	}
}

// insist repeats f once the server is there again, and looks before whether the conversation stands where it was told.
func (m *mortal) insist(p *citizen, f func() error) error {
	for {
		err := f()
		switch code := app.CodeOf(err); {
		case err == nil:
			m.acknowledged()
			return nil
		case code == app.CodeBusy:
			continue
		case code != app.CodeOffline && code != app.CodeUnavailable:
			return err
		}
		select {
		case <-m.next:
			return fmt.Errorf("nobody kills it any more: %w", err)
		case <-m.dead:
			<-m.next
		}
		if p.flow.ID == "" {
			continue
		}
		now, err := p.client.Get(m.t.Context(), p.flow.ID)
		if err != nil || now.Rev < p.flow.Rev {
			return fmt.Errorf("flow %s was told to be at %d, and is at %d: %w", p.flow.ID, p.flow.Rev, now.Rev, err)
		}
	}
}

// lookAt holds what the server left behind against what it acknowledged, which is all of it by now.
func (m *mortal) lookAt(people []settler, resets func(int) bool) {
	t := m.t
	plan, err := Plan(filepath.Join(m.dir, "server.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := verifyTrail(t.Context(), plan.keys); err != nil {
		t.Errorf("the audit trail: %v", err)
	} else if entries, vouched := v.Sums(); entries == 0 || entries != vouched {
		t.Errorf("heads vouch for %d of %d entries", vouched, entries)
	}
	told := map[string]int{}
	if err := store.ReadAudit(t.Context(), plan.keys.database(), func(page []port.AuditEntry) error {
		for _, e := range page {
			if e.Result == "succeeded" {
				told[e.Action]++
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if told["register.added"] != crowdSize || told["reset.write"] != crowdSize/2 || told["reset.code"] != crowdSize {
		t.Errorf("the trail tells of %d methods, %d resets and %d gates: %v", told["register.added"], told["reset.write"], told["reset.code"], told)
	}
	sealer, err := openKeys(plan.keys)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := store.Open(t.Context(), plan.keys.database(), sealer)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := openLocal(t.Context(), plan, ServerParts{Clock: systemClock{}, Hasher: quickHasher()}, plan.directories[0])
	if err != nil {
		t.Fatal(err)
	}
	directory := opened.Directory.(*local.Directory)
	if err := kept.View(t.Context(), func(tx port.Tx) error {
		for i, p := range people {
			have, err := tx.Credentials(p.ID)
			if err != nil || len(have) != 2 {
				t.Errorf("%s has %d methods, %v", p.ID, len(have), err)
			}
			good, dead, stamp := firstPassword, newSecret, "1"
			if resets(i) {
				good, dead, stamp = newSecret, firstPassword, "2"
			}
			account, err := directory.Account(t.Context(), p.ID)
			if err != nil || account.Stamp != stamp {
				t.Errorf("%s: the password was set %s times, want %s: %v", p.ID, account.Stamp, stamp, err)
			}
			if err := directory.Verify(t.Context(), p.ID, app.NewSecret(good)); err != nil {
				t.Errorf("%s: the password that was told: %v", p.ID, err)
			}
			if err := directory.Verify(t.Context(), p.ID, app.NewSecret(dead)); !errors.Is(err, port.ErrPassword) {
				t.Errorf("%s: the other password: %v", p.ID, err)
			}
			if n := m.messages(p.mailbox); n != messagesOf(resets(i)) {
				t.Errorf("%s got %d messages in the mailbox, want %d", p.ID, n, messagesOf(resets(i)))
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(opened.close(), kept.Close()); err != nil {
		t.Error(err)
	}
}

// messagesOf is how many reach the private mailbox of who resets, or of who registers.
func messagesOf(resets bool) int {
	if resets {
		return 2 // the code, and that the password was changed
	}
	return 1
}
