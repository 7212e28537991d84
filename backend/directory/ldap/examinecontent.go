package ldap

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// examineContent looks at what the directory holds. The error is one of asking, not of what was found.
func (d *Directory) examineContent(ctx context.Context, l *link, what Examination, tell func(Finding)) error {
	for i, dn := range []string{d.base(l), d.groupBase(l)} {
		if i > 0 && dn == d.base(l) {
			continue
		}
		e, err := l.entry(ctx, dn, "1.1")
		if err != nil && !answered(err) {
			return err
		}
		if e == nil {
			tell(Finding{Step: StepBase, About: dn, Code: BaseMissing, Failed: true, Cause: err})
			return nil
		}
		tell(Finding{Step: StepBase, About: dn})
	}
	if what.ends(StepPolicy) {
		return nil
	}
	found, err := d.examinePolicy(ctx, l)
	if err != nil {
		return err
	}
	tell(found)
	for _, name := range what.Groups {
		if what.ends(StepGroup) {
			return nil
		}
		if found, err = d.examineGroup(ctx, l, name); err != nil {
			return err
		}
		tell(found)
	}
	if what.Person == "" || what.ends(StepPerson) {
		return nil
	}
	return d.examinePerson(ctx, l, what.Person, tell)
}

// examinePolicy says what most people's passwords have to keep to, as far as failures go: what nobody may read has no threshold.
func (d *Directory) examinePolicy(ctx context.Context, l *link) (Finding, error) {
	found := Finding{Step: StepPolicy, About: d.config.PasswordPolicy}
	if found.About != "" {
		if e, err := l.entry(ctx, found.About, "1.1"); err != nil && !answered(err) {
			return found, err
		} else if e == nil {
			found.Code, found.Failed, found.Cause = PolicyMissing, true, err
			return found, nil
		}
	}
	most, err := d.dialect.most(ctx, l)
	if err != nil {
		return found, err
	}
	found.Params = map[string]string{"threshold": strconv.Itoa(most.Threshold)}
	switch {
	case d.config.Kind == OpenLDAP && d.config.PasswordPolicy == "":
		found.Code = PolicyUnnamed
	case most.Threshold == 0:
		found.Code, found.Remedy = PolicyUnread, d.dialect.grant("policy", d.config.User)
	}
	return found, nil
}

// examineGroup looks whether a group is there, and whether anybody is in it, or any other group.
func (d *Directory) examineGroup(ctx context.Context, l *link, name string) (Finding, error) {
	dns, err := d.groupsCalled(ctx, l, name)
	if err != nil && !answered(err) {
		return Finding{}, err
	}
	found := Finding{Step: StepGroup, About: name, Code: GroupUnknown, Failed: true, Cause: err}
	for _, dn := range dns {
		e, err := l.entry(ctx, dn, memberAttributes...)
		switch {
		case err != nil && !answered(err):
			return Finding{}, err
		case err != nil || e == nil:
		case len(e.Attributes) > 0: // also as a range of them (MS-ADTS, 3.1.1.3.1.3.3)
			return Finding{Step: StepGroup, About: name}, nil
		default:
			found.Code = GroupEmpty
		}
	}
	return found, nil
}

// memberAttributes are those by which groups name who is in them.
var memberAttributes = []string{"member", "uniqueMember", "memberUid"}

// examinePerson looks a person up as a reset does, and says how they stand.
func (d *Directory) examinePerson(ctx context.Context, l *link, typedName string, tell func(Finding)) error {
	e, err := d.lookUp(ctx, l, readName(typedName, d.config.Domain, d.config.Prefix))
	if err != nil {
		return err
	}
	if e == nil {
		tell(Finding{Step: StepPerson, About: typedName, Code: PersonUnknown})
		return nil
	}
	p, err := d.dialect.describe(ctx, l, e)
	if err != nil {
		return err
	}
	a, err := d.account(ctx, l, e)
	if err != nil {
		return err
	}
	tell(Finding{Step: StepPerson, About: e.DN, Code: standing(a), Params: map[string]string{
		"user_id": a.UserID, "mail": a.Mail, "groups": strconv.Itoa(len(a.Groups)), "length": strconv.Itoa(p.rules.MinLength),
		"classes": strconv.Itoa(p.rules.MinClasses), "history": strconv.Itoa(p.rules.History),
	}})
	if a.Stamp == "" {
		tell(Finding{Step: StepRights, About: e.DN, Code: StampNone, Remedy: d.dialect.grant("stamp", d.config.User)})
	}
	for _, f := range d.dialect.rights(ctx, l, e) {
		tell(f)
	}
	return nil
}

// standing is why an account may not be helped, or what else there is to know of it.
func standing(a port.DirectoryAccount) Code {
	for _, s := range []struct {
		is   bool
		code Code
	}{
		{a.Elsewhere, PersonElsewhere}, {a.Protected, PersonProtected}, {a.Disabled, PersonDisabled}, {a.Expired, PersonExpired},
		{!a.LockedUntil.IsZero(), PersonLocked}, {a.MustChange, PersonMustChange}, {!a.HasPassword, PersonNoPassword}, {a.Mail == "", PersonNoMail},
	} {
		if s.is {
			return s.code
		}
	}
	return ""
}

// unguessable is a password that every policy takes: of each class, and without a vowel, so that no part of it is a part of
// somebody's name.
func unguessable() app.Secret {
	text := strings.NewReplacer("A", "8", "E", "9", "I", "0", "O", "1", "U", "8", "Y", "9").Replace(rand.Text())
	return app.NewSecret(text[:13] + "-" + strings.ToLower(text[13:]) + "-Zq7")
}

// examineReset gives a test account a password that nobody knows, proves that it signs in, and lifts locks.
func (d *Directory) examineReset(ctx context.Context, typedName string, tell func(Finding)) {
	account, err := d.Find(ctx, typedName)
	if err != nil {
		tell(Finding{Step: StepReset, About: typedName, Code: PersonUnknown, Failed: true, Cause: err})
		return
	}
	err = d.SetPassword(ctx, account.ID, unguessable())
	var refusal *port.Refusal
	switch {
	case errors.As(err, &refusal):
		tell(Finding{Step: StepReset, About: typedName, Code: ResetRefused, Failed: true, Params: map[string]string{"rule": refusal.Rule}, Cause: err})
		return
	case hasCode(err, ldap.LDAPResultInsufficientAccessRights):
		tell(Finding{Step: StepReset, About: typedName, Code: ResetRights, Failed: true, Remedy: d.dialect.grant("reset", d.config.User), Cause: err})
		return
	case err != nil:
		tell(Finding{Step: StepReset, About: typedName, Code: ResetUnconfirmed, Failed: true, Cause: err})
		return
	}
	if err := d.Unlock(ctx, account.ID); err != nil {
		tell(Finding{Step: StepReset, About: typedName, Code: UnlockRights, Failed: true, Remedy: d.dialect.grant("unlock", d.config.User), Cause: err})
		return
	}
	tell(Finding{Step: StepReset, About: typedName})
}
