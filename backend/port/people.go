package port

import (
	"context"

	"github.com/sparekey/sparekey/app"
)

// People is a Directory's half that an administrator enters people by, where Sparekey keeps the directory itself. Each call
// does all or nothing.
type People interface {
	// People lists all, by user ID.
	People(ctx context.Context) ([]DirectoryAccount, error)
	// Enter inserts accounts, without a password, or gives those that have the ID already another user ID, other names, another
	// mailbox, other groups and another role. Passwords, locks and whether somebody is disabled stay.
	Enter(ctx context.Context, all []DirectoryAccount) error
	// Disable keeps an account from signing in and from being helped, or ends that; ErrNotFound.
	Disable(ctx context.Context, id app.AccountID, disabled bool) error
	// Remove takes an account away, with its passwords; ErrNotFound. Nobody gets its ID again.
	Remove(ctx context.Context, id app.AccountID) error
}
