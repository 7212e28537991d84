package app

import (
	"context"
	"slices"
	"strings"
	"time"
)

// TokenID names a token for scripts, for good.
type TokenID string

// A token for scripts is TokenPrefix and TokenLength characters of PassAlphabet: 260 random bits. By its prefix it is found where
// it lies about, by people and by scanners for secrets.
const (
	TokenPrefix = "sparekey_token_"
	TokenLength = 52
)

// IsToken reports whether a text has the form of a token for scripts.
func IsToken(text string) bool {
	random, is := strings.CutPrefix(text, TokenPrefix)
	return is && len(random) == TokenLength && strings.Trim(random, PassAlphabet) == ""
}

// How long a token lives: where its maker doesn't say, and the bounds of what they may say. No policy changes them.
const (
	DefaultTokenLife = 8 * time.Hour
	MinTokenLife     = time.Minute
	MaxTokenLife     = 30 * 24 * time.Hour
)

// TokenUseSpan is how exactly a token's last use is known.
const TokenUseSpan = StationUseSpan

// MaxTokenName is how many characters a token's name may have.
const MaxTokenName = MaxStationName

// Scope is what a token may do: the operations of a group, or those of them that change nothing.
type Scope string

// The scopes. One that ends in ".read" is part of the one without.
const (
	ScopePolicyRead   Scope = "policy.read" // its versions, and what applying a document would do
	ScopePolicy       Scope = "policy"      // apply it
	ScopeContacts     Scope = "contacts"    // enter them beforehand
	ScopePasses       Scope = "passes"      // issue and revoke them
	ScopeAccountsRead Scope = "accounts.read"
	ScopeAccounts     Scope = "accounts" // look people up, and lift a freeze of their self-service
	ScopeTrail        Scope = "trail"    // hold it against its heads
	ScopeStationsRead Scope = "stations.read"
	ScopeStations     Scope = "stations" // invite and change them
	ScopeTokensRead   Scope = "tokens.read"
	ScopeMessages     Scope = "messages" // look what became of them
)

// Scopes are all that there are. None lets a token make or revoke a token.
var Scopes = []Scope{
	ScopePolicyRead, ScopePolicy, ScopeContacts, ScopePasses, ScopeAccountsRead, ScopeAccounts, ScopeTrail, ScopeStationsRead, ScopeStations, ScopeTokensRead, ScopeMessages,
}

// Covers reports whether a token of this scope may do what needs another one.
func (s Scope) Covers(need Scope) bool { return need != "" && (s == need || s+".read" == need) }

// Covered reports whether one of the scopes covers what is needed.
func Covered(may []Scope, need Scope) bool {
	return slices.ContainsFunc(may, func(s Scope) bool { return s.Covers(need) })
}

// Token is a token for scripts, without its secret.
type Token struct {
	ID      TokenID
	Name    string  // no other that is good has it
	May     []Scope // in the order of Scopes
	Made    time.Time
	MadeBy  string
	Ends    time.Time // its last instant
	Used    time.Time // the last time, to TokenUseSpan; zero for never
	Revoked time.Time // by somebody, or since its maker may not have one any more; zero for not
}

// TokenMade is a token as it is shown, once.
type TokenMade struct {
	Token  Token
	Secret Secret
}

// MakeToken asks for a token.
type MakeToken struct {
	Name string
	May  []Scope
	Life time.Duration // zero for DefaultTokenLife
	By   string        // who asks, for the audit trail
}

// Tokens are what scripts administer by. A token ends with its time, and as soon as the directory says that the administrator who
// made it is none any more, is disabled or has another password.
type Tokens interface {
	// ListTokens lists those that are good, and those that ended in the last ninety days, by name.
	ListTokens(ctx context.Context) ([]Token, error)
	// MakeToken makes one; the administrators are told. CodeTokenName when the name is malformed or a good one has it;
	// CodeTokenLife when it is to live too short or too long; CodeBadRequest when it may do nothing, or something that is no scope.
	MakeToken(ctx context.Context, m MakeToken) (TokenMade, error)
	// RevokeToken ends one for good. CodeNoToken when there is none, or it has ended.
	RevokeToken(ctx context.Context, id TokenID, by string) (Token, error)
}
