package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/sparekey/sparekey/app"
)

// guard stands before every operation: it finds out who calls, checks the operation's roles, lets no body through that is not
// strictly what it should be, and holds it against the signature of the station that sends it.
func (s *server) guard(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	noteRoute(ctx.Context(), op.Method+" "+op.Path)
	r, w := humago.Unwrap(ctx)
	caller, err := s.identifyCaller(r)
	if err == nil {
		err = allow(op, caller)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	limit := bodyLimit(op)
	if op.RequestBody == nil {
		limit = 0
	}
	if err := checkBody(w, r, limit); err != nil {
		s.refuse(w, r, err)
		return
	}
	if caller.Origin, err = s.fromStation(r, caller.Origin); err != nil {
		s.refuse(w, r, err)
		return
	}
	next(huma.WithContext(ctx, app.WithCaller(r.Context(), caller)))
}

// allow holds a caller against the operation's roles and, where a script calls, against its scope. A caller without a token is
// asked to say who they are; any other is forbidden the operation.
func allow(op *huma.Operation, c app.Caller) error {
	switch may := slices.Contains(rolesOf(op), c.Role); {
	case !may && c.Role == app.RoleAnyone:
		return app.Errorf(app.CodeSignedOut, "no token")
	case !may:
		return app.Errorf(app.CodeForbidden, "role %s", c.Role)
	case c.Role == app.RoleScript && !app.Covered(c.May, scopeOf(op)):
		return &app.Error{Code: app.CodeTokenScope, Params: map[string]string{"scope": string(scopeOf(op))}}
	}
	return nil
}

// identifyCaller identifies the bearer of the token; without a token it is anyone. A token that stands for nothing is
// refused even where anyone may call.
func (s *server) identifyCaller(r *http.Request) (app.Caller, error) {
	origin, id := s.origin(r), noteOf(r.Context()).id
	headers := r.Header.Values("Authorization")
	if len(headers) == 0 {
		return app.Caller{Role: app.RoleAnyone, Origin: origin, Request: id}, nil
	}
	scheme, token, ok := strings.Cut(headers[0], " ")
	if len(headers) > 1 || !ok || !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > maxToken {
		return app.Caller{}, app.Errorf(app.CodeSignedOut, "not one bearer token")
	}
	ctx := app.WithCaller(r.Context(), app.Caller{Role: app.RoleAnyone, Origin: origin, Request: id})
	c, err := s.Grants.Identify(ctx, app.NewSecret(token))
	if err != nil {
		return app.Caller{}, err
	}
	if c.Role == "" || c.Role == app.RoleAnyone {
		return app.Caller{}, errors.New("api: a token that stands for nobody was identified")
	}
	c.Origin, c.Request = origin, id
	return c, nil
}

const maxToken = 512 // bytes; ours have 67 at most, but for refresh tokens, which come in a body
