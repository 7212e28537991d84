package storetest

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func testPass(t *testing.T, s port.Store) {
	pass := func(account app.AccountID) func(port.Tx) (port.PassRecord, error) {
		return func(tx port.Tx) (port.PassRecord, error) { return tx.Pass(account) }
	}
	missing(t, s, "none yet", pass("A1"))
	put := func(tx port.Tx, r port.PassRecord) error { return tx.PutPass(r) }
	full := port.PassRecord{
		Account: "A1", Hash: []byte("h1"), Created: now, Expires: later(60), Used: later(5), IssuedBy: "jo", Desk: true, Flow: "F1",
	}
	bare := port.PassRecord{Account: "A2", Hash: []byte("h2"), Created: now, Expires: later(10)}
	puts(t, s, put, full, bare)
	same(t, "full", get(t, s, pass("A1")), full)
	same(t, "bare", get(t, s, pass("A2")), bare)
	anew := port.PassRecord{Account: "A1", Hash: []byte("h3"), Created: later(6), Expires: later(66)}
	puts(t, s, put, anew)
	same(t, "in its place", get(t, s, pass("A1")), anew)
	remove := func(account app.AccountID) int {
		return change(t, s, func(tx port.Tx) (int, error) { return tx.DeletePass(account) })
	}
	same(t, "deleted", remove("A1"), 1)
	same(t, "deleted again", remove("A1"), 0)
	missing(t, s, "deleted", pass("A1"))
	drop := func(at int) int {
		return change(t, s, func(tx port.Tx) (int, error) { return tx.DropPasses(later(at)) })
	}
	same(t, "dropped in its last instant", drop(10), 0)
	same(t, "dropped after it", drop(11), 1)
	missing(t, s, "dropped", pass("A2"))
}

func testConfirmed(t *testing.T, s port.Store) {
	confirmed := func(account app.AccountID) time.Time {
		return get(t, s, func(tx port.Tx) (time.Time, error) { return tx.Confirmed(account) })
	}
	same(t, "never", confirmed("A1"), time.Time{})
	put := func(tx port.Tx, at time.Time) error { return tx.PutConfirmed("A1", at) }
	puts(t, s, put, now, later(3))
	same(t, "the last time", confirmed("A1"), later(3))
	same(t, "another's", confirmed("A2"), time.Time{})
}
