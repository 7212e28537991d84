package ldap

import (
	"context"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// verdicts are the directory's own words on an account and a password.
var verdicts = []error{
	port.ErrNotFound, port.ErrPassword, port.ErrLocked, port.ErrNoPassword, port.ErrDisabled, port.ErrAccountExpired, port.ErrMustChange,
}

// isVerdict reports whether an error is one of verdicts, or a refusal.
func isVerdict(err error) bool {
	for _, v := range verdicts {
		if errors.Is(err, v) {
			return true
		}
	}
	var refusal *port.Refusal
	return errors.As(err, &refusal)
}

// Verify implements port.Directory.
func (d *Directory) Verify(ctx context.Context, id app.AccountID, password app.Secret) error {
	if password.Empty() {
		return port.ErrPassword
	}
	var p *person
	var server address
	err := d.pool.with(ctx, func(l *link) (err error) {
		server = l.server
		p, _, err = d.person(ctx, l, id)
		if errors.Is(err, port.ErrNotFound) { // whoever is not there takes as many questions
			p, err = &person{dn: nobodyAt(d.base(l))}, nil
		}
		return err
	})
	if err != nil {
		return told("verify", err)
	}
	err = d.bindAs(ctx, server, p, password)
	if p.account.ID == "" && (err == nil || isVerdict(err)) {
		return port.ErrNotFound
	}
	return told("verify", err)
}

// nobodyAt is the DN of an entry that there is not.
func nobodyAt(base string) string { return "cn=sparekey-nobody," + base }

// bindAs binds as a person, on a connection that serves nothing else.
func (d *Directory) bindAs(ctx context.Context, server address, p *person, password app.Secret) error {
	conn, err := d.servers.dial(ctx, server)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	conn.SetTimeout(remaining(ctx))
	return d.dialect.bind(ctx, conn, p, password)
}

// proven reports whether a verdict is one that a server gives to the right password alone.
func proven(err error) bool {
	return err == nil || errors.Is(err, port.ErrMustChange) || errors.Is(err, port.ErrDisabled) || errors.Is(err, port.ErrAccountExpired)
}

// confirm holds a password that was just written against the server that took it: nothing but a bind proves it.
func (d *Directory) confirm(ctx context.Context, server address, p *person, password app.Secret) error {
	err := d.bindAs(ctx, server, p, password)
	if proven(err) {
		return nil
	}
	return fmt.Errorf("the new password could not be confirmed: %s", err) // whatever the verdict was, it refuses nothing
}
