package entra

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/port"
)

// user is what is read of a user; most of it Graph gives only to those who select it.
type user struct {
	ID                    string `json:"id"`
	UserPrincipalName     string `json:"userPrincipalName"`
	DisplayName           string `json:"displayName"`
	GivenName             string `json:"givenName"`
	Surname               string `json:"surname"`
	Mail                  string `json:"mail"`
	AccountEnabled        *bool  `json:"accountEnabled"`
	CreationType          string `json:"creationType"`
	OnPremisesSyncEnabled bool   `json:"onPremisesSyncEnabled"`
	LastPasswordChange    string `json:"lastPasswordChangeDateTime"`
	PasswordPolicies      string `json:"passwordPolicies"`
	PasswordProfile       struct {
		ForceChange    bool `json:"forceChangePasswordNextSignIn"`
		ForceChangeMFA bool `json:"forceChangePasswordNextSignInWithMfa"`
	} `json:"passwordProfile"`
}

const userFields = "id,userPrincipalName,displayName,givenName,surname,mail,accountEnabled,creationType,onPremisesSyncEnabled," +
	"lastPasswordChangeDateTime,passwordPolicies,passwordProfile"

// check fails where an answer is no user, or one without what an app with too few permissions isn't shown.
func (u user) check() error {
	if !objectID.MatchString(u.ID) || u.UserPrincipalName == "" || u.AccountEnabled == nil {
		return errors.New("graph's answer is no user, or the app may not read it whole: it needs User.Read.All")
	}
	return nil
}

// user asks for a user by ID; port.ErrNotFound. What has not the form of one costs what one does that nobody has.
func (d *Directory) user(ctx context.Context, id app.AccountID) (user, error) {
	asked := string(id)
	if !objectID.MatchString(asked) { // nothing else may become part of a URL
		asked = nobodysID
	}
	var u user
	from := d.graph.at(url.Values{"$select": {userFields}}, "users", asked)
	err := d.graph.call(ctx, request{method: http.MethodGet, url: from}, &u)
	switch {
	case notFound(err):
		return user{}, port.ErrNotFound
	case err != nil:
		return user{}, err
	case u.ID != string(id):
		return user{}, errors.New("graph's answer is another user")
	}
	return u, u.check()
}

// account describes a user, with groups and roles.
func (d *Directory) account(ctx context.Context, u user) (port.DirectoryAccount, error) {
	federated, err := d.federated(ctx)
	if err != nil {
		return port.DirectoryAccount{}, err
	}
	of, err := d.memberships(ctx, u.ID)
	if err != nil {
		return port.DirectoryAccount{}, err
	}
	_, domain, _ := strings.Cut(u.UserPrincipalName, "@")
	a := port.DirectoryAccount{
		ID: app.AccountID(u.ID), UserID: u.UserPrincipalName, Name: u.DisplayName, Mail: u.Mail,
		Names:       slices.DeleteFunc([]string{u.GivenName, u.Surname}, func(n string) bool { return n == "" }),
		Disabled:    !*u.AccountEnabled,
		MustChange:  u.PasswordProfile.ForceChange || u.PasswordProfile.ForceChangeMFA,
		HasPassword: true, // no account is made without one
		Stamp:       u.LastPasswordChange,
		Elsewhere:   federated[typed.Fold(domain)] || u.external() || u.OnPremisesSyncEnabled && !d.config.SyncedHere,
		Protected:   of.role && !d.config.RoleHolders,
		Groups:      of.groups,
		Cannot:      cannot,
	}
	if len(a.Names) == 0 {
		a.Names = nil
	}
	a.Admin = slices.ContainsFunc(of.groups, func(g string) bool {
		return slices.ContainsFunc(d.config.Administrators, func(admins string) bool { return strings.EqualFold(g, admins) })
	})
	return a, nil
}

// external reports whether a user signs in at home: somebody else's directory has the password.
func (u user) external() bool {
	return u.CreationType == "Invitation" || strings.Contains(strings.ToUpper(u.UserPrincipalName), "#EXT#@")
}

// object is a group, a role or an administrative unit. Of what the app may not read, Graph gives the type and the ID.
type object struct {
	Type         string  `json:"@odata.type"`
	ID           string  `json:"id"`
	DisplayName  *string `json:"displayName"`
	RoleAssigned bool    `json:"isAssignableToRole"`
}

const groupType = "#microsoft.graph.group"

// membership is what a user is in.
type membership struct {
	groups []string // IDs, and names where these say something
	role   bool     // holds a directory role, or is in a group to which roles can be assigned
}

// memberships asks for a user's groups and roles, nested ones included.
func (d *Directory) memberships(ctx context.Context, id string) (membership, error) {
	objects, err := list[object](ctx, d.graph, d.graph.at(url.Values{
		"$select": {"id,displayName,isAssignableToRole"}, "$top": {"999"},
	}, "users", id, "transitiveMemberOf"))
	if err != nil {
		return membership{}, err
	}
	var m membership
	for _, o := range objects {
		switch {
		case o.Type == "" || !objectID.MatchString(o.ID):
			return membership{}, errors.New("graph's answer has a membership in nothing")
		case o.Type == "#microsoft.graph.directoryRole":
			m.role = true
		case o.Type == groupType:
			m.role = m.role || o.RoleAssigned
			m.groups = append(m.groups, o.ID)
			if o.DisplayName != nil && *o.DisplayName != "" && d.config.GroupNames {
				m.groups = append(m.groups, *o.DisplayName)
			}
		}
	}
	slices.Sort(m.groups)
	m.groups = slices.Compact(m.groups)
	return m, nil
}

// domains are those of the tenant, folded, and whether their sign-in is federated, kept for a short while.
type domains struct {
	clock port.Clock

	mu        sync.Mutex
	federated map[string]bool
	until     time.Time
}

// domainsFor is for how long they are taken for still true.
const domainsFor = time.Minute

// federated gives the tenant's domains, folded, and of each whether its passwords are another service's.
func (d *Directory) federated(ctx context.Context) (map[string]bool, error) {
	if kept := d.domains.kept(); kept != nil {
		return kept, nil
	}
	all, err := list[struct {
		ID             string `json:"id"`
		Authentication string `json:"authenticationType"`
	}](ctx, d.graph, d.graph.at(url.Values{"$select": {"id,authenticationType"}}, "domains"))
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("graph's answer has no domain, and every tenant has one")
	}
	federated := map[string]bool{}
	for _, domain := range all {
		switch domain.Authentication {
		case "Managed":
			federated[typed.Fold(domain.ID)] = false
		case "Federated":
			federated[typed.Fold(domain.ID)] = true
		default:
			return nil, errors.New("graph's answer has a domain that is neither managed nor federated")
		}
	}
	d.domains.keep(federated)
	return federated, nil
}

func (d *domains) kept() map[string]bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.clock.Now().Before(d.until) {
		return d.federated
	}
	return nil
}

func (d *domains) keep(federated map[string]bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.federated, d.until = federated, d.clock.Now().Add(domainsFor)
}
