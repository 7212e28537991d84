package setup

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/backend/directory/ldap"
)

// checkLDAP looks at what a directory behind LDAP needs. Nobody is asked: "sparekey directory check" does that.
func checkLDAP(p *planner, b directoryBlock) {
	for _, address := range b.Servers {
		if err := ldap.CheckServer(address); err != nil {
			host := address[strings.LastIndexByte(address, '@')+1:] // a password before it is repeated nowhere
			p.report(b.key+".servers", app.NewProblem("", "ldap_server", "is", host))
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
	p.keepSecret(b.key, "password", b.Password, readPassword)
	if _, err := p.plan.rootsIn(b.Trust); err != nil {
		p.report(b.key+".trust", err)
	}
}

// keepSecret looks at the file of a secret that a table of the settings names, which not everybody may read, and keeps how it is read.
func (p *planner) keepSecret(table, setting, name string, read func(path string) (app.Secret, error)) {
	p.keepSecretAs(table, table+"."+setting, name, read)
}

// keepSecretAs is keepSecret for one of several that a table names, each of which is kept under a key of its own.
func (p *planner) keepSecretAs(kept, at, name string, read func(path string) (app.Secret, error)) {
	key := p.secret(at, name)
	if key.path == "" {
		return
	}
	p.checkExposed(at, key)
	held, err := read(key.path)
	if err != nil {
		p.report(at, err)
	}
	p.plan.passwords[kept] = func() (app.Secret, error) { return read(key.path) }
	if p.beside { // by the time that the directory is asked, who began as root may not be root any more
		p.plan.passwords[kept] = func() (app.Secret, error) { return app.NewSecret(held.Reveal()), err }
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
	return ldap.Config{
		Kind: ldap.Kind(b.Kind), Servers: b.Servers, Domain: b.Domain, Prefix: b.Prefix, User: b.User,
		Password: p.passwords[b.key], Roots: roots,
		Base: b.Base, GroupBase: b.GroupBase, Administrators: b.Administrators, Names: b.Names, Mail: b.Mail, PasswordPolicy: b.PasswordPolicy,
	}, nil
}

// keepPasswords reads the passwords of service accounts once, so that who may read their files no longer can go on.
func (p *ServerPlan) keepPasswords() error {
	for table, read := range p.passwords {
		password, err := read()
		if err != nil {
			return err
		}
		p.passwords[table] = func() (app.Secret, error) { return password, nil }
	}
	return nil
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
