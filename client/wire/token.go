package wire

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// Token is the form of app.Token.
type Token struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	May     []string `json:"may" nullable:"false" doc:"scopes: what it may do"`
	Made    Time     `json:"made,omitzero" format:"date-time"`
	MadeBy  string   `json:"made_by,omitempty"`
	Ends    Time     `json:"ends,omitzero" format:"date-time" doc:"its last instant"`
	Used    Time     `json:"used,omitzero" format:"date-time" doc:"the last time, to ten minutes; left out: never"`
	Revoked Time     `json:"revoked,omitzero" format:"date-time" doc:"left out where it is not"`
}

func scopeName(s app.Scope) string { return string(s) }

func scopeOf(name string) app.Scope { return app.Scope(name) }

// NewToken gives the form of t.
func NewToken(t app.Token) Token {
	return Token{
		ID: string(t.ID), Name: t.Name, May: list(t.May, scopeName), Made: Time(t.Made), MadeBy: t.MadeBy, Ends: Time(t.Ends),
		Used: Time(t.Used), Revoked: Time(t.Revoked),
	}
}

// Domain gives the token.
func (w Token) Domain() app.Token {
	return app.Token{
		ID: app.TokenID(w.ID), Name: w.Name, May: unlist(w.May, scopeOf), Made: w.Made.domain(), MadeBy: w.MadeBy, Ends: w.Ends.domain(),
		Used: w.Used.domain(), Revoked: w.Revoked.domain(),
	}
}

// Tokens are all of them.
type Tokens struct {
	Tokens []Token `json:"tokens" nullable:"false" doc:"by name"`
}

// NewTokens gives the form of all.
func NewTokens(all []app.Token) Tokens { return Tokens{list(all, NewToken)} }

// Domain gives all.
func (w Tokens) Domain() []app.Token { return unlist(w.Tokens, Token.Domain) }

// MakeToken is the form of app.MakeToken, without who asks: the server knows who calls.
type MakeToken struct {
	Name    string   `json:"name" maxLength:"256"`
	May     []string `json:"may" nullable:"false" minItems:"1" maxItems:"16" enum:"policy.read,policy,contacts,passes,accounts.read,accounts,trail,stations.read,stations,tokens.read,messages" doc:"scopes: what it may do"`
	Seconds int64    `json:"seconds,omitempty" minimum:"1" maximum:"31536000" doc:"how long it lives; left out: eight hours"`
}

// NewMakeToken gives the form of m.
func NewMakeToken(m app.MakeToken) MakeToken {
	return MakeToken{Name: m.Name, May: list(m.May, scopeName), Seconds: int64(m.Life / time.Second)}
}

// Domain gives what a caller asks for.
func (w MakeToken) Domain(by app.AccountID) app.MakeToken {
	return app.MakeToken{Name: w.Name, May: unlist(w.May, scopeOf), Life: time.Duration(w.Seconds) * time.Second, By: string(by)}
}

// TokenMade is the form of app.TokenMade: it carries the token itself, once.
type TokenMade struct {
	Token  Token  `json:"token"`
	Secret string `json:"secret" doc:"what a script sends as its bearer token"`
}

// NewTokenMade gives the form of m.
func NewTokenMade(m app.TokenMade) TokenMade { return TokenMade{NewToken(m.Token), m.Secret.Reveal()} }

// Domain gives what was made.
func (w TokenMade) Domain() app.TokenMade {
	return app.TokenMade{Token: w.Token.Domain(), Secret: app.NewSecret(w.Secret)}
}

// RevokeToken is the body that ends a token.
type RevokeToken struct {
	ID string `json:"id" maxLength:"64"`
}
