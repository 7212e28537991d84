package core

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// Tx is a transaction that remembers whether a message was put into the outbox, which head is due, and the credentials that
// it read last.
type Tx struct {
	port.Tx
	core   *Core
	queued bool
	handed []*handover
	creds  rules.Credentials
	whose  app.AccountID    // whose credentials these are; empty for nobody's
	head   *port.AuditEntry // the last entry that was appended and is to be signed; nil for none

	last     port.AuditEntry   // where the audit trail ends
	appended []port.AuditEntry // what this transaction added to it
}

// Credentials reads an account's once: drawing a flow needs them several times.
func (t *Tx) Credentials(account app.AccountID) (rules.Credentials, error) {
	if t.whose != "" && t.whose == account {
		return slices.Clip(t.creds), nil
	}
	creds, err := t.Tx.Credentials(account)
	if err != nil {
		return nil, err
	}
	t.creds, t.whose = creds, account
	return slices.Clip(creds), nil
}

// CredentialsAmong reads an account's once, among so many rows that the time does not tell how many they are.
func (t *Tx) CredentialsAmong(account app.AccountID, n int) (rules.Credentials, error) {
	if t.whose != "" && t.whose == account {
		return slices.Clip(t.creds), nil
	}
	creds, err := t.Tx.CredentialsAmong(account, n)
	if err != nil {
		return nil, err
	}
	t.creds, t.whose = creds, account
	return slices.Clip(creds), nil
}

// ForgetCredentials has them read again, as after a change.
func (t *Tx) ForgetCredentials() { t.whose = "" }

// PutCredential changes what was read.
func (t *Tx) PutCredential(r port.CredentialRecord) error {
	t.whose = ""
	return t.Tx.PutCredential(r)
}
