package storetest

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func testCounter(t *testing.T, s port.Store) {
	counter := func(key string) port.Counter {
		return get(t, s, func(tx port.Tx) (port.Counter, error) { return tx.Counter(key) })
	}
	same(t, "unknown", counter("start:A1"), port.Counter{Key: "start:A1"})
	put := func(tx port.Tx, c port.Counter) error { return tx.PutCounter(c) }
	full := port.Counter{Key: "start:A1", Count: 3, Since: now, Until: later(1), TAT: later(2), Expiry: later(3)}
	bare := port.Counter{Key: "start:A2", Count: 1}
	puts(t, s, put, full, bare)
	same(t, "full", counter(full.Key), full)
	same(t, "bare", counter(bare.Key), bare)
	full.Count, full.Until = 4, later(9)
	puts(t, s, put, full)
	same(t, "replaced", counter(full.Key), full)
	drop := func(at int) int {
		keys := get(t, s, func(tx port.Tx) ([]string, error) { return tx.ExpiredCounters(later(at), 9) })
		dropped := change(t, s, func(tx port.Tx) (int, error) { return tx.DropCounters([]string{full.Key, bare.Key}, later(at)) })
		same(t, "listed as expired", len(keys), dropped)
		return dropped
	}
	same(t, "dropped at its expiry", drop(3), 0)
	same(t, "dropped after it", drop(4), 1)
	same(t, "after the drop", counter(full.Key), port.Counter{Key: full.Key})
	same(t, "without an expiry", counter(bare.Key), bare)
}

func testAudit(t *testing.T, s port.Store) {
	head := func() port.AuditEntry {
		return get(t, s, func(tx port.Tx) (port.AuditEntry, error) { return tx.AuditHead() })
	}
	same(t, "empty trail", head(), port.AuditEntry{})
	first := port.AuditEntry{Seq: 1, At: now, Action: "sign_in", Result: "failed", Hash: []byte("h1")}
	second := port.AuditEntry{
		Seq: 2, At: later(1), Action: "reset.gate", Result: "blocked", Reason: "code_wrong", Account: "A1", By: "jo", Role: "flow",
		Method: "email", Flow: "F1", Support: "H7K2-9QWD", Station: "kiosk\n3", StationID: "S1", Network: "192.0.2.7", Prev: []byte("h1"),
		Hash: []byte("h2"),
	}
	put := func(tx port.Tx, e port.AuditEntry) error { return tx.AppendAudit(e) }
	puts(t, s, put, first, second)
	same(t, "head", head(), second)
	err := s.Update(t.Context(), func(tx port.Tx) error { return tx.AppendAudit(second) })
	if app.CodeOf(err) != app.CodeInternal {
		t.Errorf("a number twice: %v, want a refusal", err)
	}
	puts(t, s, put, port.AuditEntry{Seq: 3, At: later(2), Action: "a", Result: "r", Prev: []byte("h2"), Hash: []byte("h3")})
	from := func(seq int64, n int) []port.AuditEntry {
		return get(t, s, func(tx port.Tx) ([]port.AuditEntry, error) { return tx.AuditFrom(seq, n) })
	}
	same(t, "the first two", from(0, 2), []port.AuditEntry{first, second})
	same(t, "from the second on, how many", len(from(2, 10)), 2)
	same(t, "past the end", len(from(4, 10)), 0)
	for i, action := range []string{"outbox.sent", "outbox.arrived", "outbox", "outbox/", "reset.gate", "outbox.failed"} {
		account := map[bool]string{true: "A1", false: "A2"}[i < 5]
		puts(t, s, put, port.AuditEntry{Seq: int64(4 + i), At: now, Action: action, Account: account, Hash: []byte("h")})
	}
	of := func(n int) (actions []string) {
		for _, e := range get(t, s, func(tx port.Tx) ([]port.AuditEntry, error) { return tx.AuditOfMessages("A1", n) }) {
			actions = append(actions, e.Action)
		}
		return actions
	}
	same(t, "of messages", of(9), []string{"outbox.arrived", "outbox.sent"})
	same(t, "of messages, the newest", of(1), []string{"outbox.arrived"})
}

func testHelpRequest(t *testing.T, s port.Store) {
	open := func(account app.AccountID) func(tx port.Tx) (port.HelpRequest, error) {
		return func(tx port.Tx) (port.HelpRequest, error) { return tx.OpenHelpRequest(account) }
	}
	missing(t, s, "none yet", open("A1"))
	put := func(tx port.Tx, r port.HelpRequest) error { return tx.PutHelpRequest(r) }
	want := port.HelpRequest{Receipt: "R1", Account: "A1", UserID: "ana", Reason: app.CodeNotVerified, Created: now}
	puts(t, s, put, want, port.HelpRequest{Receipt: "R2", UserID: "who", Reason: app.CodeUnknown, Created: now})
	same(t, "open request", get(t, s, open("A1")), want)
	missing(t, s, "another's", open("A2"))
	missing(t, s, "nobody's", open(""))
	want.Closed = later(1)
	puts(t, s, put, want)
	missing(t, s, "closed", open("A1"))
}

func testHelpRequestsOfNobody(t *testing.T, s port.Store) {
	count := func() int { return get(t, s, func(tx port.Tx) (int, error) { return tx.OpenOfNobody() }) }
	drop := func(at int) int {
		return change(t, s, func(tx port.Tx) (int, error) { return tx.DropOfNobody(later(at)) })
	}
	same(t, "none yet", count(), 0)
	put := func(tx port.Tx, r port.HelpRequest) error { return tx.PutHelpRequest(r) }
	one := port.HelpRequest{Receipt: "N1", Account: "nobody:1", UserID: "who", Reason: app.CodeUnknown, Created: now, Nobody: true}
	two, somebody := one, one
	two.Receipt, two.Account, two.Created = "N2", "nobody:2", later(1)
	somebody.Receipt, somebody.Account, somebody.Nobody = "S1", "A1", false
	puts(t, s, put, one, two, somebody)
	same(t, "two, and somebody's", count(), 2)
	same(t, "as it was put", get(t, s, func(tx port.Tx) (port.HelpRequest, error) { return tx.OpenHelpRequest("nobody:1") }), one)
	closed := two
	closed.Closed = later(2)
	puts(t, s, put, closed)
	same(t, "one is closed", count(), 1)
	same(t, "dropped at the edge", drop(0), 0)
	same(t, "dropped", drop(1), 1)
	same(t, "dropped, the closed one too, and nobody else's", drop(9), 1)
	same(t, "none any more", count(), 0)
}

func testMark(t *testing.T, s port.Store) {
	mark := func(name string) string {
		return get(t, s, func(tx port.Tx) (string, error) { return tx.Mark(name) })
	}
	same(t, "none yet", mark("one"), "")
	for _, value := range []string{"first", "second"} {
		update(t, s, func(tx port.Tx) error { return tx.PutMark("one", value) })
		same(t, "as it was put", mark("one"), value)
	}
	same(t, "another", mark("keys"), "")
}

func testCheck(t *testing.T, s port.Store) {
	update(t, s, func(tx port.Tx) error { return tx.PutMark("m", "v") })
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("as the program made it: %v", err)
	}
}
