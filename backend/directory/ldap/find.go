package ldap

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/port"
)

// Find implements port.Directory. A name by which people sign in comes before a mailbox, which anybody may have been given;
// where two accounts have it, neither is found.
func (d *Directory) Find(ctx context.Context, userID string) (port.DirectoryAccount, error) {
	n := readName(userID, d.config.Domain, d.config.Prefix)
	var account port.DirectoryAccount
	known := false
	err := d.pool.with(ctx, func(l *link) error {
		e, err := d.lookUp(ctx, l, n)
		if err != nil {
			return err
		}
		if e == nil {
			account, _, err = d.dialect.most(ctx, l)
			account.UserID = n.whole
			return err
		}
		known = true
		account, err = d.account(ctx, l, e)
		return err
	})
	switch {
	case err != nil:
		return port.DirectoryAccount{}, unavailable("find", err)
	case !known:
		return account, port.ErrNotFound
	}
	return account, nil
}

// lookUp gives the one entry that a name leads to; nil where there is none, or more than one.
func (d *Directory) lookUp(ctx context.Context, l *link, n name) (*ldap.Entry, error) {
	var any strings.Builder
	for _, attribute := range d.dialect.login() {
		for _, form := range n.forms {
			any.WriteString("(" + attribute + "=" + ldap.EscapeFilter(form) + ")")
		}
	}
	for _, form := range slices.Compact([]string{n.typed, n.written}) {
		if strings.Contains(form, "@") {
			any.WriteString("(" + d.dialect.mail() + "=" + ldap.EscapeFilter(form) + ")")
		}
	}
	if any.Len() == 0 {
		return nil, nil
	}
	found, err := l.search(ctx, query{
		base: d.base(l), scope: ldap.ScopeWholeSubtree, filter: "(&" + d.dialect.people() + "(|" + any.String() + "))",
		attributes: d.dialect.attributes(), limit: ambiguous,
	})
	if err != nil {
		return nil, err
	}
	return d.choose(found, n), nil
}

// ambiguous is how many entries are enough to know that a name leads to several; a few of them may have it as a mailbox only.
const ambiguous = 20

// choose gives the entry that a name stands for, by the rank of how it has the name. A server finds more than has the name as
// it is written, such as names with other accents; they don't count.
func (d *Directory) choose(found []*ldap.Entry, n name) *ldap.Entry {
	var best *ldap.Entry
	rank, several := 0, false
	for _, e := range found {
		switch r := d.rank(e, n); {
		case r > rank:
			best, rank, several = e, r, false
		case r == rank && r > 0:
			several = true
		}
	}
	if several {
		return nil
	}
	return best
}

// rank says how an entry has a name: 0 for not at all, 1 as its mailbox, 2 and more as a name to sign in by.
func (d *Directory) rank(e *ldap.Entry, n name) int {
	attributes := d.dialect.login()
	for i, attribute := range attributes {
		for _, value := range e.GetEqualFoldAttributeValues(attribute) {
			switch typed.Fold(value) {
			case n.typed:
				return 2*len(attributes) + 2
			case n.short, n.whole:
				return len(attributes) - i + 1
			}
		}
	}
	for _, value := range e.GetEqualFoldAttributeValues(d.dialect.mail()) {
		if typed.Fold(value) == n.typed {
			return 1
		}
	}
	return 0
}

// base is the DN beneath which people are.
func (d *Directory) base(l *link) string {
	if d.config.Base != "" {
		return d.config.Base
	}
	return l.root.base
}

// groupBase is the DN beneath which groups are.
func (d *Directory) groupBase(l *link) string {
	if d.config.GroupBase != "" {
		return d.config.GroupBase
	}
	return d.base(l)
}

// account describes an entry, with its groups.
func (d *Directory) account(ctx context.Context, l *link, e *ldap.Entry) (port.DirectoryAccount, error) {
	p, err := d.dialect.describe(ctx, l, e)
	if err != nil {
		return port.DirectoryAccount{}, err
	}
	if p.account.ID == "" {
		return port.DirectoryAccount{}, errors.New("an entry has no ID that the service account can read")
	}
	p.account.Lag = d.servers.lag()
	groups, err := d.dialect.groups(ctx, l, e)
	if err != nil {
		return port.DirectoryAccount{}, err
	}
	for _, g := range groups {
		p.account.Groups = append(p.account.Groups, g.names...)
		p.account.Groups = append(p.account.Groups, g.dn)
		p.account.Admin = p.account.Admin || slices.ContainsFunc(d.config.Administrators, g.is)
	}
	slices.Sort(p.account.Groups)
	p.account.Groups = slices.Compact(p.account.Groups)
	return p.account, nil
}

// sameDN compares two DNs as servers do who write them each in their own way (RFC 4514, 2.4).
func sameDN(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	one, err1 := ldap.ParseDN(a)
	other, err2 := ldap.ParseDN(b)
	return err1 == nil && err2 == nil && one.EqualFold(other)
}

// person looks an account up by its ID; port.ErrNotFound.
func (d *Directory) person(ctx context.Context, l *link, id app.AccountID) (*person, *ldap.Entry, error) {
	q, ok := d.dialect.locate(d.base(l), id)
	if !ok {
		return nil, nil, port.ErrNotFound
	}
	q.attributes = d.dialect.attributes()
	found, err := l.search(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	if len(found) != 1 {
		return nil, nil, port.ErrNotFound
	}
	p, err := d.dialect.describe(ctx, l, found[0])
	return p, found[0], err
}

// Account implements port.Directory.
func (d *Directory) Account(ctx context.Context, id app.AccountID) (account port.DirectoryAccount, err error) {
	err = d.pool.with(ctx, func(l *link) error {
		_, e, err := d.person(ctx, l, id)
		if err == nil {
			account, err = d.account(ctx, l, e)
		}
		return err
	})
	return account, told("account", err)
}

// told keeps the errors that callers know apart, and takes every other one for an answer that claims nothing.
func told(doing string, err error) error {
	if err == nil || isVerdict(err) {
		return err
	}
	return unavailable(doing, err)
}

// Rules implements port.Directory.
func (d *Directory) Rules(ctx context.Context, id app.AccountID) (rules port.PasswordRules, err error) {
	err = d.pool.with(ctx, func(l *link) error {
		p, _, err := d.person(ctx, l, id)
		if err == nil {
			rules = p.rules
		}
		return err
	})
	return rules, told("rules", err)
}

// Administrators implements port.Directory.
func (d *Directory) Administrators(ctx context.Context) (all []port.DirectoryAccount, err error) {
	err = d.pool.with(ctx, func(l *link) error {
		all = nil
		seen := map[app.AccountID]bool{}
		for _, text := range d.config.Administrators {
			dns, err := d.groupsCalled(ctx, l, text)
			if err != nil {
				return err
			}
			for _, dn := range dns {
				members, err := d.dialect.members(ctx, l, dn)
				if err != nil {
					return err
				}
				for _, e := range members {
					if id := d.dialect.id(e); id == "" || seen[id] {
						continue
					}
					a, err := d.account(ctx, l, e)
					if err != nil {
						return err
					}
					if seen[a.ID] = true; a.Admin && !a.Disabled && !a.Expired {
						all = append(all, a)
					}
				}
			}
		}
		return nil
	})
	return all, unavailable("administrators", err)
}

// groupsCalled gives the DNs of the groups that a name, or a DN, stands for.
func (d *Directory) groupsCalled(ctx context.Context, l *link, text string) ([]string, error) {
	if _, err := ldap.ParseDN(text); err == nil && strings.Contains(text, "=") {
		return []string{text}, nil
	}
	filter := "(&" + groupClasses + "(|(cn=" + ldap.EscapeFilter(text) + ")(sAMAccountName=" + ldap.EscapeFilter(text) + ")))"
	found, err := l.search(ctx, query{base: d.groupBase(l), scope: ldap.ScopeWholeSubtree, filter: filter, attributes: []string{"cn"}, limit: ambiguous})
	var dns []string
	for _, e := range found {
		dns = append(dns, e.DN)
	}
	return dns, err
}

// groupClasses are the object classes that groups have.
const groupClasses = "(|(objectClass=group)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)(objectClass=groupOfEntries))"
