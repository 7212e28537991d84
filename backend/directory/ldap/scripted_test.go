package ldap_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"maps"
	"math/big"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

// scripted is an LDAP server that says what a test wants: for what the real ones under test never say.
type scripted struct {
	t     *testing.T
	cert  tls.Certificate
	roots *x509.CertPool

	mu       sync.Mutex
	entries  []entry // found by whatever is asked
	root     entry
	controls [][]byte // of modifications, as they came
	modify   result
	bind     func(name, password string) result
	referral string     // that a search has beside its entries
	tag      ber.Tag    // of the answer to a modification, where it isn't that of one
	asked    [][]string // of each connection, what was asked on it
}

type entry struct {
	dn         string
	attributes map[string][]string
}

type result struct {
	code uint16
	text string
}

// newScripted makes a server whose service account may sign in, and nobody else.
func newScripted(t *testing.T, certificate ...func(*x509.Certificate)) *scripted {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "scripted"}, DNSNames: []string{"dc1.harbour.example", "dc2.harbour.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	for _, change := range certificate {
		change(template)
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{t: t, cert: tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, roots: x509.NewCertPool()}
	parsed, _ := x509.ParseCertificate(raw)
	s.roots.AddCert(parsed)
	s.root = entry{"", map[string][]string{"defaultNamingContext": {"DC=harbour,DC=example"}}}
	s.bind = func(name, _ string) result {
		if name == "svc" {
			return result{}
		}
		return result{goldap.LDAPResultInvalidCredentials, "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1"}
	}
	return s
}

func (s *scripted) config() ldap.Config {
	return ldap.Config{
		Kind: ldap.ActiveDirectory, Servers: []string{"ldaps://dc1.harbour.example"}, Domain: "harbour.example", User: "svc",
		Password: func() (app.Secret, error) { return app.NewSecret("x"), nil }, Roots: s.roots, Clock: &clock{},
		Network: ldap.Network{Dial: s.dial},
	}
}

func (s *scripted) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	go s.serve(tls.Server(there, &tls.Config{Certificates: []tls.Certificate{s.cert}}))
	return here, nil
}

func (s *scripted) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	s.mu.Lock()
	number := len(s.asked)
	s.asked = append(s.asked, nil)
	s.mu.Unlock()
	for {
		packet, err := ber.ReadPacket(conn)
		if err != nil || len(packet.Children) < 2 {
			return
		}
		id, _ := packet.Children[0].Value.(int64)
		s.mu.Lock()
		s.asked[number] = append(s.asked[number], question(packet.Children[1]))
		s.mu.Unlock()
		for _, answer := range s.answer(packet) {
			envelope := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
			envelope.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
			envelope.AppendChild(answer)
			if _, err := conn.Write(envelope.Bytes()); err != nil {
				return
			}
		}
	}
}

func (s *scripted) answer(packet *ber.Packet) []*ber.Packet {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch request := packet.Children[1]; request.Tag {
	case goldap.ApplicationBindRequest:
		name, password := request.Children[1].Value.(string), request.Children[2].Data.String()
		return []*ber.Packet{said(goldap.ApplicationBindResponse, s.bind(name, password))}
	case goldap.ApplicationSearchRequest:
		var all []*ber.Packet
		if base, _ := request.Children[0].Value.(string); base == "" {
			all = append(all, s.root.packet())
		} else {
			for _, e := range s.entries {
				all = append(all, e.packet())
			}
			if s.referral != "" {
				r := ber.Encode(ber.ClassApplication, ber.TypeConstructed, goldap.ApplicationSearchResultReference, nil, "")
				r.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s.referral, ""))
				all = append(all, r)
			}
		}
		return append(all, said(goldap.ApplicationSearchResultDone, result{}))
	case goldap.ApplicationModifyRequest:
		for _, rest := range packet.Children[2:] {
			for _, control := range rest.Children {
				s.controls = append(s.controls, control.Bytes())
			}
		}
		return []*ber.Packet{said(max(s.tag, goldap.ApplicationModifyResponse), s.modify)}
	}
	return nil
}

// question says what a request is about: "bind NAME", "search BASE ATTRIBUTES", or the number of another one.
func question(request *ber.Packet) string {
	switch request.Tag {
	case goldap.ApplicationBindRequest:
		return "bind " + request.Children[1].Value.(string)
	case goldap.ApplicationSearchRequest:
		text := "search " + request.Children[0].Value.(string)
		for _, a := range request.Children[7].Children {
			text += " " + a.Value.(string)
		}
		return text
	}
	return strconv.Itoa(int(request.Tag))
}

func said(tag ber.Tag, r result) *ber.Packet {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, uint64(r.code), ""))
	p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "", ""))
	p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, r.text, ""))
	return p
}

func (e entry) packet() *ber.Packet {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, goldap.ApplicationSearchResultEntry, nil, "")
	p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, e.dn, ""))
	all := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	for name, values := range e.attributes {
		one := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
		one.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, name, ""))
		set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, v := range values {
			set.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, v, ""))
		}
		one.AppendChild(set)
		all.AppendChild(one)
	}
	p.AppendChild(all)
	return p
}

// user is an entry of Active Directory's.
func user(sam string, first byte) entry {
	return entry{"CN=" + sam + ",OU=People,DC=harbour,DC=example", map[string][]string{
		"objectGUID": {string(first) + strings.Repeat("\x01", 15)}, "sAMAccountName": {sam}, "userPrincipalName": {sam + "@harbour.example"},
		"userAccountControl": {"512"}, "pwdLastSet": {"133000000000000000"}, "minPwdLength": {"7"},
	}}
}

// TestAPolicyThatCannotBeReadIsTakenForAStrictOne: where nobody knows when the directory locks, few guesses pass.
func TestAPolicyThatCannotBeReadIsTakenForAStrictOne(t *testing.T) {
	for name, c := range map[string]struct {
		attributes map[string][]string
		threshold  int
		window     time.Duration
	}{
		"it says never": {map[string][]string{"lockoutThreshold": {"0"}}, 0, 0},
		"it says ten":   {map[string][]string{"lockoutThreshold": {"10"}, "lockOutObservationWindow": {"-18000000000"}}, 10, 30 * time.Minute},
		"it is hidden":  {nil, 5, 15 * time.Minute},
	} {
		s := newScripted(t)
		e := user("ana", 'a')
		maps.Copy(e.attributes, c.attributes)
		s.entries = []entry{e}
		d := open(t, s.config())
		for _, typed := range []string{"ana", "nobody"} {
			if a, _ := d.Find(t.Context(), typed); a.Threshold != c.threshold || a.FailureWindow != c.window {
				t.Errorf("%s: %s: %d failures lock, within %v", name, typed, a.Threshold, a.FailureWindow)
			}
		}
	}
}

// TestAccentsTellPeopleApart: Windows finds müller for muller; whoever is written otherwise is somebody else.
func TestAccentsTellPeopleApart(t *testing.T) {
	s := newScripted(t)
	s.entries = []entry{user("müller", 'a'), user("muller", 'b')}
	d := open(t, s.config())
	for _, name := range []string{"muller", "MÜLLER", "müller@harbour.example"} {
		a, err := d.Find(t.Context(), name)
		if err != nil || !strings.EqualFold(strings.TrimSuffix(a.UserID, "@harbour.example"), strings.TrimSuffix(name, "@harbour.example")) {
			t.Errorf("%s finds %+v, %v", name, a, err)
		}
	}
	s.entries = s.entries[:1]
	if a, err := d.Find(t.Context(), "muller"); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("muller, whom nobody is called, finds %+v, %v", a, err)
	}
}

// TestANameIsOnesOwn: where the name of one is the address of another (which Windows lets be and Samba doesn't), each way to
// write it stands for one of them.
func TestANameIsOnesOwn(t *testing.T) {
	s := newScripted(t)
	kim, lee := user("kim", 'a'), user("lee", 'b')
	kim.attributes["userPrincipalName"], lee.attributes["userPrincipalName"] = []string{"kim.adams@harbour.example"}, []string{"kim@harbour.example"}
	d := open(t, s.config())
	for _, order := range [][]entry{{kim, lee}, {lee, kim}} {
		s.entries = order
		for name, want := range map[string]string{
			"kim": "kim.adams@harbour.example", `HARBOUR\kim`: "kim.adams@harbour.example", "Kim@Harbour.example": "kim@harbour.example", "lee": "kim@harbour.example",
		} {
			if a, err := d.Find(t.Context(), name); err != nil || a.UserID != want {
				t.Errorf("%s finds %s, %v, want %s", name, a.UserID, err, want)
			}
		}
	}
}

// TestReferralsAreNotFollowed: a search beneath the root of a domain has some, to names that may not resolve.
func TestReferralsAreNotFollowed(t *testing.T) {
	s := newScripted(t)
	s.entries, s.referral = []entry{user("ana", 'a')}, "ldaps://elsewhere.example/CN=Configuration,DC=harbour,DC=example"
	if a, err := open(t, s.config()).Find(t.Context(), "ana"); err != nil || a.UserID != "ana@harbour.example" {
		t.Errorf("found %+v, %v", a, err)
	}
}

// TestHistoryHoldsForAReset where the controller has the control for it: it is asked for as critical, in the one way of writing
// "true" that every controller takes (X.690, 11.1), and what it refuses is a refusal.
func TestHistoryHoldsForAReset(t *testing.T) {
	for name, oids := range map[string][]string{"new": {"1.2.840.113556.1.4.2239", "1.2.840.113556.1.4.2066"}, "old": {"1.2.840.113556.1.4.2066"}} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t)
			s.entries = []entry{user("ana", 'a')}
			s.root.attributes["supportedControl"] = oids
			s.modify = result{goldap.LDAPResultConstraintViolation, "0000052D: Constraint violation"}
			d := open(t, s.config())
			ana, err := d.Find(t.Context(), "ana")
			if err != nil {
				t.Fatal(err)
			}
			var refusal *port.Refusal
			if err := d.SetPassword(t.Context(), ana.ID, app.NewSecret("Lantern-tide 41 copper")); !errors.As(err, &refusal) || refusal.Rule != "simple" {
				t.Errorf("set: %v", err)
			}
			if len(s.controls) != 1 || !strings.Contains(string(s.controls[0]), oids[0]) || !strings.Contains(string(s.controls[0]), "\x01\x01\xff") {
				t.Errorf("the controls were %q", s.controls)
			}
		})
	}
}

// TestWhatAControllerSaysOfAPassword in the words of Windows, which names no rule, and of Samba, which does.
func TestWhatAControllerSaysOfAPassword(t *testing.T) {
	s := newScripted(t)
	s.entries = []entry{user("ana", 'a')}
	d := open(t, s.config())
	ana, err := d.Find(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]struct {
		code uint16
		rule string // of the refusal; "-" for none
		err  error
	}{
		"0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0":                       {goldap.LDAPResultUnwillingToPerform, "simple", nil},
		"0000052D: Constraint violation - check_password_restrictions: password is too young to change!": {goldap.LDAPResultConstraintViolation, "age", nil},
		"00000056: AtrErr: DSID-03190F80, #1":                                                            {goldap.LDAPResultConstraintViolation, "-", port.ErrPassword},
		"00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS)":                           {goldap.LDAPResultInsufficientAccessRights, "-", nil},
		"00000051: busy": {goldap.LDAPResultBusy, "-", nil},
	} {
		s.mu.Lock()
		s.modify = result{want.code, text}
		s.mu.Unlock()
		err := d.ChangePassword(t.Context(), ana.ID, app.NewSecret("Correct-horse 7 battery"), app.NewSecret("Lantern-tide 41 copper"))
		var refusal *port.Refusal
		rule := "-"
		if errors.As(err, &refusal) {
			rule = refusal.Rule
		}
		if err == nil || rule != want.rule || want.err != nil && !errors.Is(err, want.err) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestWhatAControllerSaysToABind: the right password is right at another hour and at another computer, too.
func TestWhatAControllerSaysToABind(t *testing.T) {
	s := newScripted(t)
	s.entries = []entry{user("ana", 'a')}
	d := open(t, s.config())
	ana, err := d.Find(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	for data, want := range map[string]error{
		"52e": port.ErrPassword, "525": port.ErrPassword, "530": nil, "531": nil, "532": port.ErrMustChange, "533": port.ErrDisabled,
		"701": port.ErrAccountExpired, "773": port.ErrMustChange, "775": port.ErrLocked,
	} {
		s.mu.Lock()
		s.bind = func(name, _ string) result {
			if name == "svc" {
				return result{}
			}
			return result{goldap.LDAPResultInvalidCredentials, "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data " + data + ", v2580"}
		}
		s.mu.Unlock()
		if err := d.Verify(t.Context(), ana.ID, app.NewSecret("x")); !errors.Is(err, want) {
			t.Errorf("data %s: %v, want %v", data, err, want)
		}
	}
	s.bind = func(name, _ string) result {
		if name == "svc" {
			return result{}
		}
		return result{goldap.LDAPResultInvalidCredentials, "something else"}
	}
	if err := d.Verify(t.Context(), ana.ID, app.NewSecret("x")); app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("in words that nobody knows: %v", err)
	}
}

// TestControllersAreFoundByDNS in the order that it gives, by TLS; what it said stands while it is away.
func TestControllersAreFoundByDNS(t *testing.T) {
	s := newScripted(t)
	w := &wire{dial: s.dial, refuse: map[string]bool{"dc1.harbour.example": true}}
	now := &clock{}
	var asked []string
	var away error
	config := s.config()
	config.Servers, config.Clock, config.Network.Dial = nil, now, w.Dial
	config.Network.SRV = func(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
		asked = append(asked, "_"+service+"._"+proto+"."+name)
		return "", []*net.SRV{{Target: "dc1.harbour.example.", Port: 389}, {Target: "dc2.harbour.example.", Port: 389, Priority: 5}}, away
	}
	d := open(t, config)
	if _, err := d.Find(t.Context(), "nobody"); !errors.Is(err, port.ErrNotFound) {
		t.Fatal(err)
	}
	if got := w.hosts(); !slices.Equal(got, []string{"dc1.harbour.example", "dc2.harbour.example"}) || !slices.Equal(asked, []string{"_ldap._tcp.dc._msdcs.harbour.example"}) {
		t.Errorf("asked %v, then %v", asked, got)
	}
	away = errors.New("DNS is away")
	now.ahead.Store(int64(15 * time.Minute))
	if _, err := d.Find(t.Context(), "nobody"); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("DNS is away: %v", err)
	}
	config.Network.SRV = func(context.Context, string, string, string) (string, []*net.SRV, error) { return "", nil, away }
	if _, err := open(t, config).Find(t.Context(), "nobody"); app.CodeOf(err) != app.CodeUnavailable || !strings.Contains(err.Error(), "DNS is away") {
		t.Errorf("without DNS from the start: %v", err)
	}
}

// TestOddAnswersClaimNothing: of a directory that answers what nobody can have meant.
func TestOddAnswersClaimNothing(t *testing.T) {
	s := newScripted(t)
	without := user("ana", 'a')
	without.attributes["objectGUID"] = []string{"short"}
	s.entries = []entry{without}
	d := open(t, s.config())
	if a, err := d.Find(t.Context(), "ana"); a.ID != "" || err == nil {
		t.Errorf("an entry without an ID: %+v, %v", a, err)
	}
	for _, id := range []app.AccountID{"", "x", "f3a1c0de-0000-4000-8000-00000000000g", "F3A1C0DE-0000-4000-8000-000000000000", "*", "f3a1c0de-0000-4000-8000-000000000000>;x"} {
		if _, err := d.Account(t.Context(), id); !errors.Is(err, port.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
}
