package storetest

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func testRegistration(t *testing.T, s port.Store) {
	of := func(account app.AccountID) port.RegistrationRecord {
		return get(t, s, func(tx port.Tx) (port.RegistrationRecord, error) { return tx.Registration(account) })
	}
	same(t, "never", of("A1"), port.RegistrationRecord{Account: "A1"})
	put := func(tx port.Tx, r port.RegistrationRecord) error { return tx.PutRegistration(r) }
	full := port.RegistrationRecord{Account: "A1", Settled: now, AloneUntil: later(60)}
	puts(t, s, put, port.RegistrationRecord{Account: "A1", Settled: later(1)}, full)
	same(t, "the last one", of("A1"), full)
	same(t, "another's", of("A2"), port.RegistrationRecord{Account: "A2"})
	puts(t, s, putCredential, port.CredentialRecord{ID: "C1", Account: "A1", Kind: app.KindAuthApp})
	update(t, s, func(tx port.Tx) error { return tx.DeleteCredential("C1") })
	same(t, "after a deletion", of("A1"), full)
}

func testFormerChannels(t *testing.T, s port.Store) {
	told := func(account app.AccountID, at int) []port.FormerChannel {
		return get(t, s, func(tx port.Tx) ([]port.FormerChannel, error) { return tx.FormerChannels(account, later(at)) })
	}
	same(t, "none yet", len(told("A1", 0)), 0)
	put := func(tx port.Tx, c port.FormerChannel) error { return tx.PutFormerChannel(c) }
	mail := port.FormerChannel{Account: "A1", Kind: app.KindEmail, Address: "ana@home.example", Until: later(10)}
	text := port.FormerChannel{Account: "A1", Kind: app.KindSMS, Address: "+491234567", Until: later(20)}
	others := mail
	others.Account = "A2"
	puts(t, s, put, mail, text, others)
	same(t, "both", len(told("A1", 10)), 2)
	same(t, "another's", told("A2", 0), []port.FormerChannel{others})
	same(t, "after its end", told("A1", 11), []port.FormerChannel{text})
	mail.Until = later(30)
	puts(t, s, put, mail)
	same(t, "for longer", told("A1", 25), []port.FormerChannel{mail})
	drop := func(at int) int {
		return change(t, s, func(tx port.Tx) (int, error) { return tx.DropFormerChannels(later(at)) })
	}
	same(t, "dropped in the last instant", drop(10), 0)
	same(t, "dropped after it", drop(11), 1)
	same(t, "another's, dropped", len(told("A2", 0)), 0)
}
