// Package gateway hands texts and calls to providers that are reached by HTTP: one engine, and a dialect for each API. It takes in the
// receipts by which they say later what became of a text.
package gateway

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Config is one provider, and what texts or calls by it carry.
type Config struct {
	Kind     Kind
	Name     string // of its table in the settings, by which its receipts are told apart
	Endpoint string // see CheckEndpoint; empty: the kind's own
	Region   string // of kinds that have some, such as "eu-west-1"
	User     string // the account there
	Key      string // by which it signs in, where that is not the account itself
	Service  string // within the account, such as a messaging service or a channel
	From     string // whom people see as the sender: a number, or a word
	Secret   func() (app.Secret, error)
	Form     Form   // of KindHTTP
	Language string // in which calls are spoken, one of prompt.Languages; empty: it carries texts

	// ReceiptSecret is what receipts are signed by; nil: none are taken in.
	ReceiptSecret func() (app.Secret, error)
	// Receipts is the address at which they are taken in, as the provider sees it; empty: it is not told.
	Receipts string

	Texts func(ctx context.Context, m app.Message) (string, error) // puts messages into words
	Clock port.Clock
	Roots *x509.CertPool                        // by which its certificate is known; nil: the system's
	Proxy func(*http.Request) (*url.URL, error) // the way there; nil: as the environment says
	Idle  time.Duration                         // how long a connection is kept for the next text; 0: half a minute
}

// Gateway is one provider of texts or of calls. It is safe for concurrent use.
type Gateway struct {
	config  Config
	dialect dialect
	at      *url.URL
	client  *http.Client

	mu    sync.Mutex
	rests time.Time // it asked to be left alone until then
}

var (
	_ port.Deliverer = (*Gateway)(nil)
	_ port.Knower    = (*Gateway)(nil)
)

// ErrKind says that a kind is none.
var ErrKind = errors.New("no such kind of gateway")

// New makes a gateway. Nobody is asked yet.
func New(c Config) (*Gateway, error) {
	d, known := dialectOf(c)
	if !known {
		return nil, ErrKind
	}
	if c.Endpoint == "" {
		c.Endpoint = d.home(c)
	}
	at, err := parseEndpoint(c.Endpoint, c.Kind)
	if err != nil {
		return nil, err
	}
	if c.Idle == 0 {
		c.Idle = usualIdle
	}
	return &Gateway{config: c, dialect: d, at: at, client: newClient(c)}, nil
}

// usualIdle is shorter than providers keep a connection, since one that ends as a text leaves makes nobody sure of the text.
const usualIdle = 20 * time.Second

// Name implements examine.Provider: the name in the settings, and the provider's host.
func (g *Gateway) Name() string { return g.config.Name + " " + g.at.Host }

// Close ends the connections that are kept.
func (g *Gateway) Close() error { g.client.CloseIdleConnections(); return nil }

// Knows implements port.Knower.
func (g *Gateway) Knows() bool { return g.dialect.knows }

// Deliver implements port.Deliverer.
func (g *Gateway) Deliver(ctx context.Context, m app.Message) error {
	receipt, err := g.deliver(ctx, m)
	attempt := port.Attempt{Provider: g.Name(), Outcome: port.Taken, Receipt: receipt}
	var failed *Failure
	switch {
	case errors.As(err, &failed):
		attempt.Outcome = failed.Outcome()
		attempt.Awaited = g.dialect.named && g.ReceiptName() != "" && errors.Is(err, port.ErrUnanswered)
	case err != nil: // it could not be put into words: nobody was asked
		return err
	}
	port.TellAttempt(ctx, attempt)
	return err
}

func (g *Gateway) deliver(ctx context.Context, m app.Message) (receipt string, err error) {
	if !g.reaches(m.To) {
		return "", g.fail(StepNumber, errNumber)
	}
	if left := g.restsFor(); left > 0 {
		return "", g.fail(StepRequest, errResting)
	}
	t, err := g.text(ctx, m)
	if err != nil {
		return "", err
	}
	return g.submit(ctx, g.client, t)
}

// Number reports whether a text is a number as E.164 has it: "+4915123456789".
func Number(number string) bool { return e164.MatchString(number) }

// reaches reports whether a receiver can be one: a call may be to an extension, as "+493012345;ext=56" has it.
func (g *Gateway) reaches(to string) bool {
	if g.config.Language == "" {
		return Number(to)
	}
	number, extension, _ := strings.Cut(to, ";ext=")
	return Number(number) && extensionForm.MatchString(extension)
}

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// text is what is handed over.
type text struct {
	id      string // of the message in the outbox
	to      string // E.164
	words   string
	country string
	expires time.Time // from when on it is pointless; zero: not before long

	// Of a call.
	sentences []string // with a pause after each
	extension string
}

// text puts a message into words.
func (g *Gateway) text(ctx context.Context, m app.Message) (text, error) {
	if g.config.Language != "" {
		return g.spoken(m)
	}
	said, err := g.config.Texts(ctx, m)
	if err != nil {
		return text{}, err
	}
	return text{id: m.ID, to: m.To, words: said, country: m.Country, expires: m.Expires}, nil
}

// lasts is for how many seconds a text has a point, within the bounds of an API; 0: for as long as that keeps texts.
func (g *Gateway) lasts(t text, least, most time.Duration) int {
	if t.expires.IsZero() {
		return 0
	}
	return int(min(max(t.expires.Sub(g.config.Clock.Now()), least), most) / time.Second)
}

// longestRest bounds for how long a provider is left alone. A code lives for minutes.
const longestRest = 2 * time.Minute

// rest has nobody ask for a while: the provider said that it has too much to do.
func (g *Gateway) rest(wait time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rests = g.config.Clock.Now().Add(min(wait, longestRest))
}

// restsFor is for how long the provider is still left alone. A clock that was put back makes that no longer.
func (g *Gateway) restsFor() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if left := g.rests.Sub(g.config.Clock.Now()); left <= longestRest {
		return left
	}
	return 0
}
