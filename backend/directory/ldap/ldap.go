// Package ldap is an organisation's directory behind LDAP (RFC 4511): Active Directory, OpenLDAP, 389 Directory Server,
// FreeIPA. What differs between these servers stands in a dialect each; connections, names and the order of what is asked
// are the same for all.
//
// Three rules hold everywhere. A person's password is verified on a connection of its own, which serves nothing afterwards:
// what it may do then differs from server to server. A write is refused only where the server said so in an LDAP result; a
// time-out, a lost connection, an answer that can't be read leave it open. An entry's DN is used as the server gave it.
package ldap

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Kind is which servers a directory has.
type Kind string

// The kinds.
const (
	ActiveDirectory Kind = "active-directory"
	OpenLDAP        Kind = "openldap"
	DS389           Kind = "389"
	FreeIPA         Kind = "freeipa"
)

// Config is a directory of an organisation.
type Config struct {
	Kind Kind
	// Servers are URLs, the first one that is there is used: ldaps://HOST[:PORT], or ldap://HOST[:PORT], which goes on by
	// StartTLS (RFC 4511, 4.14); nothing is ever said in clear. Empty with ActiveDirectory: found by the DNS records of Domain.
	Servers []string
	// Domain completes a name: ana is ana@Domain. With ActiveDirectory it is the domain's DNS name.
	Domain string
	// Prefix is what stands before the name in PREFIX\ana, such as the NetBIOS name; empty: the first label of Domain.
	Prefix string
	// User is the service account, as the server takes it in a simple bind; Password is asked for at each bind.
	User     string
	Password func() (app.Secret, error)
	Roots    *x509.CertPool // nil: the system's
	// Base is the DN beneath which people are, GroupBase that of groups; empty: the server's default naming context, and Base.
	Base, GroupBase string
	// Administrators names groups, by name or DN, whose members administer Sparekey; nested ones count.
	Administrators []string
	// Names are the attributes by which people sign in, Mail that of their mailbox; empty: what the kind has.
	Names []string
	Mail  string
	// PasswordPolicy is the DN of the policy entry for those who have none of their own (OpenLDAP).
	PasswordPolicy string
	Clock          port.Clock
	Network        Network // the zero value is the real one
}

// Network is how servers are found and reached.
type Network struct {
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	SRV  func(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	// Lookup gives a host's addresses.
	Lookup func(ctx context.Context, host string) ([]string, error)
}

// Directory is the port.Directory. It is safe for concurrent use.
type Directory struct {
	config  Config
	dialect dialect
	servers *servers
	pool    *pool
	cache   cache
}

var _ port.Directory = (*Directory)(nil)

// New makes a directory; nothing is asked of it yet.
func New(c Config) (*Directory, error) {
	if c.Clock == nil || c.Password == nil || c.User == "" {
		return nil, errors.New("ldap: it needs a clock and a service account")
	}
	if c.Prefix == "" {
		c.Prefix, _, _ = strings.Cut(c.Domain, ".")
	}
	if c.Network.Dial == nil {
		c.Network.Dial = new(net.Dialer).DialContext
	}
	if c.Network.SRV == nil {
		c.Network.SRV = net.DefaultResolver.LookupSRV
	}
	if c.Network.Lookup == nil {
		c.Network.Lookup = net.DefaultResolver.LookupHost
	}
	d := &Directory{config: c}
	d.cache = cache{clock: c.Clock}
	switch c.Kind {
	case ActiveDirectory:
		d.dialect = &activeDirectory{d}
	case OpenLDAP:
		d.dialect = &openLDAP{d}
	case DS389:
		d.dialect = &ds389{&openLDAP{d}}
	case FreeIPA:
		d.dialect = &freeIPA{&ds389{&openLDAP{d}}}
	default:
		return nil, fmt.Errorf("ldap: no directory is called %q", c.Kind)
	}
	var err error
	if d.servers, err = newServers(c); err != nil {
		return nil, err
	}
	d.pool = newPool(d)
	return d, nil
}

// Close closes the connections that nobody uses; those in use close when they are given back.
func (d *Directory) Close() error { return d.pool.close() }

// unavailable is an error that claims nothing; nil for nil.
func unavailable(doing string, err error) error {
	if err == nil {
		return nil
	}
	return app.Errorf(app.CodeUnavailable, "ldap: %s: %w", doing, err)
}

// cache keeps what is the same for everybody, such as a policy, for a short while.
type cache struct {
	clock port.Clock
	mu    sync.Mutex
	rows  map[string]cached
}

type cached struct {
	value any
	until time.Time
}

// cacheFor is how long something that is the same for everybody is taken for still true.
const cacheFor = time.Minute

// cachedOr gives what is kept under key, or what ask says, which is then kept.
func cachedOr[T any](c *cache, key string, ask func() (T, error)) (T, error) {
	if kept, ok := c.peek(key); ok {
		return kept.(T), nil // a key names values of one type
	}
	value, err := ask()
	if err == nil {
		c.keep(key, value)
	}
	return value, err
}

// peek gives what is kept under key; keep keeps it.
func (c *cache) peek(key string) (any, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	row, ok := c.rows[key]
	return row.value, ok && c.clock.Now().Before(row.until)
}

func (c *cache) keep(key string, value any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rows == nil || len(c.rows) > maxCached {
		c.rows = map[string]cached{}
	}
	c.rows[key] = cached{value, c.clock.Now().Add(cacheFor)}
}

// maxCached bounds the rows of a cache: more policies and nested groups than that begin anew.
const maxCached = 10_000
