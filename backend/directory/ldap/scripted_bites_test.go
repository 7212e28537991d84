package ldap_test

import (
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

// TestAPersonsConnectionServesNothingElse, whatever the answer to the bind was; and the service account's never has another
// name: what a connection may do afterwards differs from server to server.
func TestAPersonsConnectionServesNothingElse(t *testing.T) {
	s := newScripted(t)
	ana := user("ana", 'a')
	s.entries = []entry{ana}
	s.bind = func(name, password string) result {
		if name == "svc" || password == firstPassword {
			return result{}
		}
		return result{goldap.LDAPResultInvalidCredentials, "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1"}
	}
	dir := open(t, s.config())
	a, err := dir.Find(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	for _, password := range []string{firstPassword, wrongPassword, firstPassword} {
		_ = dir.Verify(t.Context(), a.ID, app.NewSecret(password))
		_ = dir.SetPassword(t.Context(), a.ID, app.NewSecret(password))
		_ = dir.ChangePassword(t.Context(), a.ID, app.NewSecret(password), app.NewSecret(firstPassword))
		if _, err := dir.Account(t.Context(), a.ID); err != nil {
			t.Error(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	people := 0
	for _, asked := range s.asked {
		if slices.Contains(asked, "bind "+ana.dn) {
			people++
			if len(asked) > 1 && (len(asked) != 2 || asked[1] != "2") { // 2 is the end of a connection
				t.Errorf("a person's connection served %q", asked)
			}
		}
	}
	if people != 9 {
		t.Errorf("%d connections were a person's, of %q", people, s.asked)
	}
}

// TestTheMembersOfAGroupAreNeverAsked of a controller, which gives 1,500 of them at a time under other names
// ("member;range=0-1499"): who is in a group is asked from the person's side.
func TestTheMembersOfAGroupAreNeverAsked(t *testing.T) {
	s := newScripted(t)
	crew := entry{"CN=Crew,OU=Groups,DC=harbour,DC=example", map[string][]string{
		"objectSid": {"\x01\x01\x00\x00\x00\x00\x00\x05\x01\x02\x00\x00"}, "cn": {"Crew"}, "member": nil,
		"member;range=0-1499": slices.Repeat([]string{"CN=x,DC=harbour,DC=example"}, 1500),
	}}
	ana := user("ana", 'a')
	ana.attributes["tokenGroups"] = crew.attributes["objectSid"]
	s.entries = []entry{ana}
	config := s.config()
	config.Administrators = []string{"Crew"}
	dir := open(t, config)
	if _, err := dir.Find(t.Context(), "ana"); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.entries = []entry{crew}
	s.mu.Unlock()
	if all, err := dir.Administrators(t.Context()); err != nil || len(all) != 0 { // the same is found whatever is asked
		t.Errorf("administrators: %+v, %v", all, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	searches := 0
	for _, asked := range s.asked {
		for _, question := range asked {
			if fields := strings.Fields(question); fields[0] == "search" {
				searches++
				if slices.ContainsFunc(fields, func(f string) bool { return strings.HasPrefix(strings.ToLower(f), "member") }) {
					t.Errorf("asked: %s", question)
				}
			}
		}
	}
	if searches < 5 {
		t.Errorf("%d searches", searches)
	}
}

// TestAnAnswerToAnotherQuestionRefusesNothing: Samba answers a control that it can't respect as if an extended operation had
// been asked for, in which the library finds no result.
func TestAnAnswerToAnotherQuestionRefusesNothing(t *testing.T) {
	s := newScripted(t)
	s.entries = []entry{user("ana", 'a')}
	s.tag, s.modify = goldap.ApplicationExtendedResponse, result{goldap.LDAPResultUnavailableCriticalExtension, "0000052D: Unsupported critical extension"}
	dir := open(t, s.config())
	a, err := dir.Find(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	var refusal *port.Refusal
	if err := dir.SetPassword(t.Context(), a.ID, app.NewSecret(secondPassword)); app.CodeOf(err) != app.CodeUnavailable || errors.As(err, &refusal) {
		t.Errorf("set: %v", err)
	}
}

// TestACertificateWithoutANameIsNamed: Samba makes itself one that has a common name alone.
func TestACertificateWithoutANameIsNamed(t *testing.T) {
	s := newScripted(t, func(c *x509.Certificate) { c.DNSNames = nil })
	config := s.config()
	config.Network.Lookup = lookUp
	codes, all := examine(t, config, ldap.Examination{})
	if !slices.Equal(codes, []string{"resolve", "tls tls_nameless"}) || !all[1].Failed {
		t.Errorf("%v", codes)
	}
	if _, err := open(t, config).Find(t.Context(), "ana"); app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("found: %v", err)
	}
}
