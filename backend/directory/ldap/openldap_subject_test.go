package ldap_test

import (
	"context"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/directorytest"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/directory/ldap/ldaptest"
	"github.com/sparekey/sparekey/backend/port"
)

// leastRights is what docs/directories/openldap.md gives to the service account.
const leastRights = `
access to attrs=userPassword
  by dn.exact="cn=svc-sparekey,ou=services,dc=harbour,dc=example" =wsx
  by self =wx
  by anonymous auth
  by * none
access to attrs=pwdAccountLockedTime,pwdFailureTime,pwdReset
  by dn.exact="cn=svc-sparekey,ou=services,dc=harbour,dc=example" manage
  by * none
access to *
  by dn.exact="cn=svc-sparekey,ou=services,dc=harbour,dc=example" read
  by self read
  by * none
`

// tree is an OpenLDAP server with people in it.
type tree struct {
	*ldaptest.Server
	t     testing.TB
	admin *goldap.Conn
	dns   map[app.AccountID]string // of people who were put
}

func newTree(t testing.TB, rights string) *tree {
	t.Helper()
	s := &tree{Server: ldaptest.Slapd(t, rights), t: t}
	s.Apply(t, `dn: dc=harbour,dc=example
changetype: add
objectClass: dcObject
objectClass: organization
o: Harbour

dn: ou=people,dc=harbour,dc=example
changetype: add
objectClass: organizationalUnit

dn: ou=groups,dc=harbour,dc=example
changetype: add
objectClass: organizationalUnit

dn: ou=policies,dc=harbour,dc=example
changetype: add
objectClass: organizationalUnit

dn: ou=services,dc=harbour,dc=example
changetype: add
objectClass: organizationalUnit

dn: cn=svc-sparekey,ou=services,dc=harbour,dc=example
changetype: add
objectClass: organizationalRole
objectClass: simpleSecurityObject
userPassword: `+servicePassword+`

dn: cn=default,ou=policies,dc=harbour,dc=example
changetype: add
objectClass: device
objectClass: pwdPolicy
pwdAttribute: userPassword
pwdCheckQuality: 2
pwdMinLength: 8
pwdInHistory: 3
pwdLockout: TRUE
pwdMaxFailure: 3
pwdLockoutDuration: 1800
pwdFailureCountInterval: 1800
pwdMustChange: TRUE
`)
	s.admin = s.Bind(t, "", "")
	return s
}

func (s *tree) add(dn string, attributes map[string][]string) {
	s.t.Helper()
	r := goldap.NewAddRequest(dn, nil)
	for name, values := range attributes {
		r.Attribute(name, values)
	}
	if err := s.admin.Add(r); err != nil {
		s.t.Fatalf("add %s: %v", dn, err)
	}
}

func (s *tree) person(a port.DirectoryAccount, password string) (dn string) {
	uid, _, _ := strings.Cut(a.UserID, "@")
	dn = "uid=" + goldap.EscapeDN(uid) + ",ou=people,dc=harbour,dc=example"
	attributes := map[string][]string{"objectClass": {"inetOrgPerson"}, "uid": {uid}, "cn": {uid}, "sn": {uid}}
	if a.Name != "" {
		attributes["displayName"] = []string{a.Name}
	}
	if a.Mail != "" {
		attributes["mail"] = []string{a.Mail}
	}
	if len(a.Names) == 2 {
		attributes["givenName"], attributes["sn"] = a.Names[:1], a.Names[1:]
	}
	if password != "" {
		attributes["userPassword"] = []string{password}
	}
	s.add(dn, attributes)
	for _, g := range a.Groups {
		s.join(g, dn)
	}
	if a.Admin {
		s.join(administrators, dn)
	}
	return dn
}

func (s *tree) set(dn string, attributes map[string][]string) {
	s.t.Helper()
	r := goldap.NewModifyRequest(dn, nil)
	for name, values := range attributes {
		r.Replace(name, values)
	}
	if err := s.admin.Modify(r); err != nil {
		s.t.Fatalf("modify %s: %v", dn, err)
	}
}

// uuid is an entry's entryUUID.
func (s *tree) uuid(dn string) app.AccountID {
	s.t.Helper()
	found, err := s.admin.Search(goldap.NewSearchRequest(dn, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{"entryUUID"}, nil))
	if err != nil || len(found.Entries) != 1 {
		s.t.Fatalf("read %s: %v", dn, err)
	}
	return app.AccountID(found.Entries[0].GetAttributeValue("entryUUID"))
}

// put is the contract's Put.
func (s *tree) put(_ context.Context, a port.DirectoryAccount, password app.Secret) (app.AccountID, error) {
	dn, known := s.dns[a.ID]
	if !known {
		dn = s.person(a, password.Reveal())
	}
	if a.Disabled {
		s.set(dn, map[string][]string{"pwdAccountLockedTime": {"000001010000Z"}})
	}
	if a.Expired {
		s.set(dn, map[string][]string{"pwdEndTime": {"20200101000000Z"}})
	}
	if a.MustChange {
		s.set(dn, map[string][]string{"pwdReset": {"TRUE"}})
	}
	id := s.uuid(dn)
	if s.dns == nil {
		s.dns = map[app.AccountID]string{}
	}
	s.dns[id] = dn
	return id, nil
}

const policyDN = "cn=default,ou=policies,dc=harbour,dc=example"

// empty takes people and groups away, and the minimum age.
func (s *tree) empty() {
	s.t.Helper()
	for _, base := range []string{"ou=people,dc=harbour,dc=example", "ou=groups,dc=harbour,dc=example"} {
		found, err := s.admin.Search(goldap.NewSearchRequest(base, goldap.ScopeSingleLevel, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{"1.1"}, nil))
		if err != nil {
			s.t.Fatal(err)
		}
		for _, e := range found.Entries {
			if err := s.admin.Del(goldap.NewDelRequest(e.DN, nil)); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	s.dns = nil
	s.set(policyDN, map[string][]string{"pwdMinAge": nil})
}

// TestOpenLDAP runs all that wants OpenLDAP: slapd 2.5.
func TestOpenLDAP(t *testing.T) {
	s := newTree(t, leastRights)
	t.Run("contract", func(t *testing.T) {
		directorytest.Run(t, func(t *testing.T) directorytest.Subject {
			t.Helper()
			s.t = t
			s.empty()
			now := &clock{}
			config := s.config()
			config.Clock = now
			return directorytest.Subject{
				Directory: open(t, config), Put: s.put, Now: now.Now,
				Spellings: func(name string) []string {
					upper := strings.ToUpper(name)
					return []string{name, upper, upper + "@Harbour.EXAMPLE", `HARBOUR\` + name, `harbour\` + upper}
				},
				Nest: func(_ context.Context, member, group string) error {
					s.join(group, "cn="+goldap.EscapeDN(member)+",ou=groups,dc=harbour,dc=example")
					return nil
				},
				MinimumAge: func(context.Context) error {
					s.set(policyDN, map[string][]string{"pwdMinAge": {"86400"}})
					now.ahead.Store(int64(2 * time.Minute)) // what was read of the policy is read anew
					return nil
				},
				Lacks: []directorytest.Lack{directorytest.NoBlockedTold, directorytest.NoProtection, directorytest.NoElsewhere},
			}
		})
	})
}

func (s *tree) join(group, member string) {
	s.t.Helper()
	dn := "cn=" + goldap.EscapeDN(group) + ",ou=groups,dc=harbour,dc=example"
	r := goldap.NewAddRequest(dn, nil)
	r.Attribute("objectClass", []string{"groupOfNames"})
	r.Attribute("member", []string{member})
	err := s.admin.Add(r)
	if goldap.IsErrorWithCode(err, goldap.LDAPResultEntryAlreadyExists) {
		m := goldap.NewModifyRequest(dn, nil)
		m.Add("member", []string{member})
		err = s.admin.Modify(m)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *tree) config() ldap.Config {
	return ldap.Config{
		Kind: ldap.OpenLDAP, Servers: []string{s.URL}, Domain: "harbour.example", User: "cn=svc-sparekey,ou=services,dc=harbour,dc=example",
		Password: func() (app.Secret, error) { return app.NewSecret(servicePassword), nil }, Roots: s.Roots,
		Base: "ou=people,dc=harbour,dc=example", GroupBase: "ou=groups,dc=harbour,dc=example", PasswordPolicy: "cn=default,ou=policies,dc=harbour,dc=example",
		Administrators: []string{administrators}, Clock: &clock{}, Network: ldap.Network{Dial: s.Dial},
	}
}
