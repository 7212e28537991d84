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

	administrators = []app.Role{app.RoleAdmin}
)

// operation is one row of the API.
type operation struct {
	id      string
	method  string
	path    string
	summary string
	status  int // of success
	roles   []app.Role
	body    int64 // bytes that a body may have; 0 for maxBody
}

// request is what an operation takes that wants a body and nothing else.
type request[W any] struct{ Body W }

// reply is what an operation gives.
type reply[W any] struct{ Body W }

func replyWith[W any](w W) *reply[W] { return &reply[W]{w} }

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
	if o.body == 0 {
		o.body = maxBody
	}
	huma.Register(s.huma, huma.Operation{
		OperationID:   o.id,
		Method:        o.method,
		Path:          o.path,
		Summary:       o.summary,
		DefaultStatus: o.status,
		MaxBodyBytes:  o.body + 1, // the guard's limit comes first
		Errors:        problemStatuses(),
		Security:      security(o.roles),
		Extensions:    map[string]any{rolesKey: o.roles},
	}, handle)
}

// bodyLimit gives the bytes that a body of op may have.
func bodyLimit(op *huma.Operation) int64 { return op.MaxBodyBytes - 1 }

// rolesOf gives the roles that may call op, from the table that the description serves.
func rolesOf(op *huma.Operation) []app.Role {
	roles, _ := op.Extensions[rolesKey].([]app.Role)
	return roles
}

// security says which tokens serve; a person's and an administrator's are both a session's.
func security(roles []app.Role) []map[string][]string {
	var any []map[string][]string
	if slices.Contains(roles, app.RoleAnyone) {
		any = append(any, map[string][]string{})
	}
	if slices.Contains(roles, app.RoleFlow) {
		any = append(any, map[string][]string{"flow": {}})
	}
	if slices.Contains(roles, app.RolePerson) || slices.Contains(roles, app.RoleAdmin) {
		any = append(any, map[string][]string{"session": {}})
	}
	return any
}

func get(id, path, summary string, roles []app.Role) operation {
	return operation{id: id, method: http.MethodGet, path: path, summary: summary, status: http.StatusOK, roles: roles}
}
