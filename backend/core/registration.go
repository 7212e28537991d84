package core

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// What is left of an account's credentials says nothing of what there was: whoever deletes them all would make the account
// look like one that has never registered. So what protects later registrations is kept beside them:
//
//	that the first registration is over     for good          what is added has to cool off, by pass too
//	addresses and numbers that are gone     as long as that   are told of whatever the owner is told of
//	that no verification method is left     as long as that   signing in by the password alone is told
//
// The other rules that look at the credentials that are left only get stricter by a deletion: who needs a pass, who has
// registered enough, who may reset.

// Settled reports whether an account's first registration is over; creds are what it has.
func (t *Tx) Settled(account app.AccountID, r rules.Rules, creds rules.Credentials) (bool, error) {
	kept, err := t.Registration(account)
	return !kept.Settled.IsZero() || r.Settled(creds), err
}

// Settle keeps that an account's first registration is over, if it is by now.
func (t *Tx) Settle(account app.AccountID, r rules.Rules, creds rules.Credentials) error {
	if !r.Settled(creds) {
		return nil
	}
	return t.settle(account, time.Time{})
}

// EndFirst keeps that an account's first registration is over, whatever it has.
func (t *Tx) EndFirst(account app.AccountID) error { return t.settle(account, time.Time{}) }

// settle keeps that the first registration is over, and, unless it is zero, until when a sign-in by the password is told.
func (t *Tx) settle(account app.AccountID, aloneUntil time.Time) error {
	kept, err := t.Registration(account)
	if err != nil {
		return err
	}
	before := kept
	if kept.Settled.IsZero() {
		kept.Settled = t.core.Now()
	}
	if aloneUntil.After(kept.AloneUntil) {
		kept.AloneUntil = aloneUntil
	}
	if kept == before {
		return nil
	}
	return t.PutRegistration(kept)
}

// Deletion is what is left of a credential when it is deleted.
type Deletion struct {
	Until time.Time // what was its channel is told until then
	Last  bool      // no verification method is left
}

// DeleteCredential deletes one that its owner had, and keeps what the account must not forget.
func (t *Tx) DeleteCredential(gone port.CredentialRecord, d Deletion) error {
	t.whose = ""
	if err := t.Tx.DeleteCredential(gone.ID); err != nil || !gone.Counts() {
		return err
	}
	alone := time.Time{}
	if d.Last {
		alone = d.Until
	}
	if err := t.settle(gone.Account, alone); err != nil {
		return err
	}
	return t.KeepTelling(gone, d.Until)
}

// KeepTelling keeps the channel of a credential that is about to go as one that is told, until then.
func (t *Tx) KeepTelling(gone port.CredentialRecord, until time.Time) error {
	if gone.Address == "" || gone.Kind != app.KindEmail && gone.Kind != app.KindSMS || !until.After(t.core.Now()) {
		return nil
	}
	return t.PutFormerChannel(port.FormerChannel{Account: gone.Account, Kind: gone.Kind, Address: gone.Address, Until: until})
}

// TellLonger has the channels that are gone told at least until then: what was added cools off that long.
func (t *Tx) TellLonger(account app.AccountID, until time.Time) error {
	former, err := t.FormerChannels(account, t.core.Now())
	if err != nil {
		return err
	}
	for _, c := range former {
		if !until.After(c.Until) {
			continue
		}
		c.Until = until
		if err := t.PutFormerChannel(c); err != nil {
			return err
		}
	}
	return nil
}
