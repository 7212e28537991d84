package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
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
	StepGroup   Step = "group"  // is a group there, and has it members
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
	Person string   // a name to look up; empty for none
	Groups []string // to look up, each by name or DN
	UpTo   Step     // the last one that is taken; empty: all
	// Reset is the name of a test account that gets a password which nobody knows, and is unlocked; empty for none.
	Reset string
}

// steps are all of them, in their order.
var steps = []Step{StepServers, StepResolve, StepConnect, StepTLS, StepBind, StepBase, StepPolicy, StepGroup, StepPerson, StepRights, StepReset}

// ends reports whether an examination ends before a step.
func (e Examination) ends(before Step) bool {
	return e.UpTo != "" && slices.Index(steps, before) > slices.Index(steps, e.UpTo)
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
	if what.ends(StepResolve) {
		return
	}
	served := false
	for _, a := range all {
		served = d.examineServer(ctx, a, what, tell) || served
	}
	if !served || what.ends(StepBase) {
		return
	}
	err = d.pool.with(ctx, func(l *link) error { return d.examineContent(ctx, l, what, tell) })
	if err != nil {
		tell(Finding{Step: StepBase, About: d.config.Base, Code: Unanswered, Failed: true, Cause: err})
		return
	}
	if what.Reset != "" && !what.ends(StepReset) {
		d.examineReset(ctx, what.Reset, tell)
	}
}

// examineServer goes as far with one server as it lets anybody go, and reports whether it serves.
func (d *Directory) examineServer(ctx context.Context, a address, what Examination, tell func(Finding)) bool {
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
	if found.Failed || what.ends(StepBind) {
		return !found.Failed
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
