package core

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// DirectoryTimeout bounds a call of the directory.
const DirectoryTimeout = 20 * time.Second

// FindAccount asks the directory for a user ID's account; not known is no failure, and leaves what holds for most accounts,
// and as UserID the one form that all spellings of the name share.
func (c *Core) FindAccount(ctx context.Context, userID string) (account port.DirectoryAccount, known bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, DirectoryTimeout)
	defer cancel()
	account, err = c.Directory.Find(ctx, userID)
	if errors.Is(err, port.ErrNotFound) {
		return port.DirectoryAccount{
			UserID: cmp.Or(account.UserID, typed.Fold(userID)), Threshold: account.Threshold, ShowsFailures: account.ShowsFailures, FailureWindow: account.FailureWindow,
		}, false, nil
	}
	return account, err == nil, err
}

// Account asks the directory for an account by its ID.
func (c *Core) Account(ctx context.Context, id app.AccountID) (port.DirectoryAccount, error) {
	ctx, cancel := context.WithTimeout(ctx, DirectoryTimeout)
	defer cancel()
	return c.Directory.Account(ctx, id)
}

// DirectoryRules asks what the directory wants of a new password.
func (c *Core) DirectoryRules(ctx context.Context, id app.AccountID) (port.PasswordRules, error) {
	ctx, cancel := context.WithTimeout(ctx, DirectoryTimeout)
	defer cancel()
	return c.Directory.Rules(ctx, id)
}

// Administrators asks whom the directory names as such.
func (c *Core) Administrators(ctx context.Context) ([]port.DirectoryAccount, error) {
	ctx, cancel := context.WithTimeout(ctx, DirectoryTimeout)
	defer cancel()
	return c.Directory.Administrators(ctx)
}

// VerifyPassword asks the directory about a password; its answers are those of port.Directory. It takes the admission of
// that guess: without one nobody is asked, so that no way leads past what keeps the directory from locking.
func (c *Core) VerifyPassword(ctx context.Context, admitted limit.Admission, id app.AccountID, given app.Secret) error {
	if !admitted.Holds() {
		return app.Errorf(app.CodeInternal, "a password was to be asked about without having been counted")
	}
	ctx, cancel := context.WithTimeout(ctx, DirectoryTimeout)
	defer cancel()
	return c.Directory.Verify(ctx, id, given)
}

// WritePassword tells the directory to set a password; its answers are those of port.Directory.
func (c *Core) WritePassword(ctx context.Context, id app.AccountID, given app.Secret) error {
	ctx, cancel := context.WithTimeout(ctx, DirectoryTimeout)
	defer cancel()
	return c.Directory.SetPassword(ctx, id, given)
}

// ChangePassword tells the directory to set a password for a person who gave the present one; its answers are those of
// port.Directory. That one is a guess, and takes an admission as VerifyPassword does.
func (c *Core) ChangePassword(ctx context.Context, admitted limit.Admission, id app.AccountID, present, given app.Secret) error {
	if !admitted.Holds() {
		return app.Errorf(app.CodeInternal, "a password was to be changed by one that has not been counted")
	}
	ctx, cancel := context.WithTimeout(ctx, DirectoryTimeout)
	defer cancel()
	return c.Directory.ChangePassword(ctx, id, present, given)
}

// UnlockAccount tells the directory to lift its lock; its answers are those of port.Directory.
func (c *Core) UnlockAccount(ctx context.Context, id app.AccountID) error {
	ctx, cancel := context.WithTimeout(ctx, DirectoryTimeout)
	defer cancel()
	return c.Directory.Unlock(ctx, id)
}
