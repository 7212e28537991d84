package local

import (
	"context"
	"errors"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

// errChanged means that the password was set while another was hashed: the answer is about an old one.
var errChanged = errors.New("local directory: password changed meanwhile")

// Verify implements port.Directory. It hashes outside of any transaction and counts the answer inside one, where a lock
// that closed meanwhile still holds: however many guess at once, no more than Threshold learn anything. An account that
// there is not, that is disabled or locked, or that has no password takes the same hash and the same write.
func (d *Directory) Verify(ctx context.Context, id app.AccountID, password app.Secret) error {
	if password.Empty() {
		return port.ErrPassword
	}
	for {
		r, err := d.person(ctx, id)
		nobody := errors.Is(err, port.ErrNotFound)
		if err != nil && !nobody {
			return err
		}
		phc := r.password
		if phc == "" {
			phc = d.nobody
		}
		right, err := d.match(ctx, phc, password)
		if err != nil {
			return err
		}
		if nobody {
			return d.spend(ctx, id)
		}
		if err := d.judge(ctx, r, right && r.password != ""); !errors.Is(err, errChanged) {
			return err
		}
	}
}

// spend does what judge does, for an account that there is not.
func (d *Directory) spend(ctx context.Context, id app.AccountID) error {
	err := d.note(ctx, func(tx *sqlite.Conn) error {
		if _, err := read(tx.Row(selectPerson+`WHERE id = ?`, string(id))); !errors.Is(err, port.ErrNotFound) {
			return errors.Join(errChanged, err) // it came into being meanwhile
		}
		return count(tx)
	})
	if err != nil {
		return err
	}
	return port.ErrNotFound
}

// count counts a guess at nobody's password.
func count(tx *sqlite.Conn) error {
	_, err := tx.Exec(`UPDATE nobody SET guesses = guesses + 1`)
	return unavailable("count an answer", err)
}

// refuses says why the account can't sign in though the password is right or wrong; nil when it can. That an account is
// disabled, or its time over, is told to who gave the right password, as Active Directory does; that it is locked to everybody,
// since no password is judged then.
func (d *Directory) refuses(r record, right bool) error {
	switch {
	case r.Disabled && right:
		return port.ErrDisabled
	case r.Disabled:
		return port.ErrPassword
	case r.expired(d.config.Clock.Now()) && right:
		return port.ErrAccountExpired
	case r.expired(d.config.Clock.Now()):
		return port.ErrPassword
	case r.locked(d.config.Clock.Now()):
		return port.ErrLocked
	case r.password == "":
		return port.ErrNoPassword
	}
	return nil
}

// judge counts an answer about the password that then had.
func (d *Directory) judge(ctx context.Context, then record, right bool) error {
	verdict := port.ErrPassword
	if right {
		verdict = nil
	}
	err := d.note(ctx, func(tx *sqlite.Conn) error {
		now, err := read(tx.Row(selectPerson+`WHERE id = ?`, string(then.ID)))
		if err != nil {
			return err
		}
		if now.stamp != then.stamp {
			return errChanged
		}
		if refusal := d.refuses(now, right); refusal != nil {
			verdict = refusal
			return count(tx)
		}
		if right {
			if now.failures = 0; now.mustChange(d.config) {
				verdict = port.ErrMustChange
			}
		} else {
			now.failures, now.failedAt = now.counted(d.config)+1, d.config.Clock.Now().UnixMicro()
			if d.config.Threshold > 0 && now.failures >= d.config.Threshold {
				now.failures, now.lockedUntil = 0, d.config.Clock.Now().Add(d.config.LockFor).UnixMicro()
			}
		}
		_, err = tx.Exec(`UPDATE person SET failures = ?, failed_at = ?, locked_until = ? WHERE id = ?`,
			now.failures, now.failedAt, now.lockedUntil, string(now.ID))
		return unavailable("count an answer", err)
	})
	if err != nil {
		return err
	}
	return verdict
}

// SetPassword implements port.Directory. It refuses by "length", by "history", by "age", and without a rule's name where the
// password is managed elsewhere or is protected.
func (d *Directory) SetPassword(ctx context.Context, id app.AccountID, password app.Secret) error {
	return d.setPassword(ctx, id, password, func(r record) error {
		if d.config.ResetsToo {
			return d.checkAge(r)
		}
		return nil
	})
}

// setPassword sets a password, if the account as it is then may have it.
func (d *Directory) setPassword(ctx context.Context, id app.AccountID, password app.Secret, may func(record) error) error {
	for {
		r, err := d.person(ctx, id)
		if err != nil {
			return err
		}
		switch err := may(r); {
		case errors.Is(err, errChanged):
			continue
		case err != nil:
			return err
		}
		if err := d.judgeNew(ctx, r, password); err != nil {
			return err
		}
		phc, err := d.hash(ctx, password)
		if err != nil {
			return err
		}
		err = d.update(ctx, func(tx *sqlite.Conn) error {
			now, err := read(tx.Row(selectPerson+`WHERE id = ?`, string(id)))
			if err != nil {
				return err
			}
			if now.stamp != r.stamp {
				return errChanged // its history is another one now
			}
			return d.storePassword(tx, id, phc)
		})
		if !errors.Is(err, errChanged) {
			return err
		}
	}
}

// judgeNew gives a *port.Refusal, or nil when the password may be set.
func (d *Directory) judgeNew(ctx context.Context, r record, password app.Secret) error {
	if r.Elsewhere || r.Protected {
		return &port.Refusal{}
	}
	if password.Empty() || utf8.RuneCountInString(password.Reveal()) < d.config.MinLength {
		return &port.Refusal{Rule: "length"}
	}
	last, err := d.lastPasswords(ctx, r)
	if err != nil {
		return err
	}
	for _, phc := range last {
		same, err := d.match(ctx, phc, password)
		if err != nil {
			return err
		}
		if same {
			return &port.Refusal{Rule: "history"}
		}
	}
	return nil
}

// lastPasswords lists the passwords that can't be set again, the present one first.
func (d *Directory) lastPasswords(ctx context.Context, r record) ([]string, error) {
	if d.config.History == 0 || r.password == "" {
		return nil, nil
	}
	var older []string
	err := d.ask(ctx, func(conn *sqlite.Conn) (err error) {
		older, err = sqlite.List(conn, func(row sqlite.Scanner) (phc string, err error) {
			err = row.Scan(&phc)
			return phc, err
		}, `SELECT password FROM old_password WHERE person = CAST(? AS TEXT) AND stamp > ? ORDER BY stamp DESC`,
			string(r.ID), r.stamp-int64(d.config.History))
		return err
	})
	return append([]string{r.password}, older...), unavailable("read the history", err)
}

// storePassword sets a hash, moves the one before into the history, and lifts the lock. Stamps count up by one, so they
// number the history too.
func (d *Directory) storePassword(tx *sqlite.Conn, id app.AccountID, phc string) error {
	for _, query := range []struct {
		text string
		args []any
	}{
		{`INSERT INTO old_password (person, stamp, password)
			SELECT id, stamp, password FROM person WHERE id = ? AND password <> ''`, []any{string(id)}},
		{`UPDATE person SET password = ?, stamp = stamp + 1, failures = 0, locked_until = 0, must_change = 0, changed_at = ? WHERE id = ?`,
			[]any{phc, d.config.Clock.Now().UnixMicro(), string(id)}},
		{`DELETE FROM old_password WHERE person = ?
			AND stamp <= (SELECT stamp FROM person WHERE id = ?) - ?`, []any{string(id), string(id), d.config.History}},
	} {
		if _, err := tx.Exec(query.text, query.args...); err != nil {
			return unavailable("store a password", err)
		}
	}
	return nil
}

// Unlock implements port.Directory.
func (d *Directory) Unlock(ctx context.Context, id app.AccountID) error {
	return d.update(ctx, func(tx *sqlite.Conn) error {
		if _, err := read(tx.Row(selectPerson+`WHERE id = ?`, string(id))); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE person SET failures = 0, locked_until = 0 WHERE id = ?`, string(id))
		return unavailable("unlock", err)
	})
}

// hash waits for a slot and hashes.
func (d *Directory) hash(ctx context.Context, password app.Secret) (string, error) {
	if err := d.slots.Acquire(ctx, 1); err != nil {
		return "", unavailable("wait to hash", err)
	}
	defer d.slots.Release(1)
	return d.config.Hasher.Hash(password)
}

// match waits for a slot and compares.
func (d *Directory) match(ctx context.Context, phc string, password app.Secret) (bool, error) {
	if err := d.slots.Acquire(ctx, 1); err != nil {
		return false, unavailable("wait to hash", err)
	}
	defer d.slots.Release(1)
	return d.config.Hasher.Match(phc, password)
}
