// Package entra is an organisation's directory in Microsoft Entra ID, asked by Microsoft Graph (REST, v1.0) as an application
// without a signed-in person.
//
// What Graph can't do for an application isn't made up: it verifies no person's password, lets nobody change theirs by the
// present one, and shows and lifts no lock. Verify, ChangePassword and Unlock answer port.ErrUnsupported. A write counts as
// done when the directory tells a later time of the last password change, and as refused only where an answer says so; a lost
// connection, a time-out, an answer that can't be read leave it open.
package entra

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Cloud is which of Microsoft's clouds a tenant is in.
type Cloud string

// The clouds.
const (
	Global       Cloud = "global"
	USGovernment Cloud = "us-government" // GCC High; GCC is in Global
	USDefense    Cloud = "us-defense"
	China        Cloud = "china"
)

// endpoints are where a cloud signs apps in, and where its Graph is (Microsoft Graph, national cloud deployments).
type endpoints struct{ login, graph string }

var clouds = map[Cloud]endpoints{
	Global:       {"https://login.microsoftonline.com", "https://graph.microsoft.com"},
	USGovernment: {"https://login.microsoftonline.us", "https://graph.microsoft.us"},
	USDefense:    {"https://login.microsoftonline.us", "https://dod-graph.microsoft.us"},
	China:        {"https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn"},
}

// Clouds are the clouds that there are.
func Clouds() []Cloud { return []Cloud{Global, USGovernment, USDefense, China} }

// Config is a directory of an organisation.
type Config struct {
	Cloud Cloud // empty: Global
	// Tenant is the directory (tenant) ID or one of its domains; Client is the application (client) ID.
	Tenant, Client string
	// Certificate is the app's certificate with its private key, as ReadCertificate reads it; Secret its client secret. One of
	// them, read anew with each token, about once an hour.
	Certificate, Secret func() (app.Secret, error)
	// Domain completes a name: ana is ana@Domain.
	Domain string
	// Prefix is what stands before the name in PREFIX\ana; empty: the first label of Domain.
	Prefix string
	// Administrators are groups, by object ID, whose members administer Sparekey; nested ones count. By display name only with
	// GroupNames.
	Administrators []string
	// GroupNames says that people can't make groups, so that a group's display name tells who is in it. Without it groups are
	// known by their object ID alone: display names aren't unique, and by default anybody may take one.
	GroupNames bool
	// RoleHolders says that the app holds a role that may reset those who hold roles themselves.
	RoleHolders bool
	// SyncedHere says that passwords of accounts which are synchronised from an on-premises directory are set here, though
	// Graph writes none of them back.
	SyncedHere bool
	Clock      port.Clock
	Log        *slog.Logger                               // nil: silent
	Transport  http.RoundTripper                          // nil: Go's own, with the system's proxy
	Wait       func(context.Context, time.Duration) error // nil: waits in real time
}

// Directory is the port.Directory. It is safe for concurrent use.
type Directory struct {
	config  Config
	graph   *graph
	domains domains
}

var _ port.Directory = (*Directory)(nil)

// objectID is the form of the IDs of users and groups.
var objectID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// IsObjectID reports whether a text has the form of an object ID.
func IsObjectID(text string) bool { return objectID.MatchString(strings.ToLower(text)) }

// New makes a directory; nothing is asked of it yet.
func New(c Config) (*Directory, error) {
	if c.Cloud == "" {
		c.Cloud = Global
	}
	at, known := clouds[c.Cloud]
	switch {
	case !known:
		return nil, fmt.Errorf("entra: no cloud is called %q", c.Cloud)
	case c.Clock == nil || c.Tenant == "" || c.Client == "":
		return nil, errors.New("entra: it needs a clock, a tenant and an application")
	case (c.Certificate == nil) == (c.Secret == nil):
		return nil, errors.New("entra: it needs a certificate or a client secret, one of them")
	}
	for _, group := range c.Administrators {
		if !c.GroupNames && !IsObjectID(group) {
			return nil, fmt.Errorf("entra: the administrators' group %q is not given by its object ID", group)
		}
	}
	if c.Prefix == "" {
		c.Prefix, _, _ = strings.Cut(c.Domain, ".")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Wait == nil {
		c.Wait = wait
	}
	return &Directory{config: c, graph: newGraph(c, at), domains: domains{clock: c.Clock}}, nil
}

// Close closes the connections that nobody uses.
func (d *Directory) Close() error {
	d.graph.client.CloseIdleConnections()
	return nil
}

// wait waits in real time, no longer than ctx does.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// unavailable is an error that claims nothing; nil for nil.
func unavailable(doing string, err error) error {
	if err == nil {
		return nil
	}
	return app.Errorf(app.CodeUnavailable, "entra: %s: %w", doing, err)
}

// cannot is what Graph does for no application.
var cannot = port.Cannot{Verify: true, Unlock: true}

// Verify implements port.Directory: an application may ask about nobody's password.
func (d *Directory) Verify(_ context.Context, _ app.AccountID, password app.Secret) error {
	if password.Empty() {
		return port.ErrPassword
	}
	return unavailable("verify", port.ErrUnsupported)
}

// ChangePassword implements port.Directory: Graph takes a change from the signed-in person alone.
func (d *Directory) ChangePassword(_ context.Context, _ app.AccountID, present, _ app.Secret) error {
	if present.Empty() {
		return port.ErrPassword
	}
	return unavailable("change a password", port.ErrUnsupported)
}

// Unlock implements port.Directory: Graph neither shows the locks of smart lockout nor lifts them.
func (d *Directory) Unlock(context.Context, app.AccountID) error {
	return unavailable("unlock", port.ErrUnsupported)
}
