package admin

import (
	"bytes"
	"context"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/contacts"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// contact is one that passed the checks.
type contact struct {
	account app.AccountID
	kind    app.Kind
	made    app.NewCredential
	column  contacts.Column
}

// ImportContacts implements app.Contacts.
func (a *Admin) ImportContacts(ctx context.Context, file app.ContactsFile) (app.ContactsEntered, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopeContacts, true); err != nil {
		return app.ContactsEntered{}, err
	}
	rows, found, err := contacts.Read(bytes.NewReader(file.Content), contacts.Naming{
		Columns: file.Columns, From: file.From, IgnoreOthers: file.IgnoreOthers,
	})
	if err != nil {
		return app.ContactsEntered{Problems: app.ProblemsOf(err)}, nil
	}
	checked, err := o.checkContacts(ctx, rows, file.Region)
	if err != nil {
		return app.ContactsEntered{}, core.Unavailable(err)
	}
	found = append(found, checked.found...)
	contacts.Sort(found)
	done, entered := app.ContactsEntered{Problems: found}, checked.entered
	if file.DryRun {
		done.Read = checked.read
	}
	if file.DryRun || len(found) > 0 && !file.SkipBad {
		err := o.View(ctx, func(tx *core.Tx) error { return o.enterContacts(tx, entered, &done, true) })
		return done, err
	}
	err = o.Update(ctx, func(tx *core.Tx) error {
		done = app.ContactsEntered{Problems: done.Problems, Written: true}
		if err := o.enterContacts(tx, entered, &done, false); err != nil {
			return err
		}
		e := o.entry("users.import", core.Succeeded)
		e.Reason, e.By = counts(done), o.actor("")
		return tx.LogAndSign(e)
	})
	return done, err
}

// counts are what the audit trail is told of an import.
func counts(e app.ContactsEntered) string {
	return fmt.Sprintf("people=%d added=%d updated=%d same=%d kept=%d", e.People, e.Added, e.Updated, e.Same, e.Kept)
}

// checkedFile is what came of checking the rows of a file.
type checkedFile struct {
	entered []contact
	found   []app.Problem
	read    []app.NumberRead // of all rows, by line
}

// checkContacts asks the directory for each person, has the methods make each credential, and looks whether somebody else has
// it.
func (o *operation) checkContacts(ctx context.Context, rows []contacts.Row, region string) (checkedFile, error) {
	var checked []*checking
	var file checkedFile
	people := map[app.AccountID]int{}
	numbers := map[string]int{}
	for _, row := range rows {
		account, known, err := o.FindAccount(ctx, row.UserID)
		if err != nil {
			return checkedFile{}, err
		}
		line, twice := people[account.ID]
		switch {
		case !known:
			file.found = append(file.found, row.Problem(contacts.ColumnUserID, "unknown_person"))
			continue
		case twice:
			file.found = append(file.found, row.Problem(contacts.ColumnUserID, "same_person", "row", line))
			continue
		}
		people[account.ID] = row.Line
		c := &checking{op: o, row: row, region: region, account: account, numbers: numbers}
		c.all()
		checked = append(checked, c)
	}
	if err := o.View(ctx, func(tx *core.Tx) error { return findElsewhere(tx, checked) }); err != nil {
		return checkedFile{}, err
	}
	for _, c := range checked {
		if len(c.found) == 0 {
			file.entered = append(file.entered, c.entered...)
		}
		file.found = append(file.found, c.found...)
		file.read = append(file.read, c.read...)
	}
	return file, nil
}

// enterContacts carries contacts out, or counts alone what that would do.
func (o *operation) enterContacts(tx *core.Tx, entered []contact, done *app.ContactsEntered, dry bool) error {
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
		if err := o.put(tx, c, before, there); err != nil {
			return err
		}
	}
	return nil
}

// inPlaceOf finds the credential that stands where a contact would: of its kind and its use.
func inPlaceOf(creds rules.Credentials, c contact) (port.CredentialRecord, bool) {
	for _, have := range creds {
		if have.Kind == c.kind && have.Variant == c.made.Variant {
			return have, true
		}
	}
	return port.CredentialRecord{}, false
}

// put writes one contact. Where it takes another's place, what was begun with that one is void.
func (o *operation) put(tx *core.Tx, c contact, before port.CredentialRecord, there bool) error {
	id := before.ID
	if !there {
		fresh, err := o.NewID()
		if err != nil {
			return err
		}
		id = app.CredentialID(fresh)
	} else if _, err := tx.EndFlows(c.account, "", o.Now()); err != nil {
		return err
	}
	now := o.Now()
	return tx.PutCredential(port.CredentialRecord{
		ID: id, Account: c.account, Kind: c.kind, Variant: c.made.Variant, Secret: c.made.Secret, Masked: c.made.Masked,
		Address: c.made.Address, Added: now, UsableAt: now, Entered: now,
	})
}
