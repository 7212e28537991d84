package app

import (
	"context"
	"time"
)

// SessionID identifies a signed-in session; public, like FlowID.
type SessionID string

// Session is a signed-in person, as the window sees it.
type Session struct {
	ID         SessionID
	Person     Person
	Admin      bool
	Registered bool // enough ways back in
	Due        Due
	ByPass     bool      // it can register, and nothing else
	Expires    time.Time // when it ends for good
	NoChange   bool      // the directory takes no change of the password by the present one
	Ephemeral  bool      // set by the client: the keyring could not keep it, so it lasts for this run only
}

// Sessions are the window's side of being signed in; the tokens stay below.
type Sessions interface {
	// Open turns a flow that stands at SignedIn into a session.
	Open(ctx context.Context, id FlowID) (Session, error)
	// Current gives the session at hand; CodeSignedOut when there is none.
	Current(ctx context.Context) (Session, error)
	// Close ends it here and on the server.
	Close(ctx context.Context) error
}

// Grant is a session with the tokens that stand for it: 256 random bits each, base64url, kept hashed by the backend.
type Grant struct {
	Session        Session
	Access         Secret
	AccessExpires  time.Time
	Refresh        Secret
	RefreshExpires time.Time
}

// Grants are the API's side of being signed in.
type Grants interface {
	// Grant opens the session of a flow that stands at SignedIn, or gives new tokens to the one whose level a flow raised
	// (Flow.Regrant). Asked again, it revokes what it gave before; once that was used, it gives no more.
	Grant(ctx context.Context, id FlowID) (Grant, error)
	// Renew rotates a refresh token. One that was rotated away, and whose successor was used, ends the session.
	Renew(ctx context.Context, refresh Secret) (Grant, error)
	// Identify turns a bearer token (of a flow, of a session, or for scripts) into a caller; CodeSignedOut when it stands for
	// nothing.
	Identify(ctx context.Context, token Secret) (Caller, error)
	// CurrentSession gives the caller's session.
	CurrentSession(ctx context.Context) (Session, error)
	// EndSession ends the caller's session.
	EndSession(ctx context.Context) error
}
