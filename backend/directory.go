package backend

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// find asks the directory for a user ID's account; not known is no failure, and leaves what holds for most accounts.
func (b *Backend) find(ctx context.Context, userID string) (account port.DirectoryAccount, known bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, directoryTimeout)
	defer cancel()
	account, err = b.c.Directory.Find(ctx, userID)
	if errors.Is(err, port.ErrNotFound) {
		return port.DirectoryAccount{Threshold: account.Threshold}, false, nil
	}
	return account, err == nil, err
}

// account asks the directory for an account by its ID.
func (b *Backend) account(ctx context.Context, id app.AccountID) (port.DirectoryAccount, error) {
	ctx, cancel := context.WithTimeout(ctx, directoryTimeout)
	defer cancel()
	return b.c.Directory.Account(ctx, id)
}

// history asks how many old passwords the directory refuses.
func (b *Backend) history(ctx context.Context, id app.AccountID) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, directoryTimeout)
	defer cancel()
	return b.c.Directory.History(ctx, id)
}

// administrators asks whom the directory names as such.
func (b *Backend) administrators(ctx context.Context) ([]port.DirectoryAccount, error) {
	ctx, cancel := context.WithTimeout(ctx, directoryTimeout)
	defer cancel()
	return b.c.Directory.Administrators(ctx)
}

// whoIs keeps what a flow needs of an account.
func whoIs(a port.DirectoryAccount, history int) who {
	return who{
		Person:  app.Person{Account: a.ID, UserID: a.UserID, Name: a.Name},
		Mail:    a.Mail,
		Names:   a.Names,
		Admin:   a.Admin,
		History: history,
		Never:   !a.HasPassword,
	}
}

// down answers that the directory can't be asked: nothing was changed.
func (b *Backend) down(ctx context.Context, q question, cause error) (app.Flow, error) {
	b.c.Log.Warn("the directory failed", "flow", q.id, "input", nameOf(q.in), "error", cause)
	return b.commit(ctx, q, func(*talk) error { return &app.Error{Code: app.CodeUnavailable, Cause: cause} })
}
