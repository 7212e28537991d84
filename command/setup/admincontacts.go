package setup

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/contacts"
)

// ReadContacts reads a file of contacts, and of one that is too large as much as shows that.
func ReadContacts(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, contacts.MaxBytes+1))
}

// ImportContacts implements app.Contacts. Where the file can't be read at all, the one problem has no line.
func (a administration) ImportContacts(ctx context.Context, file app.ContactsFile) (app.ContactsEntered, error) {
	rows, found, err := contacts.Read(bytes.NewReader(file.Content))
	if err != nil {
		return app.ContactsEntered{Problems: []app.Problem{sentence(0, "", err.Error())}}, nil
	}
	ctx = asOperator(ctx)
	in := backend.Import{Rows: rows, Region: file.Region, DryRun: file.DryRun || len(found) > 0 && !file.SkipBad}
	done, more, err := a.trial.Service.ImportContacts(ctx, in)
	if err == nil && len(more) > 0 {
		found = append(found, more...)
		contacts.Sort(found)
		in.DryRun = in.DryRun || !file.SkipBad
		if !in.DryRun {
			in.Rows = contacts.Without(rows, more)
			done, more, err = a.trial.Service.ImportContacts(ctx, in)
			if err == nil && len(more) > 0 {
				err = errors.New(words.Text("command.users.moved"))
			}
		}
	}
	if err != nil {
		return app.ContactsEntered{}, err
	}
	entered := app.ContactsEntered{
		People: done.People, Added: done.Added, Updated: done.Updated, Same: done.Same, Kept: done.Kept, Written: !in.DryRun,
	}
	for _, p := range found {
		entered.Problems = append(entered.Problems, sentence(p.Line, string(p.Column), p.Reason))
	}
	return entered, nil
}
