package backend

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Credentials reads an account's once: drawing a flow needs them several times.
func (t *tx) Credentials(account app.AccountID) ([]port.CredentialRecord, error) {
	if t.whose != "" && t.whose == account {
		return slices.Clone(t.creds), nil
	}
	creds, err := t.Tx.Credentials(account)
	if err != nil {
		return nil, err
	}
	t.creds, t.whose = creds, account
	return slices.Clone(creds), nil
}

// PutCredential changes what was read.
func (t *tx) PutCredential(r port.CredentialRecord) error {
	t.whose = ""
	return t.Tx.PutCredential(r)
}

// DeleteCredential changes what was read.
func (t *tx) DeleteCredential(id app.CredentialID) error {
	t.whose = ""
	return t.Tx.DeleteCredential(id)
}
