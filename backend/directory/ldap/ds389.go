package ldap

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// ds389 is the dialect of 389 Directory Server. What it has from the standards it shares with slapd.
type ds389 struct{ *openLDAP }

var _ dialect = (*ds389)(nil)

func (d *ds389) attributes() []string {
	return append([]string{
		"nsUniqueId", "cn", "displayName", "givenName", "sn", "uid", "ou", "mail", d.mail(), "nsAccountLock", "pwdPolicySubentry", "pwdUpdateTime",
		"passwordRetryCount", "retryCountResetTime", "accountUnlockTime", "passwordExpirationTime", "passwordAllowChangeTime",
	}, d.config.Names...)
}

func (*ds389) id(e *ldap.Entry) app.AccountID {
	return app.AccountID(e.GetEqualFoldAttributeValue("nsUniqueId"))
}

func (d *ds389) locate(base string, id app.AccountID) (query, bool) {
	parts := strings.Split(string(id), "-")
	ok := len(parts) == 4
	for _, part := range parts {
		ok = ok && len(part) == 8 && strings.Trim(part, "0123456789abcdef") == ""
	}
	return query{base: base, scope: ldap.ScopeWholeSubtree, filter: "(nsUniqueId=" + ldap.EscapeFilter(string(id)) + ")", limit: 2}, ok
}

func (d *ds389) describe(ctx context.Context, l *link, e *ldap.Entry) (*person, error) {
	s, err := d.settings(ctx, l, e.GetEqualFoldAttributeValue("pwdPolicySubentry"))
	if err != nil {
		return nil, err
	}
	has, err := d.hasPassword(ctx, l, e)
	if err != nil {
		return nil, err
	}
	now := d.config.Clock.Now()
	ends := generalized(e.GetEqualFoldAttributeValue("passwordExpirationTime"))
	p := &person{dn: e.DN, account: port.DirectoryAccount{
		ID: d.id(e), UserID: d.userID(e), Name: firstOf(e, "displayName", "cn"), Names: valuesOf(e, "givenName", "sn"),
		Mail: e.GetEqualFoldAttributeValue(d.mail()), HasPassword: has,
		Disabled:   isTrue(e, "nsAccountLock"),
		MustChange: has && !ends.IsZero() && !ends.After(now) && ends.Unix() != used,
		Threshold:  s.threshold, ShowsFailures: true, FailureWindow: s.window,
		Stamp: e.GetEqualFoldAttributeValue("pwdUpdateTime"),
	}}
	if p.account.Stamp == "" && s.stamps {
		p.account.Stamp = neverSet
	}
	d.failures(p, e, s, now)
	p.rules = s.rules
	if p.rules.Forbidden, err = d.forbidden(ctx, l, e, s); err != nil {
		return nil, err
	}
	if from := generalized(e.GetEqualFoldAttributeValue("passwordAllowChangeTime")); s.minAge > 0 && !p.account.MustChange {
		p.rules.ChangeFrom, p.rules.ResetFrom = from, from
	}
	return p, nil
}

// forbidden lists what a password may not contain: bad words, and any stretch of so many characters of what the person is called
// (passwordMinTokenLength: a stretch, not a word).
func (*ds389) forbidden(ctx context.Context, l *link, e *ldap.Entry, s ppolicy) ([]string, error) {
	if s.stretch == 0 {
		return nil, nil
	}
	called := slices.Concat(e.GetEqualFoldAttributeValues("uid"), e.GetEqualFoldAttributeValues("cn"), e.GetEqualFoldAttributeValues("sn"),
		e.GetEqualFoldAttributeValues("givenName"), e.GetEqualFoldAttributeValues("ou"), e.GetEqualFoldAttributeValues("mail"))
	if len(s.called) > 0 {
		more, err := l.entry(ctx, e.DN, s.called...)
		if err != nil {
			return nil, err
		}
		for _, attribute := range s.called {
			if more != nil {
				called = append(called, more.GetEqualFoldAttributeValues(attribute)...)
			}
		}
	}
	return few(slices.Concat(s.rules.Forbidden, stretches(called, s.stretch)), 3), nil
}

// Ends of a password that are none, in seconds since 1970: that of one which has to be changed at its first use, and that of one
// which was, where passwords don't expire.
const (
	firstUse = 0
	used     = 1
)

// failures says what is counted, and until when the account is locked: while the count has reached the threshold and the end of
// the lock has not come. Both stay written afterwards, and then one failure locks anew: so the count is told as it stands.
func (*ds389) failures(p *person, e *ldap.Entry, s ppolicy, now time.Time) {
	count := int(number(e, "passwordRetryCount"))
	forgets := generalized(e.GetEqualFoldAttributeValue("retryCountResetTime"))
	if count == 0 || s.threshold == 0 || count < s.threshold && !forgets.After(now) {
		return
	}
	p.account.Failures, p.account.FailedAt = count, forgets.Add(-s.window)
	unlocks := generalized(e.GetEqualFoldAttributeValue("accountUnlockTime"))
	switch {
	case count < s.threshold || unlocks.IsZero():
	case unlocks.Unix() == 0: // an administrator unlocks
		p.account.LockedUntil = port.LockedForGood
	case unlocks.After(now):
		p.account.LockedUntil = unlocks
	}
}

// hasPassword reports whether there is a password, which is nobody's to read.
func (*ds389) hasPassword(ctx context.Context, l *link, e *ldap.Entry) (bool, error) {
	found, err := l.search(ctx, query{base: e.DN, scope: ldap.ScopeBaseObject, filter: "(userPassword=*)", attributes: []string{"1.1"}})
	return len(found) > 0, err
}

func (d *ds389) most(ctx context.Context, l *link) (port.DirectoryAccount, bool, error) {
	s, err := d.settings(ctx, l, "")
	return port.DirectoryAccount{Threshold: s.threshold, ShowsFailures: true, FailureWindow: s.window}, !s.unread, err
}

// settings reads the policy that holds for an account: its own, or the server's.
func (d *ds389) settings(ctx context.Context, l *link, own string) (ppolicy, error) {
	dn := own
	if dn == "" {
		dn = "cn=config"
	}
	return cachedOr(&d.cache, "policy|"+dn, func() (ppolicy, error) {
		e, err := l.entry(ctx, dn, "passwordMinLength", "passwordMinCategories", "passwordCheckSyntax", "passwordHistory", "passwordInHistory",
			"passwordMinAge", "passwordLockout", "passwordMaxFailure", "passwordLockoutDuration", "passwordResetFailureCount", "passwordTrackUpdateTime",
			"passwordMinTokenLength", "passwordBadWords", "passwordUserAttributes")
		if err != nil {
			return ppolicy{}, err
		}
		if e == nil {
			return unreadPolicy, nil
		}
		s := ppolicy{
			minAge: seconds(e, "passwordMinAge"), lockFor: seconds(e, "passwordLockoutDuration"), window: seconds(e, "passwordResetFailureCount"),
			stamps: isOn(e, "passwordTrackUpdateTime"),
		}
		if isOn(e, "passwordCheckSyntax") {
			s.rules.MinLength, s.rules.MinClasses = int(number(e, "passwordMinLength")), min(int(number(e, "passwordMinCategories")), maxClasses)
			s.rules.Forbidden, s.called = listed(e, "passwordBadWords"), listed(e, "passwordUserAttributes")
			s.stretch = int(number(e, "passwordMinTokenLength"))
		}
		if isOn(e, "passwordHistory") {
			s.rules.History = int(number(e, "passwordInHistory"))
		}
		if isOn(e, "passwordLockout") {
			s.threshold = int(number(e, "passwordMaxFailure"))
		}
		return s, nil
	})
}

// listed gives the words of an attribute, between spaces and commas.
func listed(e *ldap.Entry, attribute string) []string {
	return strings.FieldsFunc(e.GetEqualFoldAttributeValue(attribute), func(r rune) bool { return r == ' ' || r == ',' })
}

// maxClasses is how many classes of characters a page tells apart; the server has a fifth.
const maxClasses = 4

func isOn(e *ldap.Entry, attribute string) bool {
	return strings.EqualFold(e.GetEqualFoldAttributeValue(attribute), "on")
}

// bind binds by the DN. Of an account that an administrator has locked nobody is told whether the password was right.
func (d *ds389) bind(_ context.Context, conn *ldap.Conn, p *person, password app.Secret) error {
	result, err := conn.SimpleBind(ldap.NewSimpleBindRequest(p.dn, password.Reveal(), []ldap.Control{ldap.NewControlBeheraPasswordPolicy()}))
	switch {
	case err == nil && (p.account.MustChange || policyError(result) == ldap.BeheraChangeAfterReset || graced(result)):
		return port.ErrMustChange
	case err == nil:
		return nil
	case hasCode(err, ldap.LDAPResultConstraintViolation): // in this server's words, too many failures
		return port.ErrLocked
	case hasCode(err, ldap.LDAPResultUnwillingToPerform) && p.account.Disabled:
		return port.ErrPassword
	case !hasCode(err, ldap.LDAPResultInvalidCredentials, ldap.LDAPResultInappropriateAuthentication):
		return err
	case strings.Contains(err.Error(), "password expired"), policyError(result) == ldap.BeheraPasswordExpired:
		return port.ErrMustChange
	case p.account.ID != "" && !p.account.HasPassword:
		return port.ErrNoPassword
	}
	return port.ErrPassword
}

// set resets a password by RFC 3062, after which no lock stands. Where the policy wants a password to be changed that an
// administrator has set, it has expired in 1970, which is taken back: the person has chosen this one.
func (d *ds389) set(ctx context.Context, l *link, p *person, password app.Secret) error {
	if err := d.modify(ctx, l, p, app.Secret{}, password); err != nil {
		return d.named(err, p, password)
	}
	e, err := l.entry(ctx, p.dn, "passwordExpirationTime")
	if err != nil || e == nil {
		return err
	}
	if ends := generalized(e.GetEqualFoldAttributeValue("passwordExpirationTime")); ends.IsZero() || ends.Unix() != firstUse {
		return nil
	}
	return remove(ctx, l, p.dn, "passwordExpirationTime")
}

func (d *ds389) change(ctx context.Context, l *link, p *person, present, password app.Secret) error {
	return d.named(d.modify(ctx, l, p, present, password), p, password)
}

// named names the rule that a password breaks where the server has one word for several.
func (*ds389) named(err error, p *person, password app.Secret) error {
	refusal, is := err.(*port.Refusal)
	switch {
	case !is:
		return err
	case refusal.Rule == "complexity" && len([]rune(password.Reveal())) < p.rules.MinLength:
		return &port.Refusal{Rule: "length"}
	case refusal.Rule == "simple" && p.rules.History > 0: // the present password again, of which the policy says nothing
		return &port.Refusal{Rule: "history"}
	}
	return err
}

// unlock empties the count, without which the end of the lock is none.
func (*ds389) unlock(ctx context.Context, l *link, p *person) error {
	m := ldap.NewModifyRequest(p.dn, nil)
	m.Replace("passwordRetryCount", []string{"0"})
	m.Replace("accountUnlockTime", nil)
	return l.change(ctx, func(conn *ldap.Conn) error { return conn.Modify(m) })
}
