package port

import "github.com/sparekey/sparekey/app"

// Breached knows passwords that have leaked. It is asked on this side only: nothing of a password leaves it.
type Breached interface {
	// Contains reports whether a password has leaked. An error leaves it open.
	Contains(password app.Secret) (bool, error)
}
