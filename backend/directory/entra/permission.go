package entra

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/backend/directory/examine"
)

// permission is one of the application's on Microsoft Graph, and others that have it in them (Microsoft Graph permissions reference).
type permission struct {
	name   string
	within []string
}

var (
	readUsers      = permission{"User.Read.All", nil}
	readGroups     = permission{"GroupMember.Read.All", nil}
	readDomains    = permission{"Domain.Read.All", nil}
	setPasswords   = permission{"User-PasswordProfile.ReadWrite.All", []string{"User.ReadWrite.All", "Directory.ReadWrite.All"}}
	revokeSessions = permission{"User.RevokeSessions.All", []string{"User.ReadWrite.All", "Directory.ReadWrite.All"}}
)

// permissions says of each permission whether the application has it: of one to read, by reading; of one to write, as far as the
// token tells. It reports whether there is any use in going on.
func (e *examination) permissions(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	has := true
	for _, read := range []struct {
		permission
		try func() error
	}{
		{readUsers, func() error { _, _, err := e.lookUp(ctx, "sparekey@nobody.invalid"); return err }},
		{readGroups, func() error { _, err := e.groupsCalled(ctx, "sparekey nobody"); return err }},
		{readDomains, func() error { _, err := e.federated(ctx); return err }},
	} {
		found := examine.Finding{Step: examine.StepRight, About: read.name}
		switch err := read.try(); {
		case forbidden(err):
			found, has = e.missing(read.permission), false
		case err != nil:
			found.Code, found.Failed, found.Cause, has = examine.Unanswered, true, err, false
		}
		e.tell(found)
	}
	token, err := e.graph.tokens.get(ctx)
	if roles, told := rolesOf(token); err == nil && told {
		for _, p := range []permission{setPasswords, revokeSessions} {
			if slices.ContainsFunc(append(p.within, p.name), func(name string) bool { return slices.Contains(roles, name) }) {
				e.tell(examine.Finding{Step: examine.StepRight, About: p.name})
				continue
			}
			e.tell(e.missing(p))
		}
	}
	return has
}

// missing is the finding that the application lacks a permission. Without that to end sessions a reset can be done.
func (e *examination) missing(p permission) examine.Finding {
	return examine.Finding{
		Step: examine.StepRight, About: p.name, Code: examine.PermissionMissing, Failed: p.name != revokeSessions.name, Remedy: e.grant(p),
	}
}

// rolesOf reads the permissions in a token (Microsoft identity platform, access token claims, roles). Graph's tokens are for Graph to
// read: where one is no JWT, nothing is told.
func rolesOf(token string) ([]string, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, false
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Roles []string `json:"roles"`
	}
	if err != nil || json.Unmarshal(text, &claims) != nil {
		return nil, false
	}
	return claims.Roles, true
}

// graphID is the application ID of Microsoft Graph, in every cloud.
const graphID = "00000003-0000-0000-c000-000000000000"

// grant is the commands (Microsoft Graph PowerShell) that give the application a permission, consent included.
func (e *examination) grant(p permission) string {
	return e.principal() + "; $graph = Get-MgServicePrincipal -Filter \"appId eq '" + graphID + "'\"; " +
		"New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id -PrincipalId $app.Id -ResourceId $graph.Id " +
		"-AppRoleId ($graph.AppRoles | Where-Object Value -eq '" + p.name + "').Id"
}

// grantRole is the commands that give it a role over the people of a unit.
func (e *examination) grantRole() string {
	return e.principal() + "; $role = Get-MgRoleManagementDirectoryRoleDefinition -Filter \"displayName eq 'User Administrator'\"; " +
		"New-MgRoleManagementDirectoryRoleAssignment -PrincipalId $app.Id -RoleDefinitionId $role.Id -DirectoryScopeId '/administrativeUnits/UNIT-ID'"
}

func (e *examination) principal() string {
	return "$app = Get-MgServicePrincipal -Filter \"appId eq '" + e.config.Client + "'\""
}
