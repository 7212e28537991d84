package ldap

import (
	"context"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// bind binds by the DN, and asks for what the policy has to say of it. Of a lock the server tells nobody who can't prove the
// password, and of an administrator's lock nobody at all.
func (*openLDAP) bind(_ context.Context, conn *ldap.Conn, p *person, password app.Secret) error {
	result, err := conn.SimpleBind(ldap.NewSimpleBindRequest(p.dn, password.Reveal(), []ldap.Control{ldap.NewControlBeheraPasswordPolicy()}))
	told := policyError(result)
	switch {
	case err == nil && (told == ldap.BeheraChangeAfterReset || graced(result)):
		return port.ErrMustChange
	case err == nil:
		return nil
	case !hasCode(err, ldap.LDAPResultInvalidCredentials, ldap.LDAPResultInappropriateAuthentication):
		return err
	case told == ldap.BeheraPasswordExpired:
		return port.ErrMustChange
	case !p.account.LockedUntil.IsZero(), told == ldap.BeheraAccountLocked && !p.account.Disabled:
		return port.ErrLocked
	case p.account.ID != "" && !p.account.HasPassword:
		return port.ErrNoPassword
	}
	return port.ErrPassword
}

// policyError is the error in the policy's answer to a bind; -1 for none.
func policyError(result *ldap.SimpleBindResult) int8 {
	if c := policyAnswer(result); c != nil {
		return c.Error
	}
	return -1
}

// graced reports whether a bind was let pass with a password that has expired.
func graced(result *ldap.SimpleBindResult) bool {
	c := policyAnswer(result)
	return c != nil && c.Grace >= 0
}

func policyAnswer(result *ldap.SimpleBindResult) *ldap.ControlBeheraPasswordPolicy {
	if result == nil {
		return nil
	}
	c, _ := ldap.FindControl(result.Controls, ldap.ControlTypeBeheraPasswordPolicy).(*ldap.ControlBeheraPasswordPolicy)
	return c
}

// set resets a password, which lifts the lock. Where the policy wants a password to be changed that an administrator has set,
// that is taken back: the person has chosen this one.
func (o *openLDAP) set(ctx context.Context, l *link, p *person, password app.Secret) error {
	if err := o.modify(ctx, l, p, app.Secret{}, password); err != nil {
		return err
	}
	e, err := l.entry(ctx, p.dn, "pwdReset")
	if err != nil || e == nil || !isTrue(e, "pwdReset") {
		return err
	}
	return remove(ctx, l, p.dn, "pwdReset")
}

// change sets a password by the present one.
func (o *openLDAP) change(ctx context.Context, l *link, p *person, present, password app.Secret) error {
	return o.modify(ctx, l, p, present, password)
}

// modify is the password modify operation (RFC 3062), which hashes, where a plain modification might not. With an empty present
// password it is a reset.
func (*openLDAP) modify(ctx context.Context, l *link, p *person, present, password app.Secret) error {
	value := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "passwd modify")
	value.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, p.dn, "user"))
	if !present.Empty() {
		value.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 1, present.Reveal(), "present"))
	}
	value.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 2, password.Reveal(), "password"))
	const passwordModify = "1.3.6.1.4.1.4203.1.11.1"
	request := ldap.NewExtendedRequest(passwordModify, value)
	request.Controls = []ldap.Control{ldap.NewControlBeheraPasswordPolicy()}
	err := l.change(ctx, func(conn *ldap.Conn) error {
		_, err := conn.Extended(request)
		return err
	})
	return ppolicyRefusal(err)
}

// The policy's words on a new password (draft-behera-ldap-password-policy-10, 6.2), and slapd's own.
var ppolicyRules = map[int64]string{5: "complexity", 6: "length", 7: "age", 8: "history", 9: "length"}

// ppolicyRefusal says what an answer to a password means.
func ppolicyRefusal(err error) error {
	result, is := asResult(err)
	if !is {
		return err
	}
	switch {
	case hasCode(err, ldap.LDAPResultUnwillingToPerform) && strings.Contains(result.Error(), "old password"),
		hasCode(err, ldap.LDAPResultInvalidCredentials):
		return port.ErrPassword
	case hasCode(err, ldap.LDAPResultConstraintViolation):
		rule := ppolicyRules[policyErrorIn(result.Packet)]
		if rule == "" {
			rule = "simple"
		}
		return &port.Refusal{Rule: rule}
	}
	return err
}

// policyErrorIn reads the policy's error out of the controls of an answer; -1 for none. The library gives none beside an error.
func policyErrorIn(packet *ber.Packet) int64 {
	if packet == nil || len(packet.Children) < 3 {
		return -1
	}
	for _, control := range packet.Children[2].Children {
		if len(control.Children) < 2 || control.Children[0].Data.String() != ldap.ControlTypeBeheraPasswordPolicy {
			continue
		}
		value, err := ber.DecodePacketErr(control.Children[len(control.Children)-1].Data.Bytes())
		if err != nil {
			return -1
		}
		for _, part := range value.Children {
			if part.ClassType == ber.ClassContext && part.Tag == 1 {
				if n, err := ber.ParseInt64(part.Data.Bytes()); err == nil {
					return n
				}
			}
		}
	}
	return -1
}

// unlock lifts the lock by taking its attribute away, which empties the list of failures too; where there is none, nothing is
// locked, and the list is emptied by itself. An administrator's own lock stays.
func (o *openLDAP) unlock(ctx context.Context, l *link, p *person) error {
	if p.account.Disabled {
		return nil
	}
	err := remove(ctx, l, p.dn, "pwdAccountLockedTime")
	if !hasCode(err, ldap.LDAPResultNoSuchAttribute) {
		return err
	}
	if p.account.Failures == 0 {
		return nil
	}
	return remove(ctx, l, p.dn, "pwdFailureTime", relax{})
}

func remove(ctx context.Context, l *link, dn, attribute string, controls ...ldap.Control) error {
	m := ldap.NewModifyRequest(dn, controls)
	m.Delete(attribute, nil)
	return l.change(ctx, func(conn *ldap.Conn) error { return conn.Modify(m) })
}

// relax lets whoever may manage an attribute write one that the server keeps (draft-zeilenga-ldap-relax).
type relax struct{}

func (relax) GetControlType() string { return "1.3.6.1.4.1.4203.666.5.12" }
func (relax) String() string         { return "relax" }
func (r relax) Encode() *ber.Packet  { return criticalControl(r.GetControlType(), nil) }
