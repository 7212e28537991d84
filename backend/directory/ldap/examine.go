package ldap

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Step is what an examination looks at, in this order.
type Step string

// The steps.
const (
	StepServers Step = "servers" // are there any
	StepResolve Step = "resolve" // does each have an address
	StepConnect Step = "connect"
	StepTLS     Step = "tls"    // whose certificate, until when
	StepBind    Step = "bind"   // does it let the service account in
	StepBase    Step = "base"   // is there what people and groups are beneath
	StepPolicy  Step = "policy" // can the rules for passwords be read
	StepPerson  Step = "person" // is a person found, and how do they stand
	StepRights  Step = "rights" // may the service account do what it has to
	StepReset   Step = "reset"  // does a reset come out as a password that signs in
)

// Finding is what one step found.
type Finding struct {
	Step   Step
	About  string            // the server, the DN, the name
	Code   Code              // what is wrong, or worth to be known; empty where all is well
	Failed bool              // nothing can be done before it is mended
	Params map[string]string // figures and names for the words
	Remedy string            // a command that grants what is missing, or empty
	Cause  error             // in the server's own words
}

// Examination says how far a directory is examined.
type Examination struct {
	Person string // a name to look up; empty for none
	// Reset is the name of a test account that gets a password which nobody knows, and is unlocked; empty for none.
	Reset string
}

// soon is how near the end of a certificate is worth a word.
const soon = 21 * 24 * time.Hour

// Examine walks through everything that a reset needs, and tells each finding as it is found.
func (d *Directory) Examine(ctx context.Context, what Examination, tell func(Finding)) {
	all, err := d.servers.inOrder(ctx)
	if err != nil {
		tell(Finding{Step: StepServers, About: d.config.Domain, Code: NoneFound, Failed: true, Cause: err})
		return
	}
	served := false
	for _, a := range all {
		served = d.examineServer(ctx, a, tell) || served
	}
	if !served {
		return
	}
	err = d.pool.with(ctx, func(l *link) error { return d.examineContent(ctx, l, what, tell) })
	if err != nil {
		tell(Finding{Step: StepBase, About: d.config.Base, Code: Unanswered, Failed: true, Cause: err})
		return
	}
	if what.Reset != "" {
		d.examineReset(ctx, what.Reset, tell)
	}
}

// examineServer goes as far with one server as it lets anybody go, and reports whether it serves.
func (d *Directory) examineServer(ctx context.Context, a address, tell func(Finding)) bool {
	about := a.String()
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	if net.ParseIP(a.host) == nil {
		found, err := d.config.Network.Lookup(ctx, a.host)
		if err != nil {
			tell(Finding{Step: StepResolve, About: a.host, Code: Unresolved, Failed: true, Cause: err})
			return false
		}
		tell(Finding{Step: StepResolve, About: a.host, Params: map[string]string{"addresses": strings.Join(found, ", ")}})
	}
	chain, err := d.servers.certificates(ctx, a)
	var unreached *net.OpError
	switch {
	case errors.As(err, &unreached) && unreached.Op == "dial":
		tell(Finding{Step: StepConnect, About: about, Code: Unreached, Failed: true, Cause: err})
		return false
	case err != nil:
		tell(Finding{Step: StepTLS, About: about, Code: TLSNone, Failed: true, Cause: err})
		return false
	}
	found := d.judge(a, chain)
	found.Step, found.About = StepTLS, about
	tell(found)
	if found.Failed {
		return false
	}
	l, err := d.connectTo(ctx, a, 1)
	if err != nil {
		tell(Finding{Step: StepBind, About: about, Code: bindCode(err), Failed: true, Params: map[string]string{"user": d.config.User}, Cause: err})
		return false
	}
	_ = l.conn.Close()
	tell(Finding{Step: StepBind, About: about, Params: map[string]string{"user": d.config.User}})
	return true
}

// certificates are those that a server shows. It is asked nothing: whether they can be trusted is judged afterwards.
func (s *servers) certificates(ctx context.Context, a address) ([]*x509.Certificate, error) {
	raw, err := s.config.Network.Dial(ctx, "tcp", net.JoinHostPort(a.host, a.port))
	if err != nil {
		return nil, err
	}
	defer func() { _ = raw.Close() }()
	look := &tls.Config{ServerName: a.host, InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
	if a.tls {
		secured := tls.Client(raw, look)
		if err := secured.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		return secured.ConnectionState().PeerCertificates, nil
	}
	conn := ldap.NewConn(raw, false)
	conn.SetTimeout(remaining(ctx))
	conn.Start()
	defer func() { _ = conn.Close() }()
	if err := conn.StartTLS(look); err != nil {
		return nil, err
	}
	state, _ := conn.TLSConnectionState()
	return state.PeerCertificates, nil
}

// judge says whether a server's certificates are to be trusted.
func (d *Directory) judge(a address, chain []*x509.Certificate) Finding {
	if len(chain) == 0 {
		return Finding{Code: TLSNone, Failed: true}
	}
	own, between := chain[0], x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	now := d.config.Clock.Now()
	_, err := own.Verify(x509.VerifyOptions{DNSName: a.host, Roots: d.config.Roots, Intermediates: between, CurrentTime: now})
	found := Finding{Cause: err, Failed: err != nil, Params: map[string]string{
		"subject": own.Subject.String(), "issuer": own.Issuer.String(), "until": own.NotAfter.UTC().Format(time.DateOnly), "host": a.host,
	}}
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	switch {
	case err == nil && own.NotAfter.Sub(now) < soon:
		found.Code = TLSSoon
	case err == nil:
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		found.Code = TLSExpired
	case errors.As(err, &name) && len(own.DNSNames)+len(own.IPAddresses) == 0:
		found.Code = TLSNameless
	case errors.As(err, &name):
		found.Code, found.Params["names"] = TLSName, strings.Join(own.DNSNames, ", ")
	default:
		found.Code = TLSUnknown
	}
	return found
}

// bindCode says why a server does not let the service account in.
func bindCode(err error) Code {
	switch {
	case hasCode(err, ldap.LDAPResultInvalidCredentials):
		switch subcode(err) {
		case "532", "773":
			return BindExpired
		case "533", "701":
			return BindDisabled
		case "775":
			return BindLocked
		}
		return BindWrong
	case hasCode(err, ldap.LDAPResultInappropriateAuthentication, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInvalidDNSyntax):
		return BindWrong
	case hasCode(err, ldap.LDAPResultConstraintViolation, ldap.LDAPResultUnwillingToPerform):
		return BindLocked
	}
	return BindFailed
}

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
	most, err := d.dialect.most(ctx, l)
	if err != nil {
		return err
	}
	tell(d.examinePolicy(most))
	if what.Person == "" {
		return nil
	}
	return d.examinePerson(ctx, l, what.Person, tell)
}

// examinePolicy says what most people's passwords have to keep to, as far as failures go: what nobody may read has no threshold.
func (d *Directory) examinePolicy(most port.DirectoryAccount) Finding {
	found := Finding{Step: StepPolicy, About: d.config.PasswordPolicy, Params: map[string]string{"threshold": strconv.Itoa(most.Threshold)}}
	switch {
	case d.config.Kind == OpenLDAP && d.config.PasswordPolicy == "":
		found.Code = PolicyUnnamed
	case most.Threshold == 0:
		found.Code, found.Remedy = PolicyUnread, d.dialect.grant("policy", d.config.User)
	}
	return found
}

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
