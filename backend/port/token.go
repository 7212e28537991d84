package port

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// TokenRecord is a token for scripts at rest.
type TokenRecord struct {
	ID      app.TokenID
	Name    string
	Hash    []byte // keyed hash of the token; unique
	May     []app.Scope
	Account app.AccountID // of the administrator who made it; empty: a program on the server did, for MadeBy
	Stamp   string        // of the password that the account had
	Made    time.Time
	MadeBy  string
	Ends    time.Time // its last instant is still good
	Used    time.Time // the last time, to app.TokenUseSpan; zero for never
	Revoked time.Time // zero for not
}

// Token is the record as administrators see it: without the hash, and without what ties it to its maker.
func (r TokenRecord) Token() app.Token {
	return app.Token{
		ID: r.ID, Name: r.Name, May: r.May, Made: r.Made, MadeBy: r.MadeBy, Ends: r.Ends, Used: r.Used, Revoked: r.Revoked,
	}
}

// Good reports whether the token can be used, as far as the store knows. One that lives longer than any that is made now can't, nor
// can one that is to be made yet: the clock was put back.
func (r TokenRecord) Good(now time.Time) bool {
	return r.Revoked.IsZero() && !now.After(r.Ends) && !r.Made.After(now.Add(Skew)) && !r.Ends.After(now.Add(app.MaxTokenLife+Skew))
}

// TokenTx keeps tokens for scripts.
type TokenTx interface {
	Token(id app.TokenID) (TokenRecord, error)
	TokenByHash(hash []byte) (TokenRecord, error)
	// Tokens lists all by name, and those of one name by when they were made.
	Tokens() ([]TokenRecord, error)
	// PutToken inserts or replaces.
	PutToken(r TokenRecord) error
	// EndExpiredTokens has those be revoked at now that are not revoked, and whose time was over at t. It returns how many.
	EndExpiredTokens(t, now time.Time) (int, error)
	// DropTokens deletes those that ended, or were revoked, before t.
	DropTokens(t time.Time) (int, error)
}
