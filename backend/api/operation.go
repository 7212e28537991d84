package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/sparekey/sparekey/app"
)

// rolesKey and scopeKey name the extensions of the description that list an operation's roles, and say which scope a token for
// scripts has to have there; the guard reads both back.
const (
	rolesKey = "x-roles"
	scopeKey = "x-scope"
)

var (
	// everyone is who has a part in conversations: anybody but a script.
	everyone = []app.Role{app.RoleAnyone, app.RoleFlow, app.RolePerson, app.RoleAdmin}
	starters = []app.Role{app.RoleAnyone, app.RolePerson, app.RoleAdmin}
	holder   = []app.Role{app.RoleFlow}
	signedIn = []app.Role{app.RolePerson, app.RoleAdmin}

	administrators = []app.Role{app.RoleAdmin}
	scripted       = []app.Role{app.RoleAdmin, app.RoleScript}

	everyRole = append(slices.Clone(everyone), app.RoleScript)
)

// operation is one row of the API.
type operation struct {
	id      string
	method  string
	path    string
	summary string
	status  int // of success
	roles   []app.Role
	scope   app.Scope // that a script has to have; empty where none may call it
	body    int64     // bytes that a body may have; 0 for maxBody
}

// request is what an operation takes that wants a body and nothing else.
type request[W any] struct{ Body W }

// reply is what an operation gives.
type reply[W any] struct{ Body W }

func replyWith[W any](w W) *reply[W] { return &reply[W]{w} }

// register adds an operation. It panics when no role may call it, or a script without a scope: that is a mistake in the program,
// found at start.
func register[I, O any](s *server, o operation, handle func(context.Context, *I) (*O, error)) {
	if len(o.roles) == 0 {
		panic("api: operation without roles: " + o.id)
	}
	for _, r := range o.roles {
		if !slices.Contains(everyRole, r) {
			panic("api: operation with an unknown role: " + o.id)
		}
	}
	if slices.Contains(o.roles, app.RoleScript) != slices.Contains(app.Scopes, o.scope) {
		panic("api: operation for scripts without a scope, or the other way round: " + o.id)
	}
	extensions := map[string]any{rolesKey: o.roles}
	if o.scope != "" {
		extensions[scopeKey] = o.scope
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
		Extensions:    extensions,
	}, handle)
}

// bodyLimit gives the bytes that a body of op may have.
func bodyLimit(op *huma.Operation) int64 { return op.MaxBodyBytes - 1 }

// rolesOf gives the roles that may call op, from the table that the description serves.
func rolesOf(op *huma.Operation) []app.Role {
	roles, _ := op.Extensions[rolesKey].([]app.Role)
	return roles
}

// scopeOf gives the scope that a script has to have to call op.
func scopeOf(op *huma.Operation) app.Scope {
	scope, _ := op.Extensions[scopeKey].(app.Scope)
	return scope
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
	if slices.Contains(roles, app.RoleScript) {
		any = append(any, map[string][]string{"script": {}})
	}
	return any
}

func get(id, path, summary string, roles []app.Role) operation {
	return operation{id: id, method: http.MethodGet, path: path, summary: summary, status: http.StatusOK, roles: roles}
}
