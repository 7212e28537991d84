package ldap_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

// searched is a scripted server whose answers to searches differ.
type searched struct {
	*scripted
	answers func(base, filter string) ([]entry, result)
}

func (s *searched) Dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	go s.serve(tls.Server(there, &tls.Config{Certificates: []tls.Certificate{s.cert}}))
	return here, nil
}

func (s *searched) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	for {
		packet, err := ber.ReadPacket(conn)
		if err != nil || len(packet.Children) < 2 {
			return
		}
		for _, answer := range s.answer(packet) {
			envelope := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
			envelope.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, packet.Children[0].Value, ""))
			envelope.AppendChild(answer)
			if _, err := conn.Write(envelope.Bytes()); err != nil {
				return
			}
		}
	}
}

func (s *searched) answer(packet *ber.Packet) []*ber.Packet {
	request := packet.Children[1]
	if request.Tag != goldap.ApplicationSearchRequest || request.Children[0].Value == "" {
		return s.scripted.answer(packet)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	filter, _ := goldap.DecompileFilter(request.Children[6])
	entries, ends := s.answers(request.Children[0].Value.(string), filter)
	var all []*ber.Packet
	for _, e := range entries {
		all = append(all, e.packet())
	}
	return append(all, said(goldap.ApplicationSearchResultDone, ends))
}

// TestNobodyIsGoneWhereTheTreeIs: a server that is being filled, that refers to another one, or that lets the service account see
// nothing any more, says of the tree that it isn't there; sessions and tokens of those whom the directory says are gone end for good.
func TestNobodyIsGoneWhereTheTreeIs(t *testing.T) {
	const ana = "0b5b2b5e-0000-4000-8000-000000000001"
	ids := map[ldap.Kind]app.AccountID{ldap.OpenLDAP: ana, ldap.FreeIPA: ana, ldap.DS389: "0b5b2b5e-00000001-80000000-00000001"}
	for kind, id := range ids {
		for _, code := range []uint16{goldap.LDAPResultNoSuchObject, goldap.LDAPResultReferral} {
			s := &searched{scripted: newScripted(t), answers: func(string, string) ([]entry, result) { return nil, result{code: code} }}
			config := s.config()
			config.Kind, config.Base, config.Network.Dial = kind, "ou=people,dc=harbour,dc=example", s.Dial
			d := open(t, config)
			_, finding := d.Find(t.Context(), "ana")
			_, account := d.Account(t.Context(), id)
			_, rules := d.Rules(t.Context(), id)
			for what, err := range map[string]error{
				"find": finding, "account": account, "rules": rules, "verify": d.Verify(t.Context(), id, app.NewSecret("x")),
			} {
				if app.CodeOf(err) != app.CodeUnavailable || errors.Is(err, port.ErrNotFound) {
					t.Errorf("%s, %s after %d: %v", kind, what, code, err)
				}
			}
		}
	}
	// A controller is asked for the entry itself, which may be gone.
	s := &searched{scripted: newScripted(t), answers: func(base, _ string) ([]entry, result) {
		if base == "DC=harbour,DC=example" {
			return []entry{{base, map[string][]string{"minPwdLength": {"7"}}}}, result{}
		}
		return nil, result{code: goldap.LDAPResultNoSuchObject}
	}}
	config := s.config()
	config.Network.Dial = s.Dial
	if _, err := open(t, config).Account(t.Context(), ana); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("an account that is gone: %v", err)
	}
}

// TestANameThatIsFreeMakesNoAdministrator: cn is unique in its container alone, and whoever may make groups in one may take it.
func TestANameThatIsFreeMakesNoAdministrator(t *testing.T) {
	sid := func(last string) string { return "\x01\x01\x00\x00\x00\x00\x00\x05" + last + "\x00\x00\x00" }
	theirs := user("mallory", 'm')
	theirs.attributes["tokenGroups"] = []string{sid("\x07")}
	group := entry{"CN=Sparekey Administrators,OU=Branch,DC=harbour,DC=example", map[string][]string{
		"objectSid": {sid("\x07")}, "cn": {"Sparekey Administrators"}, "sAMAccountName": {"branch-17"},
	}}
	s := &searched{scripted: newScripted(t)}
	s.answers = func(_, filter string) ([]entry, result) {
		if strings.Contains(filter, "objectSid") {
			return []entry{group}, result{}
		}
		return []entry{theirs}, result{}
	}
	for named, admin := range map[string]bool{
		"Sparekey Administrators": false, "Branch-17": true, "cn=sparekey administrators, ou=branch, dc=harbour, dc=example": true,
	} {
		config := s.config()
		config.Administrators, config.Network.Dial = []string{named}, s.Dial
		if a, err := open(t, config).Find(t.Context(), "mallory"); err != nil || a.Admin != admin {
			t.Errorf("%s: %+v, %v", named, a, err)
		}
	}
}

// TestDNSThatIsAwayKeepsNoConnectionWaiting: one that is kept is used without it, and a new one is not kept from what DNS said before.
func TestDNSThatIsAwayKeepsNoConnectionWaiting(t *testing.T) {
	s := newScripted(t)
	now, w := &clock{}, &wire{dial: s.dial}
	asked, away := 0, false
	config := s.config()
	config.Servers, config.Clock, config.Network.Dial = nil, now, w.Dial
	config.Network.SRV = func(ctx context.Context, _, _, _ string) (string, []*net.SRV, error) {
		if asked++; away {
			if ends, _ := ctx.Deadline(); time.Until(ends) > 10*time.Second {
				t.Errorf("DNS may take until %v", ends)
			}
			return "", nil, errors.New("DNS is away")
		}
		return "", []*net.SRV{{Target: "dc1.harbour.example.", Port: 389}}, nil
	}
	d := open(t, config)
	find := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := d.Find(ctx, "nobody"); !errors.Is(err, port.ErrNotFound) {
			t.Error(err)
		}
	}
	find()
	away = true
	now.ahead.Store(int64(6 * time.Minute)) // what DNS said is old, and the connection is good
	if find(); asked != 1 {
		t.Errorf("DNS was asked %d times for a connection that is there", asked)
	}
	now.ahead.Store(int64(17 * time.Minute))
	if find(); asked != 2 {
		t.Errorf("DNS was asked %d times for a new connection", asked)
	}
	now.ahead.Store(int64(17*time.Minute + 20*time.Second))
	w.arm(cutBefore, 1)
	if find(); asked != 2 || len(w.hosts()) != 3 {
		t.Errorf("DNS that is away was asked %d times in half a minute, for %v", asked, w.hosts())
	}
}
