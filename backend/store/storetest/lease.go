package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// leasing is an outbox beside a model of it.
type leasing struct {
	t       *testing.T
	s       port.Store
	random  *rand.Rand
	waiting []port.OutboxRecord // the longest due first
	turns   map[app.AccountID]int
	n       int
}

func (l *leasing) put(account app.AccountID) {
	l.n++
	r := port.OutboxRecord{
		ID: fmt.Sprintf("%s-%04d", account, l.n), Account: account, Urgent: l.random.IntN(2) == 0,
		Due: now.Add(time.Duration(l.n) * time.Millisecond), Message: app.Message{Channel: app.KindEmail},
	}
	puts(l.t, l.s, enqueue, r)
	l.waiting = append(l.waiting, r)
}

// next is what the model takes: what is urgent first, then whose last turn was the longest ago, then the longest due.
func (l *leasing) next() port.OutboxRecord {
	best := l.waiting[0]
	for _, r := range l.waiting[1:] {
		switch {
		case r.Urgent != best.Urgent:
			if r.Urgent {
				best = r
			}
		case l.turns[r.Account] < l.turns[best.Account]:
			best = r
		}
	}
	return best
}

// take marks what was leased as delivered, now and then as to be tried again.
func (l *leasing) take(r port.OutboxRecord) {
	l.turns[r.Account] = int(r.Turn)
	r.Delivered, r.Leased = later(9), time.Time{}
	puts(l.t, l.s, func(tx port.Tx, r port.OutboxRecord) error { return tx.PutOutbox(r) }, r)
	for i, w := range l.waiting {
		if w.ID == r.ID {
			l.waiting = append(l.waiting[:i:i], l.waiting[i+1:]...)
			return
		}
	}
	l.t.Fatalf("%s was leased twice", r.ID)
}

// testLeaseIsFair: however many messages somebody has queued, others' are not held back (threat: 200 mails of one person
// before another's code).
func testLeaseIsFair(t *testing.T, s port.Store) {
	l := &leasing{t: t, s: s, random: rand.New(rand.NewPCG(7, 7)), turns: map[app.AccountID]int{}}
	for range 80 {
		l.put("flood")
	}
	for len(l.waiting) > 0 {
		if l.random.IntN(3) > 0 && l.n < 200 {
			l.put(app.AccountID([]string{"A1", "A2", "A3", ""}[l.random.IntN(4)]))
		}
		if l.random.IntN(2) == 0 {
			want := l.next().ID
			got := lease(t, s, later(9), 1)
			if len(got) != 1 || got[0].ID != want {
				t.Fatalf("leased %v, want %s", messages(got), want)
			}
			l.take(got[0])
			continue
		}
		l.takeMany(lease(t, s, later(9), 2+l.random.IntN(5)))
	}
}

// takeMany holds one lease of several against what fairness asks for.
func (l *leasing) takeMany(got []port.OutboxRecord) {
	type class struct {
		account app.AccountID
		urgent  bool
	}
	if len(got) == 0 {
		l.t.Fatal("nothing was leased of what waits")
	}
	taken, idle := map[class]int{}, false
	for _, r := range got {
		taken[class{r.Account, r.Urgent}]++
		idle = idle || !r.Urgent
		l.take(r)
	}
	for _, r := range l.waiting {
		if idle && r.Urgent {
			l.t.Fatalf("%s, which is urgent, waits behind what is not", r.ID)
		}
		for c, n := range taken {
			if c.urgent == r.Urgent && n > taken[class{r.Account, r.Urgent}]+1 {
				l.t.Fatalf("%q got %d turns while %s waited", c.account, n, r.ID)
			}
		}
	}
}

// testLeaseIsBounded: no account has more out than it may, and a channel that is not asked for stays.
func testLeaseIsBounded(t *testing.T, s port.Store) {
	put := func(id string, account app.AccountID, channel app.Kind, urgent bool) {
		puts(t, s, enqueue, port.OutboxRecord{ID: id, Account: account, Due: now, Urgent: urgent, Message: app.Message{Channel: channel}})
	}
	for i := range 5 {
		put(fmt.Sprint("mail", i), "A1", app.KindEmail, i == 3)
		put(fmt.Sprint("text", i), "A1", app.KindSMS, false)
	}
	put("other", "A2", app.KindEmail, false)
	two := port.Lease{Now: now, Until: later(1), N: 9, PerAccount: 2, Channels: []app.Kind{app.KindEmail, app.KindVoice}}
	same(t, "two of each urgency, the urgent one first, then whose turn is the longest ago", messages(leaseOf(t, s, two)), []string{"mail3", "other", "mail0", "mail1"})
	same(t, "no more while they are out", len(leaseOf(t, s, two)), 0)
	two.Channels = []app.Kind{app.KindSMS}
	same(t, "another channel is not held up", messages(leaseOf(t, s, two)), []string{"text0", "text1"})
	two.Now, two.Until = later(1), later(2)
	same(t, "after the leases", messages(leaseOf(t, s, two)), []string{"text0", "text1"})
	two.PerAccount = 0
	same(t, "without a bound", messages(leaseOf(t, s, two)), []string{"text2", "text3", "text4"})
}
