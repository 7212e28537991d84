package ldap_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/directorytest"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/directory/ldap/ldaptest"
)

// newOpenLDAP starts one, with lines for its database: lengths from 8, three failures lock for half an hour.
func newOpenLDAP(t testing.TB, lines string) *tree {
	t.Helper()
	s := &tree{Server: ldaptest.Slapd(t, lines, ""), t: t, words: treeWords{
		kind: ldap.OpenLDAP, user: "cn=svc-sparekey,ou=services,dc=harbour,dc=example", id: "entryUUID",
		disabled: map[string][]string{"pwdAccountLockedTime": {"000001010000Z"}}, expired: map[string][]string{"pwdEndTime": {"20200101000000Z"}},
		mustChange: map[string][]string{"pwdReset": {"TRUE"}}, policy: "cn=default,ou=policies,dc=harbour,dc=example", minimumAge: "pwdMinAge",
	}}
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

// TestOpenLDAP runs all that wants OpenLDAP: slapd 2.5.
func TestOpenLDAP(t *testing.T) {
	s := newOpenLDAP(t, ldaptest.Policy+guide(t, "openldap", "slapd"))
	config := s.config()
	config.PasswordPolicy = s.words.policy
	t.Run("contract", func(t *testing.T) {
		s.contract(t, config, directorytest.NoBlockedTold, directorytest.NoProtection, directorytest.NoElsewhere)
	})
	s.openLDAPBites(t, config)
	s.outOfTheOrdinary(t, config)
	s.run(t, config, "what a look at a person takes", s.trips)
	s.run(t, config, "StartTLS", func(t *testing.T, config ldap.Config, _ *ldap.Directory) {
		dn := s.person(anaWithMail, firstPassword)
		startTLS(t, config, "ldap://127.0.0.1", s.id(dn), func(password string) error { return s.Binds(t, dn, password) }, []string{"base", "policy", "person", "reset"})
	})
	s.run(t, config, "idle", func(t *testing.T, config ldap.Config, _ *ldap.Directory) {
		idle(t, config, s.id(s.person(anaWithMail, firstPassword)))
	})
	t.Run("examination", func(t *testing.T) {
		s.empty()
		s.person(anaWithMail, "Correct-horse 7 battery")
		examination(t, config, []string{"base", "policy", "person", "reset"})
	})
	t.Run("faults", func(t *testing.T) {
		var dn string
		fresh := func() app.AccountID {
			s.empty()
			dn = s.person(anaWithMail, "Correct-horse 7 battery")
			return s.id(dn)
		}
		faults(t, config, fresh, func(password string) bool { return s.Binds(t, dn, password) == nil })
	})
	s.run(t, config, "nothing leaks", s.nothingLeaks)
	t.Run("failover", func(t *testing.T) { failover(t, config, "127.0.0.1", "localhost") })
}
