package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/sparekey/sparekey/app"
)

// rolesKey names the extension of the description that lists an operation's roles; the guard reads it back.
const rolesKey = "x-roles"

var (
	everyone = []app.Role{app.RoleAnyone, app.RoleFlow, app.RolePerson, app.RoleAdmin}
	starters = []app.Role{app.RoleAnyone, app.RolePerson, app.RoleAdmin}
	holder   = []app.Role{app.RoleFlow}
	signedIn = []app.Role{app.RolePerson, app.RoleAdmin}
)

// operation is one row of the API.
type operation struct {
	id      string
	method  string
	path    string
	summary string
	status  int // of success
	roles   []app.Role
}

// register adds an operation. It panics when no role may call it: that is a mistake in the program, found at start.
func register[I, O any](s *server, o operation, handle func(context.Context, *I) (*O, error)) {
	if len(o.roles) == 0 {
		panic("api: operation without roles: " + o.id)
	}
	for _, r := range o.roles {
		if !slices.Contains(everyone, r) {
			panic("api: operation with an unknown role: " + o.id)
		}
	}
	huma.Register(s.huma, huma.Operation{
		OperationID:   o.id,
		Method:        o.method,
		Path:          o.path,
		Summary:       o.summary,
		DefaultStatus: o.status,
		MaxBodyBytes:  maxBody + 1, // the guard's limit comes first
		Errors:        problemStatuses(),
		Security:      security(o.roles),
		Extensions:    map[string]any{rolesKey: o.roles},
	}, handle)
}

// rolesOf gives the roles that may call op, from the table that the description serves.
func rolesOf(op *huma.Operation) []app.Role {
	roles, _ := op.Extensions[rolesKey].([]app.Role)
	return roles
}

func security(roles []app.Role) []map[string][]string {
	var any []map[string][]string
	for _, r := range roles {
		switch r {
		case app.RoleAnyone:
			any = append(any, map[string][]string{})
		case app.RoleFlow:
			any = append(any, map[string][]string{"flow": {}})
		case app.RolePerson:
			any = append(any, map[string][]string{"session": {}})
		}
	}
	return any
}

func get(id, path, summary string, roles []app.Role) operation {
	return operation{id: id, method: http.MethodGet, path: path, summary: summary, status: http.StatusOK, roles: roles}
}
