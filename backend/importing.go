package backend

import (
	"context"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/contacts"
	"github.com/sparekey/sparekey/backend/port"
)

// Import is what an administrator enters beforehand.
type Import struct {
	Rows   []contacts.Row
	Region string // ISO 3166-1 alpha-2, as of which numbers without a leading "+" are read; empty: they are refused
	DryRun bool   // check, and write nothing
}

// Imported counts contacts: a number for texts and for calls is two.
type Imported struct {
	People  int // with at least one that is new or changed
	Added   int
	Updated int // were entered before and not confirmed, and are others now
	Same    int // were entered before and not confirmed
	Kept    int // stand aside: the person has registered or confirmed one in their place
}

// contact is one that passed the checks.
type contact struct {
	account app.AccountID
	kind    app.Kind
	made    app.NewCredential
}

// ImportContacts enters contacts. Every row is checked first; where one is wrong nothing is written, and the problems
// come back with the count of what the good ones would have done.
func (b *Backend) ImportContacts(ctx context.Context, in Import) (Imported, []contacts.Problem, error) {
	b, leave := b.enter()
	defer leave()
	entered, found, err := b.checkContacts(ctx, in)
	if err != nil {
		return Imported{}, nil, unavailable(err)
	}
	var done Imported
	work := func(tx *tx) error {
		done = Imported{}
		return b.enterContacts(tx, entered, &done, in.DryRun || len(found) > 0)
	}
	if in.DryRun || len(found) > 0 {
		err = b.view(ctx, work)
		return done, found, err
	}
	err = b.update(ctx, func(tx *tx) error {
		if err := work(tx); err != nil {
			return err
		}
		caller := app.CallerFrom(ctx)
		return b.log(tx, port.AuditEntry{
			Action: importedUsers, Result: resultSucceeded, Reason: done.String(), Role: string(caller.Role),
			Station: caller.Origin.Station, Network: caller.Origin.Network,
		})
	})
	return done, nil, err
}

// importedUsers is the audit trail's entry of an import.
const importedUsers = "users.import"

// String is for the audit trail: counts alone.
func (i Imported) String() string {
	return fmt.Sprintf("people=%d added=%d updated=%d same=%d kept=%d", i.People, i.Added, i.Updated, i.Same, i.Kept)
}

// checkContacts asks the directory for each person and has the methods make each credential.
func (b *Backend) checkContacts(ctx context.Context, in Import) ([]contact, []contacts.Problem, error) {
	var entered []contact
	var found []contacts.Problem
	people := map[app.AccountID]int{}
	numbers := map[string]int{}
	for _, row := range in.Rows {
		account, known, err := b.find(ctx, row.UserID)
		if err != nil {
			return nil, nil, err
		}
		line, twice := people[account.ID]
		switch {
		case !known:
			found = append(found, contacts.Problem{Line: row.Line, Column: contacts.ColumnUserID, Reason: "is nobody in the directory"})
			continue
		case twice:
			found = append(found, contacts.Problem{Line: row.Line, Column: contacts.ColumnUserID, Reason: fmt.Sprintf("is the person of row %d", line)})
			continue
		}
		people[account.ID] = row.Line
		c := checking{b: b, row: row, region: in.Region, account: account, numbers: numbers}
		if c.all(); len(c.found) == 0 {
			entered = append(entered, c.entered...)
		}
		found = append(found, c.found...)
	}
	return entered, found, nil
}

// enterContacts carries contacts out, or counts alone what that would do.
func (b *Backend) enterContacts(tx *tx, entered []contact, done *Imported, dry bool) error {
	changed := map[app.AccountID]bool{}
	for _, c := range entered {
		creds, err := tx.Credentials(c.account)
		if err != nil {
			return err
		}
		before, there := inPlaceOf(creds, c)
		switch {
		case there && before.Counts():
			done.Kept++
			continue
		case there && before.Address == c.made.Address:
			done.Same++
			continue
		case there:
			done.Updated++
		default:
			done.Added++
		}
		if !changed[c.account] {
			changed[c.account] = true
			done.People++
		}
		if dry {
			continue
		}
		if err := b.put(tx, c, before, there); err != nil {
			return err
		}
	}
	return nil
}

// inPlaceOf finds the credential that stands where a contact would: of its kind and its use.
func inPlaceOf(creds []port.CredentialRecord, c contact) (port.CredentialRecord, bool) {
	for _, have := range creds {
		if have.Kind == c.kind && have.Variant == c.made.Variant {
			return have, true
		}
	}
	return port.CredentialRecord{}, false
}

// put writes one contact. Where it takes another's place, what was begun with that one is void.
func (b *Backend) put(tx *tx, c contact, before port.CredentialRecord, there bool) error {
	id := before.ID
	if !there {
		fresh, err := b.newID()
		if err != nil {
			return err
		}
		id = app.CredentialID(fresh)
	} else if _, err := tx.EndFlows(c.account, "", b.now()); err != nil {
		return err
	}
	now := b.now()
	return tx.PutCredential(port.CredentialRecord{
		ID: id, Account: c.account, Kind: c.kind, Variant: c.made.Variant, Secret: c.made.Secret, Masked: c.made.Masked,
		Address: c.made.Address, Added: now, UsableAt: now, Entered: now,
	})
}
