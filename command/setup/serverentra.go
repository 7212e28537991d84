package setup

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/backend/directory/entra"
)

// checkEntra looks at what a directory in Entra ID needs. Nobody is asked: "sparekey directory check" does that.
func checkEntra(p *planner, b directoryBlock) {
	for setting, given := range map[string]string{"tenant": b.Tenant, "application": b.Application} {
		if given == "" {
			p.report(b.key+"."+setting, app.NewProblem("", "required"))
		}
	}
	if b.Cloud != "" && !slices.Contains(entra.Clouds(), entra.Cloud(b.Cloud)) {
		p.report(b.key+".cloud", app.NewProblem("", "entra_cloud", "is", b.Cloud, "known", joined(entra.Clouds())))
	}
	for _, group := range b.Administrators {
		if !b.GroupNames && !entra.IsObjectID(group) {
			p.report(b.key+".administrators", app.NewProblem("", "entra_group", "is", group))
		}
	}
	switch {
	case b.Certificate != "" && b.Secret != "":
		p.report(b.key+".secret", app.NewProblem("", "entra_both"))
	case b.Secret != "":
		p.keepSecret(b.key, "secret", b.Secret, readPassword)
	default:
		p.keepSecret(b.key, "certificate", b.Certificate, readAppCertificate)
		p.checkAppCertificate(b)
	}
}

// checkAppCertificate looks at the certificate by which the application proves itself.
func (p *planner) checkAppCertificate(b directoryBlock) {
	read := p.plan.passwords[b.key]
	if read == nil {
		return
	}
	file, err := read()
	if err != nil { // it was said
		return
	}
	own, _, err := entra.ReadCertificate(file)
	if err == nil && p.clock.Now().After(own[0].NotAfter) {
		err = app.NewProblem("", "certificate_over", "until", own[0].NotAfter.UTC().Format(time.DateTime))
	}
	if err != nil {
		p.report(b.key+".certificate", err)
	}
}

func joined[T ~string](all []T) string {
	var texts []string
	for _, text := range all {
		texts = append(texts, string(text))
	}
	return strings.Join(texts, ", ")
}

// maxAppCertificate is larger than a certificate with its chain and key.
const maxAppCertificate = 256 << 10

func readAppCertificate(path string) (app.Secret, error) {
	content, err := files.Read(path, maxAppCertificate)
	return app.NewSecret(string(content)), err
}

// openEntra opens a directory in Entra ID. Nobody is asked yet: a server starts while its directory is away.
func openEntra(_ context.Context, p *ServerPlan, parts ServerParts, b directoryBlock) (openedDirectory, error) {
	d, err := newEntra(parts, b, p.passwords[b.key])
	if err != nil {
		return openedDirectory{}, err
	}
	return openedDirectory{Directory: d, closers: []func() error{d.Close}}, nil
}

// newEntra makes one whose application proves itself by a secret, where the settings name one, and else by a certificate.
func newEntra(parts ServerParts, b directoryBlock, proof func() (app.Secret, error)) (*entra.Directory, error) {
	c := entra.Config{
		Cloud: entra.Cloud(b.Cloud), Tenant: b.Tenant, Client: b.Application, Domain: b.Domain, Prefix: b.Prefix,
		Administrators: b.Administrators, GroupNames: b.GroupNames, RoleHolders: b.RoleHolders, SyncedHere: b.SyncedHere,
		Clock: parts.Clock, Log: parts.log, Transport: parts.Graph,
	}
	if b.Secret != "" {
		c.Secret = proof
	} else {
		c.Certificate = proof
	}
	return entra.New(c)
}
