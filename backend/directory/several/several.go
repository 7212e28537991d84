// Package several makes one directory of an organisation's several ones, such as those of two domains. A name leads to the
// directory whose domain it names, a bare name to the one that knows it; an account's ID says where it came from. One that is
// away takes none of the others with it.
package several

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/port"
)

// Part is one of the directories.
type Part struct {
	// Name stands before the IDs of its accounts, for good; one may have none.
	Name string
	// Domains are those that it alone answers for: of addresses, and before a backslash.
	Domains []string
	port.Directory
}

// Directory is the port.Directory of all.
type Directory struct {
	parts []Part
	index func(name string) []byte
}

var _ port.Directory = (*Directory)(nil)

// New makes one directory of several. Names and domains are each of one alone. index is a keyed hash: a bare name that nobody has
// stands for the whole name in one of the directories, as one that somebody has does, and only who has the key can tell in which.
// Else who tries a bare name, and then the whole one, could tell from the throttles whether it is somebody's.
func New(index func(name string) []byte, parts ...Part) (*Directory, error) {
	if len(parts) == 0 || index == nil {
		return nil, errors.New("several directories: there is none, or no index")
	}
	names, domains := map[string]bool{}, map[string]bool{}
	for _, p := range parts {
		if names[p.Name] || strings.Contains(p.Name, between) {
			return nil, fmt.Errorf("several directories: the name %q is no one's own", p.Name)
		}
		names[p.Name] = true
		for _, domain := range p.Domains {
			if domain = typed.Fold(domain); domains[domain] {
				return nil, fmt.Errorf("several directories: %q is the domain of two", domain)
			}
			domains[domain] = true
		}
	}
	return &Directory{parts, index}, nil
}

// between stands between the name of a part and the ID that an account has there.
const between = ":"

// named is an account of a part as the others know it.
func (p Part) named(a port.DirectoryAccount) port.DirectoryAccount {
	if a.ID != "" && p.Name != "" {
		a.ID = app.AccountID(p.Name + between + string(a.ID))
	}
	return a
}

// of gives the part that an account is of, and its ID there.
func (d *Directory) of(id app.AccountID) (Part, app.AccountID, error) {
	name, own, is := strings.Cut(string(id), between)
	if !is {
		name, own = "", string(id)
	}
	for _, p := range d.parts {
		if p.Name == name {
			return p, app.AccountID(own), nil
		}
	}
	return Part{}, "", port.ErrNotFound
}

// answer is what one part says of a name.
type answer struct {
	account port.DirectoryAccount
	err     error
}

// Find implements port.Directory. Of a bare name, or one whose domain is nobody's, all are asked at once; one that knows it is
// enough, two leave open who is meant.
func (d *Directory) Find(ctx context.Context, userID string) (port.DirectoryAccount, error) {
	asked := d.claimed(userID)
	answers := make([]answer, len(asked))
	var all sync.WaitGroup
	for i, p := range asked {
		all.Go(func() {
			a, err := p.Find(ctx, userID)
			answers[i] = answer{p.named(a), err}
		})
	}
	all.Wait()
	var failed error
	var found []port.DirectoryAccount
	for _, a := range answers {
		switch {
		case a.err == nil:
			found = append(found, a.account)
		case !errors.Is(a.err, port.ErrNotFound):
			failed = errors.Join(failed, a.err)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0 && failed != nil:
		return port.DirectoryAccount{}, failed
	}
	nobody := answers[d.standsIn(userID, len(answers))].account
	if len(found) > 1 {
		nobody = port.DirectoryAccount{
			UserID: typed.Fold(userID), Threshold: found[0].Threshold, ShowsFailures: found[0].ShowsFailures, FailureWindow: found[0].FailureWindow,
			Cannot: found[0].Cannot,
		}
	}
	return nobody, port.ErrNotFound
}

// standsIn says in which of so many directories a name that nobody has stands for one.
func (d *Directory) standsIn(userID string, n int) int {
	sum := 0
	for _, b := range d.index(typed.Fold(userID)) {
		sum = (sum<<8 | int(b)) % n
	}
	return sum
}

// claimed gives the parts that may know a name.
func (d *Directory) claimed(userID string) []Part {
	name := typed.Fold(userID)
	domain, _, behind := strings.Cut(name, `\`)
	if !behind {
		domain = name[strings.LastIndexByte(name, '@')+1:]
	}
	for _, p := range d.parts {
		if slices.ContainsFunc(p.Domains, func(own string) bool { return typed.Fold(own) == domain }) && domain != name {
			return []Part{p}
		}
	}
	return d.parts
}

// Account implements port.Directory.
func (d *Directory) Account(ctx context.Context, id app.AccountID) (port.DirectoryAccount, error) {
	p, own, err := d.of(id)
	if err != nil {
		return port.DirectoryAccount{}, err
	}
	a, err := p.Account(ctx, own)
	return p.named(a), err
}

// Administrators implements port.Directory: those of every part that answers, as long as one does.
func (d *Directory) Administrators(ctx context.Context) ([]port.DirectoryAccount, error) {
	var found []port.DirectoryAccount
	var failed error
	answered := false
	for _, p := range d.parts {
		own, err := p.Administrators(ctx)
		failed = errors.Join(failed, err)
		if err != nil {
			continue
		}
		answered = true
		for _, a := range own {
			found = append(found, p.named(a))
		}
	}
	if !answered {
		return nil, failed
	}
	return found, nil
}

// Verify implements port.Directory. An ID of nobody, and one of a part that can't judge a password, cost alike: what one does that
// the first part which can doesn't know.
func (d *Directory) Verify(ctx context.Context, id app.AccountID, password app.Secret) error {
	p, own, unknown := d.of(id)
	if unknown == nil {
		if err := p.Verify(ctx, own, password); !errors.Is(err, port.ErrUnsupported) {
			return err
		}
	}
	verdict := error(port.ErrUnsupported)
	for _, p := range d.parts {
		if verdict = p.Verify(ctx, id, password); !errors.Is(verdict, port.ErrUnsupported) {
			break
		}
	}
	if unknown == nil {
		return app.Errorf(app.CodeUnavailable, "verify: %w", port.ErrUnsupported)
	}
	return verdict
}

// SetPassword implements port.Directory.
func (d *Directory) SetPassword(ctx context.Context, id app.AccountID, password app.Secret) error {
	p, own, err := d.of(id)
	if err != nil {
		return gone(err)
	}
	return p.SetPassword(ctx, own, password)
}

// ChangePassword implements port.Directory.
func (d *Directory) ChangePassword(ctx context.Context, id app.AccountID, present, password app.Secret) error {
	p, own, err := d.of(id)
	if err != nil {
		return gone(err)
	}
	return p.ChangePassword(ctx, own, present, password)
}

// Unlock implements port.Directory.
func (d *Directory) Unlock(ctx context.Context, id app.AccountID) error {
	p, own, err := d.of(id)
	if err != nil {
		return gone(err)
	}
	return p.Unlock(ctx, own)
}

// Rules implements port.Directory.
func (d *Directory) Rules(ctx context.Context, id app.AccountID) (port.PasswordRules, error) {
	p, own, err := d.of(id)
	if err != nil {
		return port.PasswordRules{}, err
	}
	return p.Rules(ctx, own)
}

// gone is why nothing can be written for an account of no part.
func gone(err error) error {
	return app.Errorf(app.CodeUnavailable, "no directory has the account: %w", err)
}
