package setup

import (
	"bytes"
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/backend/directory/ldap"
)

// checkLDAP looks at what a directory behind LDAP needs. Nobody is asked: "sparekey directory check" does that.
func checkLDAP(p *planner, b directoryBlock) {
	for _, address := range b.Servers {
		if err := ldap.CheckServer(address); err != nil {
			p.report(b.key+".servers", app.NewProblem("", "ldap_server", "is", address))
		}
	}
	if len(b.Servers) == 0 {
		switch {
		case ldap.Kind(b.Kind) != ldap.ActiveDirectory:
			p.report(b.key+".servers", app.NewProblem("", "required"))
		case b.Domain == "":
			p.report(b.key+".domain", app.NewProblem("", "ldap_domain"))
		}
	}
	if b.User == "" {
		p.report(b.key+".user", app.NewProblem("", "required"))
	}
	if path := p.password(b.key+".password", b.Password); path != "" {
		p.plan.passwords[b.key] = path
	}
	if _, err := p.plan.rootsIn(b.Trust); err != nil {
		p.report(b.key+".trust", err)
	}
}

// openLDAP opens a directory behind LDAP. Nobody is asked yet: a server starts while its directory is away.
func openLDAP(_ context.Context, p *ServerPlan, parts ServerParts, b directoryBlock) (openedDirectory, error) {
	c, err := p.ldapConfig(b)
	if err != nil {
		return openedDirectory{}, err
	}
	c.Clock, c.Network = parts.Clock, parts.Network
	d, err := ldap.New(c)
	if err != nil {
		return openedDirectory{}, err
	}
	return openedDirectory{Directory: d, closers: []func() error{d.Close}}, nil
}

// ldapConfig is what a block means.
func (p *ServerPlan) ldapConfig(b directoryBlock) (ldap.Config, error) {
	roots, err := p.rootsIn(b.Trust)
	if err != nil {
		return ldap.Config{}, err
	}
	path := p.passwords[b.key]
	return ldap.Config{
		Kind: ldap.Kind(b.Kind), Servers: b.Servers, Domain: b.Domain, Prefix: b.Prefix, User: b.User,
		Password: func() (app.Secret, error) { return readPassword(path) }, Roots: roots,
		Base: b.Base, GroupBase: b.GroupBase, Administrators: b.Administrators, Names: b.Names, Mail: b.Mail, PasswordPolicy: b.PasswordPolicy,
	}, nil
}

const (
	maxRoots    = 1 << 20
	maxPassword = 4 << 10
)

// readPassword reads a service account's password: the file's one line. It is read anew for each connection, so that a new
// one holds as soon as it is there.
func readPassword(path string) (app.Secret, error) {
	content, err := files.Read(path, maxPassword)
	if err != nil {
		return app.Secret{}, err
	}
	content = bytes.TrimRight(content, "\r\n")
	if len(content) == 0 || bytes.ContainsAny(content, "\r\n") {
		return app.Secret{}, errors.New("it has to hold one line, the password")
	}
	return app.NewSecret(string(content)), nil
}
