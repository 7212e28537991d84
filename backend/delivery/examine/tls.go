package examine

import (
	"crypto/x509"
	"errors"
	"time"
)

// Remedy is a code for what helps against a failure; see Finding.
type Remedy string

// The remedies that providers of each channel have in common.
const (
	RemedyIssuer  Remedy = "issuer"  // its certificate is of an issuer that isn't known
	RemedyHost    Remedy = "host"    // its certificate is for another name
	RemedyExpired Remedy = "expired" // its certificate is over, or not yet valid
)

// RemedyOfCertificate says what helps where a certificate is why a connection can't be secured; empty: it is not.
func RemedyOfCertificate(err error) Remedy {
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var issuer x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return RemedyExpired
	case errors.As(err, &host):
		return RemedyHost
	case errors.As(err, &issuer):
		return RemedyIssuer
	}
	return ""
}

// Certificate says whose a certificate is, for words.
func Certificate(c *x509.Certificate) map[string]string {
	return map[string]string{"subject": c.Subject.String(), "issuer": c.Issuer.String(), "until": c.NotAfter.UTC().Format(time.DateOnly)}
}
