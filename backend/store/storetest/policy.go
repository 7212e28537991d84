package storetest

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func testPolicy(t *testing.T, s port.Store) {
	number := func(n int) func(port.Tx) (port.PolicyVersion, error) {
		return func(tx port.Tx) (port.PolicyVersion, error) { return tx.Policy(n) }
	}
	missing(t, s, "no newest yet", port.Tx.NewestPolicy)
	missing(t, s, "no first yet", number(1))
	same(t, "none yet", len(get(t, s, port.Tx.Policies)), 0)
	bare := port.PolicyVersion{Number: 1, At: now, Document: []byte("a = 1\n"), Hash: []byte("h1")}
	full := port.PolicyVersion{
		Number: 2, At: later(1), By: "ana", Source: "/etc/sparekey/policy.toml", Comment: "two gates\nfor all",
		Document: []byte("a = 2\n\x00"), Hash: []byte("h2"),
	}
	puts(t, s, port.Tx.AddPolicy, bare, full)
	same(t, "newest", get(t, s, port.Tx.NewestPolicy), full)
	same(t, "first", get(t, s, number(1)), bare)
	missing(t, s, "one past the end", number(3))
	err := s.Update(t.Context(), func(tx port.Tx) error { return tx.AddPolicy(full) })
	if app.CodeOf(err) != app.CodeInternal {
		t.Errorf("a number twice: %v, want a refusal", err)
	}
	same(t, "all", get(t, s, port.Tx.Policies), []port.PolicyVersion{full, bare})
}

func testPolicyFile(t *testing.T, s port.Store) {
	same(t, "at first", get(t, s, port.Tx.PolicyFile), "")
	for _, path := range []string{"/etc/sparekey/policy.toml", "/srv/policy.toml", ""} {
		puts(t, s, port.Tx.SetPolicyFile, path)
		same(t, "policy file", get(t, s, port.Tx.PolicyFile), path)
	}
}
