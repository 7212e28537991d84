package store

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

const selectCredential = `SELECT id, account, kind, variant, secret, masked, address, added, last_used, usable_at,
	preferred, settled, handle, own, entered_at, confirmed_at FROM credential WHERE `

// Credentials implements port.CredentialTx.
func (t *transaction) Credentials(account app.AccountID) ([]port.CredentialRecord, error) {
	return list(t, "list credentials", t.readCredential, selectCredential+`account = ? ORDER BY added, id`,
		string(account))
}

// CredentialsAmong implements port.CredentialTx. The rows of nobody are read and unsealed as anybody's.
func (t *transaction) CredentialsAmong(account app.AccountID, n int) ([]port.CredentialRecord, error) {
	own, err := t.Credentials(account)
	if err != nil {
		return nil, err
	}
	_, err = list(t, "list credentials", t.readCredential, selectCredential+`account = ? ORDER BY added, id LIMIT `+limit, nobody, max(n-len(own), 0))
	return own, err
}

// Holders implements port.CredentialTx.
func (t *transaction) Holders() ([]app.AccountID, error) {
	read := func(row scanner) (id app.AccountID, err error) {
		err = t.scan("list the holders of credentials", row, &id)
		return id, err
	}
	return list(t, "list the holders of credentials", read, `SELECT DISTINCT account FROM credential WHERE account <> ? ORDER BY account`, nobody)
}

// CredentialsByAddress implements port.CredentialTx. Addresses are compared as they were put.
func (t *transaction) CredentialsByAddress(kind app.Kind, address string) ([]port.CredentialRecord, error) {
	return list(t, "find credentials", t.readCredential, selectCredential+`address_index = ? ORDER BY added, id`,
		blob(t.addressIndex(kind, address)))
}

// CredentialByHandle implements port.CredentialTx.
func (t *transaction) CredentialByHandle(handle []byte) (port.CredentialRecord, error) {
	return t.readCredential(t.row(selectCredential+`handle = ?`, blob(handle)))
}

// AnyCredential implements port.CredentialTx.
func (t *transaction) AnyCredential(kind app.Kind) (bool, error) {
	var found int
	err := t.scan("look for a credential", t.row(`SELECT EXISTS (SELECT 1 FROM credential WHERE kind = ? AND account <> ?)`, string(kind), nobody), &found)
	return found != 0, err
}

// PutCredential implements port.CredentialTx.
func (t *transaction) PutCredential(r port.CredentialRecord) error {
	secret, err := t.seal(r.Secret, "credential.secret", string(r.ID))
	if err != nil {
		return err
	}
	masked, err := t.seal([]byte(r.Masked), "credential.masked", string(r.ID))
	if err != nil {
		return err
	}
	address, err := t.seal([]byte(r.Address), "credential.address", string(r.ID))
	if err != nil {
		return err
	}
	return t.exec("put a credential", `INSERT INTO credential (id, account, kind, variant, secret, masked, address,
			address_index, added, last_used, usable_at, preferred, settled, handle, own, entered_at, confirmed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET account = excluded.account, kind = excluded.kind,
			variant = excluded.variant, secret = excluded.secret,
			masked = excluded.masked, address = excluded.address, address_index = excluded.address_index,
			added = excluded.added, last_used = excluded.last_used, usable_at = excluded.usable_at,
			preferred = excluded.preferred, settled = excluded.settled,
			handle = excluded.handle, own = excluded.own, entered_at = excluded.entered_at, confirmed_at = excluded.confirmed_at`,
		string(r.ID), string(r.Account), string(r.Kind), r.Variant, secret, masked, address,
		blob(t.addressIndex(r.Kind, r.Address)), micros(r.Added), micros(r.LastUsed), micros(r.UsableAt),
		number(r.Default), number(r.Settled), blob(r.Handle), number(r.Own), micros(r.Entered), micros(r.Confirmed))
}

// DeleteCredential implements port.CredentialTx; one that is not there is gone already.
func (t *transaction) DeleteCredential(id app.CredentialID) error {
	return t.exec("delete a credential", `DELETE FROM credential WHERE id = ?`, string(id))
}

// addressIndex is nil for no address.
func (t *transaction) addressIndex(kind app.Kind, address string) []byte {
	if address == "" {
		return nil
	}
	return t.sealer.Index("credential.address|"+string(kind), address)
}

func (t *transaction) readCredential(row scanner) (port.CredentialRecord, error) {
	var r port.CredentialRecord
	var masked, address []byte
	var preferred, settled, own int
	err := t.scan("read a credential", row, &r.ID, &r.Account, &r.Kind, &r.Variant, &r.Secret, &masked, &address,
		moment{&r.Added}, moment{&r.LastUsed}, moment{&r.UsableAt}, &preferred, &settled, &r.Handle, &own,
		moment{&r.Entered}, moment{&r.Confirmed})
	if err != nil {
		return port.CredentialRecord{}, err
	}
	if r.Secret, err = t.openEither(r.Secret, "credential.secret", string(r.ID)); err != nil {
		return port.CredentialRecord{}, err
	}
	if masked, err = t.openEither(masked, "credential.masked", string(r.ID)); err != nil {
		return port.CredentialRecord{}, err
	}
	if address, err = t.openEither(address, "credential.address", string(r.ID)); err != nil {
		return port.CredentialRecord{}, err
	}
	r.Default, r.Settled, r.Own = preferred != 0, settled != 0, own != 0
	r.Masked, r.Address = string(masked), string(address)
	return r, nil
}
