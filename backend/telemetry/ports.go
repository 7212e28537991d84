package telemetry

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Store is a store whose calls are looked at.
func (t *Telemetry) Store(s port.Store) port.Store { return &store{s, t} }

type store struct {
	port.Store
	t *Telemetry
}

// View implements port.Store.
func (s *store) View(ctx context.Context, f func(port.Tx) error) error {
	ctx, done := s.t.call(ctx, "store", "view")
	return done(s.Store.View(ctx, f))
}

// Update implements port.Store.
func (s *store) Update(ctx context.Context, f func(port.Tx) error) error {
	ctx, done := s.t.call(ctx, "store", "update")
	return written(s.Store.Update(ctx, f), done)
}

// UpdateAhead implements port.Store.
func (s *store) UpdateAhead(ctx context.Context, f func(port.Tx) error) error {
	ctx, done := s.t.call(ctx, "store", "update_ahead")
	return written(s.Store.UpdateAhead(ctx, f), done)
}

// Join implements port.Store. Its time is also that in which it waited for others to write.
func (s *store) Join(ctx context.Context, patience time.Duration, f func(port.Tx) error) error {
	ctx, done := s.t.call(ctx, "store", "join")
	return written(s.Store.Join(ctx, patience, f), done)
}

// written says what came of a transaction that f may have refused.
func written(err error, done func(error) error) error {
	var answer *app.Error
	if errors.As(err, &answer) && answer.Code != app.CodeUnavailable && answer.Code != app.CodeInternal {
		_ = done(nil) // the store did what it was told, and f had it undo that
		return err
	}
	return done(err)
}

// Directory is a directory whose calls are looked at.
func (t *Telemetry) Directory(d port.Directory) port.Directory { return &directory{d, t} }

type directory struct {
	port.Directory
	t *Telemetry
}

func (d *directory) call(ctx context.Context, name string) (context.Context, func(error) error) {
	return d.t.call(ctx, "directory", name)
}

// Find implements port.Directory.
func (d *directory) Find(ctx context.Context, userID string) (port.DirectoryAccount, error) {
	ctx, done := d.call(ctx, "find")
	account, err := d.Directory.Find(ctx, userID)
	return account, done(err)
}

// Account implements port.Directory.
func (d *directory) Account(ctx context.Context, id app.AccountID) (port.DirectoryAccount, error) {
	ctx, done := d.call(ctx, "account")
	account, err := d.Directory.Account(ctx, id)
	return account, done(err)
}

// Administrators implements port.Directory.
func (d *directory) Administrators(ctx context.Context) ([]port.DirectoryAccount, error) {
	ctx, done := d.call(ctx, "administrators")
	all, err := d.Directory.Administrators(ctx)
	return all, done(err)
}

// Verify implements port.Directory.
func (d *directory) Verify(ctx context.Context, id app.AccountID, password app.Secret) error {
	ctx, done := d.call(ctx, "verify")
	return done(d.Directory.Verify(ctx, id, password))
}

// SetPassword implements port.Directory.
func (d *directory) SetPassword(ctx context.Context, id app.AccountID, password app.Secret) error {
	ctx, done := d.call(ctx, "set_password")
	return done(d.Directory.SetPassword(ctx, id, password))
}

// ChangePassword implements port.Directory.
func (d *directory) ChangePassword(ctx context.Context, id app.AccountID, present, password app.Secret) error {
	ctx, done := d.call(ctx, "change_password")
	return done(d.Directory.ChangePassword(ctx, id, present, password))
}

// Unlock implements port.Directory.
func (d *directory) Unlock(ctx context.Context, id app.AccountID) error {
	ctx, done := d.call(ctx, "unlock")
	return done(d.Directory.Unlock(ctx, id))
}

// Rules implements port.Directory.
func (d *directory) Rules(ctx context.Context, id app.AccountID) (port.PasswordRules, error) {
	ctx, done := d.call(ctx, "rules")
	rules, err := d.Directory.Rules(ctx, id)
	return rules, done(err)
}

// Deliverer is a deliverer whose calls are looked at, by the message's channel.
func (t *Telemetry) Deliverer(d port.Deliverer) port.Deliverer { return &deliverer{d, t} }

type deliverer struct {
	port.Deliverer
	t *Telemetry
}

// Deliver implements port.Deliverer.
func (d *deliverer) Deliver(ctx context.Context, m app.Message) error {
	ctx, done := d.t.call(ctx, "delivery", string(m.Channel))
	return done(d.Deliverer.Deliver(ctx, m))
}
