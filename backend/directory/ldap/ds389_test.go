package ldap_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/directorytest"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/directory/ldap/ldaptest"
	"github.com/sparekey/sparekey/backend/port"
)

// new389 starts a server: lengths from 8, three failures lock for half an hour. The service account has the rights that
// docs/directories/389.md gives it.
func new389(t testing.TB) *tree {
	t.Helper()
	const user = "cn=svc-sparekey,ou=services,dc=harbour,dc=example"
	s := &tree{Server: ldaptest.DS389(t), t: t, words: treeWords{
		kind: ldap.DS389, user: user, id: "nsUniqueId", disabled: map[string][]string{"nsAccountLock": {"TRUE"}},
		mustChange: map[string][]string{"passwordExpirationTime": {"19700101000000Z"}},
		policy:     "cn=config", minimumAge: "passwordMinAge", noMinimumAge: []string{"0"},
	}}
	s.admin = s.Bind(t, "", "")
	for _, ou := range []string{"people", "groups", "services"} {
		s.add("ou="+ou+",dc=harbour,dc=example", map[string][]string{"objectClass": {"organizationalUnit"}})
	}
	s.add(user, map[string][]string{"objectClass": {"organizationalRole", "simpleSecurityObject"}, "userPassword": {servicePassword}})
	s.Apply(t, guide(t, "389", "ldif"))
	s.set("cn=config", map[string][]string{
		"passwordCheckSyntax": {"on"}, "passwordMinLength": {"8"}, "passwordMinCategories": {"3"}, "passwordHistory": {"on"}, "passwordInHistory": {"3"},
		"passwordLockout": {"on"}, "passwordMaxFailure": {"3"}, "passwordLockoutDuration": {"1800"}, "passwordResetFailureCount": {"1800"},
		"passwordTrackUpdateTime": {"on"},
	})
	return s
}

// Test389 runs all that wants 389 Directory Server: 2.3.
func Test389(t *testing.T) {
	s := new389(t)
	t.Run("contract", func(t *testing.T) {
		s.contract(t, s.config(), directorytest.NoBlockedTold, directorytest.NoProtection, directorytest.NoElsewhere, directorytest.NoExpiry)
	})
	s.ds389Bites(t, s.config())
	s.outOfTheOrdinary(t, s.config())
	s.run(t, s.config(), "what a look at a person takes", s.trips)
	s.run(t, s.config(), "idle", func(t *testing.T, config ldap.Config, _ *ldap.Directory) {
		idle(t, config, s.id(s.person(anaWithMail, firstPassword)))
	})
	s.run(t, s.config(), "StartTLS", func(t *testing.T, config ldap.Config, _ *ldap.Directory) {
		dn := s.person(anaWithMail, firstPassword)
		startTLS(t, config, "ldap://ds.harbour.example", s.id(dn), func(password string) error { return s.Binds(t, dn, password) }, []string{"base", "policy", "person", "reset"})
	})
	t.Run("a reset is the last word", s.resetIsTheLastWord)
	t.Run("examination", func(t *testing.T) {
		s.empty()
		s.person(anaWithMail, "Correct-horse 7 battery")
		examination(t, s.config(), []string{"base", "policy", "person", "reset"})
	})
	t.Run("FreeIPA's attributes, not FreeIPA", s.freeIPAsAttributes)
	t.Run("faults", func(t *testing.T) {
		var dn string
		fresh := func() app.AccountID {
			s.empty()
			dn = s.person(anaWithMail, "Correct-horse 7 battery")
			return s.id(dn)
		}
		faults(t, s.config(), fresh, func(password string) bool { return s.Binds(t, dn, password) == nil })
	})
}

// resetIsTheLastWord: where the policy has every password changed that an administrator set, one that its owner has
// chosen here is not.
func (s *tree) resetIsTheLastWord(t *testing.T) {
	s.empty()
	s.set("cn=config", map[string][]string{"passwordMustChange": {"on"}})
	defer s.set("cn=config", map[string][]string{"passwordMustChange": {"off"}})
	dn := s.person(port.DirectoryAccount{UserID: "ana@harbour.example"}, "Correct-horse 7 battery")
	d := open(t, s.config())
	ana, err := d.Find(t.Context(), "ana")
	if err != nil || !ana.MustChange {
		t.Fatalf("%+v, %v", ana, err)
	}
	if err := d.SetPassword(t.Context(), ana.ID, app.NewSecret("Lantern-tide 41 copper")); err != nil {
		t.Fatal(err)
	}
	if after, err := d.Account(t.Context(), ana.ID); err != nil || after.MustChange {
		t.Errorf("%+v, %v", after, err)
	}
	if err := s.Binds(t, dn, "Lantern-tide 41 copper"); err != nil {
		t.Error(err)
	}
}
