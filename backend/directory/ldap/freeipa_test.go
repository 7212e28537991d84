package ldap_test

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/directorytest"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

// ipa is FreeIPA's attributes on 389 Directory Server. It is no FreeIPA: of its plugins, that which counts failures and locks,
// and that which notes when a password was set, are played by the test.
type ipa struct {
	port.Directory
	tree   *tree
	dns    map[app.AccountID]string
	serial int
}

const (
	ipaUsers  = "cn=users,cn=accounts,dc=harbour,dc=example"
	ipaGroups = "cn=groups,cn=accounts,dc=harbour,dc=example"
	ipaPolicy = "cn=global_policy,cn=HARBOUR.EXAMPLE,cn=kerberos,dc=harbour,dc=example"
)

// newIPA teaches a server FreeIPA's schema, and gives it FreeIPA's tree.
func newIPA(t *testing.T, s *tree) *ipa {
	t.Helper()
	kerberos, err := os.ReadFile("/usr/share/dirsrv/data/60kerberos.ldif")
	if err != nil {
		t.Fatal(err)
	}
	schema := map[string][]string{
		"attributeTypes": {
			"( 1.3.6.1.4.1.5322.21.2.1 NAME 'krbPwdMaxFailure' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )",
			"( 1.3.6.1.4.1.5322.21.2.2 NAME 'krbPwdFailureCountInterval' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )",
			"( 1.3.6.1.4.1.5322.21.2.3 NAME 'krbPwdLockoutDuration' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )",
			"( 1.3.6.1.4.1.5322.21.2.5 NAME 'krbLastAdminUnlock' EQUALITY generalizedTimeMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.24 SINGLE-VALUE )",
			"( 2.16.840.1.113730.3.8.3.1 NAME 'ipaUniqueID' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )",
		},
		"objectClasses": {
			"( 2.16.840.1.113730.3.8.4.5 NAME 'ipaObject' SUP top AUXILIARY MUST ipaUniqueID )",
			"( 1.3.6.1.4.1.99999.2 NAME 'ipaPolicyUnderTest' SUP top AUXILIARY MAY ( krbPwdMaxFailure $ krbPwdFailureCountInterval $ krbPwdLockoutDuration $ krbLastAdminUnlock ) )",
		},
	}
	var types, classes []string
	for line := range strings.Lines(strings.ReplaceAll(string(kerberos), "\n ", "")) {
		switch name, definition, _ := strings.Cut(strings.TrimSpace(line), ": "); strings.ToLower(name) {
		case "attributetypes":
			types = append(types, definition)
		case "objectclasses":
			classes = append(classes, definition)
		}
	}
	s.plus("cn=schema", map[string][]string{"attributeTypes": append(types, schema["attributeTypes"]...)})
	s.plus("cn=schema", map[string][]string{"objectClasses": append(classes, schema["objectClasses"]...)})
	for _, dn := range []string{
		"cn=accounts,dc=harbour,dc=example", ipaUsers, ipaGroups, "cn=kerberos,dc=harbour,dc=example", "cn=HARBOUR.EXAMPLE,cn=kerberos,dc=harbour,dc=example",
	} {
		s.add(dn, map[string][]string{"objectClass": {"nsContainer"}})
	}
	s.plus(ipaUsers, map[string][]string{"aci": {
		`(targetattr = "userPassword")(version 3.0; acl "Sparekey sets passwords"; allow (search, write) userdn = "ldap:///` + s.words.user + `";)`,
		`(targetattr = "krbLoginFailedCount")(version 3.0; acl "Sparekey lifts locks"; allow (read, search, write) userdn = "ldap:///` + s.words.user + `";)`,
	}})
	s.policy(ipaPolicy, 8, 3)
	return &ipa{tree: s, dns: map[app.AccountID]string{}}
}

// policy adds a password policy.
func (s *tree) policy(dn string, length, failures int) {
	s.t.Helper()
	s.add(dn, map[string][]string{
		"objectClass": {"krbPwdPolicy", "ipaPolicyUnderTest"}, "krbPwdMinLength": {strconv.Itoa(length)}, "krbPwdMinDiffChars": {"3"}, "krbPwdHistoryLength": {"3"},
		"krbMinPwdLife": {"0"}, "krbPwdMaxFailure": {strconv.Itoa(failures)}, "krbPwdFailureCountInterval": {"1800"}, "krbPwdLockoutDuration": {"1800"},
	})
}

func (i *ipa) config() ldap.Config {
	config := i.tree.config()
	config.Kind, config.Base, config.GroupBase = ldap.FreeIPA, ipaUsers, ipaGroups
	return config
}

// put is the contract's Put.
func (i *ipa) put(_ context.Context, a port.DirectoryAccount, password app.Secret) (app.AccountID, error) {
	dn, known := i.dns[a.ID]
	if !known {
		i.serial++
		uid, _, _ := strings.Cut(a.UserID, "@")
		id := "f3a1c0de-0000-11ee-8000-" + strconv.Itoa(100_000_000_000+i.serial)
		dn = "uid=" + uid + "," + ipaUsers
		attributes := map[string][]string{
			"objectClass": {"inetOrgPerson", "posixAccount", "krbPrincipalAux", "ipaObject", "ipaPolicyUnderTest"}, "uid": {uid}, "cn": {uid}, "sn": {uid},
			"uidNumber": {strconv.Itoa(5000 + i.serial)}, "gidNumber": {"5000"}, "homeDirectory": {"/home/" + uid}, "ipaUniqueID": {id},
		}
		if a.Name != "" {
			attributes["displayName"] = []string{a.Name}
		}
		if a.Mail != "" {
			attributes["mail"] = []string{a.Mail}
		}
		if len(a.Names) == 2 {
			attributes["givenName"], attributes["sn"] = a.Names[:1], a.Names[1:]
		}
		if !password.Empty() {
			attributes["userPassword"], attributes["krbLastPwdChange"] = []string{password.Reveal()}, []string{ago(time.Hour)}
		}
		i.tree.add(dn, attributes)
		for _, g := range a.Groups {
			i.join(g, dn)
		}
		if a.Admin {
			i.join(administrators, dn)
		}
		a.ID = app.AccountID(id)
		i.dns[a.ID] = dn
	}
	for attribute, state := range map[string]struct {
		is    bool
		value string
	}{"nsAccountLock": {a.Disabled, "TRUE"}, "krbPrincipalExpiration": {a.Expired, ago(time.Hour)}, "krbPasswordExpiration": {a.MustChange, ago(time.Hour)}} {
		if state.is {
			i.tree.set(dn, map[string][]string{attribute: {state.value}})
		}
	}
	return a.ID, nil
}

func (i *ipa) join(group, member string) {
	dn := "cn=" + group + "," + ipaGroups
	r := goldap.NewAddRequest(dn, nil)
	r.Attribute("objectClass", []string{"groupOfNames"})
	r.Attribute("member", []string{member})
	err := i.tree.admin.Add(r)
	if goldap.IsErrorWithCode(err, goldap.LDAPResultEntryAlreadyExists) {
		i.tree.plus(dn, map[string][]string{"member": {member}})
	} else if err != nil {
		i.tree.t.Fatal(err)
	}
}

// Verify plays the plugin ipa-lockout.
func (i *ipa) Verify(ctx context.Context, id app.AccountID, password app.Secret) error {
	a, err := i.Account(ctx, id)
	if err == nil && !a.LockedUntil.IsZero() && !password.Empty() {
		return port.ErrLocked
	}
	verdict := i.Directory.Verify(ctx, id, password)
	switch {
	case err != nil || password.Empty():
	case errors.Is(verdict, port.ErrPassword):
		i.tree.set(i.dns[id], map[string][]string{"krbLoginFailedCount": {strconv.Itoa(a.Failures + 1)}, "krbLastFailedAuth": {ago(0)}})
	case errors.Is(verdict, port.ErrAccountExpired): // which the plugin ipa-pwd-extop answers to any password
		return port.ErrPassword
	case verdict == nil:
		i.tree.set(i.dns[id], map[string][]string{"krbLoginFailedCount": {"0"}})
	}
	return verdict
}

// SetPassword plays the plugin ipa-pwd-extop.
func (i *ipa) SetPassword(ctx context.Context, id app.AccountID, password app.Secret) error {
	err := i.Directory.SetPassword(ctx, id, password)
	if err == nil {
		i.tree.set(i.dns[id], map[string][]string{"krbLastPwdChange": {ago(0)}, "krbLoginFailedCount": {"0"}, "krbPasswordExpiration": nil})
	}
	return err
}

// ChangePassword plays it too.
func (i *ipa) ChangePassword(ctx context.Context, id app.AccountID, present, password app.Secret) error {
	err := i.Directory.ChangePassword(ctx, id, present, password)
	if err == nil {
		i.tree.set(i.dns[id], map[string][]string{"krbLastPwdChange": {ago(0)}, "krbPasswordExpiration": nil})
	}
	return err
}

// freeIPAsAttributes holds the dialect against FreeIPA's attributes.
func (s *tree) freeIPAsAttributes(t *testing.T) {
	before := s.t
	defer func() { s.t = before }()
	s.t = t
	s.empty()
	s.set("cn=config", map[string][]string{"passwordLockout": {"off"}})
	defer s.set("cn=config", map[string][]string{"passwordLockout": {"on"}})
	i := newIPA(t, s)
	t.Run("contract", func(t *testing.T) {
		directorytest.Run(t, func(t *testing.T) directorytest.Subject {
			t.Helper()
			s.t = t
			for _, base := range []string{ipaUsers, ipaGroups} {
				s.deleteBelow(base)
			}
			i.dns = map[app.AccountID]string{}
			i.Directory = open(t, i.config())
			return directorytest.Subject{
				Directory: i, Put: i.put, Lacks: []directorytest.Lack{
					directorytest.NoBlockedTold, directorytest.NoProtection, directorytest.NoElsewhere, directorytest.NoMinimumAge,
				},
				Spellings: func(name string) []string {
					upper := strings.ToUpper(name)
					return []string{name, upper, upper + "@Harbour.EXAMPLE", `HARBOUR\` + name}
				},
				Nest: func(_ context.Context, member, group string) error {
					i.join(group, "cn="+member+","+ipaGroups)
					return nil
				},
			}
		})
	})
	s.t = t
	t.Run("policies and locks", i.policiesAndLocks)
}

func (i *ipa) policiesAndLocks(t *testing.T) {
	dir := open(t, i.config())
	s := i.tree
	s.policy("cn=bridge,cn=HARBOUR.EXAMPLE,cn=kerberos,dc=harbour,dc=example", 14, 5)
	put := func(uid string) (app.AccountID, string) {
		id, err := i.put(t.Context(), port.DirectoryAccount{UserID: uid}, app.NewSecret(firstPassword))
		if err != nil {
			t.Fatal(err)
		}
		return id, i.dns[id]
	}
	kim, kimDN := put("kim")
	lee, _ := put("lee")
	s.set(kimDN, map[string][]string{"krbPwdPolicyReference": {"cn=bridge,cn=HARBOUR.EXAMPLE,cn=kerberos,dc=harbour,dc=example"}})
	for id, want := range map[app.AccountID][2]int{kim: {14, 5}, lee: {8, 3}} {
		rules, err := dir.Rules(t.Context(), id)
		a, err2 := dir.Account(t.Context(), id)
		if err != nil || err2 != nil || rules.MinLength != want[0] || rules.MinClasses != 3 || a.Threshold != want[1] {
			t.Errorf("%s: %+v, %+v, %v, %v", a.UserID, rules, a, err, err2)
		}
	}
	locked := func(name string, want bool, failures int) {
		t.Helper()
		if a, err := dir.Account(t.Context(), kim); err != nil || !a.LockedUntil.IsZero() != want || a.Failures != failures {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	s.set(kimDN, map[string][]string{"krbLoginFailedCount": {"4"}, "krbLastFailedAuth": {ago(time.Minute)}})
	locked("below the threshold", false, 4)
	s.set(kimDN, map[string][]string{"krbLoginFailedCount": {"5"}})
	locked("at the threshold", true, 5)
	s.set(kimDN, map[string][]string{"krbLastAdminUnlock": {ago(0)}})
	locked("unlocked by an administrator", false, 0)
	s.set(kimDN, map[string][]string{"krbLastAdminUnlock": {ago(time.Hour)}})
	locked("unlocked before", true, 5)
	if err := dir.Unlock(t.Context(), kim); err != nil {
		t.Error(err)
	}
	locked("unlocked here", false, 0)
	s.set(kimDN, map[string][]string{"krbLoginFailedCount": {"5"}, "krbLastFailedAuth": {ago(time.Hour)}})
	locked("the lock is over", false, 0)
}

// TestWhatFreeIPASaysToABind, played: it is answered before the password is looked at.
func TestWhatFreeIPASaysToABind(t *testing.T) {
	s := newScripted(t)
	person := entry{"uid=kim," + ipaUsers, map[string][]string{
		"ipaUniqueID": {"f3a1c0de-0000-11ee-8000-000000000001"}, "uid": {"kim"}, "cn": {"Kim"}, "krbPrincipalExpiration": nil,
	}}
	s.entries = []entry{person}
	config := s.config()
	config.Kind = ldap.FreeIPA
	dir := open(t, config)
	for _, c := range []struct {
		text    string
		expired bool
		want    error
	}{
		{"Entry permanently locked.\n", false, port.ErrLocked}, {"Too many failed logins.\n", false, port.ErrLocked},
		{"Account (Kerberos principal) is expired", true, port.ErrPassword},
	} {
		s.mu.Lock()
		if c.expired {
			person.attributes["krbPrincipalExpiration"] = []string{ago(time.Hour)}
		}
		s.bind = func(name, _ string) result {
			if name == "svc" {
				return result{}
			}
			return result{goldap.LDAPResultUnwillingToPerform, c.text}
		}
		s.mu.Unlock()
		if err := dir.Verify(t.Context(), "f3a1c0de-0000-11ee-8000-000000000001", app.NewSecret("x")); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.text, err)
		}
	}
}
