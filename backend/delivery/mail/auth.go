package mail

import (
	"context"
	"errors"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"github.com/sparekey/sparekey/app"
)

// offer is the name of a mechanism as relays offer it, strongest first.
var offers = []struct {
	auth Auth
	name string
}{{AuthSCRAM, "SCRAM-SHA-256"}, {AuthPlain, "PLAIN"}, {AuthLogin, "LOGIN"}, {AuthXOAUTH2, "XOAUTH2"}}

// errNotOffered is said of a relay that does not offer the mechanism which the settings want.
var errNotOffered = errors.New("the relay does not offer this way to sign in")

// Auths are the ways to sign in.
func Auths() []string {
	return []string{string(AuthNone), string(AuthBest), string(AuthSCRAM), string(AuthPlain), string(AuthLogin), string(AuthXOAUTH2)}
}

// signIn signs in as the settings want it.
func (s *session) signIn(ctx context.Context, tell func(Finding)) error {
	r := s.relay
	if r.config.Auth == AuthNone {
		return nil
	}
	_, list := s.client.Extension("AUTH")
	chosen, name := choose(r.config.Auth, strings.Fields(strings.ToUpper(list)))
	if name == "" {
		f := r.tellFailure(tell, StepAuth, errNotOffered)
		return f
	}
	if chosen == AuthXOAUTH2 {
		return s.signInByToken(ctx, tell)
	}
	secret, err := r.config.Secret()
	if err != nil {
		return r.tellFailure(tell, StepAuth, err)
	}
	if err := s.client.Auth(r.mechanism(chosen, secret)); err != nil {
		return r.tellFailure(tell, StepAuth, err)
	}
	tell(Finding{Step: StepAuth, About: r.config.User, Params: map[string]string{"mechanism": name}})
	return nil
}

// choose gives the mechanism to use; an empty name: the relay has none of what is wanted.
func choose(want Auth, offered []string) (Auth, string) {
	for _, o := range offers {
		if want != o.auth && (want != AuthBest || o.auth == AuthXOAUTH2) {
			continue
		}
		for _, is := range offered {
			if is == o.name {
				return o.auth, o.name
			}
		}
	}
	return "", ""
}

// mechanism signs in with a password.
func (r *Relay) mechanism(chosen Auth, password app.Secret) smtp.Auth {
	clear := r.at.Scheme == inClear
	switch chosen {
	case AuthSCRAM:
		return smtp.ScramSHA256Auth(r.config.User, password.Reveal())
	case AuthLogin:
		return smtp.LoginAuth(r.config.User, password.Reveal(), r.at.Host, clear)
	}
	return smtp.PlainAuth("", r.config.User, password.Reveal(), r.at.Host, clear)
}

// signInByToken signs in with a token. One that the relay refuses is not used again.
func (s *session) signInByToken(ctx context.Context, tell func(Finding)) error {
	r := s.relay
	token, err := r.tokens.get(ctx)
	if err != nil {
		return r.tellFailure(tell, StepToken, err)
	}
	tell(Finding{Step: StepToken, About: r.config.TokenEndpoint, Params: map[string]string{"until": token.until}})
	if err := s.client.Auth(smtp.XOAuth2Auth(r.config.User, token.text.Reveal())); err != nil {
		r.tokens.forget()
		return r.tellFailure(tell, StepAuth, err)
	}
	tell(Finding{Step: StepAuth, About: r.config.User, Params: map[string]string{"mechanism": "XOAUTH2"}})
	return nil
}
