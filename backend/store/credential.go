package store

import (
	"cmp"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

const selectCredential = `SELECT id, account, kind, variant, secret, masked, address, added, last_used, usable_at,
	preferred, settled, handle, own, entered_at, confirmed_at FROM credential WHERE `

// Credentials implements port.CredentialTx.
func (t *transaction) Credentials(account app.AccountID) ([]port.CredentialRecord, error) {
	return t.credentials(account, -1)
}

// credentials lists an account's, up to so many; -1 for all. To sort them takes SQLite longer than to find them.
func (t *transaction) credentials(account app.AccountID, most int) ([]port.CredentialRecord, error) {
	found, err := list(t, "list credentials", t.readCredential, selectCredential+`account = ? LIMIT `+limit,
		string(account), most)
	slices.SortStableFunc(found, func(a, b port.CredentialRecord) int {
		return cmp.Or(a.Added.Compare(b.Added), cmp.Compare(a.ID, b.ID))
	})
	return found, err
}

// CredentialsAmong implements port.CredentialTx. The rows of nobody are read and unsealed as anybody's.
func (t *transaction) CredentialsAmong(account app.AccountID, n int) ([]port.CredentialRecord, error) {
	own, err := t.Credentials(account)
	if err != nil {
		return nil, err
	}
	_, err = t.credentials(nobody, max(n-len(own), 0))
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
	return list(t, "find credentials", t.readCredential, selectCredential+`address_index = `+someHash+` ORDER BY added, id`,
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
	return t.put("put a credential", rowOf{"credential", string(r.ID)}, t.credentialColumns(r))
}

func (t *transaction) credentialColumns(r port.CredentialRecord) []column {
	return []column{
		text("account", r.Account), text("kind", r.Kind), text("variant", r.Variant), sealed("secret", r.Secret),
		sealed("masked", []byte(r.Masked)), sealed("address", []byte(r.Address)),
		hash("address_index", t.addressIndex(r.Kind, r.Address)), instant("added", r.Added), instant("last_used", r.LastUsed),
		instant("usable_at", r.UsableAt), flag("preferred", r.Default), flag("settled", r.Settled), hash("handle", r.Handle),
		flag("own", r.Own), instant("entered_at", r.Entered), instant("confirmed_at", r.Confirmed),
	}
}

// DeleteCredential implements port.CredentialTx; one that is not there is gone already.
func (t *transaction) DeleteCredential(id app.CredentialID) error {
	t.forgetRows("credential")
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
	t.noteRow(rowOf{"credential", string(r.ID)}, func() []column { return t.credentialColumns(r) })
	return r, nil
}
