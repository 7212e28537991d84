package ldap

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// activeDirectory is the dialect of Active Directory's domain controllers (MS-ADTS).
type activeDirectory struct{ *Directory }

var _ dialect = (*activeDirectory)(nil)

func (*activeDirectory) people() string { return "(&(objectCategory=person)(objectClass=user))" }

func (a *activeDirectory) login() []string {
	if len(a.config.Names) > 0 {
		return a.config.Names
	}
	return []string{"sAMAccountName", "userPrincipalName"}
}

func (a *activeDirectory) mail() string {
	if a.config.Mail != "" {
		return a.config.Mail
	}
	return "mail"
}

func (a *activeDirectory) attributes() []string {
	return append([]string{
		"objectGUID", "sAMAccountName", "userPrincipalName", "displayName", "cn", "givenName", "sn",
		"userAccountControl", "msDS-User-Account-Control-Computed", "msDS-UserPasswordExpiryTimeComputed", "msDS-ResultantPSO",
		"lockoutTime", "badPwdCount", "badPasswordTime", "pwdLastSet", "accountExpires", "adminCount", "logonCount",
		"replPropertyMetaData", a.mail(),
	}, a.config.Names...)
}

// id is the objectGUID, as people write it (MS-DTYP, 2.3.4.3).
func (*activeDirectory) id(e *ldap.Entry) app.AccountID {
	return app.AccountID(guid(e.GetRawAttributeValue("objectGUID")))
}

func guid(b []byte) string {
	if len(b) != 16 {
		return ""
	}
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint16(b[4:]),
		binary.LittleEndian.Uint16(b[6:]), b[8:10], b[10:])
}

// isUUID reports whether text is a UUID in its usual form (RFC 9562, section 4), in lower case.
func isUUID(text string) bool {
	if len(text) != 36 || text != strings.ToLower(text) {
		return false
	}
	for i, part := range strings.Split(text, "-") {
		if i > 4 || len(part) != []int{8, 4, 4, 4, 12}[i] {
			return false
		}
		if _, err := hex.DecodeString(part); err != nil {
			return false
		}
	}
	return strings.Count(text, "-") == 4
}

func (a *activeDirectory) locate(_ string, id app.AccountID) (query, bool) {
	return query{base: "<GUID=" + string(id) + ">", scope: ldap.ScopeBaseObject, filter: a.people()}, isUUID(string(id))
}

// Bits of userAccountControl and its computed sibling (MS-ADTS, 2.2.16).
const (
	bitDisabled       = 0x2
	bitLocked         = 0x10
	bitNoPassword     = 0x20
	bitNeverExpires   = 0x10000
	bitSmartcard      = 0x40000
	bitPasswordExpiry = 0x800000
)

func (a *activeDirectory) describe(ctx context.Context, l *link, e *ldap.Entry) (*person, error) {
	s, err := a.settings(ctx, l, e.GetAttributeValue("msDS-ResultantPSO"))
	if err != nil {
		return nil, err
	}
	now := a.config.Clock.Now()
	control, computed := number(e, "userAccountControl"), number(e, "msDS-User-Account-Control-Computed")
	set := number(e, "pwdLastSet")
	// An account that isn't disabled may do without a password only where its bit says so, and has none if none was ever set.
	has := set != 0 || number(e, "logonCount") > 0 || control&bitNoPassword == 0
	p := &person{dn: e.DN, account: port.DirectoryAccount{
		ID: a.id(e), UserID: a.userID(e), Name: firstOf(e, "displayName", "cn"), Names: valuesOf(e, "givenName", "sn"),
		Mail:     e.GetEqualFoldAttributeValue(a.mail()),
		Disabled: control&bitDisabled != 0, Expired: expired(number(e, "accountExpires"), now), Protected: number(e, "adminCount") > 0,
		Elsewhere:   control&bitSmartcard != 0,
		HasPassword: has,
		MustChange:  has && (set == 0 && control&bitNeverExpires == 0 || computed&bitPasswordExpiry != 0),
		Threshold:   s.threshold, ShowsFailures: true, FailureWindow: s.window,
		Stamp: stamp(e),
	}}
	a.failures(p, e, s, now)
	p.rules = s.rules
	if s.rules.MinClasses > 0 {
		p.rules.Forbidden = adForbidden(e)
	}
	if age := s.minAge; age > 0 && set > 0 && !p.account.MustChange {
		p.rules.ChangeFrom = filetime(set).Add(age)
	}
	return p, nil
}

// failures says what is counted against an account, and until when it is locked. What is counted is forgotten by itself, but
// stays written until somebody signs in: after a lock that is over, too.
func (a *activeDirectory) failures(p *person, e *ldap.Entry, s adSettings, now time.Time) {
	if locked := number(e, "lockoutTime"); number(e, "msDS-User-Account-Control-Computed")&bitLocked != 0 {
		p.account.LockedUntil = port.LockedForGood
		if s.lockFor > 0 {
			p.account.LockedUntil = filetime(locked).Add(s.lockFor)
		}
	} else if locked > 0 {
		return
	}
	last := filetime(number(e, "badPasswordTime"))
	if n := int(number(e, "badPwdCount")); n > 0 && (s.window <= 0 || now.Sub(last) <= s.window) {
		p.account.Failures, p.account.FailedAt = n, last
	}
}

func (a *activeDirectory) most(ctx context.Context, l *link) (port.DirectoryAccount, bool, error) {
	s, err := a.settings(ctx, l, "")
	return port.DirectoryAccount{Threshold: s.threshold, ShowsFailures: true, FailureWindow: s.window}, !s.unread, err
}

// userID is the name by which a person signs in: the user principal name, or what stands for it (MS-ADTS, 5.1.1.1.1).
func (a *activeDirectory) userID(e *ldap.Entry) string {
	if upn := e.GetAttributeValue("userPrincipalName"); upn != "" {
		return upn
	}
	if a.config.Domain == "" {
		return e.GetAttributeValue("sAMAccountName")
	}
	return e.GetAttributeValue("sAMAccountName") + "@" + a.config.Domain
}

// stamp is what changes with every password: the version of unicodePwd in the entry's replication data (MS-DRSR, 5.166), or,
// where the service account can't read that, the time of the last change.
func stamp(e *ldap.Entry) string {
	const header, row, unicodePwd = 16, 48, 0x9005a
	data := e.GetRawAttributeValue("replPropertyMetaData")
	if len(data) < header {
		return e.GetAttributeValue("pwdLastSet")
	}
	n := int(binary.LittleEndian.Uint32(data[8:]))
	for i := 0; i < n && len(data) >= header+(i+1)*row; i++ {
		r := data[header+i*row:]
		if binary.LittleEndian.Uint32(r) == unicodePwd {
			return fmt.Sprintf("%d/%x", binary.LittleEndian.Uint32(r[4:]), r[8:16])
		}
	}
	return neverSet
}

// neverSet is the stamp of a password that there never was.
const neverSet = "0"

// adSettings are a password policy of a domain, or of a fine-grained policy.
type adSettings struct {
	rules     port.PasswordRules
	minAge    time.Duration
	threshold int
	lockFor   time.Duration // 0: until an administrator unlocks
	window    time.Duration
	unread    bool // it can't be read
}

// oldFor is how long domain controllers take the password before the last (OldPasswordAllowedPeriod): for NTLM, and where they
// are Samba, for LDAP.
const oldFor = time.Hour

// settings reads the policy that holds for an account: that of its own, or the domain's.
func (a *activeDirectory) settings(ctx context.Context, l *link, pso string) (adSettings, error) {
	return cachedOr(&a.cache, "policy|"+pso, func() (adSettings, error) {
		if pso != "" {
			e, err := l.entry(ctx, pso, "msDS-MinimumPasswordLength", "msDS-PasswordHistoryLength", "msDS-PasswordComplexityEnabled",
				"msDS-MinimumPasswordAge", "msDS-LockoutThreshold", "msDS-LockoutDuration", "msDS-LockoutObservationWindow")
			if err != nil {
				return adSettings{}, err
			}
			// An entry without what was asked for is one that the service account may not read.
			if e != nil && e.GetAttributeValue("msDS-MinimumPasswordLength") != "" {
				return readSettings(e, "msDS-MinimumPasswordLength", "msDS-PasswordHistoryLength", "msDS-MinimumPasswordAge",
					"msDS-LockoutThreshold", "msDS-LockoutDuration", "msDS-LockoutObservationWindow",
					strings.EqualFold(e.GetAttributeValue("msDS-PasswordComplexityEnabled"), "TRUE")), nil
			}
		}
		e, err := l.entry(ctx, l.root.base, "minPwdLength", "pwdHistoryLength", "minPwdAge", "lockoutThreshold", "lockoutDuration",
			"lockOutObservationWindow", "pwdProperties")
		if err != nil {
			return adSettings{}, err
		}
		if e == nil || e.GetAttributeValue("lockoutThreshold") == "" {
			return adSettings{threshold: cautiousThreshold, window: cautiousWindow, unread: true}, nil
		}
		return readSettings(e, "minPwdLength", "pwdHistoryLength", "minPwdAge", "lockoutThreshold", "lockoutDuration",
			"lockOutObservationWindow", number(e, "pwdProperties")&1 != 0), nil
	})
}

func readSettings(e *ldap.Entry, length, history, age, threshold, lockFor, window string, complex bool) adSettings {
	s := adSettings{
		rules:  port.PasswordRules{MinLength: int(number(e, length)), History: int(number(e, history)), OldFor: oldFor},
		minAge: interval(e, age), threshold: int(number(e, threshold)), lockFor: interval(e, lockFor), window: interval(e, window),
	}
	if complex { // of five, two of which are one here: letters without case, and signs (MS-SAMR, 3.1.1.7.2)
		s.rules.MinClasses = 3
	}
	return s
}

// number gives an attribute's number; 0 where there is none.
func number(e *ldap.Entry, attribute string) int64 {
	n, _ := strconv.ParseInt(e.GetEqualFoldAttributeValue(attribute), 10, 64) // 0, where the server says something else
	return n
}

// never is what stands for no end (MS-ADTS, 3.1.1.4.5.31), as an interval that of no end at all.
const never = 1<<63 - 1

// interval gives an attribute's duration, which is kept as a negative number of 100 ns; 0 for none, and for one without end.
func interval(e *ldap.Entry, attribute string) time.Duration {
	n := number(e, attribute)
	if n >= 0 || n == -never-1 {
		return 0
	}
	return min(time.Duration(-n), longest/100) * 100
}

const longest = time.Duration(never)

// filetime reads a number of 100 ns since 1601 (MS-DTYP, 2.3.3); 0 is no time.
func filetime(n int64) time.Time {
	if n <= 0 || n == never {
		return time.Time{}
	}
	const seconds, fraction = 10_000_000, 100
	return time.Unix(n/seconds-11_644_473_600, n%seconds*fraction).UTC()
}

func expired(end int64, now time.Time) bool {
	return end != 0 && end != never && !filetime(end).After(now)
}

// firstOf gives the first attribute that has a value.
func firstOf(e *ldap.Entry, attributes ...string) string {
	for _, a := range attributes {
		if v := e.GetEqualFoldAttributeValue(a); v != "" {
			return v
		}
	}
	return ""
}

// valuesOf gives the values of attributes, one of each.
func valuesOf(e *ldap.Entry, attributes ...string) []string {
	var all []string
	for _, a := range attributes {
		if v := e.GetEqualFoldAttributeValue(a); v != "" {
			all = append(all, v)
		}
	}
	return all
}
