package ldap

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// openLDAP is the dialect of slapd with its overlay ppolicy (draft-behera-ldap-password-policy).
type openLDAP struct{ *Directory }

var _ dialect = (*openLDAP)(nil)

func (*openLDAP) people() string {
	return "(|(objectClass=inetOrgPerson)(objectClass=posixAccount)(objectClass=account))"
}

func (o *openLDAP) login() []string {
	if len(o.config.Names) > 0 {
		return o.config.Names
	}
	return []string{"uid"}
}

func (o *openLDAP) mail() string {
	if o.config.Mail != "" {
		return o.config.Mail
	}
	return "mail"
}

func (o *openLDAP) attributes() []string {
	return append([]string{
		"entryUUID", "cn", "displayName", "givenName", "sn", "uid", o.mail(),
		"pwdChangedTime", "pwdAccountLockedTime", "pwdFailureTime", "pwdReset", "pwdPolicySubentry", "pwdEndTime",
	}, o.config.Names...)
}

func (*openLDAP) id(e *ldap.Entry) app.AccountID {
	return app.AccountID(e.GetAttributeValue("entryUUID"))
}

func (o *openLDAP) locate(base string, id app.AccountID) (query, bool) {
	return query{base: base, scope: ldap.ScopeWholeSubtree, filter: "(entryUUID=" + ldap.EscapeFilter(string(id)) + ")", limit: 2}, isUUID(string(id))
}

func (o *openLDAP) describe(ctx context.Context, l *link, e *ldap.Entry) (*person, error) {
	s, err := o.settings(ctx, l, e.GetAttributeValue("pwdPolicySubentry"))
	if err != nil {
		return nil, err
	}
	has, err := o.hasPassword(ctx, l, e)
	if err != nil {
		return nil, err
	}
	now := o.config.Clock.Now()
	set := generalized(e.GetAttributeValue("pwdChangedTime"))
	end := generalized(e.GetAttributeValue("pwdEndTime"))
	p := &person{dn: e.DN, account: port.DirectoryAccount{
		ID: o.id(e), UserID: o.userID(e), Name: firstOf(e, "displayName", "cn"), Names: valuesOf(e, "givenName", "sn"),
		Mail: e.GetEqualFoldAttributeValue(o.mail()), HasPassword: has,
		Expired:    !end.IsZero() && !end.After(now),
		MustChange: isTrue(e, "pwdReset") || has && s.maxAge > 0 && !set.IsZero() && !set.Add(s.maxAge).After(now),
		Threshold:  s.threshold, ShowsFailures: true, FailureWindow: s.window,
		Stamp: o.stamp(e),
	}}
	for _, at := range e.GetAttributeValues("pwdFailureTime") {
		if t := generalized(at); s.window <= 0 || now.Sub(t) <= s.window {
			p.account.Failures++
			if t.After(p.account.FailedAt) {
				p.account.FailedAt = t
			}
		}
	}
	o.lock(p, e.GetAttributeValue("pwdAccountLockedTime"), s, now)
	p.rules = s.rules
	if s.minAge > 0 && !set.IsZero() && !isTrue(e, "pwdReset") {
		p.rules.ChangeFrom = set.Add(s.minAge)
		p.rules.ResetFrom = p.rules.ChangeFrom
	}
	return p, nil
}

// stamp is when the password was changed last. Without a policy slapd doesn't note that.
func (o *openLDAP) stamp(e *ldap.Entry) string {
	at := e.GetAttributeValue("pwdChangedTime")
	if at == "" && (o.config.PasswordPolicy != "" || e.GetAttributeValue("pwdPolicySubentry") != "") {
		return neverSet
	}
	return at
}

// lock says until when an account is locked. The attribute stays once the lock is over; the year 0 is an administrator's own
// lock, which is a disable (draft-behera-ldap-password-policy-10, 5.3.3).
func (*openLDAP) lock(p *person, locked string, s ppolicy, now time.Time) {
	const byAdministrator = "000001010000Z"
	at := generalized(locked)
	switch {
	case locked == byAdministrator:
		p.account.Disabled = true
	case at.IsZero() || !s.locks || at.After(now):
	case s.lockFor == 0:
		p.account.LockedUntil = port.LockedForGood
	case at.Add(s.lockFor).After(now):
		p.account.LockedUntil = at.Add(s.lockFor)
	}
}

// hasPassword reports whether there is a password: its value is nobody's to read, that there is one is.
func (o *openLDAP) hasPassword(ctx context.Context, l *link, e *ldap.Entry) (bool, error) {
	if e.GetAttributeValue("pwdChangedTime") != "" {
		return true, nil
	}
	found, err := l.search(ctx, query{base: e.DN, scope: ldap.ScopeBaseObject, filter: "(userPassword=*)", attributes: []string{"1.1"}})
	return len(found) > 0, err
}

func (o *openLDAP) most(ctx context.Context, l *link) (port.DirectoryAccount, bool, error) {
	s, err := o.settings(ctx, l, "")
	return port.DirectoryAccount{Threshold: s.threshold, ShowsFailures: true, FailureWindow: s.window}, !s.unread, err
}

// userID is the name by which a person signs in, with the domain where there is one.
func (o *openLDAP) userID(e *ldap.Entry) string {
	name := firstOf(e, o.login()...)
	if o.config.Domain == "" || strings.Contains(name, "@") {
		return name
	}
	return name + "@" + o.config.Domain
}

// ppolicy is a policy entry.
type ppolicy struct {
	rules          port.PasswordRules
	minAge, maxAge time.Duration
	locks          bool
	threshold      int
	lockFor        time.Duration // 0: until an administrator unlocks
	window         time.Duration
	stamps         bool // the time of each change is noted
	stretch        int  // of what the person is called, no stretch of so many characters (389)
	called         []string
	unread         bool // it is there, and can't be read
}

// unreadPolicy stands for a policy that the service account can't read: nobody locks an account through here, whatever it says.
var unreadPolicy = ppolicy{threshold: cautiousThreshold, window: cautiousWindow, unread: true}

// What is taken for true of failures where the directory doesn't let itself be read.
const (
	cautiousThreshold = 5
	cautiousWindow    = 15 * time.Minute
)

// settings reads the policy entry that holds for an account: its own, or the one that is named for everybody, since no entry
// says which one is the default.
func (o *openLDAP) settings(ctx context.Context, l *link, own string) (ppolicy, error) {
	dn := own
	if dn == "" {
		dn = o.config.PasswordPolicy
	}
	if dn == "" {
		return ppolicy{}, nil
	}
	return cachedOr(&o.cache, "policy|"+dn, func() (ppolicy, error) {
		e, err := l.entry(ctx, dn, "pwdMinLength", "pwdMaxLength", "pwdInHistory", "pwdMinAge", "pwdMaxAge", "pwdLockout", "pwdMaxFailure",
			"pwdLockoutDuration", "pwdFailureCountInterval", "pwdCheckQuality")
		if err != nil {
			return ppolicy{}, err
		}
		if e == nil {
			return unreadPolicy, nil
		}
		s := ppolicy{
			rules:  port.PasswordRules{History: int(number(e, "pwdInHistory"))},
			minAge: seconds(e, "pwdMinAge"), maxAge: seconds(e, "pwdMaxAge"),
			lockFor: seconds(e, "pwdLockoutDuration"), window: seconds(e, "pwdFailureCountInterval"),
		}
		if number(e, "pwdCheckQuality") > 0 { // lengths are in bytes there, so characters are never more
			s.rules.MinLength, s.rules.MaxLength = int(number(e, "pwdMinLength")), int(number(e, "pwdMaxLength"))
		}
		if s.locks = isTrue(e, "pwdLockout"); s.locks {
			s.threshold = int(number(e, "pwdMaxFailure"))
		}
		return s, nil
	})
}

func seconds(e *ldap.Entry, attribute string) time.Duration {
	return time.Duration(min(number(e, attribute), int64(longest/time.Second))) * time.Second
}

func isTrue(e *ldap.Entry, attribute string) bool {
	return strings.EqualFold(e.GetEqualFoldAttributeValue(attribute), "TRUE")
}

// generalized reads a generalized time of UTC, to the second or finer (RFC 4517, 3.3.13); the zero time where it is none.
func generalized(text string) time.Time {
	whole, fraction, _ := strings.Cut(strings.TrimSuffix(text, "Z"), ".")
	t, err := time.Parse("20060102150405", whole)
	if err != nil {
		return time.Time{}
	}
	if part, err := strconv.ParseFloat("0."+fraction, 64); err == nil && fraction != "" {
		t = t.Add(time.Duration(part * float64(time.Second)))
	}
	return t
}
