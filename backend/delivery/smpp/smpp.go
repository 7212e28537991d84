// Package smpp delivers texts by SMPP 3.4, to a message centre of a mobile network or of a provider: bound as a transceiver over TLS, so
// that receipts come by the same connection. The connection is kept, and made anew when it ends.
package smpp

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/server"
	"github.com/sparekey/sparekey/backend/port"
)

// Config is one message centre, and what texts by it carry.
type Config struct {
	Server     string                     // see CheckServer
	Roots      *x509.CertPool             // by which its certificate is known; nil: the system's
	User       string                     // system_id
	Secret     func() (app.Secret, error) // password; read anew for each connection
	SystemType string                     // system_type, as some centres want it
	From       string                     // see CheckSender
	Window     int                        // how many texts may wait for an answer at once; 0: UsualWindow
	Alphabet   Alphabet                   // the centre's default one; empty: AlphabetGSM

	// Texts puts messages into words.
	Texts func(ctx context.Context, m app.Message) (string, error)
	// Receipts is told what became of them; nil: nobody is.
	Receipts port.Receipts
	Clock    port.Clock
	Log      *slog.Logger // nil: silent

	Dial   func(ctx context.Context, network, address string) (net.Conn, error) // nil: the system's
	Lookup func(ctx context.Context, host string) ([]string, error)             // nil: the system's
	Retry  func(failures int) time.Duration                                     // the wait after so many in a row; nil: Backoff
}

// UsualWindow is how many texts wait for an answer at once, if nobody says otherwise.
const UsualWindow = 10

// Centre is one message centre that takes texts. It is safe for concurrent use. It is asked from Start, or from the first text, until
// Close.
type Centre struct {
	config Config
	at     server.Server
	manner manner
	pause  pause
	memory memory
	ids    ids

	running context.Context
	stop    context.CancelFunc
	start   sync.Once
	all     sync.WaitGroup
	arrived chan arrived
	taken   chan struct{} // closed when no receipt is noted any more

	mu      sync.Mutex
	closed  bool
	bound   *session      // nil: there is none
	resting error         // why there is none, until it is tried again; nil: it is being tried
	changed chan struct{} // closed with the next change of these
}

var _ examine.Provider = (*Centre)(nil)

// New makes a centre. Nobody is asked yet.
func New(c Config) (*Centre, error) {
	at, err := parseServer(c.Server)
	if err != nil {
		return nil, err
	}
	if _, err := senderAddress(c.From); err != nil {
		return nil, err
	}
	if c.Dial == nil {
		c.Dial = new(net.Dialer).DialContext
	}
	if c.Lookup == nil {
		c.Lookup = net.DefaultResolver.LookupHost
	}
	if c.Retry == nil {
		c.Retry = Backoff
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Window <= 0 {
		c.Window = UsualWindow
	}
	made := &Centre{config: c, at: at, changed: make(chan struct{}), arrived: make(chan arrived, mostArrived), taken: make(chan struct{})}
	made.memory.ref = byte(rand.IntN(256)) // a server that was started anew does not begin where it did before
	made.running, made.stop = context.WithCancel(context.Background())
	return made, nil
}

// Name is how the centre is called in logs and in the audit trail.
func (c *Centre) Name() string { return c.at.String() }

// Start connects, and keeps the connection: receipts of texts before come by it.
func (c *Centre) Start() {
	c.start.Do(func() {
		c.all.Go(c.keep)
		c.all.Go(func() {
			defer close(c.taken)
			c.takeReceipts()
		})
	})
}

// Close says farewell to the centre.
func (c *Centre) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.start.Do(func() {}) // it does not begin any more
	c.stop()
	c.all.Wait()
	return nil
}

// Deliver implements port.Deliverer. nil means that the centre has taken every part of the text.
func (c *Centre) Deliver(ctx context.Context, m app.Message) error {
	attempt := port.Attempt{Provider: c.Name(), Outcome: port.Taken}
	t, err := c.prepare(ctx, m)
	if err == nil {
		attempt.Receipt, err = c.carry(ctx, t)
	}
	var failed *Failure
	if errors.As(err, &failed) {
		attempt.Outcome, attempt.Awaited = failed.Outcome(), failed.awaited
	}
	port.TellAttempt(ctx, attempt)
	return err
}

// carry hands a text over by the session that there is. One that ended meanwhile is followed by another.
func (c *Centre) carry(ctx context.Context, t *text) (receipt string, err error) {
	c.Start()
	for again := true; ; again = false {
		s, err := c.session(ctx)
		if err != nil {
			return "", err
		}
		receipt, err := c.hand(ctx, s, t)
		if again && errors.Is(err, errNotSent) && ctx.Err() == nil {
			continue
		}
		return receipt, err
	}
}
