package entra

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/sync/errgroup"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/port"
)

// whole completes what somebody typed for a user ID, folded: ana and PREFIX\ana are ana@domain.
func whole(text, domain, prefix string) string {
	name, domain, prefix := typed.Fold(text), typed.Fold(domain), typed.Fold(prefix)
	if before, short, behind := strings.Cut(name, `\`); behind && prefix != "" && before == prefix {
		name = short
	}
	if name == "" || domain == "" || strings.ContainsAny(name, `@\`) {
		return name
	}
	return name + "@" + domain
}

// maxName is longer than any name or address that there is.
const maxName = 320

// askable reports whether Graph could know a name at all.
func askable(name string) bool {
	return strings.Contains(name, "@") && len(name) <= maxName && !strings.ContainsFunc(name, unicode.IsControl)
}

// quote writes a text as a literal of a filter (OData 4.01, URL conventions, 5.1.1.14.1).
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// Find implements port.Directory: by user principal name, else by mailbox, where one account alone has it. Both can be asked for
// without Graph's index, which lags behind; onPremisesSamAccountName can't, and those who have one have their password elsewhere.
func (d *Directory) Find(ctx context.Context, userID string) (port.DirectoryAccount, error) {
	name := whole(userID, d.config.Domain, d.config.Prefix)
	u, known, err := d.lookUp(ctx, name)
	switch {
	case err != nil:
		return port.DirectoryAccount{}, unavailable("find", err)
	case !known:
		if err := d.standIn(ctx, name); err != nil {
			return port.DirectoryAccount{}, unavailable("find", err)
		}
		return port.DirectoryAccount{UserID: name, Cannot: cannot}, port.ErrNotFound
	}
	a, err := d.account(ctx, u)
	if err != nil {
		return port.DirectoryAccount{}, unavailable("find", err)
	}
	return a, nil
}

// nobodysID is an object ID that nobody has.
const nobodysID = "00000000-0000-4000-8000-000000000000"

// standIn asks as much for a name that nobody has as account does for a person: the time tells no name from another.
func (d *Directory) standIn(ctx context.Context, name string) error {
	if !askable(name) {
		return nil
	}
	if _, err := d.federated(ctx); err != nil {
		return err
	}
	if _, err := d.memberships(ctx, nobodysID); !notFound(err) {
		return err
	}
	return nil
}

// lookUp gives the one user that a name leads to. Graph finds more than has the name as it is written; that doesn't count.
func (d *Directory) lookUp(ctx context.Context, name string) (user, bool, error) {
	if err := ctx.Err(); err != nil || !askable(name) {
		return user{}, false, err
	}
	found, err := list[user](ctx, d.graph, d.graph.at(url.Values{
		"$filter": {"userPrincipalName eq " + quote(name) + " or mail eq " + quote(name)}, "$select": {userFields},
	}, "users"))
	if err != nil {
		return user{}, false, err
	}
	for _, u := range found {
		if err := u.check(); err != nil {
			return user{}, false, err
		}
	}
	for _, of := range []func(user) string{func(u user) string { return u.UserPrincipalName }, func(u user) string { return u.Mail }} {
		with := slices.DeleteFunc(slices.Clone(found), func(u user) bool { return typed.Fold(of(u)) != name })
		if len(with) > 0 {
			return with[0], len(with) == 1, nil
		}
	}
	return user{}, false, nil
}

// Account implements port.Directory.
func (d *Directory) Account(ctx context.Context, id app.AccountID) (port.DirectoryAccount, error) {
	var a port.DirectoryAccount
	u, err := d.user(ctx, id)
	if err == nil {
		a, err = d.account(ctx, u)
	}
	if err != nil {
		return port.DirectoryAccount{}, told("account", err)
	}
	return a, nil
}

// told keeps port.ErrNotFound, and takes every other error for an answer that claims nothing.
func told(doing string, err error) error {
	if errors.Is(err, port.ErrNotFound) {
		return err
	}
	return unavailable(doing, err)
}

// sideBySide is how many members are asked about at a time.
const sideBySide = 8

// Administrators implements port.Directory.
func (d *Directory) Administrators(ctx context.Context) ([]port.DirectoryAccount, error) {
	ids, err := d.administratorIDs(ctx, d.config.Administrators...)
	if err != nil {
		return nil, unavailable("administrators", err)
	}
	all := make([]port.DirectoryAccount, len(ids))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(sideBySide)
	for i, id := range ids {
		work.Go(func() (err error) {
			all[i], err = d.Account(ctx, id)
			if errors.Is(err, port.ErrNotFound) { // gone since
				return nil
			}
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(a port.DirectoryAccount) bool { return !a.Admin || a.Disabled }), nil
}

// administratorIDs gives the users in groups of administrators, one of each.
func (d *Directory) administratorIDs(ctx context.Context, of ...string) ([]app.AccountID, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var ids []app.AccountID
	for _, name := range of {
		groups, err := d.groupsCalled(ctx, name)
		if err != nil {
			return nil, err
		}
		for _, group := range groups {
			members, err := list[object](ctx, d.graph, d.graph.at(url.Values{"$select": {"id"}, "$top": {"999"}}, "groups", group, "transitiveMembers"))
			if err != nil {
				return nil, err
			}
			for _, m := range members {
				if m.Type == "#microsoft.graph.user" && objectID.MatchString(m.ID) {
					ids = append(ids, app.AccountID(m.ID))
				}
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// groupsCalled gives the IDs of the groups that a name, or an ID, stands for.
func (d *Directory) groupsCalled(ctx context.Context, name string) ([]string, error) {
	if id := strings.ToLower(name); objectID.MatchString(id) {
		return []string{id}, nil
	}
	found, err := list[object](ctx, d.graph, d.graph.at(url.Values{"$filter": {"displayName eq " + quote(name)}, "$select": {"id,displayName"}}, "groups"))
	var ids []string
	for _, g := range found {
		if g.DisplayName != nil && strings.EqualFold(*g.DisplayName, name) && objectID.MatchString(g.ID) {
			ids = append(ids, g.ID)
		}
	}
	return ids, err
}
