package ldap

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// address is where a server is reached.
type address struct {
	host string // as its certificate names it
	port string
	tls  bool // from the first byte; else StartTLS
}

func (a address) String() string {
	scheme := "ldap"
	if a.tls {
		scheme = "ldaps"
	}
	return scheme + "://" + net.JoinHostPort(a.host, a.port)
}

// servers knows where the directory's servers are, and which of them did not answer lately.
type servers struct {
	config Config
	fixed  []address // empty: found by DNS

	mu    sync.Mutex
	found []address
	until time.Time             // found holds
	down  map[address]time.Time // until when a server is asked last
}

const (
	downFor  = 30 * time.Second // a server that did not answer is tried last for so long
	foundFor = 5 * time.Minute  // what DNS said is asked again after that
)

func newServers(c Config) (*servers, error) {
	s := &servers{config: c, down: map[address]time.Time{}}
	for _, text := range c.Servers {
		a, err := readAddress(text)
		if err != nil {
			return nil, err
		}
		s.fixed = append(s.fixed, a)
	}
	if len(s.fixed) == 0 && (c.Kind != ActiveDirectory || c.Domain == "") {
		return nil, fmt.Errorf("ldap: no server is named")
	}
	return s, nil
}

// CheckServer says what is wrong with a server's URL: Config.Servers has the forms.
func CheckServer(text string) error {
	_, err := readAddress(text)
	return err
}

// readAddress reads a server's URL.
func readAddress(text string) (address, error) {
	u, err := url.Parse(text)
	if err != nil {
		return address{}, fmt.Errorf("ldap: %q is no address: %w", text, err)
	}
	ports := map[string]string{"ldaps": "636", "ldap": "389"}
	if ports[u.Scheme] == "" || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return address{}, fmt.Errorf("ldap: %q is not ldaps://HOST[:PORT] or ldap://HOST[:PORT]", text)
	}
	a := address{host: u.Hostname(), port: u.Port(), tls: u.Scheme == "ldaps"}
	if a.port == "" {
		a.port = ports[u.Scheme]
	}
	return a, nil
}

// inOrder lists the servers, those first that are to be asked first.
func (s *servers) inOrder(ctx context.Context) ([]address, error) {
	all := s.fixed
	if len(all) == 0 {
		var err error
		if all, err = s.discover(ctx); err != nil {
			return nil, err
		}
	}
	now := s.config.Clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b address) int {
		ofA, ofB := s.down[a], s.down[b]
		if !ofA.After(now) {
			ofA = time.Time{}
		}
		if !ofB.After(now) {
			ofB = time.Time{}
		}
		return ofA.Compare(ofB)
	})
	return sorted, nil
}

// discover asks DNS for the domain's controllers, by priority and weight (RFC 2782). What it said before stands while DNS is
// away. They are spoken to by TLS from the first byte.
func (s *servers) discover(ctx context.Context) ([]address, error) {
	now := s.config.Clock.Now()
	s.mu.Lock()
	found, until := s.found, s.until
	s.mu.Unlock()
	if now.Before(until) {
		return found, nil
	}
	if len(found) > 0 { // an answer that does not come leaves time for what stands
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, min(connectFor, remaining(ctx)/2))
		defer cancel()
	}
	_, records, err := s.config.Network.SRV(ctx, "ldap", "tcp", "dc._msdcs."+s.config.Domain)
	switch {
	case err != nil && len(found) > 0:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.until = now.Add(downFor)
		return found, nil
	case err != nil:
		return nil, fmt.Errorf("no domain controller was found by DNS: %w", err)
	case len(records) == 0:
		return nil, fmt.Errorf("DNS names no domain controller of %s", s.config.Domain)
	}
	found = nil
	for _, r := range records {
		found = append(found, address{host: strings.TrimSuffix(r.Target, "."), port: tlsPort(r.Port), tls: true})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found, s.until = found, now.Add(foundFor)
	return found, nil
}

// tlsPort is where a controller speaks TLS that DNS names with its port for clear text.
func tlsPort(clear uint16) string {
	if clear == 389 {
		return "636"
	}
	return strconv.Itoa(int(clear))
}

// copiedWithin is how long servers may take to copy a change from each other. Within one site of Active Directory it is seconds.
const copiedWithin = time.Minute

// lag is how old what one server says may be: nothing, where it is the only one.
func (s *servers) lag() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fixed)+len(s.found) > 1 {
		return copiedWithin
	}
	return 0
}

// failed notes that a server did not answer; answered that it did.
func (s *servers) failed(a address) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down[a] = s.config.Clock.Now().Add(downFor)
}

func (s *servers) answered(a address) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.down, a)
}

// preferred reports whether no server that is up comes before this one.
func (s *servers) preferred(ctx context.Context, a address) bool {
	if len(s.fixed) == 0 { // DNS is asked for a new connection alone
		return true
	}
	all, err := s.inOrder(ctx)
	return err != nil || len(all) == 0 || all[0] == a
}

// dial connects to one server by TLS; nothing has been asked of it.
func (s *servers) dial(ctx context.Context, a address) (*ldap.Conn, error) {
	raw, err := s.config.Network.Dial(ctx, "tcp", net.JoinHostPort(a.host, a.port))
	if err != nil {
		return nil, err
	}
	config := &tls.Config{ServerName: a.host, RootCAs: s.config.Roots, MinVersion: tls.VersionTLS12}
	if !a.tls {
		conn := ldap.NewConn(raw, false)
		conn.SetTimeout(remaining(ctx))
		conn.Start()
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		defer stop()
		if err := conn.StartTLS(config); err != nil {
			_ = conn.Close()
			return nil, fmt.Errorf("StartTLS: %w", err)
		}
		return conn, nil
	}
	secured := tls.Client(raw, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	conn := ldap.NewConn(secured, true)
	conn.Start()
	return conn, nil
}

// askFor bounds one question to a server where nothing else does.
const askFor = 20 * time.Second

// remaining is how long an answer is waited for. The deadline is the caller's, by the real clock.
func remaining(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return max(time.Until(deadline), time.Millisecond)
	}
	return askFor
}
