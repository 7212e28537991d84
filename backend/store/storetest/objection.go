package storetest

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func testObjection(t *testing.T, s port.Store) {
	byHash := func(hash string) func(port.Tx) (port.ObjectionRecord, error) {
		return func(tx port.Tx) (port.ObjectionRecord, error) { return tx.Objection([]byte(hash)) }
	}
	put := func(tx port.Tx, r port.ObjectionRecord) error { return tx.PutObjection(r) }
	missing(t, s, "none yet", byHash("h1"))
	missing(t, s, "without a hash", byHash(""))
	first := port.ObjectionRecord{Hash: []byte("h1"), Account: "A", Event: app.MessagePasswordChanged, At: now, Expires: later(60)}
	second := port.ObjectionRecord{Hash: []byte("h2"), Account: "A", Event: app.MessageMethodAdded, At: later(1), Expires: later(61), Spent: later(2)}
	puts(t, s, put, first, second)
	same(t, "first", get(t, s, byHash("h1")), first)
	same(t, "second", get(t, s, byHash("h2")), second)
	first.Spent = later(3)
	puts(t, s, put, first)
	same(t, "spent", get(t, s, byHash("h1")), first)
	third, other := first, first
	third.Hash, third.Spent = []byte("h3"), time.Time{}
	other.Hash, other.Account, other.Spent = []byte("h4"), "B", time.Time{}
	puts(t, s, put, third, other)
	same(t, "ended", change(t, s, func(tx port.Tx) (int, error) { return tx.SpendObjections("A", later(5)) }), 1)
	third.Spent = later(5)
	same(t, "unused", get(t, s, byHash("h3")), third)
	same(t, "used before", get(t, s, byHash("h1")), first)
	same(t, "another account's", get(t, s, byHash("h4")), other)
	same(t, "dropped: none whose last instant it is", change(t, s, func(tx port.Tx) (int, error) { return tx.DropObjections(later(60)) }), 0)
	same(t, "dropped", change(t, s, func(tx port.Tx) (int, error) { return tx.DropObjections(later(61)) }), 3)
	missing(t, s, "dropped", byHash("h1"))
	same(t, "left", get(t, s, byHash("h2")), second)
}

func testFrozen(t *testing.T, s port.Store) {
	of := func(account app.AccountID) func(port.Tx) (port.FrozenRecord, error) {
		return func(tx port.Tx) (port.FrozenRecord, error) { return tx.Frozen(account) }
	}
	lift := func(tx port.Tx) (int, error) { return tx.DeleteFrozen("A") }
	put := func(tx port.Tx, r port.FrozenRecord) error { return tx.PutFrozen(r) }
	missing(t, s, "none yet", of("A"))
	full := port.FrozenRecord{Account: "A", Since: now, Event: app.MessagePasswordChanged, Before: later(-9)}
	bare := port.FrozenRecord{Account: "B", Since: later(1), Event: app.MessageUnfrozen}
	puts(t, s, put, full, bare)
	same(t, "full", get(t, s, of("A")), full)
	same(t, "bare", get(t, s, of("B")), bare)
	full.Before = later(-10)
	puts(t, s, put, full)
	same(t, "changed", get(t, s, of("A")), full)
	same(t, "lifted", change(t, s, lift), 1)
	missing(t, s, "lifted", of("A"))
	same(t, "lifted twice", change(t, s, lift), 0)
	same(t, "another's", get(t, s, of("B")), bare)
}
