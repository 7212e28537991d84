package ldap_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/directory/ldap/ldaptest"
	"github.com/sparekey/sparekey/backend/port"
)

// Service accounts of the directories under test, with the rights that the guides give them and no more.
const (
	serviceName     = "svc-sparekey"
	servicePassword = "Service-bell 88 anchor"
)

// clock is the real one: the servers have no other.
type clock struct{}

func (clock) Now() time.Time { return time.Now() }

// domain is a domain controller with people in it.
type domain struct {
	*ldaptest.Server
	t     testing.TB
	admin *goldap.Conn
}

const peopleOU = "OU=People,DC=harbour,DC=example"

// newDomain starts a domain controller: lengths from 8, complexity, three failures lock for half an hour.
func newDomain(t testing.TB) *domain {
	t.Helper()
	d := &domain{Server: ldaptest.Samba(t), t: t}
	d.SambaTool(t, "domain", "passwordsettings", "set", "--min-pwd-length=8", "--history-length=3", "--min-pwd-age=0",
		"--account-lockout-threshold=3", "--account-lockout-duration=30", "--reset-account-lockout-after=30")
	d.admin = d.Bind(t, "", "")
	d.add("OU=People,DC=harbour,DC=example", map[string][]string{"objectClass": {"organizationalUnit"}})
	d.add("OU=Groups,DC=harbour,DC=example", map[string][]string{"objectClass": {"organizationalUnit"}})
	d.group("Sparekey Administrators")
	d.person(port.DirectoryAccount{UserID: serviceName + "@harbour.example", Name: "Sparekey"}, servicePassword)
	// docs/directories/active-directory.md has the same commands.
	service := d.sid(serviceName)
	for _, right := range []string{
		"(OA;CI;CR;00299570-246d-11d0-a768-00aa006e0529;;%s)", // Reset Password
		"(OA;CI;WP;28630ebf-41d5-11d1-a9c1-0000f80367c1;;%s)", // write lockoutTime
	} {
		d.SambaTool(t, "dsacl", "set", "--objectdn="+peopleOU, "--action=allow", "--sddl="+fmt.Sprintf(right, service))
	}
	return d
}

func (d *domain) add(dn string, attributes map[string][]string) {
	d.t.Helper()
	r := goldap.NewAddRequest(dn, nil)
	for name, values := range attributes {
		r.Attribute(name, values)
	}
	if err := d.admin.Add(r); err != nil {
		d.t.Fatalf("add %s: %v", dn, err)
	}
}

func (d *domain) set(dn string, attributes map[string][]string) {
	d.t.Helper()
	r := goldap.NewModifyRequest(dn, nil)
	for name, values := range attributes {
		r.Replace(name, values)
	}
	if err := d.admin.Modify(r); err != nil {
		d.t.Fatalf("modify %s: %v", dn, err)
	}
}

// read gives attributes of an entry.
func (d *domain) read(dn string, attributes ...string) *goldap.Entry {
	d.t.Helper()
	found, err := d.admin.Search(goldap.NewSearchRequest(dn, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", attributes, nil))
	if err != nil || len(found.Entries) != 1 {
		d.t.Fatalf("read %s: %v", dn, err)
	}
	return found.Entries[0]
}

func (d *domain) sid(sam string) string {
	out := d.SambaTool(d.t, "user", "show", sam, "--attributes=objectSid")
	for line := range strings.Lines(out) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "objectSid: "); ok {
			return value
		}
	}
	d.t.Fatalf("no SID in %s", out)
	return ""
}

func quoted(password string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(`"` + password + `"`)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

// person adds one to OU=People.
func (d *domain) person(a port.DirectoryAccount, password string) (dn string) {
	sam, _, _ := strings.Cut(a.UserID, "@")
	dn = "CN=" + goldap.EscapeDN(sam) + "," + peopleOU
	attributes := map[string][]string{
		"objectClass": {"user"}, "sAMAccountName": {sam}, "userPrincipalName": {a.UserID}, "userAccountControl": {"544"},
	}
	for name, value := range map[string]string{"displayName": a.Name, "mail": a.Mail} {
		if value != "" {
			attributes[name] = []string{value}
		}
	}
	for i, name := range []string{"givenName", "sn"} {
		if i < len(a.Names) {
			attributes[name] = []string{a.Names[i]}
		}
	}
	if password != "" {
		attributes["unicodePwd"] = []string{quoted(password)}
		attributes["userAccountControl"] = []string{"512"}
	}
	d.add(dn, attributes)
	for _, g := range a.Groups {
		d.join(d.group(g), dn)
	}
	return dn
}

// group makes a group where there is none yet.
func (d *domain) group(name string) string {
	dn := "CN=" + goldap.EscapeDN(name) + ",OU=Groups,DC=harbour,DC=example"
	r := goldap.NewAddRequest(dn, nil)
	r.Attribute("objectClass", []string{"group"})
	r.Attribute("sAMAccountName", []string{name})
	if err := d.admin.Add(r); err != nil && !goldap.IsErrorWithCode(err, goldap.LDAPResultEntryAlreadyExists) {
		d.t.Fatal(err)
	}
	return dn
}

func (d *domain) join(group, member string) {
	d.t.Helper()
	r := goldap.NewModifyRequest(group, nil)
	r.Add("member", []string{member})
	if err := d.admin.Modify(r); err != nil {
		d.t.Fatal(err)
	}
}

// config is that of a client with the service account.
func (d *domain) config() ldap.Config {
	return ldap.Config{
		Kind: ldap.ActiveDirectory, Servers: []string{d.URL}, Domain: "harbour.example", User: serviceName + "@harbour.example",
		Password: func() (app.Secret, error) { return app.NewSecret(servicePassword), nil }, Roots: d.Roots,
		Administrators: []string{"Sparekey Administrators"}, Clock: clock{}, Network: ldap.Network{Dial: d.Dial},
	}
}

func open(t testing.TB, c ldap.Config) *ldap.Directory {
	t.Helper()
	d, err := ldap.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func TestTrySamba(t *testing.T) {
	d := newDomain(t)
	dn := d.person(port.DirectoryAccount{UserID: "ana@harbour.example", Name: "Ana Reyes", Names: []string{"Ana", "Reyes"}, Mail: "ana@harbour.example", Groups: []string{"crew"}}, "Correct-horse 7 battery")
	dir := open(t, d.config())
	ctx := context.Background()
	for _, n := range []string{"ana@harbour.example", "ANA", `HARBOUR\ana`, "an", "nobody"} {
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
	t.Log(dir.SetPassword(ctx, a.ID, app.NewSecret("short")))
	t.Log(dir.SetPassword(ctx, a.ID, app.NewSecret("Lantern-tide 41 copper")))
	t.Log(dir.Verify(ctx, a.ID, app.NewSecret("Lantern-tide 41 copper")), dir.Verify(ctx, a.ID, app.NewSecret("Correct-horse 7 battery")))
	t.Log(dir.ChangePassword(ctx, a.ID, app.NewSecret("Lantern-tide 41 coppe"), app.NewSecret("Lantern-tide 42 copper")))
	t.Log(dir.ChangePassword(ctx, a.ID, app.NewSecret("Lantern-tide 41 copper"), app.NewSecret("Lantern-tide 42 copper")))
	t.Log(dir.ChangePassword(ctx, a.ID, app.NewSecret("Lantern-tide 42 copper"), app.NewSecret("Lantern-tide 41 copper")))
	b, _ := dir.Find(ctx, "ana")
	t.Logf("%+v", b)
	t.Log(dir.Rules(ctx, a.ID))
	d.join("CN=Sparekey Administrators,OU=Groups,DC=harbour,DC=example", dn)
	t.Log(dir.Administrators(ctx))
}
