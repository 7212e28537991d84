package ldap

import (
	"context"
	"errors"
	"strconv"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/backend/directory/examine"
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
			tell(Finding{Step: examine.StepBase, About: dn, Code: examine.BaseMissing, Failed: true, Cause: err})
			return nil
		}
		tell(Finding{Step: examine.StepBase, About: dn})
	}
	if what.Ends(examine.StepPolicy) {
		return nil
	}
	found, err := d.examinePolicy(ctx, l)
	if err != nil {
		return err
	}
	tell(found)
	for _, name := range what.Groups {
		if what.Ends(examine.StepGroup) {
			return nil
		}
		if found, err = d.examineGroup(ctx, l, name); err != nil {
			return err
		}
		tell(found)
	}
	if what.Person == "" || what.Ends(examine.StepPerson) {
		return nil
	}
	return d.examinePerson(ctx, l, what.Person, tell)
}

// examinePolicy says what most people's passwords have to keep to, as far as failures go: what nobody may read has no threshold.
func (d *Directory) examinePolicy(ctx context.Context, l *link) (Finding, error) {
	found := Finding{Step: examine.StepPolicy, About: d.config.PasswordPolicy}
	if found.About != "" {
		if e, err := l.entry(ctx, found.About, "1.1"); err != nil && !answered(err) {
			return found, err
		} else if e == nil {
			found.Code, found.Failed, found.Cause = examine.PolicyMissing, true, err
			return found, nil
		}
	}
	most, known, err := d.dialect.most(ctx, l)
	if err != nil {
		return found, err
	}
	found.Params = map[string]string{"threshold": strconv.Itoa(most.Threshold)}
	switch {
	case d.config.Kind == OpenLDAP && d.config.PasswordPolicy == "":
		found.Code = examine.PolicyUnnamed
	case !known || most.Threshold == 0:
		found.Code, found.Remedy = examine.PolicyUnread, d.dialect.grant("policy", d.config.User)
	}
	return found, nil
}

// examineGroup looks whether a group is there, and whether anybody is in it, or any other group.
func (d *Directory) examineGroup(ctx context.Context, l *link, name string) (Finding, error) {
	dns, err := d.groupsCalled(ctx, l, name)
	if err != nil && !answered(err) {
		return Finding{}, err
	}
	found := Finding{Step: examine.StepGroup, About: name, Code: examine.GroupUnknown, Failed: true, Cause: err}
	for _, dn := range dns {
		e, err := l.entry(ctx, dn, memberAttributes...)
		switch {
		case err != nil && !answered(err):
			return Finding{}, err
		case err != nil || e == nil:
		case len(e.Attributes) > 0: // also as a range of them (MS-ADTS, 3.1.1.3.1.3.3)
			return Finding{Step: examine.StepGroup, About: name}, nil
		default:
			found.Code = examine.GroupEmpty
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
		tell(Finding{Step: examine.StepPerson, About: typedName, Code: examine.PersonUnknown})
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
	tell(Finding{Step: examine.StepPerson, About: e.DN, Code: examine.Standing(a), Params: map[string]string{
		"user_id": a.UserID, "mail": a.Mail, "groups": strconv.Itoa(len(a.Groups)), "length": strconv.Itoa(p.rules.MinLength),
		"classes": strconv.Itoa(p.rules.MinClasses), "history": strconv.Itoa(p.rules.History),
	}})
	if a.Stamp == "" {
		tell(Finding{Step: examine.StepRights, About: e.DN, Code: examine.StampNone, Remedy: d.dialect.grant("stamp", d.config.User)})
	}
	for _, f := range d.dialect.rights(ctx, l, e) {
		tell(f)
	}
	return nil
}

// examineReset gives a test account a password that nobody knows, proves that it signs in, and lifts locks.
func (d *Directory) examineReset(ctx context.Context, typedName string, tell func(Finding)) {
	account, err := d.Find(ctx, typedName)
	if err != nil {
		tell(Finding{Step: examine.StepReset, About: typedName, Code: examine.PersonUnknown, Failed: true, Cause: err})
		return
	}
	err = d.SetPassword(ctx, account.ID, examine.Unguessable())
	var refusal *port.Refusal
	switch {
	case errors.As(err, &refusal):
		tell(Finding{Step: examine.StepReset, About: typedName, Code: examine.ResetRefused, Failed: true, Params: map[string]string{"rule": refusal.Rule}, Cause: err})
		return
	case hasCode(err, ldap.LDAPResultInsufficientAccessRights):
		tell(Finding{Step: examine.StepReset, About: typedName, Code: examine.ResetRights, Failed: true, Remedy: d.dialect.grant("reset", d.config.User), Cause: err})
		return
	case err != nil:
		tell(Finding{Step: examine.StepReset, About: typedName, Code: examine.ResetUnconfirmed, Failed: true, Cause: err})
		return
	}
	if err := d.Unlock(ctx, account.ID); err != nil {
		tell(Finding{Step: examine.StepReset, About: typedName, Code: examine.UnlockRights, Failed: true, Remedy: d.dialect.grant("unlock", d.config.User), Cause: err})
		return
	}
	tell(Finding{Step: examine.StepReset, About: typedName})
}
