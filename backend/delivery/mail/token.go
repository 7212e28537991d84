package mail

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/sparekey/sparekey/app"
)

// tokens gets tokens by client credentials, and keeps one until shortly before its end.
type tokens struct {
	config Config

	mu   sync.Mutex
	kept *oauth2.Token
}

// accessToken is one that may be used now.
type accessToken struct {
	text  app.Secret
	until string // a time, or empty
}

// tokenTime bounds the token endpoint's answer.
const tokenTime = 5 * time.Second

func newTokens(c Config) *tokens {
	if c.TokenHTTP == nil {
		c.TokenHTTP = &http.Client{Timeout: tokenTime}
	}
	return &tokens{config: c}
}

// get gives a token. Its error has the endpoint's code, and none of its words.
func (t *tokens) get(ctx context.Context) (accessToken, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.kept.Valid() {
		secret, err := t.config.Secret()
		if err != nil {
			return accessToken{}, err
		}
		c := clientcredentials.Config{
			ClientID: t.config.Client, ClientSecret: secret.Reveal(), TokenURL: t.config.TokenEndpoint, Scopes: []string{t.config.Scope},
			AuthStyle: oauth2.AuthStyleInParams,
		}
		if t.kept, err = c.Token(context.WithValue(ctx, oauth2.HTTPClient, t.config.TokenHTTP)); err != nil {
			t.kept = nil
			return accessToken{}, refused(err)
		}
	}
	token := accessToken{text: app.NewSecret(t.kept.AccessToken)}
	if !t.kept.Expiry.IsZero() {
		token.until = t.kept.Expiry.UTC().Format(time.RFC3339)
	}
	return token, nil
}

// forget has the next connection get a new token.
func (t *tokens) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = nil
}

// refused says why there is no token: the endpoint's code (RFC 6749, 5.2), or that it was not reached.
func refused(err error) error {
	var said *oauth2.RetrieveError
	if !errors.As(err, &said) {
		return err
	}
	status := 0
	if said.Response != nil {
		status = said.Response.StatusCode
	}
	return fmt.Errorf("the token endpoint answered %d %s", status, errorCode.FindString(said.ErrorCode))
}

// errorCode is the form of an error code.
var errorCode = regexp.MustCompile(`^[a-z_]{1,40}$`)
