package ldap_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf16"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/directorytest"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/directory/ldap/ldaptest"
	"github.com/sparekey/sparekey/backend/port"
)

// Service accounts of the directories under test, with the rights that the guides give them and no more.
const (
	serviceName     = "svc-sparekey"
	servicePassword = "Service-bell 88 anchor"
)

// clock is the servers' own, the real one, and may go ahead of it.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// domain is a domain controller with people in it.
type domain struct {
	*ldaptest.Server
	t     testing.TB
	admin *goldap.Conn
	dns   map[app.AccountID]string // of people who were put
}

const peopleOU = "OU=People,DC=harbour,DC=example"

// newDomain starts a domain controller: lengths from 8, complexity, three failures lock for half an hour.
func newDomain(t testing.TB) *domain {
	t.Helper()
	d := &domain{Server: ldaptest.Samba(t), t: t}
	d.SambaTool(t, "domain", "passwordsettings", "set", "--min-pwd-length=8", "--history-length=3", "--min-pwd-age=0",
		"--account-lockout-threshold=3", "--account-lockout-duration=30", "--reset-account-lockout-after=30")
	d.admin = d.Bind(t, "", "")
	d.add(peopleOU, map[string][]string{"objectClass": {"organizationalUnit"}})
	d.add(groupsOU, map[string][]string{"objectClass": {"organizationalUnit"}})
	d.add("CN="+serviceName+",CN=Users,DC=harbour,DC=example", map[string][]string{
		"objectClass": {"user"}, "sAMAccountName": {serviceName}, "userPrincipalName": {serviceName + "@harbour.example"},
		"userAccountControl": {"512"}, "unicodePwd": {quoted(servicePassword)},
	})
	d.finePolicy(t, olderPolicy, 14)
	d.Shell(t, guide(t, "active-directory", "sh"))
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
	if d.dns == nil {
		d.dns = map[app.AccountID]string{}
	}
	d.dns[d.id(dn)] = dn
	d.join(dn, a)
	return dn
}

// join puts a person into groups.
func (d *domain) join(dn string, a port.DirectoryAccount) {
	for _, g := range a.Groups {
		d.member(d.group(g), dn)
	}
	if a.Admin {
		d.member(d.group(administrators), dn)
	}
}

// administrators is the group whose members administer Sparekey.
const administrators = "Sparekey Administrators"

// guidOf is an entry's objectGUID.
func guidOf(e *goldap.Entry) app.AccountID {
	b := slices.Clone(e.GetRawAttributeValue("objectGUID"))
	slices.Reverse(b[:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	return app.AccountID(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

// id is an entry's ID.
func (d *domain) id(dn string) app.AccountID { return guidOf(d.read(dn, "objectGUID")) }

// put is the contract's Put.
func (d *domain) put(_ context.Context, a port.DirectoryAccount, password app.Secret) (app.AccountID, error) {
	dn, known := d.dns[a.ID]
	if !known {
		dn = d.person(a, password.Reveal())
	}
	control := 512
	if !known && password.Empty() {
		control = 544
	}
	change := map[string][]string{}
	if a.Disabled {
		control |= 2
	}
	if a.Elsewhere {
		control |= 0x40000
	}
	if a.Expired {
		change["accountExpires"] = []string{"128000000000000000"}
	}
	if a.Protected {
		change["adminCount"] = []string{"1"}
	}
	if a.MustChange {
		change["pwdLastSet"] = []string{"0"}
	}
	change["userAccountControl"] = []string{strconv.Itoa(control)}
	d.set(dn, change)
	if known {
		d.join(dn, a)
	}
	return d.id(dn), nil
}

// empty takes people and groups away, and the minimum age.
func (d *domain) empty() {
	d.t.Helper()
	d.deleteBelow(peopleOU)
	d.deleteBelow(groupsOU)
	d.dns = nil
	d.minimumAge(0)
}

func (d *domain) minimumAge(age time.Duration) {
	d.t.Helper()
	d.set(d.Base, map[string][]string{"minPwdAge": {strconv.FormatInt(-int64(age/100), 10)}})
}

const groupsOU = "OU=Groups,DC=harbour,DC=example"

// group makes a group where there is none yet.
func (d *domain) group(name string) string {
	dn := "CN=" + goldap.EscapeDN(name) + "," + groupsOU
	r := goldap.NewAddRequest(dn, nil)
	r.Attribute("objectClass", []string{"group"})
	r.Attribute("sAMAccountName", []string{name})
	if err := d.admin.Add(r); err != nil && !goldap.IsErrorWithCode(err, goldap.LDAPResultEntryAlreadyExists) {
		d.t.Fatal(err)
	}
	return dn
}

func (d *domain) member(group, member string) {
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
		Administrators: []string{administrators}, Clock: &clock{}, Network: ldap.Network{Dial: d.Dial},
	}
}

// TestActiveDirectory runs all that wants a domain controller: Samba 4.17.
func TestActiveDirectory(t *testing.T) {
	d := newDomain(t)
	t.Run("contract", func(t *testing.T) {
		directorytest.Run(t, func(t *testing.T) directorytest.Subject {
			t.Helper()
			d.t = t
			d.empty()
			now := &clock{}
			config := d.config()
			config.Clock = now
			return directorytest.Subject{
				Directory: open(t, config), Put: d.put, Now: now.Now,
				Spellings: func(name string) []string {
					upper := strings.ToUpper(name)
					return []string{name, upper, upper + "@Harbour.EXAMPLE", `HARBOUR\` + name, `harbour\` + upper}
				},
				Nest: func(_ context.Context, member, group string) error {
					d.member(d.group(group), d.group(member))
					return nil
				},
				MinimumAge: func(context.Context) error {
					d.minimumAge(24 * time.Hour)
					now.ahead.Store(int64(2 * time.Minute)) // what was read of the policy is read anew
					return nil
				},
				Lacks: []directorytest.Lack{directorytest.NoHistoryOnReset, directorytest.NoEndOfOld},
			}
		})
	})
	d.bites(t)
	d.people(t)
	d.run(t, "fine-grained policies", d.finePolicies)
	d.run(t, "words that a domain refuses", d.wordsOfADomain)
	t.Run("examination", func(t *testing.T) {
		d.empty()
		d.person(anaWithMail, "Correct-horse 7 battery")
		examination(t, d.config(), []string{"policy", "person", "rights", "reset"})
	})
	t.Run("faults", func(t *testing.T) {
		var dn string
		fresh := func() app.AccountID {
			d.empty()
			dn = d.person(anaWithMail, "Correct-horse 7 battery")
			return d.id(dn)
		}
		faults(t, d.config(), fresh, func(password string) bool { return d.Binds(t, dn, password) == nil })
	})
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
