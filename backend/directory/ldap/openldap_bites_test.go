package ldap_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/port"
)

// openLDAPBites are where slapd behaves otherwise than one would guess: that it does, and what comes of it.
func (s *tree) openLDAPBites(t *testing.T, config ldap.Config) {
	s.run(t, config, "slapd 2.5: a plain modification stays in clear", s.clearText)
	s.run(t, config, "slapd 2.5: no one modification resets and unlocks", s.resetAndUnlock)
	s.run(t, config, "slapd 2.5: unlocking by replace leaves the failures", s.unlockByReplace)
	s.run(t, config, "slapd 2.5: nothing for a password makes one up", s.madeUp)
	s.run(t, config, "slapd 2.5: two passwords", s.twoPasswords)
	s.run(t, config, "slapd 2.5: expired, and graced", s.expired)
	s.run(t, config, "slapd 2.5: a lock that is over stays written", s.lockThatIsOver)
	s.run(t, config, "slapd 2.5: who has to change may do nothing else", s.mayDoNothingElse)
	s.run(t, config, "slapd 2.5: lengths in bytes", s.lengthsInBytes)
	s.run(t, config, "slapd 2.5: more entries than asked for", s.mailboxOfMany)
	s.run(t, config, "slapd 2.5: entries that live elsewhere", s.entriesElsewhere)
}

// policySet changes the policy for a test, whose clock goes ahead so that it is read anew.
func (s *tree) policySet(t *testing.T, config ldap.Config, attributes map[string][]string) {
	t.Helper()
	s.set(s.words.policy, attributes)
	c := config.Clock.(*clock)
	c.ahead.Add(int64(2 * time.Minute))
	t.Cleanup(func() {
		r := goldap.NewModifyRequest(s.words.policy, nil)
		for name := range attributes {
			r.Replace(name, map[string][]string{
				"pwdMaxAge": nil, "pwdGraceAuthNLimit": nil, "pwdLockoutDuration": {"1800"}, "pwdMaxLength": nil,
				"passwordExp": {"off"}, "passwordMaxAge": {"8640000"}, "passwordGraceLimit": {"0"},
			}[name])
		}
		if err := s.admin.Modify(r); err != nil {
			t.Error(err)
		}
		c.ahead.Add(int64(2 * time.Minute))
	})
}

// managed writes what the server keeps.
func (s *tree) managed(dn, attribute string, values ...string) {
	s.t.Helper()
	m := goldap.NewModifyRequest(dn, []goldap.Control{goldap.NewControlString("1.3.6.1.4.1.4203.666.5.12", true, "")})
	m.Replace(attribute, values)
	if err := s.admin.Modify(m); err != nil {
		s.t.Fatalf("%s: %v", attribute, err)
	}
}

// ago is a generalized time.
func ago(d time.Duration) string { return time.Now().UTC().Add(-d).Format("20060102150405Z") }

// clearText: without ppolicy_hash_cleartext, which slapd doesn't have by itself.
func (s *tree) clearText(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	dn := s.person(anaWithMail, "")
	s.set(dn, map[string][]string{"userPassword": {firstPassword}})
	if kept := s.read(dn, "userPassword").GetAttributeValue("userPassword"); kept != firstPassword {
		t.Errorf("a plain modification keeps %q", kept)
	}
	for _, password := range []string{secondPassword, "Quiet-tide 19 signal"} {
		if err := dir.SetPassword(t.Context(), s.id(dn), app.NewSecret(password)); err != nil {
			t.Fatal(err)
		}
	}
	e := s.read(dn, "userPassword", "pwdHistory")
	if kept := e.GetAttributeValue("userPassword"); !strings.HasPrefix(kept, "{SSHA}") {
		t.Errorf("a reset keeps %q", kept)
	}
	for _, line := range e.GetAttributeValues("pwdHistory") {
		if strings.Contains(line, secondPassword) {
			t.Errorf("the history keeps %q", line)
		}
	}
}

func (s *tree) resetAndUnlock(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	dn := s.person(anaWithMail, firstPassword)
	replace := func() error {
		m := goldap.NewModifyRequest(dn, nil)
		m.Replace("userPassword", []string{"Quiet-tide 19 signal"})
		m.Replace("pwdAccountLockedTime", nil)
		return s.admin.Modify(m)
	}
	if err := replace(); err != nil {
		t.Errorf("replace, not locked: %v", err)
	}
	s.lock(t, dn)
	if err := replace(); !goldap.IsErrorWithCode(err, goldap.LDAPResultNoSuchAttribute) {
		t.Errorf("replace, locked: %v", err)
	}
	for i, password := range []string{secondPassword, "Grey-anchor 52 pilot"} { // locked, then not
		if err := dir.SetPassword(t.Context(), s.id(dn), app.NewSecret(password)); err != nil {
			t.Errorf("%d: %v", i, err)
		}
		if err := s.Binds(t, dn, password); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
}

func (s *tree) unlockByReplace(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	dn := s.person(anaWithMail, firstPassword)
	s.lock(t, dn)
	s.set(dn, map[string][]string{"pwdAccountLockedTime": nil})
	if left := s.read(dn, "pwdFailureTime").GetAttributeValues("pwdFailureTime"); len(left) != 3 {
		t.Errorf("replace leaves %v", left)
	}
	if s.Binds(t, dn, wrongPassword) == nil || s.read(dn, "pwdAccountLockedTime").GetAttributeValue("pwdAccountLockedTime") == "" {
		t.Error("after replace one slip doesn't lock")
	}
	for i := range 2 { // locked, then not
		if err := dir.Unlock(t.Context(), s.id(dn)); err != nil {
			t.Errorf("%d: %v", i, err)
		}
		if a, err := dir.Account(t.Context(), s.id(dn)); err != nil || a.Failures != 0 || !a.LockedUntil.IsZero() {
			t.Errorf("%d: %+v, %v", i, a, err)
		}
		if s.Binds(t, dn, wrongPassword) == nil || s.read(dn, "pwdAccountLockedTime").GetAttributeValue("pwdAccountLockedTime") != "" {
			t.Errorf("%d: one slip locks", i)
		}
	}
	if err := s.Binds(t, dn, firstPassword); err != nil {
		t.Error(err)
	}
}

func (s *tree) madeUp(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	dn := s.person(anaWithMail, firstPassword)
	result, err := s.admin.PasswordModify(goldap.NewPasswordModifyRequest(dn, "", ""))
	if err != nil || result.GeneratedPassword == "" {
		t.Fatalf("nothing makes up %+v, %v", result, err)
	}
	var refusal *port.Refusal
	if err := dir.SetPassword(t.Context(), s.id(dn), app.Secret{}); !errors.As(err, &refusal) {
		t.Errorf("a reset to nothing: %v", err)
	}
	if err := dir.ChangePassword(t.Context(), s.id(dn), app.NewSecret(result.GeneratedPassword), app.Secret{}); !errors.As(err, &refusal) {
		t.Errorf("a change to nothing: %v", err)
	}
	if err := s.Binds(t, dn, result.GeneratedPassword); err != nil {
		t.Error(err)
	}
}

// twoPasswords: an administrator may have given an account a second one. Then the server can't set one, and nothing changes.
func (s *tree) twoPasswords(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	dn := s.person(anaWithMail, firstPassword)
	s.plus(dn, map[string][]string{"userPassword": {secondPassword}})
	var refusal *port.Refusal
	err := dir.SetPassword(t.Context(), s.id(dn), app.NewSecret("Quiet-tide 19 signal"))
	if errors.As(err, &refusal) || !goldap.IsErrorWithCode(err, goldap.LDAPResultAttributeOrValueExists) {
		t.Errorf("set: %v", err)
	}
	for _, password := range []string{firstPassword, secondPassword} {
		if err := s.Binds(t, dn, password); err != nil {
			t.Errorf("two passwords: %v", err)
		}
	}
}

// expired: the answer to a bind is that to a wrong password, but for the control.
func (s *tree) expired(t *testing.T, config ldap.Config, dir *ldap.Directory) {
	dn := s.person(anaWithMail, firstPassword)
	id := s.id(dn)
	s.managed(dn, "pwdChangedTime", ago(3*time.Hour))
	s.policySet(t, config, map[string][]string{"pwdMaxAge": {"3600"}})
	if err := s.Binds(t, dn, firstPassword); !goldap.IsErrorWithCode(err, goldap.LDAPResultInvalidCredentials) {
		t.Errorf("expired: %v", err)
	}
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
	s.policySet(t, config, map[string][]string{"pwdGraceAuthNLimit": {"2"}})
	check("graced")
	if used := s.read(dn, "pwdGraceUseTime").GetAttributeValues("pwdGraceUseTime"); len(used) != 1 {
		t.Errorf("of the grace %v is used", used)
	}
	if err := dir.SetPassword(t.Context(), id, app.NewSecret(secondPassword)); err != nil {
		t.Error(err)
	}
	if a, err := dir.Account(t.Context(), id); err != nil || a.MustChange || s.Binds(t, dn, secondPassword) != nil {
		t.Errorf("after a reset: %+v, %v", a, err)
	}
}

func (s *tree) lockThatIsOver(t *testing.T, config ldap.Config, dir *ldap.Directory) {
	dn := s.person(anaWithMail, firstPassword)
	id := s.id(dn)
	s.lock(t, dn)
	s.policySet(t, config, map[string][]string{"pwdLockoutDuration": {"0"}}) // until an administrator unlocks
	if a, err := dir.Account(t.Context(), id); err != nil || a.LockedUntil.Year() != 9999 {
		t.Errorf("without an end: %+v, %v", a, err)
	}
	s.policySet(t, config, map[string][]string{"pwdLockoutDuration": {"1800"}})
	s.managed(dn, "pwdAccountLockedTime", ago(time.Hour))
	s.managed(dn, "pwdFailureTime", ago(time.Hour), ago(time.Hour+time.Second), ago(time.Hour+2*time.Second))
	if a, err := dir.Account(t.Context(), id); err != nil || !a.LockedUntil.IsZero() || a.Failures != 0 {
		t.Errorf("over: %+v, %v", a, err)
	}
	if err := dir.Verify(t.Context(), id, app.NewSecret(wrongPassword)); !errors.Is(err, port.ErrPassword) {
		t.Errorf("a first slip: %v", err)
	}
	if a, err := dir.Account(t.Context(), id); err != nil || !a.LockedUntil.IsZero() || a.Failures != 1 {
		t.Errorf("after a first slip: %+v, %v", a, err)
	}
	if err := dir.Verify(t.Context(), id, app.NewSecret(firstPassword)); err != nil {
		t.Error(err)
	}
	s.managed(dn, "pwdAccountLockedTime", ago(-time.Hour)) // which doesn't lock
	if a, err := dir.Account(t.Context(), id); err != nil || !a.LockedUntil.IsZero() || s.Binds(t, dn, firstPassword) != nil {
		t.Errorf("a lock to come: %+v, %v", a, err)
	}
}

// mayDoNothingElse: so a connection on which a person has signed in serves nothing else, and the service account's never has.
func (s *tree) mayDoNothingElse(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	dn := s.person(anaWithMail, firstPassword)
	id := s.id(dn)
	s.set(dn, map[string][]string{"pwdReset": {"TRUE"}})
	if err := dir.Verify(t.Context(), id, app.NewSecret(firstPassword)); !errors.Is(err, port.ErrMustChange) {
		t.Errorf("verify: %v", err)
	}
	conn := s.Bind(t, dn, firstPassword)
	if _, err := conn.Search(goldap.NewSearchRequest(dn, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", nil, nil)); !goldap.IsErrorWithCode(err, goldap.LDAPResultInsufficientAccessRights) {
		t.Errorf("a search on that connection: %v", err)
	}
	if a, err := dir.Account(t.Context(), id); err != nil || !a.MustChange {
		t.Errorf("%+v, %v", a, err)
	}
}

func (s *tree) lengthsInBytes(t *testing.T, config ldap.Config, dir *ldap.Directory) {
	s.policySet(t, config, map[string][]string{"pwdMaxLength": {"24"}})
	dn := s.person(anaWithMail, firstPassword)
	id := s.id(dn)
	if rules, err := dir.Rules(t.Context(), id); err != nil || rules.MinLength != 8 || rules.MaxLength != 24 {
		t.Errorf("%+v, %v", rules, err)
	}
	if err := dir.SetPassword(t.Context(), id, app.NewSecret("密密密")); err != nil {
		t.Errorf("three characters, nine bytes: %v", err)
	}
	var refusal *port.Refusal
	for _, password := range []string{"密密密密密密密密密", "Sh0rt-x"} {
		if err := dir.SetPassword(t.Context(), id, app.NewSecret(password)); !errors.As(err, &refusal) || refusal.Rule != "length" {
			t.Errorf("%s: %v", password, err)
		}
	}
}

func (s *tree) mailboxOfMany(t *testing.T, _ ldap.Config, dir *ldap.Directory) {
	for i := range 25 { // more than are asked for
		s.person(port.DirectoryAccount{UserID: "clerk" + strconv.Itoa(i), Mail: "office@harbour.example"}, "")
	}
	if a, err := dir.Find(t.Context(), "office@harbour.example"); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("a mailbox of 25 finds %+v, %v", a, err)
	}
}

// entriesElsewhere: a referral leads to another server, which nobody asks.
func (s *tree) entriesElsewhere(t *testing.T, config ldap.Config, dir *ldap.Directory) {
	s.person(anaWithMail, firstPassword)
	const dn = "ou=far away," + treePeople
	s.add(dn, map[string][]string{"objectClass": {"referral", "extensibleObject"}, "ref": {"ldap://elsewhere.example/dc=elsewhere"}})
	defer func() {
		r := goldap.NewDelRequest(dn, []goldap.Control{goldap.NewControlManageDsaIT(true)})
		if err := s.admin.Del(r); err != nil {
			t.Error(err)
		}
	}()
	if a, err := dir.Find(t.Context(), "ana"); err != nil || a.UserID != "ana@harbour.example" {
		t.Errorf("%+v, %v", a, err)
	}
	config.Base = dn
	if a, err := open(t, config).Find(t.Context(), "ana"); app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("beneath the referral, where nobody looked, somebody is not there: %+v, %v", a, err)
	}
}
