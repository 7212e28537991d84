package ldap_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

const (
	treePeople = "ou=people,dc=harbour,dc=example"
	treeGroups = "ou=groups,dc=harbour,dc=example"
)

// run runs a test of an empty tree.
func (s *tree) run(t *testing.T, config ldap.Config, name string, test func(*testing.T, ldap.Config, *ldap.Directory)) {
	t.Run(name, func(t *testing.T) {
		before := s.t
		defer func() { s.t = before }()
		s.t = t
		s.empty()
		test(t, config, open(t, config))
	})
}

// read gives attributes of an entry.
func (s *tree) read(dn string, attributes ...string) *goldap.Entry {
	s.t.Helper()
	found, err := s.admin.Search(goldap.NewSearchRequest(dn, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", attributes, nil))
	if err != nil || len(found.Entries) != 1 {
		s.t.Fatalf("read %s: %v", dn, err)
	}
	return found.Entries[0]
}

// lock guesses until an account is locked.
func (s *tree) lock(t *testing.T, dn string) {
	t.Helper()
	for range 3 {
		if s.Binds(t, dn, wrongPassword) == nil {
			t.Fatal("a wrong password signs in")
		}
	}
}

// outOfTheOrdinary are the tests of names, groups and passwords that are.
func (s *tree) outOfTheOrdinary(t *testing.T, config ldap.Config) {
	s.run(t, config, "odd names", s.oddNames)
	s.run(t, config, "renamed and moved", s.renamedAndMoved)
	s.run(t, config, "names that look alike", s.namesThatLookAlike)
	s.run(t, config, "another name to sign in by", s.anotherLogin)
	s.run(t, config, "groups ten deep and in a circle", s.deepGroups)
	s.run(t, config, "groups of other classes", s.otherGroups)
	s.run(t, config, "a group of 600 administrators", s.manyAdministrators)
	s.run(t, config, "odd passwords", s.oddPasswords)
	s.run(t, config, "fifty at once", s.fifty)
}

func (s *tree) oddNames(t *testing.T, config ldap.Config, dir *ldap.Directory) {
	crew := "cn=" + escaped(oddGroup) + "," + treeGroups
	for i, cn := range oddCNs {
		uid := fmt.Sprintf("odd%d", i)
		dn := "cn=" + escaped(cn) + "," + treePeople
		s.add(dn, map[string][]string{"objectClass": {"inetOrgPerson"}, "uid": {uid}, "cn": {cn}, "sn": {"x"}, "userPassword": {firstPassword}})
		if i == 0 {
			s.add(crew, map[string][]string{"objectClass": {"groupOfNames"}, "cn": {oddGroup}, "member": {dn}})
		} else {
			s.plus(crew, map[string][]string{"member": {dn}})
		}
		a, err := dir.Find(t.Context(), strings.ToUpper(uid))
		if err != nil || a.Name != cn || !slices.Contains(a.Groups, oddGroup) {
			t.Errorf("%q is %+v, %v", cn, a, err)
			continue
		}
		if err := dir.SetPassword(t.Context(), a.ID, app.NewSecret(secondPassword)); err != nil {
			t.Errorf("%q: set: %v", cn, err)
		}
		if err := s.Binds(t, dn, secondPassword); err != nil {
			t.Errorf("%q: %v", cn, err)
		}
		s.lock(t, dn)
		if err := dir.Unlock(t.Context(), a.ID); err != nil {
			t.Errorf("%q: unlock: %v", cn, err)
		}
		if err := dir.ChangePassword(t.Context(), a.ID, app.NewSecret(secondPassword), app.NewSecret("Quiet-tide 19 signal")); err != nil {
			t.Errorf("%q: change: %v", cn, err)
		}
	}
	for _, name := range []string{crew, s.read(crew, "cn").DN} {
		config.Administrators = []string{name}
		if all, err := open(t, config).Administrators(t.Context()); err != nil || len(all) != len(oddCNs) {
			t.Errorf("%s has %d administrators, %v", name, len(all), err)
		}
	}
}

func (s *tree) renamedAndMoved(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	dn := s.person(anaWithMail, firstPassword)
	before, err := dir.Find(t.Context(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	watch := "ou=night watch," + treePeople
	s.add(watch, map[string][]string{"objectClass": {"organizationalUnit"}})
	if err := s.admin.ModifyDN(goldap.NewModifyDNRequest(dn, "uid=mfrei", true, watch)); err != nil {
		t.Fatal(err)
	}
	moved := "uid=mfrei," + watch
	defer func() {
		for _, dn := range []string{moved, watch} {
			if err := s.admin.Del(goldap.NewDelRequest(dn, nil)); err != nil {
				t.Error(err)
			}
		}
	}()
	if a, err := dir.Account(t.Context(), before.ID); err != nil || a.UserID != "mfrei@harbour.example" || a.Stamp != before.Stamp {
		t.Errorf("%+v, %v", a, err)
	}
	if err := dir.SetPassword(t.Context(), before.ID, app.NewSecret(secondPassword)); err != nil {
		t.Error(err)
	}
	if err := s.Binds(t, moved, secondPassword); err != nil {
		t.Error(err)
	}
	if a, err := dir.Find(t.Context(), "ana"); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("the name of before finds %+v, %v", a, err)
	}
}

// namesThatLookAlike: a name to sign in by is one thing, a mailbox another; accents tell people apart, how a letter is
// composed doesn't.
func (s *tree) namesThatLookAlike(t *testing.T, config ldap.Config, _ *ldap.Directory) {
	config.Names = []string{"uid", "employeeNumber"} // which may have other letters than ASCII's on every kind
	dir := open(t, config)
	add := func(uid, number, mail string) app.AccountID {
		dn := "uid=" + uid + "," + treePeople
		s.add(dn, map[string][]string{"objectClass": {"inetOrgPerson"}, "uid": {uid}, "cn": {uid}, "sn": {uid}, "employeeNumber": {number}, "mail": {mail}})
		return s.id(dn)
	}
	kim, lee := add("kim", "k-1", "klee@harbour.example"), add("lee", "kim2", "kim@harbour.example")
	add("box1", "k-2", "both@harbour.example")
	add("box2", "k-3", "both@harbour.example")
	muller, umlaut, strasse := add("n1", "muller", "m1@harbour.example"), add("n2", "müller", "m2@harbour.example"), add("n3", "straße", "m3@harbour.example")
	for name, want := range map[string]app.AccountID{
		"KIM": kim, "kim@harbour.example": kim, `HARBOUR\kim`: kim, "klee@harbour.example": kim, "lee": lee, "kim2": lee,
		"muller": muller, "Müller": umlaut, "mu\u0308ller": umlaut, "straße": strasse, "Straße@harbour.example": strasse,
	} {
		if a, err := dir.Find(t.Context(), name); err != nil || a.ID != want {
			t.Errorf("%s finds %s, %v, want %s", name, a.UserID, err, want)
		}
	}
	for _, name := range []string{"both@harbour.example", `ELSEWHERE\kim`, "ki", "k*", "m\u00fcler"} {
		if a, err := dir.Find(t.Context(), name); !errors.Is(err, port.ErrNotFound) {
			t.Errorf("%s finds %+v, %v", name, a, err)
		}
	}
}

func (s *tree) anotherLogin(t *testing.T, config ldap.Config, _ *ldap.Directory) {
	config.Names = []string{"employeeNumber"}
	dir := open(t, config)
	dn := s.person(anaWithMail, firstPassword)
	s.set(dn, map[string][]string{"employeeNumber": {"4711"}})
	if a, err := dir.Find(t.Context(), "4711"); err != nil || a.ID != s.id(dn) || a.UserID != "4711@harbour.example" {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err := dir.Find(t.Context(), "ana"); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("a name that is none finds %+v, %v", a, err)
	}
}

func (s *tree) deepGroups(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	ana := s.person(port.DirectoryAccount{UserID: "ana@harbour.example", Groups: []string{"deep 1"}}, firstPassword)
	for i := 1; i < 10; i++ {
		s.join(fmt.Sprintf("deep %d", i+1), fmt.Sprintf("cn=deep %d,%s", i, treeGroups))
	}
	s.join(administrators, "cn=deep 10,"+treeGroups)
	s.join("deep 1", "cn=deep 10,"+treeGroups) // which closes the circle
	a, err := dir.Account(t.Context(), s.id(ana))
	if err != nil || !a.Admin {
		t.Errorf("%+v, %v", a, err)
	}
	for i := range 10 {
		if name := fmt.Sprintf("deep %d", i+1); !slices.Contains(a.Groups, name) {
			t.Errorf("%s is not among %v", name, a.Groups)
		}
	}
	if all, err := dir.Administrators(t.Context()); err != nil || len(all) != 1 || all[0].ID != a.ID {
		t.Errorf("administrators: %+v, %v", all, err)
	}
}

func (s *tree) otherGroups(t *testing.T, config ldap.Config, _ *ldap.Directory) {
	ana := s.person(port.DirectoryAccount{UserID: "ana@harbour.example"}, firstPassword)
	s.add("cn=unique,"+treeGroups, map[string][]string{"objectClass": {"groupOfUniqueNames"}, "uniqueMember": {ana}})
	s.add("cn=posix,"+treeGroups, map[string][]string{"objectClass": {"posixGroup"}, "gidNumber": {"5000"}, "memberUid": {"ana"}})
	for _, name := range []string{"unique", "posix"} {
		config.Administrators = []string{name}
		dir := open(t, config)
		if a, err := dir.Find(t.Context(), "ana"); err != nil || !a.Admin || !slices.Contains(a.Groups, name) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
		if all, err := dir.Administrators(t.Context()); err != nil || len(all) != 1 || all[0].UserID != "ana@harbour.example" {
			t.Errorf("%s: %+v, %v", name, all, err)
		}
	}
}

// manyAdministrators are more than a server gives in one answer, or in several.
func (s *tree) manyAdministrators(t *testing.T, config ldap.Config, dir *ldap.Directory) {
	const many = 600
	var dns []string
	for i := range many {
		dns = append(dns, s.person(port.DirectoryAccount{UserID: "boss" + strconv.Itoa(i)}, ""))
	}
	s.add("cn="+administrators+","+treeGroups, map[string][]string{"objectClass": {"groupOfNames"}, "member": dns})
	if all, err := dir.Administrators(t.Context()); err != nil || len(all) != many {
		t.Errorf("%d administrators, %v", len(all), err)
	}
	for i := range many { // a person in so many groups
		s.join("set "+strconv.Itoa(i), dns[0])
	}
	if a, err := dir.Find(t.Context(), "boss0"); err != nil || len(a.Groups) != 2*(many+1) {
		t.Errorf("%d groups, %v", len(a.Groups), err)
	}
}

func (s *tree) oddPasswords(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	dn := s.person(port.DirectoryAccount{UserID: "ben@harbour.example"}, firstPassword)
	id := s.id(dn)
	for name, password := range map[string]string{
		"256 characters": strings.Repeat("aB1-", 64), "256 of CJK": strings.Repeat("密", 253) + "aB1", "spaces at the ends": "  Lantern 41 tide  ",
		"a quote inside": `Lantern "41" tide`, "quotes around": `"Lantern 41 tide"`, "emoji": "🔑🔑🔑 aB1 tide", "a no-break space": "Lantern\u00a041 tide",
		"decomposed": "Lante\u0301rn 41 tide", "a backslash and an umlaut": `Länt\ern 41`,
	} {
		if err := dir.SetPassword(t.Context(), id, app.NewSecret(password)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := s.Binds(t, dn, password); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := dir.Verify(t.Context(), id, app.NewSecret(password)); err != nil {
			t.Errorf("%s: verify: %v", name, err)
		}
		if err := dir.Verify(t.Context(), id, app.NewSecret(strings.TrimSpace(password)+" ")); !errors.Is(err, port.ErrPassword) {
			t.Errorf("%s, with other spaces: %v", name, err)
		}
		if err := dir.Unlock(t.Context(), id); err != nil {
			t.Errorf("%s: unlock: %v", name, err)
		}
	}
	var refusal *port.Refusal // of what might be taken for the hash of a password
	if err := dir.SetPassword(t.Context(), id, app.NewSecret("{SSHA}Lantern 41 tide")); !errors.As(err, &refusal) || s.Binds(t, dn, `Lantern 41 tide`) == nil {
		t.Errorf("braces: %v", err)
	}
}

func (s *tree) fifty(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	dns, ids, errs := make([]string, 50), make([]app.AccountID, 50), make([]error, 50)
	for i := range dns {
		dns[i] = s.person(port.DirectoryAccount{UserID: "many" + strconv.Itoa(i)}, firstPassword)
		ids[i] = s.id(dns[i])
	}
	var all sync.WaitGroup
	for i := range dns {
		all.Go(func() {
			errs[i] = dir.SetPassword(t.Context(), ids[i], app.NewSecret("Lantern-tide copper "+strconv.Itoa(i)))
		})
	}
	all.Wait()
	for i, dn := range dns {
		if err := s.Binds(t, dn, "Lantern-tide copper "+strconv.Itoa(i)); err != nil || errs[i] != nil {
			t.Errorf("%d: %v, %v", i, errs[i], err)
		}
	}
}
