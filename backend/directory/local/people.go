package local

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

var _ port.People = (*Directory)(nil)

// People implements port.People.
func (d *Directory) People(ctx context.Context) ([]port.DirectoryAccount, error) {
	return d.list(ctx, "list people", selectPerson+`ORDER BY user_key`)
}

func (d *Directory) list(ctx context.Context, doing, query string) ([]port.DirectoryAccount, error) {
	var all []port.DirectoryAccount
	err := d.ask(ctx, func(conn *sqlite.Conn) (err error) {
		all, err = sqlite.List(conn, func(row sqlite.Scanner) (port.DirectoryAccount, error) {
			r, err := read(row)
			return r.account(d.config), err
		}, query)
		return err
	})
	return all, unavailable(doing, err)
}

// Enter implements port.People.
func (d *Directory) Enter(ctx context.Context, all []port.DirectoryAccount) error {
	return d.update(ctx, func(tx *sqlite.Conn) error {
		for _, a := range all {
			names, groups, err := jsonLists(Person{Names: a.Names, Groups: a.Groups})
			if err != nil {
				return err
			}
			_, err = tx.Exec(`INSERT INTO person (id, user_id, user_key, mail_key, name, names, mail, groups, admin, disabled, elsewhere,
					password, stamp, failures, locked_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '', 0, 0, 0)
				ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, user_key = excluded.user_key,
					mail_key = excluded.mail_key, name = excluded.name,
					names = excluded.names, mail = excluded.mail, groups = excluded.groups, admin = excluded.admin`,
				string(a.ID), a.UserID, typed.Fold(a.UserID), typed.Fold(a.Mail), a.Name, names, a.Mail, groups, a.Admin)
			if err != nil {
				return unavailable("enter a person", err)
			}
		}
		return nil
	})
}

// Disable implements port.People.
func (d *Directory) Disable(ctx context.Context, id app.AccountID, disabled bool) error {
	return d.change(ctx, id, `UPDATE person SET disabled = ? WHERE id = ?`, disabled, string(id))
}

// Remove implements port.People.
func (d *Directory) Remove(ctx context.Context, id app.AccountID) error {
	return d.change(ctx, id, `DELETE FROM person WHERE id = ?`, string(id))
}

// change runs a query about a person who is there.
func (d *Directory) change(ctx context.Context, id app.AccountID, query string, args ...any) error {
	return d.update(ctx, func(tx *sqlite.Conn) error {
		if _, err := read(tx.Row(selectPerson+`WHERE id = ?`, string(id))); err != nil {
			return err
		}
		_, err := tx.Exec(query, args...)
		return unavailable("change a person", err)
	})
}
