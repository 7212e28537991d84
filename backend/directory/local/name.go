package local

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/port"
)

// Find implements port.Directory: by the user ID, by its name alone or behind the domain's (DOMAIN\name), or by the mail
// address, where one person alone has it. Case does not matter, nor what typed.Fold takes away.
func (d *Directory) Find(ctx context.Context, userID string) (port.DirectoryAccount, error) {
	written := typed.Fold(userID)
	whole := complete(written, typed.Fold(d.config.Domain))
	r, err := d.one(ctx, selectPerson+`WHERE user_key IN (?1, ?2)
		OR mail_key = CAST(?1 AS TEXT) AND mail_key <> '' AND (SELECT count(*) FROM person WHERE mail_key = ?1) = 1
		ORDER BY user_key = ?1 DESC, user_key = ?2 DESC LIMIT 1`, written, whole)
	if errors.Is(err, port.ErrNotFound) {
		nobody := record{}.account(d.config)
		nobody.UserID = whole
		return nobody, err
	}
	return r.account(d.config), err
}

// complete makes a whole user ID of a name in the domain; what has a domain of its own stays. All are folded.
func complete(name, domain string) string {
	if domain == "" || strings.Contains(name, "@") {
		return name
	}
	short, _, _ := strings.Cut(domain, ".")
	name = strings.TrimPrefix(name, short+`\`)
	if strings.Contains(name, `\`) {
		return name
	}
	return name + "@" + domain
}

// addNames adds what people are found by beside their user ID, and renews what the user ID is found by. Whose user ID would
// be another's then keeps what there was.
func addNames(ctx context.Context, tx *sql.Tx) error {
	for _, query := range []string{
		`ALTER TABLE person ADD COLUMN mail_key TEXT NOT NULL DEFAULT ''`,
		`CREATE INDEX person_mail ON person (mail_key)`,
	} {
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return err
		}
	}
	type person struct{ id, userID, mail string }
	var all []person
	rows, err := tx.QueryContext(ctx, `SELECT id, user_id, mail FROM person`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err has told
	for rows.Next() {
		var p person
		if err := rows.Scan(&p.id, &p.userID, &p.mail); err != nil {
			return err
		}
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, p := range all {
		if _, err := tx.ExecContext(ctx, `UPDATE person SET mail_key = ? WHERE id = ?`, typed.Fold(p.mail), p.id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE OR IGNORE person SET user_key = ? WHERE id = ?`, typed.Fold(p.userID), p.id); err != nil {
			return err
		}
	}
	return nil
}
