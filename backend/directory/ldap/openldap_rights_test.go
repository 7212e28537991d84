package ldap_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap/ldaptest"
	"github.com/sparekey/sparekey/backend/port"
)

// TestOpenLDAPWithMoreThanItNeeds: to a service account that may manage passwords, slapd 2.5 says yes to all.
func TestOpenLDAPWithMoreThanItNeeds(t *testing.T) {
	s := newOpenLDAP(t, ldaptest.Policy+`access to * by dn.exact="cn=svc-sparekey,ou=services,dc=harbour,dc=example" manage by anonymous auth by self write`+"\n")
	config := s.config()
	config.PasswordPolicy = s.words.policy
	dir := open(t, config)
	dn := s.person(anaWithMail, "")
	id := s.id(dn)
	for _, password := range []string{firstPassword, secondPassword, firstPassword} { // the history is not held against it
		if err := dir.SetPassword(t.Context(), id, app.NewSecret(password)); err != nil {
			t.Fatal(err)
		}
	}
	if a, err := dir.Account(t.Context(), id); err != nil || a.MustChange {
		t.Errorf("has to be changed after a reset: %+v, %v", a, err)
	}
	if err := s.Binds(t, dn, firstPassword); err != nil {
		t.Error(err)
	}
	s.minimumAge([]string{"3600"})
	config.Clock.(*clock).ahead.Store(int64(2 * time.Minute))
	if rules, err := dir.Rules(t.Context(), id); err != nil || rules.MinLength != 8 || time.Until(rules.ResetFrom) < 50*time.Minute {
		t.Errorf("what it doesn't hold to is told all the same: %+v, %v", rules, err)
	}
	for i := range 600 {
		s.join("set "+strconv.Itoa(i), dn)
	}
	if a, err := dir.Account(t.Context(), id); app.CodeOf(err) != app.CodeUnavailable || !goldap.IsErrorWithCode(err, goldap.LDAPResultSizeLimitExceeded) {
		t.Errorf("in more groups than it may see: %+v, %v", a, err)
	}
}

// TestOpenLDAPWithoutPolicy: slapd 2.5 without the overlay locks nobody, and notes nothing.
func TestOpenLDAPWithoutPolicy(t *testing.T) {
	s := newOpenLDAP(t, guide(t, "openldap", "slapd"))
	dir := open(t, s.config())
	dn := s.person(anaWithMail, firstPassword)
	a, err := dir.Find(t.Context(), "ana")
	if err != nil || a.Stamp != "" || a.Threshold != 0 || !a.LockedUntil.IsZero() || !a.HasPassword || a.MustChange {
		t.Fatalf("%+v, %v", a, err)
	}
	if nobody, err := dir.Find(t.Context(), "nobody"); !errors.Is(err, port.ErrNotFound) || nobody.Threshold != 0 {
		t.Errorf("nobody: %+v, %v", nobody, err)
	}
	if rules, err := dir.Rules(t.Context(), a.ID); err != nil || rules.MinLength != 0 || !rules.ResetFrom.IsZero() {
		t.Errorf("%+v, %v", rules, err)
	}
	if err := dir.SetPassword(t.Context(), a.ID, app.NewSecret(secondPassword)); err != nil || s.Binds(t, dn, secondPassword) != nil {
		t.Error(err)
	}
	for range 5 {
		if err := dir.Verify(t.Context(), a.ID, app.NewSecret(wrongPassword)); !errors.Is(err, port.ErrPassword) {
			t.Error(err)
		}
	}
	if err := dir.ChangePassword(t.Context(), a.ID, app.NewSecret(secondPassword), app.NewSecret(firstPassword)); err != nil {
		t.Error(err)
	}
	if err := dir.Unlock(t.Context(), a.ID); err != nil {
		t.Error(err)
	}
}
