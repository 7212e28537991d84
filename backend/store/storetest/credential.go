package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func putCredential(tx port.Tx, r port.CredentialRecord) error { return tx.PutCredential(r) }

func ids(all []port.CredentialRecord) []app.CredentialID {
	var list []app.CredentialID
	for _, r := range all {
		list = append(list, r.ID)
	}
	return list
}

func testCredential(t *testing.T, s port.Store) {
	of := func(account app.AccountID) []port.CredentialRecord {
		return get(t, s, func(tx port.Tx) ([]port.CredentialRecord, error) { return tx.Credentials(account) })
	}
	same(t, "none yet", len(of("A1")), 0)
	mail := port.CredentialRecord{
		ID: "C1", Account: "A1", Kind: app.KindEmail, Variant: "office", Secret: []byte("secret"), Masked: "a…@home.example",
		Address: "ana@home.example", Added: later(2), LastUsed: later(3), UsableAt: later(4),
		Default: true, Settled: true, Handle: []byte("handle"), Own: true, Entered: later(5), Confirmed: later(6),
	}
	totp := port.CredentialRecord{ID: "C2", Account: "A1", Kind: app.KindAuthApp, Secret: []byte("seed"), Added: later(1)}
	puts(t, s, putCredential, mail, totp, port.CredentialRecord{ID: "C3", Account: "A2", Kind: app.KindAuthApp})
	same(t, "oldest first", of("A1"), []port.CredentialRecord{totp, mail})
	mail.Secret, mail.Address, mail.LastUsed, mail.Default = []byte("other"), "", later(9), false
	mail.Entered, mail.Confirmed = later(7), time.Time{}
	puts(t, s, putCredential, mail)
	same(t, "replaced", of("A1"), []port.CredentialRecord{totp, mail})
	for range 2 { // deleting what is gone is no failure
		update(t, s, func(tx port.Tx) error { return tx.DeleteCredential("C2") })
	}
	same(t, "after deletion", ids(of("A1")), []app.CredentialID{"C1"})
	same(t, "another's", ids(of("A2")), []app.CredentialID{"C3"})
	for _, account := range []app.AccountID{"A1", "A2", "A3"} {
		among := get(t, s, func(tx port.Tx) ([]port.CredentialRecord, error) {
			return tx.CredentialsAmong(account, port.MostPadding)
		})
		same(t, "among others", ids(among), ids(of(account)))
	}
	holders := get(t, s, func(tx port.Tx) ([]app.AccountID, error) { return tx.Holders() })
	same(t, "holders", holders, []app.AccountID{"A1", "A2"})
}

func testCredentialsByAddress(t *testing.T, s port.Store) {
	by := func(kind app.Kind, address string) []app.CredentialID {
		return ids(get(t, s, func(tx port.Tx) ([]port.CredentialRecord, error) {
			return tx.CredentialsByAddress(kind, address)
		}))
	}
	const address = "ana@home.example"
	puts(t, s, putCredential,
		port.CredentialRecord{ID: "C1", Account: "A1", Kind: app.KindEmail, Address: address, Added: now},
		port.CredentialRecord{ID: "C2", Account: "A2", Kind: app.KindEmail, Address: address, Added: later(1)},
		port.CredentialRecord{ID: "C3", Account: "A3", Kind: app.KindSMS, Address: address},
		port.CredentialRecord{ID: "C4", Account: "A4", Kind: app.KindEmail, Address: "bo@home.example"},
		port.CredentialRecord{ID: "C5", Account: "A5", Kind: app.KindEmail})
	same(t, "found", by(app.KindEmail, address), []app.CredentialID{"C1", "C2"})
	same(t, "unknown", len(by(app.KindEmail, "nobody@home.example")), 0)
	same(t, "no address", len(by(app.KindEmail, "")), 0)
	puts(t, s, putCredential, port.CredentialRecord{ID: "C1", Account: "A1", Kind: app.KindEmail, Address: "new@home.example"})
	same(t, "after a change", by(app.KindEmail, address), []app.CredentialID{"C2"})
	same(t, "the new one", by(app.KindEmail, "new@home.example"), []app.CredentialID{"C1"})
}

func testCredentialsByHandle(t *testing.T, s port.Store) {
	by := func(handle string) (app.CredentialID, error) {
		var found port.CredentialRecord
		err := s.View(context.Background(), func(tx port.Tx) (err error) {
			found, err = tx.CredentialByHandle([]byte(handle))
			return err
		})
		return found.ID, err
	}
	have := func(kind app.Kind) bool {
		return get(t, s, func(tx port.Tx) (bool, error) { return tx.AnyCredential(kind) })
	}
	same(t, "none of the kind", have(app.KindSecurityKey), false)
	puts(t, s, putCredential,
		port.CredentialRecord{ID: "C1", Account: "A1", Kind: app.KindSecurityKey, Handle: []byte("h1")},
		port.CredentialRecord{ID: "C2", Account: "A1", Kind: app.KindSecurityKey, Handle: []byte("h2")},
		port.CredentialRecord{ID: "C3", Account: "A1", Kind: app.KindAuthApp}, // several may have none
		port.CredentialRecord{ID: "C4", Account: "A2", Kind: app.KindAuthApp})
	same(t, "some of the kind", have(app.KindSecurityKey), true)
	same(t, "none of another", have(app.KindSMS), false)
	id, err := by("h2")
	same(t, "found", id, app.CredentialID("C2"))
	same(t, "found without an error", err, nil)
	for _, unknown := range []string{"h3", ""} {
		_, err = by(unknown)
		same(t, "unknown", errors.Is(err, port.ErrNotFound), true)
	}
	err = s.Update(context.Background(), func(tx port.Tx) error {
		return tx.PutCredential(port.CredentialRecord{ID: "C5", Account: "A2", Kind: app.KindSecurityKey, Handle: []byte("h1")})
	})
	same(t, "two with one handle are refused", err != nil, true)
	id, _ = by("h1")
	same(t, "the first keeps it", id, app.CredentialID("C1"))
}

func testHolders(t *testing.T, s port.Store) {
	same(t, "of nothing", len(get(t, s, port.Tx.Holders)), 0)
	puts(t, s, port.Tx.PutCredential,
		port.CredentialRecord{ID: "C1", Account: "A2"}, port.CredentialRecord{ID: "C2", Account: "A1"},
		port.CredentialRecord{ID: "C3", Account: "A2"})
	same(t, "holders", get(t, s, port.Tx.Holders), []app.AccountID{"A1", "A2"})
}
