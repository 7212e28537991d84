// Package call delivers codes by telephone, over SIP (RFC 3261): it calls by an organisation's exchange or by a provider's trunk, and
// speaks. What became of a call that rang is told as a receipt.
package call

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/call/media"
	host "github.com/sparekey/sparekey/backend/delivery/server"
	"github.com/sparekey/sparekey/backend/delivery/spoken"
	"github.com/sparekey/sparekey/backend/port"
)

// Config is one server that takes calls, and how they go.
type Config struct {
	Server   string         // see CheckServer
	Domain   string         // what stands behind the at sign in addresses; empty: the server's host
	Roots    *x509.CertPool // by which its certificate is known; nil: the system's
	User     string         // the account there; empty: none
	Secret   func() (app.Secret, error)
	Realm    string // the only one that the password is for; empty: the server's word
	Register bool   // sign in at a registrar, before the first call and from then on

	From string   // the caller's number, as the server wants it; empty: the account
	Name string   // the caller's name
	Dial []string // see CheckDial; none: numbers are dialled as E.164 has them

	Security media.Security
	Local    netip.AddrPort // from where; a port for UDP alone. Zero: the system's choice
	Told     netip.Addr     // the address that the server is told, where it is another
	Ports    [2]uint16      // of speech: the first and the last; zero: the system's choice
	Most     int            // calls at once
	Ring     time.Duration  // how long it rings
	Look     time.Duration  // how often a call that is not answered yet learns whether it is still of use; 0: every 2 s

	Talk     spoken.Config
	Receipts port.Receipts // nil: nobody wants to know

	Frame  time.Duration // see media.Config
	Lookup *net.Resolver // nil: the system's
	// Wait waits, and reports whether it did; nil: by the clock.
	Wait func(ctx context.Context, length time.Duration) bool
}

// transport is how messages go.
type transport string

const (
	overUDP transport = "udp"
	overTCP transport = "tcp"
	overTLS transport = "tls"
)

// server is where calls go.
type server struct {
	host      string
	port      uint16 // 0: the DNS says (RFC 3263)
	transport transport
}

func (s server) String() string {
	if s.port == 0 {
		return s.host
	}
	return net.JoinHostPort(s.host, strconv.Itoa(int(s.port)))
}

// ErrServer says that a text names no server.
var ErrServer = errors.New("it is neither sips:HOST nor sip:HOST")

// CheckServer looks at the address of a server: "sips:HOST[:PORT]" is TLS, "sip:HOST[:PORT]" is UDP, with ";transport=tcp" behind it
// TCP. Without a port the DNS is asked for its services, and it is 5061 or 5060 where there are none. Its error is ErrServer.
func CheckServer(address string) error {
	_, err := parseServer(address)
	return err
}

// InClear reports whether others on the way read what is said with a server: it is none of this computer's, and not by TLS.
func InClear(address string) bool {
	s, err := parseServer(address)
	return err == nil && s.transport != overTLS && !host.IsHere(s.host)
}

func parseServer(address string) (server, error) {
	rest, parameters, _ := strings.Cut(address, ";")
	scheme, at, is := strings.Cut(rest, ":")
	by, known := transports[scheme+";"+strings.TrimPrefix(parameters, "transport=")]
	if !is || !known || parameters == "udp" || parameters == "tcp" || parameters == "tls" {
		return server{}, ErrServer
	}
	found := server{host: strings.Trim(at, "[]"), transport: by}
	if host, port, err := net.SplitHostPort(at); err == nil {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return server{}, ErrServer
		}
		found.host, found.port = host, uint16(n)
	}
	if !isHost(found.host) {
		return server{}, ErrServer
	}
	return found, nil
}

// transports are those of a scheme and a parameter.
var transports = map[string]transport{
	"sips;": overTLS, "sips;tls": overTLS, "sips;tcp": overTLS, "sip;": overUDP, "sip;udp": overUDP, "sip;tcp": overTCP, "sip;tls": overTLS,
}

// CheckDomain reports whether a text may stand behind the at sign.
func CheckDomain(text string) error {
	if !isHost(text) {
		return ErrServer
	}
	return nil
}

// isHost reports whether a text is a name or an address, and nothing besides.
func isHost(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	return text != "" && len(text) <= 253 && strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz0123456789.-_") == ""
}

// ErrUser says that a text is no user of an address.
var ErrUser = errors.New("it has signs that an address can't have")

// CheckUser reports whether a text may stand before the at sign, as an account or a number does.
func CheckUser(text string) error {
	if text == "" || len(text) > 100 || strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz0123456789+-_.*#") != "" {
		return ErrUser
	}
	return nil
}

// CheckName reports whether a text may be a caller's name.
func CheckName(text string) error {
	for _, r := range text {
		if r < ' ' || r == '"' || r == '\\' || r == 0x7f {
			return ErrUser
		}
	}
	if len(text) > 80 {
		return ErrUser
	}
	return nil
}

// ErrDial says that a text is no rule of dialling.
var ErrDial = errors.New(`it is no rule such as "+49=0"`)

// CheckDial looks at a rule of how a number is dialled: "+49=0" has a number that begins with +49 begin with 0 in its place. The first
// rule that fits is the one. Its error is ErrDial.
func CheckDial(rule string) error {
	from, to, is := strings.Cut(rule, "=")
	if !is || !strings.HasPrefix(from, "+") || strings.Trim(from[1:], "0123456789") != "" || strings.Trim(to, "0123456789+*#") != "" {
		return ErrDial
	}
	return nil
}

// number is what is dialled.
type number struct {
	user      string // in the request's address
	extension string // pressed once somebody answers
}

var errNumber = errors.New("it is no telephone number")

// numberOf reads a number as the methods have it, "+493012345" or "+493012345;ext=56", and puts it in the form that is dialled.
func (c Config) numberOf(to string) (number, error) {
	e164, extension, _ := strings.Cut(to, ";ext=")
	digits, is := strings.CutPrefix(e164, "+")
	if !is || len(digits) < 3 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" || len(extension) > 8 || strings.Trim(extension, "0123456789") != "" {
		return number{}, errNumber
	}
	for _, rule := range c.Dial {
		if from, begin, _ := strings.Cut(rule, "="); strings.HasPrefix(e164, from) {
			return number{user: begin + strings.TrimPrefix(e164, from), extension: extension}, nil
		}
	}
	return number{user: e164, extension: extension}, nil
}
