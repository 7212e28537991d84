package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

// Person is what Put is told.
type Person struct {
	ID          app.AccountID
	UserID      string
	Name        string
	Names       []string // given and family names
	Mail        string
	Groups      []string // nested ones included
	Admin       bool
	Disabled    bool
	Elsewhere   bool
	Protected   bool       // nobody resets the password
	MustChange  bool       // the password, before anything else
	Expires     time.Time  // when the account's time is over; zero for never
	LockedUntil time.Time  // zero when not locked
	Password    app.Secret // taken whatever the rules say; empty: the present one stays, and who is new has none
}

// Put inserts or replaces a person. A user ID that another person has, however it is written, is refused.
func (d *Directory) Put(ctx context.Context, p Person) error {
	if p.ID == "" || p.UserID == "" {
		return errors.New("local directory: a person needs an ID and a user ID")
	}
	var phc string
	if !p.Password.Empty() {
		var err error
		if phc, err = d.hash(ctx, p.Password); err != nil {
			return err
		}
	}
	names, groups, err := jsonLists(p)
	if err != nil {
		return err
	}
	return d.update(ctx, func(tx *sqlite.Conn) error {
		_, err := tx.Exec(`INSERT INTO person (id, user_id, user_key, mail_key, name, names, mail, groups, admin, disabled, elsewhere,
				protected, expires, password, stamp, failures, locked_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, 0, 0)
			ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, user_key = excluded.user_key,
				mail_key = excluded.mail_key, name = excluded.name,
				names = excluded.names, mail = excluded.mail, groups = excluded.groups, admin = excluded.admin,
				disabled = excluded.disabled, elsewhere = excluded.elsewhere, protected = excluded.protected, expires = excluded.expires`,
			string(p.ID), p.UserID, typed.Fold(p.UserID), typed.Fold(p.Mail), p.Name, names, p.Mail, groups, p.Admin, p.Disabled, p.Elsewhere,
			p.Protected, micros(p.Expires))
		if err != nil {
			return unavailable("put a person", err)
		}
		if phc != "" {
			if err := d.storePassword(tx, p.ID, phc); err != nil {
				return err
			}
		}
		_, err = tx.Exec(`UPDATE person SET failures = 0, locked_until = ?, must_change = ? WHERE id = ?`, micros(p.LockedUntil), p.MustChange, string(p.ID))
		return unavailable("put a person", err)
	})
}

func jsonLists(p Person) (names, groups string, err error) {
	n, err1 := json.Marshal(p.Names)
	g, err2 := json.Marshal(p.Groups)
	return string(n), string(g), errors.Join(err1, err2)
}

// Account implements port.Directory.
func (d *Directory) Account(ctx context.Context, id app.AccountID) (port.DirectoryAccount, error) {
	r, err := d.person(ctx, id)
	return r.account(d.config), err
}

// Administrators implements port.Directory: those who are not disabled, by user ID.
func (d *Directory) Administrators(ctx context.Context) ([]port.DirectoryAccount, error) {
	return d.list(ctx, "list administrators", selectPerson+`WHERE admin <> 0 AND disabled = 0 ORDER BY user_key`)
}

func (d *Directory) person(ctx context.Context, id app.AccountID) (record, error) {
	return d.one(ctx, selectPerson+`WHERE id = ?`, string(id))
}

// record is a person at rest.
type record struct {
	Person
	password    string
	stamp       int64
	failures    int
	failedAt    int64
	lockedUntil int64
	expires     int64
	changedAt   int64
}

const selectPerson = `SELECT id, user_id, name, names, mail, groups, admin, disabled, elsewhere, password, stamp, failures,
	failed_at, locked_until, protected, must_change, expires, changed_at FROM person `

// read reads one row of selectPerson; ErrNotFound when there is none.
func read(row sqlite.Scanner) (record, error) {
	var r record
	var names, groups []byte
	err := row.Scan(&r.ID, &r.UserID, &r.Name, &names, &r.Mail, &groups, &r.Admin, &r.Disabled, &r.Elsewhere, &r.password,
		&r.stamp, &r.failures, &r.failedAt, &r.lockedUntil, &r.Protected, &r.MustChange, &r.expires, &r.changedAt)
	if errors.Is(err, sqlite.ErrNoRows) {
		return record{}, port.ErrNotFound
	}
	if err != nil {
		return record{}, unavailable("read a person", err)
	}
	if err := errors.Join(json.Unmarshal(names, &r.Names), json.Unmarshal(groups, &r.Groups)); err != nil {
		return record{}, fmt.Errorf("local directory: person %s: %w", r.ID, err)
	}
	return r, nil
}

// locked reports whether the account is locked now.
func (r record) locked(now time.Time) bool { return now.Before(time.UnixMicro(r.lockedUntil)) }

// expired reports whether the account's time is over.
func (r record) expired(now time.Time) bool {
	return r.expires != 0 && !now.Before(time.UnixMicro(r.expires))
}

// mustChange reports whether the password has to be changed, or has expired.
func (r record) mustChange(config Config) bool {
	tooOld := config.MaxAge > 0 && r.changedAt != 0 && !config.Clock.Now().Before(time.UnixMicro(r.changedAt).Add(config.MaxAge))
	return r.password != "" && (r.MustChange || tooOld)
}

// counted is how many failures count now.
func (r record) counted(config Config) int {
	if config.Window > 0 && !config.Clock.Now().Before(time.UnixMicro(r.failedAt).Add(config.Window)) {
		return 0
	}
	return r.failures
}

func (r record) account(config Config) port.DirectoryAccount {
	if r.ID == "" {
		return port.DirectoryAccount{Threshold: config.Threshold, ShowsFailures: true, FailureWindow: config.Window}
	}
	a := port.DirectoryAccount{
		ID: r.ID, UserID: r.UserID, Name: r.Name, Names: r.Names, Mail: r.Mail, Groups: r.Groups, Admin: r.Admin,
		Disabled: r.Disabled, Expired: r.expired(config.Clock.Now()), Protected: r.Protected, MustChange: r.mustChange(config),
		Elsewhere: r.Elsewhere, HasPassword: r.password != "", Threshold: config.Threshold,
		Stamp: strconv.FormatInt(r.stamp, 10), ShowsFailures: true, Failures: r.counted(config), FailureWindow: config.Window,
	}
	if a.Failures > 0 {
		a.FailedAt = time.UnixMicro(r.failedAt).UTC()
	}
	if r.locked(config.Clock.Now()) {
		a.LockedUntil = time.UnixMicro(r.lockedUntil).UTC()
	}
	return a
}

// micros is a time at rest; 0 is the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
