package ldap

import (
	"context"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// dialect is what one kind of server wants to be asked, and what its answers mean.
type dialect interface {
	// people is the filter of what can be a person's account; mail is the attribute of the mailbox, login those of the names
	// by which people sign in, the one that a bare name is looked up by first.
	people() string
	login() []string
	mail() string
	// attributes are what describe reads of a person's entry.
	attributes() []string

	// id gives the ID of an entry that no renaming and no move changes; locate is the search that finds it again. ok is false
	// where an ID can't be one.
	id(e *ldap.Entry) app.AccountID
	locate(base string, id app.AccountID) (q query, ok bool)

	// describe says what an entry means, but for its groups.
	describe(ctx context.Context, l *link, e *ldap.Entry) (*person, error)
	// most is what describe would say of what most accounts have: how many failures lock, after how long they are forgotten; known is
	// false where the policy that says so can't be read.
	most(ctx context.Context, l *link) (a port.DirectoryAccount, known bool, err error)
	// groups lists the groups of a person, nested ones included; members the entries of a group's members, nested ones included.
	groups(ctx context.Context, l *link, e *ldap.Entry) ([]group, error)
	members(ctx context.Context, l *link, groupDN string) ([]*ldap.Entry, error)

	// verdict says what an answer to a person's bind means; bind makes that bind.
	bind(ctx context.Context, conn *ldap.Conn, p *person, password app.Secret) error
	// set writes a password as an administrator does, and lifts the lock; change as the person does; unlock lifts the lock.
	// An error is a *port.Refusal or port.ErrPassword where the server's own word says so, else it leaves open what happened.
	set(ctx context.Context, l *link, p *person, password app.Secret) error
	change(ctx context.Context, l *link, p *person, present, password app.Secret) error
	unlock(ctx context.Context, l *link, p *person) error

	// rights says what of a person's entry the service account may not do, as far as the server tells; grant is the command that
	// gives an account a right: "reset", "unlock", "policy" (to read it), "stamp" (to have each change noted).
	rights(ctx context.Context, l *link, e *ldap.Entry) []Finding
	grant(right, user string) string
}

// person is an account as one look at its entry describes it.
type person struct {
	dn      string // as the server gave it
	account port.DirectoryAccount
	rules   port.PasswordRules
}

// group is one that a person is in.
type group struct {
	dn    string
	names []string // beside the DN
	sole  string   // the one of them that the server lets no other group have; empty where it sees to none
}

// is reports whether a group is meant by a name or a DN. Where the server keeps one name unique it is that one: another, such as
// that in its container, is had by whoever may make groups somewhere.
func (g group) is(text string) bool {
	if g.sole != "" {
		return strings.EqualFold(g.sole, text) || sameDN(g.dn, text)
	}
	return slices.ContainsFunc(g.names, func(n string) bool { return strings.EqualFold(n, text) }) || sameDN(g.dn, text)
}
