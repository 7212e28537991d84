package ldap_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
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
access to attrs=pwdAccountLockedTime,pwdReset
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
	return dn
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
		Administrators: []string{"Sparekey Administrators"}, Clock: clock{}, Network: ldap.Network{Dial: s.Dial},
	}
}

func TestTrySlapd(t *testing.T) {
	d := newTree(t, leastRights)
	dn := d.person(port.DirectoryAccount{UserID: "ana@harbour.example", Name: "Ana Reyes", Names: []string{"Ana", "Reyes"}, Mail: "ana@harbour.example", Groups: []string{"crew"}}, "Correct-horse 7 battery")
	d.person(port.DirectoryAccount{UserID: "ines@harbour.example"}, "")
	dir := open(t, d.config())
	ctx := context.Background()
	for _, n := range []string{"ana@harbour.example", "ANA", `HARBOUR\ana`, "an", "nobody", "ines"} {
		a, err := dir.Find(ctx, n)
		t.Logf("%s: %+v %v", n, a, err)
	}
	a, _ := dir.Find(ctx, "ana")
	t.Log(dir.Verify(ctx, a.ID, app.NewSecret("Correct-horse 7 battery")), dir.Verify(ctx, a.ID, app.NewSecret("wrong")))
	for range 3 {
		t.Log(dir.Verify(ctx, a.ID, app.NewSecret("wrong")))
	}
	a, _ = dir.Find(ctx, "ana")
	t.Logf("%+v", a)
	t.Log(dir.Verify(ctx, a.ID, app.NewSecret("Correct-horse 7 battery")))
	t.Log(dir.Unlock(ctx, a.ID))
	a, _ = dir.Find(ctx, "ana")
	t.Logf("%+v", a)
	t.Log(dir.Unlock(ctx, a.ID))
	t.Log(dir.SetPassword(ctx, a.ID, app.NewSecret("short")))
	t.Log(dir.SetPassword(ctx, a.ID, app.NewSecret("Lantern-tide 41 copper")))
	t.Log(dir.Verify(ctx, a.ID, app.NewSecret("Lantern-tide 41 copper")), dir.Verify(ctx, a.ID, app.NewSecret("Correct-horse 7 battery")))
	t.Log(dir.ChangePassword(ctx, a.ID, app.NewSecret("Lantern-tide 41 coppe"), app.NewSecret("Lantern-tide 42 copper")))
	t.Log(dir.ChangePassword(ctx, a.ID, app.NewSecret("Lantern-tide 41 copper"), app.NewSecret("Lantern-tide 42 copper")))
	t.Log(dir.ChangePassword(ctx, a.ID, app.NewSecret("Lantern-tide 42 copper"), app.NewSecret("Lantern-tide 41 copper")))
	b, _ := dir.Find(ctx, "ana")
	t.Logf("%+v", b)
	t.Log(dir.Rules(ctx, a.ID))
	d.join("Sparekey Administrators", dn)
	t.Log(dir.Administrators(ctx))
	fmt.Println()
}
