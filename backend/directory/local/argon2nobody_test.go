package local_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
)

// TestNobodysHashIsOfNoPassword: it costs as much as any, and is drawn anew, so that no text is its password.
func TestNobodysHashIsOfNoPassword(t *testing.T) {
	a := local.Argon2{Rand: rand.Reader, Memory: 16, Time: 2, Threads: 1}
	real, err := a.Hash(app.NewSecret(right))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 10 {
		nobody, err := a.Nobody()
		if err != nil || seen[nobody] || len(nobody) != len(real) {
			t.Fatalf("%q (%v), as %q", nobody, err, real)
		}
		seen[nobody] = true
		cost := strings.LastIndex(real[:strings.LastIndex(real, "$")], "$")
		if nobody[:cost] != real[:cost] {
			t.Errorf("%q costs another than %q", nobody, real)
		}
		for _, guess := range []string{"nobody's password", right, "x"} {
			if is, err := a.Match(nobody, app.NewSecret(guess)); is || err != nil {
				t.Errorf("%q is nobody's password (%v)", guess, err)
			}
		}
	}
}

// TestADirectoryOpensWithoutHashing: nobody waits for a hash before a window is shown.
func TestADirectoryOpensWithoutHashing(t *testing.T) {
	h := &counted{Hasher: quick()}
	d, err := local.Open(t.Context(), local.InMemory, local.Config{Clock: &clock{}, Hasher: h, Parallel: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if n := h.all.Load(); n != 0 {
		t.Errorf("%d hashes were made", n)
	}
}
