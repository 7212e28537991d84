package ldap

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"
	"golang.org/x/sync/semaphore"
)

// pool keeps connections that are bound as the service account. Nobody else is ever bound on one of them.
type pool struct {
	directory *Directory
	slots     *semaphore.Weighted

	mu     sync.Mutex
	idle   []*link // the one that was used last stands last
	closed bool
}

const (
	maxLinks  = 16               // connections of the service account at once
	linkLife  = 10 * time.Minute // after that a connection is opened anew, by what DNS and the account are then
	guestLife = time.Minute      // the same, to a server that is not the first that is up
)

func newPool(d *Directory) *pool { return &pool{directory: d, slots: semaphore.NewWeighted(maxLinks)} }

// with runs f with a connection; once more with a fresh one where an old one turns out to be dead before f has told it to
// change anything.
func (p *pool) with(ctx context.Context, f func(*link) error) error {
	if err := p.slots.Acquire(ctx, 1); err != nil {
		return err
	}
	defer p.slots.Release(1)
	for {
		l, used := p.take(ctx)
		if !used {
			var err error
			if l, err = p.directory.connect(ctx); err != nil {
				return err
			}
		}
		err := f(l)
		again := used && l.broken && !l.changed
		p.give(l)
		if err == nil || !again || ctx.Err() != nil {
			return err
		}
	}
}

// take gives a connection that waits, if any is good.
func (p *pool) take(ctx context.Context) (*link, bool) {
	for {
		p.mu.Lock()
		n := len(p.idle)
		if n == 0 {
			p.mu.Unlock()
			return nil, false
		}
		l := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		if p.good(ctx, l) {
			return l, true
		}
		_ = l.conn.Close()
	}
}

// good reports whether a connection may be used again.
func (p *pool) good(ctx context.Context, l *link) bool {
	life := linkLife
	if !p.directory.servers.preferred(ctx, l.server) {
		life = guestLife
	}
	age := p.directory.config.Clock.Now().Sub(l.born)
	return !l.broken && !l.conn.IsClosing() && age >= 0 && age < life
}

// give takes a connection back.
func (p *pool) give(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || l.broken || l.conn.IsClosing() {
		_ = l.conn.Close()
		return
	}
	l.changed = false
	p.idle = append(p.idle, l)
}

func (p *pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	var all error
	for _, l := range p.idle {
		if err := l.conn.Close(); err != nil && !errors.Is(err, ldap.ErrConnUnbound) {
			all = errors.Join(all, err)
		}
	}
	p.idle = nil
	return all
}

// connect opens a connection to the first server that lets the service account in.
func (d *Directory) connect(ctx context.Context) (*link, error) {
	all, err := d.servers.inOrder(ctx)
	if err != nil {
		return nil, err
	}
	var failures error
	for i, a := range all {
		l, err := d.connectTo(ctx, a, len(all)-i)
		if err == nil {
			d.servers.answered(a)
			return l, nil
		}
		if ctx.Err() != nil {
			return nil, errors.Join(failures, err)
		}
		d.servers.failed(a)
		failures = errors.Join(failures, fmt.Errorf("%s: %w", a, err))
	}
	return nil, failures
}

// connectTo opens a connection to a server, of those of which so many are left to be tried in the time that there is.
func (d *Directory) connectTo(ctx context.Context, a address, left int) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, min(connectFor, remaining(ctx)/time.Duration(left)))
	defer cancel()
	conn, err := d.servers.dial(ctx, a)
	if err != nil {
		return nil, err
	}
	l := &link{conn: conn, server: a, born: d.config.Clock.Now()}
	password, err := d.config.Password()
	if err == nil && password.Empty() {
		err = errors.New("the service account's password is empty") // which would be a bind as nobody (RFC 4513, 5.1.2)
	}
	if err == nil {
		err = l.during(ctx, func(conn *ldap.Conn) error { return conn.Bind(d.config.User, password.Reveal()) })
	}
	if err == nil {
		err = l.readRoot(ctx)
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("as the service account: %w", err)
	}
	return l, nil
}

// connectFor bounds how long one server may take to let the service account in.
const connectFor = 5 * time.Second
