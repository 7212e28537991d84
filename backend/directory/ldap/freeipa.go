package ldap

import (
	"context"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// freeIPA is the dialect of FreeIPA: 389 Directory Server whose passwords are those of Kerberos.
type freeIPA struct{ *ds389 }

var _ dialect = (*freeIPA)(nil)

func (f *freeIPA) attributes() []string {
	return append([]string{
		"ipaUniqueID", "cn", "displayName", "givenName", "sn", "uid", f.mail(), "nsAccountLock",
		"krbPasswordExpiration", "krbLastPwdChange", "krbPwdPolicyReference", "krbLoginFailedCount", "krbLastFailedAuth", "krbLastAdminUnlock",
		"krbPrincipalExpiration",
	}, f.config.Names...)
}

func (*freeIPA) id(e *ldap.Entry) app.AccountID {
	return app.AccountID(strings.ToLower(e.GetEqualFoldAttributeValue("ipaUniqueID")))
}

func (*freeIPA) locate(base string, id app.AccountID) (query, bool) {
	return query{base: base, scope: ldap.ScopeWholeSubtree, filter: "(ipaUniqueID=" + ldap.EscapeFilter(string(id)) + ")", limit: 2}, isUUID(string(id))
}

func (f *freeIPA) describe(ctx context.Context, l *link, e *ldap.Entry) (*person, error) {
	s, err := f.settings(ctx, l, e.GetEqualFoldAttributeValue("krbPwdPolicyReference"))
	if err != nil {
		return nil, err
	}
	has, err := f.hasPassword(ctx, l, e)
	if err != nil {
		return nil, err
	}
	now := f.config.Clock.Now()
	set := generalized(e.GetEqualFoldAttributeValue("krbLastPwdChange"))
	ends, over := generalized(e.GetEqualFoldAttributeValue("krbPasswordExpiration")), generalized(e.GetEqualFoldAttributeValue("krbPrincipalExpiration"))
	p := &person{dn: e.DN, account: port.DirectoryAccount{
		ID: f.id(e), UserID: f.userID(e), Name: firstOf(e, "displayName", "cn"), Names: valuesOf(e, "givenName", "sn"),
		Mail: e.GetEqualFoldAttributeValue(f.mail()), HasPassword: has || !set.IsZero(),
		Disabled: isTrue(e, "nsAccountLock"), Expired: !over.IsZero() && !over.After(now),
		MustChange: !ends.IsZero() && !ends.After(now),
		Threshold:  s.threshold, ShowsFailures: true, FailureWindow: s.window,
		Stamp: e.GetEqualFoldAttributeValue("krbLastPwdChange"),
	}}
	if p.account.Stamp == "" {
		p.account.Stamp = neverSet
	}
	f.failures(p, e, s, now)
	p.rules = s.rules
	if s.minAge > 0 && !set.IsZero() && !p.account.MustChange { // which holds for a change alone
		p.rules.ChangeFrom = set.Add(s.minAge)
	}
	return p, nil
}

// failures says what is counted, and until when the account is locked. What was counted before an administrator unlocked it
// stays written, and counts no more.
func (*freeIPA) failures(p *person, e *ldap.Entry, s ppolicy, now time.Time) {
	failed := generalized(e.GetEqualFoldAttributeValue("krbLastFailedAuth"))
	count := int(number(e, "krbLoginFailedCount"))
	if unlocked := generalized(e.GetEqualFoldAttributeValue("krbLastAdminUnlock")); !unlocked.IsZero() && !failed.After(unlocked) {
		return
	}
	if count > 0 && (s.window == 0 || now.Sub(failed) <= s.window || s.threshold > 0 && count >= s.threshold && s.lockFor == 0) {
		p.account.Failures, p.account.FailedAt = count, failed
	}
	if s.threshold > 0 && count >= s.threshold {
		switch ends := failed.Add(s.lockFor); {
		case s.lockFor == 0:
			p.account.LockedUntil = port.LockedForGood
		case ends.After(now):
			p.account.LockedUntil = ends
		}
	}
}

// bind binds by the DN. To whom is locked, and whose account or time is over, FreeIPA answers before it looks at the password
// (its plugins ipa-lockout and ipa-pwd-extop).
func (f *freeIPA) bind(ctx context.Context, conn *ldap.Conn, p *person, password app.Secret) error {
	err := f.ds389.bind(ctx, conn, p, password)
	switch {
	case err == nil && p.account.Expired:
		return port.ErrAccountExpired
	case !hasCode(err, ldap.LDAPResultUnwillingToPerform):
		return err
	case strings.Contains(err.Error(), "permanently locked"), strings.Contains(err.Error(), "Too many failed logins"):
		return port.ErrLocked
	case p.account.Expired:
		return port.ErrPassword
	}
	return err
}

func (f *freeIPA) most(ctx context.Context, l *link) (port.DirectoryAccount, bool, error) {
	s, err := f.settings(ctx, l, "")
	return port.DirectoryAccount{Threshold: s.threshold, ShowsFailures: true, FailureWindow: s.window}, !s.unread, err
}

// settings reads the policy that holds for an account: that of its group, or the realm's.
func (f *freeIPA) settings(ctx context.Context, l *link, own string) (ppolicy, error) {
	dn := own
	if dn == "" {
		dn = "cn=global_policy,cn=" + strings.ToUpper(f.config.Domain) + ",cn=kerberos," + l.root.base
	}
	return cachedOr(&f.cache, "policy|"+dn, func() (ppolicy, error) {
		e, err := l.entry(ctx, dn, "krbPwdMinLength", "krbPwdMinDiffChars", "krbPwdHistoryLength", "krbMinPwdLife", "krbPwdMaxFailure",
			"krbPwdFailureCountInterval", "krbPwdLockoutDuration")
		if err != nil {
			return ppolicy{}, err
		}
		if e == nil {
			return unreadPolicy, nil
		}
		return ppolicy{
			rules: port.PasswordRules{
				MinLength: int(number(e, "krbPwdMinLength")), MinClasses: min(int(number(e, "krbPwdMinDiffChars")), maxClasses),
				History: int(number(e, "krbPwdHistoryLength")),
			},
			minAge: seconds(e, "krbMinPwdLife"), threshold: int(number(e, "krbPwdMaxFailure")), window: seconds(e, "krbPwdFailureCountInterval"),
			lockFor: seconds(e, "krbPwdLockoutDuration"),
		}, nil
	})
}

// set resets a password. FreeIPA lets one that an administrator has set expire at once, but for the accounts that it trusts
// with synchronising passwords (passSyncManagersDNs), one of which the service account has to be.
func (f *freeIPA) set(ctx context.Context, l *link, p *person, password app.Secret) error {
	return f.named(f.modify(ctx, l, p, app.Secret{}, password), p, password)
}

// unlock empties the count of failures.
func (*freeIPA) unlock(ctx context.Context, l *link, p *person) error {
	m := ldap.NewModifyRequest(p.dn, nil)
	m.Replace("krbLoginFailedCount", []string{"0"})
	return l.change(ctx, func(conn *ldap.Conn) error { return conn.Modify(m) })
}
