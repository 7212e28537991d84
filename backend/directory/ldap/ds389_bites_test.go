package ldap_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

// ignoreWrong is nil for the answer to a wrong password.
func ignoreWrong(err error) error {
	if errors.Is(err, port.ErrPassword) {
		return nil
	}
	return err
}

// ds389Bites are where 389 Directory Server behaves otherwise than one would guess: that it does, and what comes of it.
func (s *tree) ds389Bites(t *testing.T, config ldap.Config) {
	s.run(t, config, "389 2.3: a reset of a locked account signs in at once", s.resetSignsInAtOnce)
	s.run(t, config, "389 2.3: what a lock leaves behind", s.lockLeavesBehind)
	s.run(t, config, "389 2.3: expired, and graced", s.expired389)
	s.run(t, config, "389 2.3: the rules hold for everybody", s.rulesForEverybody)
	s.run(t, config, "389 2.3: disabled is told to any password", s.disabled389)
	s.run(t, config, "389 2.3: no stretch of what one is called", s.stretchesOf389)
	s.run(t, config, "389 2.3: a name to sign in by is of ASCII", s.asciiNames)
}

// resetSignsInAtOnce: a plain modification leaves the lock for some milliseconds, the operation of RFC 3062 doesn't, though the
// end of the lock stays written.
func (s *tree) resetSignsInAtOnce(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	dn := s.person(anaWithMail, firstPassword)
	id := s.id(dn)
	for i, password := range []string{secondPassword, "Quiet-tide 19 signal", "Grey-anchor 52 pilot", "Blue-meadow 77 moss", "Stone-rudder 63 inlet"} {
		s.lock(t, dn)
		if err := s.Binds(t, dn, wrongPassword); !goldap.IsErrorWithCode(err, goldap.LDAPResultConstraintViolation) {
			t.Errorf("locked: %v", err)
		}
		if err := dir.SetPassword(t.Context(), id, app.NewSecret(password)); err != nil {
			t.Errorf("%d: %v", i, err)
		}
		if left := generalizedOf(s.read(dn, "accountUnlockTime")); !left.After(time.Now()) {
			t.Errorf("the end of the lock is %v", left)
		}
		if a, err := dir.Account(t.Context(), id); err != nil || !a.LockedUntil.IsZero() || a.Failures != 0 {
			t.Errorf("%d: %+v, %v", i, a, err)
		}
	}
}

func generalizedOf(e *goldap.Entry) time.Time {
	t, _ := time.Parse("20060102150405Z", e.GetAttributeValue("accountUnlockTime"))
	return t
}

// lockLeavesBehind: once it is over the count stays, and one slip locks anew.
func (s *tree) lockLeavesBehind(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	dn := s.person(anaWithMail, firstPassword)
	id := s.id(dn)
	s.lock(t, dn)
	over := func() { s.set(dn, map[string][]string{"accountUnlockTime": {ago(time.Minute)}}) }
	over()
	if a, err := dir.Account(t.Context(), id); err != nil || !a.LockedUntil.IsZero() || a.Failures != 3 {
		t.Errorf("over: %+v, %v", a, err)
	}
	if err := s.Binds(t, dn, wrongPassword); err == nil {
		t.Error("a wrong password signs in")
	}
	if a, err := dir.Account(t.Context(), id); err != nil || a.LockedUntil.IsZero() {
		t.Errorf("after one slip: %+v, %v", a, err)
	}
	over()
	if err := dir.Unlock(t.Context(), id); err != nil {
		t.Error(err)
	}
	if s.Binds(t, dn, wrongPassword) == nil {
		t.Error("a wrong password signs in")
	}
	if a, err := dir.Account(t.Context(), id); err != nil || !a.LockedUntil.IsZero() || a.Failures != 1 {
		t.Errorf("unlocked, and one slip: %+v, %v", a, err)
	}
	s.lock(t, dn)
	s.set(dn, map[string][]string{"accountUnlockTime": {"19700101000000Z"}}) // until an administrator unlocks
	if a, err := dir.Account(t.Context(), id); err != nil || a.LockedUntil.Year() != 9999 {
		t.Errorf("without an end: %+v, %v", a, err)
	}
	if err := dir.Unlock(t.Context(), id); err != nil || s.Binds(t, dn, firstPassword) != nil {
		t.Errorf("unlocked: %v", err)
	}
}

func (s *tree) expired389(t *testing.T, config ldap.Config, dir *ldap.Directory) {
	s.policySet(t, config, map[string][]string{"passwordExp": {"on"}, "passwordMaxAge": {"86400"}})
	dn := s.person(anaWithMail, firstPassword)
	id := s.id(dn)
	s.set(dn, map[string][]string{"passwordExpirationTime": {ago(time.Hour)}})
	check := func(name string) {
		t.Helper()
		if a, err := dir.Account(t.Context(), id); err != nil || !a.MustChange {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
		if err := dir.Verify(t.Context(), id, app.NewSecret(firstPassword)); !errors.Is(err, port.ErrMustChange) {
			t.Errorf("%s, the right one: %v", name, err)
		}
		if err := dir.Verify(t.Context(), id, app.NewSecret(wrongPassword)); !errors.Is(err, port.ErrPassword) {
			t.Errorf("%s, a wrong one: %v", name, err)
		}
	}
	check("expired")
	s.policySet(t, config, map[string][]string{"passwordGraceLimit": {"2"}})
	check("graced")
	if err := dir.SetPassword(t.Context(), id, app.NewSecret(secondPassword)); err != nil {
		t.Error(err)
	}
	if a, err := dir.Account(t.Context(), id); err != nil || a.MustChange || s.Binds(t, dn, secondPassword) != nil {
		t.Errorf("after a reset: %+v, %v", a, err)
	}
}

// rulesForEverybody: the operation of RFC 3062 spares nobody, and has one text for all; the control tells the rule.
func (s *tree) rulesForEverybody(t *testing.T, config ldap.Config, dir *ldap.Directory) {
	s.minimumAge([]string{"86400"})
	config.Clock.(*clock).ahead.Add(int64(2 * time.Minute))
	dn := s.person(anaWithMail, firstPassword)
	id := s.id(dn)
	if err := dir.SetPassword(t.Context(), id, app.NewSecret(secondPassword)); err != nil { // the first one is free
		t.Fatal(err)
	}
	_, err := s.admin.PasswordModify(goldap.NewPasswordModifyRequest(dn, "", "Quiet-tide 19 signal"))
	if !goldap.IsErrorWithCode(err, goldap.LDAPResultConstraintViolation) || !strings.Contains(err.Error(), "Failed to update password") {
		t.Errorf("as Directory Manager: %v", err)
	}
	var refusal *port.Refusal
	if err := dir.SetPassword(t.Context(), id, app.NewSecret("Quiet-tide 19 signal")); !errors.As(err, &refusal) || refusal.Rule != "age" {
		t.Errorf("within the minimum age: %v", err)
	}
	if rules, err := dir.Rules(t.Context(), id); err != nil || time.Until(rules.ResetFrom) < 23*time.Hour {
		t.Errorf("%+v, %v", rules, err)
	}
	s.minimumAge([]string{"0"})
	config.Clock.(*clock).ahead.Add(int64(2 * time.Minute))
	for password, rule := range map[string]string{secondPassword: "history", firstPassword: "history", "Sh0rt-x": "length", "lanternlantern": "complexity"} {
		if err := dir.SetPassword(t.Context(), id, app.NewSecret(password)); !errors.As(err, &refusal) || refusal.Rule != rule {
			t.Errorf("%s: %v, want %s", password, err, rule)
		}
	}
}

func (s *tree) disabled389(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	dn := s.person(anaWithMail, firstPassword)
	s.set(dn, map[string][]string{"nsAccountLock": {"TRUE"}})
	for _, password := range []string{firstPassword, wrongPassword} {
		if err := s.Binds(t, dn, password); !goldap.IsErrorWithCode(err, goldap.LDAPResultUnwillingToPerform) {
			t.Errorf("disabled: %v", err)
		}
	}
	var refusal *port.Refusal
	if err := dir.SetPassword(t.Context(), s.id(dn), app.NewSecret(secondPassword)); !errors.As(err, &refusal) {
		t.Errorf("set: %v", err)
	}
	s.set(dn, map[string][]string{"nsAccountLock": nil})
	if err := s.Binds(t, dn, firstPassword); err != nil {
		t.Errorf("enabled again: %v", err)
	}
}

func (s *tree) asciiNames(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	r := goldap.NewAddRequest("uid=m\u00fcller,"+treePeople, nil)
	for name, value := range map[string]string{"objectClass": "inetOrgPerson", "uid": "müller", "cn": "m", "sn": "m"} {
		r.Attribute(name, []string{value})
	}
	if err := s.admin.Add(r); !goldap.IsErrorWithCode(err, goldap.LDAPResultConstraintViolation) {
		t.Errorf("add: %v", err)
	}
	if a, err := dir.Find(t.Context(), "müller"); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("%+v, %v", a, err)
	}
}
