package storetest

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func testToken(t *testing.T, s port.Store) {
	token := func(id app.TokenID) func(port.Tx) (port.TokenRecord, error) {
		return func(tx port.Tx) (port.TokenRecord, error) { return tx.Token(id) }
	}
	byHash := func(hash string) func(port.Tx) (port.TokenRecord, error) {
		return func(tx port.Tx) (port.TokenRecord, error) { return tx.TokenByHash([]byte(hash)) }
	}
	all := func() []port.TokenRecord {
		return get(t, s, func(tx port.Tx) ([]port.TokenRecord, error) { return tx.Tokens() })
	}
	missing(t, s, "none yet", token("T1"))
	missing(t, s, "none by hash", byHash("h1"))
	put := func(tx port.Tx, r port.TokenRecord) error { return tx.PutToken(r) }
	full := port.TokenRecord{
		ID: "T1", Name: "nightly", Hash: []byte("h1"), May: []app.Scope{app.ScopePolicy, app.ScopeTrail}, Account: "A", Stamp: "3",
		Made: now, MadeBy: "jo", Ends: later(60), Used: later(7), Revoked: later(9),
	}
	bare := port.TokenRecord{ID: "T2", Name: "import", Hash: []byte("h2"), May: []app.Scope{app.ScopeContacts}, Made: later(1), Ends: later(30)}
	older := port.TokenRecord{ID: "T3", Name: "import", Hash: []byte("h3"), May: []app.Scope{app.ScopeContacts}, Made: now, Ends: later(20)}
	puts(t, s, put, full, bare, older)
	same(t, "full", get(t, s, token("T1")), full)
	same(t, "bare", get(t, s, token("T2")), bare)
	same(t, "by hash", get(t, s, byHash("h2")), bare)
	same(t, "by name, and by when they were made", all(), []port.TokenRecord{older, bare, full})
	changed := bare
	changed.Used, changed.Revoked = later(2), later(3)
	update(t, s, func(tx port.Tx) error {
		if _, err := tx.Token("T2"); err != nil {
			return err
		}
		return tx.PutToken(changed)
	})
	same(t, "changed", get(t, s, token("T2")), changed)
	twice := port.TokenRecord{ID: "T4", Name: "another", Hash: []byte("h1"), May: full.May, Made: now, Ends: later(60)}
	if err := s.Update(t.Context(), func(tx port.Tx) error { return tx.PutToken(twice) }); err == nil {
		t.Error("two tokens have one hash")
	}
	update(t, s, func(tx port.Tx) error {
		n, err := tx.EndExpiredTokens(later(20).Add(1000), later(5))
		same(t, "ended", n, 1)
		return err
	})
	older.Revoked = later(5)
	same(t, "ended: what was over by then", all(), []port.TokenRecord{older, changed, full})
	update(t, s, func(tx port.Tx) error {
		n, err := tx.DropTokens(later(3))
		same(t, "dropped: none that ended just then", n, 0)
		return err
	})
	update(t, s, func(tx port.Tx) error {
		n, err := tx.DropTokens(later(21))
		same(t, "dropped: revoked long ago, and over", n, 3)
		return err
	})
	same(t, "left", len(all()), 0)
}
