package ldap_test

import (
	"context"
	"os"
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

// guide gives the lines that a guide has for the service account's rights, for the domain under test.
func guide(t testing.TB, kind, language string) string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/directories/" + kind + ".md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(text), "```"+language+"\n")
	block, _, closed := strings.Cut(after, "```")
	if !ok || !closed {
		t.Fatalf("the guide for %s has no block of %s", kind, language)
	}
	return strings.NewReplacer("dc=example,dc=org", "dc=harbour,dc=example", "DC=example,DC=org", "DC=harbour,DC=example").Replace(block)
}

// tree is a server of the standard kind with people in it: OpenLDAP, 389 Directory Server.
type tree struct {
	*ldaptest.Server
	t      testing.TB
	words  treeWords
	admin  *goldap.Conn
	dns    map[app.AccountID]string // of people who were put
	serial int                      // makes passwords differ
	later  bool                     // passwords are set once an entry is there: a minimum age takes no notice of others
}

// treeWords are what the kind calls things.
type treeWords struct {
	kind                          ldap.Kind
	user                          string              // DN of the service account
	id                            string              // the attribute
	disabled, expired, mustChange map[string][]string // what makes an account that
	policy, minimumAge            string              // the DN, and the attribute
	noMinimumAge                  []string
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

// plus adds values.
func (s *tree) plus(dn string, attributes map[string][]string) {
	s.t.Helper()
	r := goldap.NewModifyRequest(dn, nil)
	for name, values := range attributes {
		r.Add(name, values)
	}
	if err := s.admin.Modify(r); err != nil {
		s.t.Fatalf("modify %s: %v", dn, err)
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
	if password != "" && !s.later {
		attributes["userPassword"] = []string{password}
	}
	s.add(dn, attributes)
	if password != "" && s.later {
		if _, err := s.admin.PasswordModify(goldap.NewPasswordModifyRequest(dn, "", password)); err != nil {
			s.t.Fatal(err)
		}
	}
	for _, g := range a.Groups {
		s.join(g, dn)
	}
	if a.Admin {
		s.join(administrators, dn)
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

// id is an entry's ID.
func (s *tree) id(dn string) app.AccountID {
	s.t.Helper()
	found, err := s.admin.Search(goldap.NewSearchRequest(dn, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{s.words.id}, nil))
	if err != nil || len(found.Entries) != 1 {
		s.t.Fatalf("read %s: %v", dn, err)
	}
	return app.AccountID(found.Entries[0].GetEqualFoldAttributeValue(s.words.id))
}

// put is the contract's Put.
func (s *tree) put(_ context.Context, a port.DirectoryAccount, password app.Secret) (app.AccountID, error) {
	dn, known := s.dns[a.ID]
	if !known {
		dn = s.person(a, password.Reveal())
	}
	for _, state := range []struct {
		wanted     bool
		attributes map[string][]string
	}{{a.Disabled, s.words.disabled}, {a.Expired, s.words.expired}, {a.MustChange, s.words.mustChange}} {
		if state.wanted && state.attributes != nil {
			s.set(dn, state.attributes)
		}
	}
	if a.MustChange && s.words.kind == ldap.DS389 {
		s.set(s.words.policy, map[string][]string{"passwordMustChange": {"on"}})
	}
	id := s.id(dn)
	if s.dns == nil {
		s.dns = map[app.AccountID]string{}
	}
	s.dns[id] = dn
	return id, nil
}

// minimumAge sets the policy's, in seconds; none for no value.
func (s *tree) minimumAge(seconds []string) {
	s.t.Helper()
	s.set(s.words.policy, map[string][]string{s.words.minimumAge: seconds})
}

// deleteBelow takes away what is beneath a DN.
func (s *tree) deleteBelow(base string) {
	s.t.Helper()
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

// empty takes people and groups away, and the minimum age.
func (s *tree) empty() {
	s.t.Helper()
	s.deleteBelow(treePeople)
	s.deleteBelow(treeGroups)
	s.dns, s.later = nil, false
	if s.words.kind == ldap.DS389 {
		s.set(s.words.policy, map[string][]string{"passwordMustChange": {"off"}})
	}
	s.minimumAge(s.words.noMinimumAge)
}

// config is that of a client with the service account.
func (s *tree) config() ldap.Config {
	return ldap.Config{
		Kind: s.words.kind, Servers: []string{s.URL}, Domain: "harbour.example", User: s.words.user,
		Password: func() (app.Secret, error) { return app.NewSecret(servicePassword), nil }, Roots: s.Roots,
		Base: "ou=people,dc=harbour,dc=example", GroupBase: "ou=groups,dc=harbour,dc=example",
		Administrators: []string{administrators}, Clock: &clock{}, Network: ldap.Network{Dial: s.Dial},
	}
}

// contract holds a directory on the tree against the contract.
func (s *tree) contract(t *testing.T, config ldap.Config, lacks ...directorytest.Lack) {
	before := s.t
	defer func() { s.t = before }()
	directorytest.Run(t, func(t *testing.T) directorytest.Subject {
		t.Helper()
		s.t = t
		s.empty()
		now := &clock{}
		config.Clock = now
		return directorytest.Subject{
			Directory: open(t, config), Put: s.put, Now: now.Now, Lacks: lacks,
			Spellings: func(name string) []string {
				upper := strings.ToUpper(name)
				return []string{name, upper, upper + "@Harbour.EXAMPLE", `HARBOUR\` + name, `harbour\` + upper}
			},
			Nest: func(_ context.Context, member, group string) error {
				s.join(group, "cn="+goldap.EscapeDN(member)+",ou=groups,dc=harbour,dc=example")
				return nil
			},
			MinimumAge: func(context.Context) error {
				s.minimumAge([]string{"86400"})
				s.later = s.words.kind == ldap.DS389
				now.ahead.Store(int64(2 * time.Minute)) // what was read of the policy is read anew
				return nil
			},
		}
	})
}
