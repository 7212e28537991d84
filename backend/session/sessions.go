// Package session opens, renews and ends sessions, and tells who a bearer token stands for.
package session

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/flow"
)

// Sessions implements app.Grants. It is safe for concurrent use.
type Sessions struct {
	core   *core.Core
	flows  *flow.Flows
	tokens core.Uses[app.TokenID]
}

// New makes the sessions of a backend, which flows open.
func New(c *core.Core, flows *flow.Flows) *Sessions { return &Sessions{core: c, flows: flows} }

// operation is a core.Operation about a session.
type operation struct {
	*core.Operation
	flows  *flow.Flows
	tokens *core.Uses[app.TokenID]
}

func (s *Sessions) begin(ctx context.Context) (*operation, func()) {
	op, release := s.core.Begin(ctx)
	return &operation{op, s.flows, &s.tokens}, release
}
