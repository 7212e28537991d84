package ldap

import (
	"context"
	"slices"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/backend/directory/examine"
)

// What the service account needs beyond reading, and the commands of each kind that grant it. The guides have the same.

func (a *activeDirectory) grant(right, user string) string {
	base := a.config.Base
	if base == "" {
		base = "OU=People,DC=example,DC=org"
	}
	switch right {
	case "reset":
		return `dsacls "` + base + `" /I:S /G "` + user + `:CA;Reset Password;user" "` + user + `:WP;lockoutTime;user"`
	case "unlock":
		return `dsacls "` + base + `" /I:S /G "` + user + `:WP;lockoutTime;user"`
	}
	return ""
}

// rights says which attributes of a person the service account may not write: a controller tells that by itself (MS-ADTS,
// 3.1.1.4.5.16). Whether it may reset a password, nothing but a reset says.
func (a *activeDirectory) rights(ctx context.Context, l *link, e *ldap.Entry) []Finding {
	own, err := l.entry(ctx, e.DN, "allowedAttributesEffective")
	if err != nil || own == nil {
		return nil
	}
	if slices.Contains(own.GetAttributeValues("allowedAttributesEffective"), "lockoutTime") {
		return []Finding{{Step: examine.StepRights, About: "lockoutTime"}}
	}
	return []Finding{{Step: examine.StepRights, About: "lockoutTime", Code: examine.RightMissing, Failed: true, Remedy: a.grant("unlock", a.config.User)}}
}

func (o *openLDAP) grant(right, user string) string {
	switch right {
	case "reset":
		return `olcAccess: to attrs=userPassword by dn.exact="` + user + `" =wsx by self =wx by anonymous auth by * none`
	case "unlock":
		return `olcAccess: to attrs=pwdAccountLockedTime,pwdFailureTime,pwdReset by dn.exact="` + user + `" manage by * none`
	case "policy":
		return `olcAccess: to * by dn.exact="` + user + `" read`
	}
	return ""
}

// rights is silent: slapd tells nobody what they may write.
func (*openLDAP) rights(context.Context, *link, *ldap.Entry) []Finding { return nil }

func (d *ds389) grant(right, user string) string {
	allow := `(version 3.0; acl "Sparekey"; allow `
	who := ` userdn = "ldap:///` + user + `";)`
	switch right {
	case "reset":
		return `aci: (targetattr = "userPassword")` + allow + `(search, write)` + who
	case "unlock":
		return `aci: (targetattr = "passwordRetryCount || accountUnlockTime || passwordExpirationTime")` + allow + `(read, search, write)` + who
	case "policy":
		return `aci: (targetattr = "password*")(targetfilter = "(cn=config)")` + allow + `(read, search, compare)` + who
	case "stamp":
		return `dsconf INSTANCE pwpolicy set --pwdtrack on`
	}
	return ""
}

func (f *freeIPA) grant(right, user string) string {
	switch right {
	case "reset", "unlock":
		return `ipa permission-add "Sparekey" --right=write --attrs=userpassword,krbloginfailedcount --type=user`
	case "policy":
		return `ipa privilege-add-permission "Sparekey" --permissions="System: Read Group Password Policy"`
	}
	return ""
}
