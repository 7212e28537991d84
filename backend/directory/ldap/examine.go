package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/backend/directory/examine"
)

var _ examine.Directory = (*Directory)(nil)

// Examine implements examine.Directory.
func (d *Directory) Examine(ctx context.Context, what Examination, tell func(Finding)) {
	all, err := d.servers.inOrder(ctx)
	if err != nil {
		tell(Finding{Step: examine.StepServers, About: d.config.Domain, Code: examine.NoneFound, Failed: true, Cause: err})
		return
	}
	if what.Ends(examine.StepResolve) {
		return
	}
	served := false
	for _, a := range all {
		served = d.examineServer(ctx, a, what, tell) || served
	}
	if !served || what.Ends(examine.StepBase) {
		return
	}
	err = d.pool.with(ctx, func(l *link) error { return d.examineContent(ctx, l, what, tell) })
	if err != nil {
		tell(Finding{Step: examine.StepBase, About: d.config.Base, Code: examine.Unanswered, Failed: true, Cause: err})
		return
	}
	if what.Reset != "" && !what.Ends(examine.StepReset) {
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
			tell(Finding{Step: examine.StepResolve, About: a.host, Code: examine.Unresolved, Failed: true, Cause: err})
			return false
		}
		tell(Finding{Step: examine.StepResolve, About: a.host, Params: map[string]string{"addresses": strings.Join(found, ", ")}})
	}
	chain, err := d.servers.certificates(ctx, a)
	var unreached *net.OpError
	switch {
	case errors.As(err, &unreached) && unreached.Op == "dial":
		tell(Finding{Step: examine.StepConnect, About: about, Code: examine.Unreached, Failed: true, Cause: err})
		return false
	case err != nil:
		tell(Finding{Step: examine.StepTLS, About: about, Code: examine.TLSNone, Failed: true, Cause: err})
		return false
	}
	found := d.judge(a, chain)
	found.Step, found.About = examine.StepTLS, about
	tell(found)
	if found.Failed || what.Ends(examine.StepBind) {
		return !found.Failed
	}
	l, err := d.connectTo(ctx, a, 1)
	if err != nil {
		tell(Finding{Step: examine.StepBind, About: about, Code: bindCode(err), Failed: true, Params: map[string]string{"user": d.config.User}, Cause: err})
		return false
	}
	_ = l.conn.Close()
	tell(Finding{Step: examine.StepBind, About: about, Params: map[string]string{"user": d.config.User}})
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
		return Finding{Code: examine.TLSNone, Failed: true}
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
	case err == nil && own.NotAfter.Sub(now) < examine.Soon:
		found.Code = examine.TLSSoon
	case err == nil:
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		found.Code = examine.TLSExpired
	case errors.As(err, &name) && len(own.DNSNames)+len(own.IPAddresses) == 0:
		found.Code = examine.TLSNameless
	case errors.As(err, &name):
		found.Code, found.Params["names"] = examine.TLSName, strings.Join(own.DNSNames, ", ")
	default:
		found.Code = examine.TLSUnknown
	}
	return found
}

// bindCode says why a server does not let the service account in.
func bindCode(err error) examine.Code {
	switch {
	case hasCode(err, ldap.LDAPResultInvalidCredentials):
		switch subcode(err) {
		case "532", "773":
			return examine.BindExpired
		case "533", "701":
			return examine.BindDisabled
		case "775":
			return examine.BindLocked
		}
		return examine.BindWrong
	case hasCode(err, ldap.LDAPResultInappropriateAuthentication, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInvalidDNSyntax):
		return examine.BindWrong
	case hasCode(err, ldap.LDAPResultConstraintViolation, ldap.LDAPResultUnwillingToPerform):
		return examine.BindLocked
	}
	return examine.BindFailed
}
