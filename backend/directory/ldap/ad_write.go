package ldap

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// bind binds by the DN. A controller says more of an account to the right password alone, but that it is locked to any.
func (*activeDirectory) bind(_ context.Context, conn *ldap.Conn, p *person, password app.Secret) error {
	err := conn.Bind(p.dn, password.Reveal())
	if !hasCode(err, ldap.LDAPResultInvalidCredentials) {
		return err
	}
	switch subcode(err) {
	case "532", "773":
		return port.ErrMustChange
	case "533":
		return port.ErrDisabled
	case "701":
		return port.ErrAccountExpired
	case "775":
		return port.ErrLocked
	case "530", "531": // the right password at another hour, or another computer
		return nil
	case "52e", "525":
		if p.account.ID != "" && !p.account.HasPassword {
			return port.ErrNoPassword
		}
		return port.ErrPassword
	}
	return fmt.Errorf("a bind was answered: %w", err)
}

// subcode is the Windows error in the text of a refused bind: "…, data 52e, v1db1"; empty for none.
func subcode(err error) string {
	_, after, ok := strings.Cut(err.Error(), ", data ")
	if !ok {
		return ""
	}
	code, _, _ := strings.Cut(after, ",")
	return strings.ToLower(strings.TrimSpace(code))
}

// encoded is a password as unicodePwd takes it: in quotes, UTF-16LE (MS-ADTS, 3.1.1.3.1.5.1).
func encoded(password app.Secret) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(`"` + password.Reveal() + `"`)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

// set resets a password and lifts the lock, all or nothing. "Must change" goes with it.
func (a *activeDirectory) set(ctx context.Context, l *link, p *person, password app.Secret) error {
	m := ldap.NewModifyRequest(p.dn, nil)
	for _, oid := range []string{policyHints, policyHintsBefore} {
		if l.root.controls[oid] {
			m.Controls = append(m.Controls, hints(oid))
			break
		}
	}
	m.Replace("unicodePwd", []string{encoded(password)})
	m.Replace("lockoutTime", []string{"0"})
	return adRefusal(l.change(ctx, func(conn *ldap.Conn) error { return conn.Modify(m) }))
}

// change sets a password as its owner does: by the present one, so that the domain's rules for a change hold.
func (*activeDirectory) change(ctx context.Context, l *link, p *person, present, password app.Secret) error {
	if p.account.MustChange { // whoever has to change can't, by LDAP
		return &port.Refusal{}
	}
	m := ldap.NewModifyRequest(p.dn, nil)
	m.Delete("unicodePwd", []string{encoded(present)})
	m.Add("unicodePwd", []string{encoded(password)})
	return adRefusal(l.change(ctx, func(conn *ldap.Conn) error { return conn.Modify(m) }))
}

func (*activeDirectory) unlock(ctx context.Context, l *link, p *person) error {
	m := ldap.NewModifyRequest(p.dn, nil)
	m.Replace("lockoutTime", []string{"0"})
	return l.change(ctx, func(conn *ldap.Conn) error { return conn.Modify(m) })
}

// The control by which a reset keeps to the history and the minimum age (MS-ADTS, 3.1.1.3.4.1.27), and its older name.
const (
	policyHints       = "1.2.840.113556.1.4.2239"
	policyHintsBefore = "1.2.840.113556.1.4.2066"
)

// hints is that control.
type hints string

func (h hints) GetControlType() string { return string(h) }
func (h hints) String() string         { return "policy hints " + string(h) }

func (h hints) Encode() *ber.Packet {
	value := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "flags")
	value.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 1, "flags"))
	return criticalControl(string(h), value)
}

// adRefusal says what a controller's answer to a password means. Which rule it is about, Samba tells in words, Windows never.
func adRefusal(err error) error {
	result, is := asResult(err)
	if !is {
		return err
	}
	text := result.Error()
	switch {
	case strings.Contains(text, "00000056:"):
		return port.ErrPassword
	case strings.Contains(text, "00000775:"):
		return port.ErrLocked
	case strings.Contains(text, "0000052D:"):
		return &port.Refusal{Rule: adRule(text)}
	case hasCode(err, ldap.LDAPResultConstraintViolation):
		return &port.Refusal{Rule: "simple"}
	}
	return err
}

func adRule(text string) string {
	for words, rule := range map[string]string{
		"too short": "length", "too young": "age", "in history": "history", "previous password": "history", "complexity": "complexity",
	} {
		if strings.Contains(text, words) {
			return rule
		}
	}
	return "simple"
}
