package ldap

import (
	"context"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// SetPassword implements port.Directory.
func (d *Directory) SetPassword(ctx context.Context, id app.AccountID, password app.Secret) error {
	return d.put(ctx, id, password, func(l *link, p *person) error { return d.dialect.set(ctx, l, p, password) })
}

// ChangePassword implements port.Directory.
func (d *Directory) ChangePassword(ctx context.Context, id app.AccountID, present, password app.Secret) error {
	if present.Empty() {
		return port.ErrPassword
	}
	return d.put(ctx, id, password, func(l *link, p *person) error {
		if p.account.LockedUntil.After(d.config.Clock.Now()) { // some servers would lift the lock with it
			return port.ErrLocked
		}
		return d.dialect.change(ctx, l, p, present, password)
	})
}

// put writes a password and confirms it. What self-service never touches is refused whatever the server would take: a service
// account may have more rights than it needs.
func (d *Directory) put(ctx context.Context, id app.AccountID, password app.Secret, write func(*link, *person) error) error {
	if refused(password) {
		return &port.Refusal{}
	}
	var p *person
	var server address
	err := d.pool.with(ctx, func(l *link) (err error) {
		server = l.server
		if p, _, err = d.person(ctx, l, id); err != nil {
			return err
		}
		if a := p.account; a.Elsewhere || a.Protected || a.Disabled {
			return &port.Refusal{}
		}
		return write(l, p)
	})
	switch {
	case errors.Is(err, port.ErrNotFound):
		return unavailable("set a password", errors.New("the account is gone"))
	case err != nil:
		return told("set a password", err)
	}
	return unavailable("set a password", d.confirm(ctx, server, p, password))
}

// refused reports whether a password is none for any server: nothing, with which a bind is nobody's (RFC 4513, 5.1.2), and what
// no keyboard types, which some servers take and none lets in again.
func refused(password app.Secret) bool {
	for _, r := range password.Reveal() {
		if r < ' ' || r == 0x7f {
			return true
		}
	}
	return password.Empty()
}

// Unlock implements port.Directory.
func (d *Directory) Unlock(ctx context.Context, id app.AccountID) error {
	err := d.pool.with(ctx, func(l *link) error {
		p, _, err := d.person(ctx, l, id)
		if err != nil {
			return err
		}
		return d.dialect.unlock(ctx, l, p)
	})
	if err != nil {
		return unavailable("unlock", fmt.Errorf("%s", err)) // no verdict on a password
	}
	return nil
}
