package flow

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// Flows implements app.Flows. It is safe for concurrent use.
type Flows struct {
	core   *core.Core
	shared *shared
}

var _ app.Flows = (*Flows)(nil)

// shared is what the operations of one process share, and what a restart may lose.
type shared struct {
	wrong   *wrongPasswords // of the last minutes
	present *presents
	timing  timingAccount

	stampless atomic.Bool // the directory doesn't tell that a password was set
	waiting   *waiting
	lines     lines
	hashing   chan struct{} // holds a place for each answer set, or puzzle, that is hashed
}

// New makes the flows of a backend. A method that decoys can have needs a likelihood, or it would tell people from decoys.
func New(c *core.Core) (*Flows, error) {
	for _, m := range c.Methods {
		if _, can := m.(app.Decoyer); can && likely[m.Kind()] == 0 {
			return nil, fmt.Errorf("backend: how many people have %s is not in the table of decoys", m.Kind())
		}
	}
	flows := &Flows{core: c, shared: &shared{
		wrong: newWrongPasswords(), present: newPresents(), waiting: newWaiting(), lines: newLines(), hashing: make(chan struct{}, port.HashesAtOnce()),
	}}
	c.OnClockBack(flows.Abandon)
	return flows, nil
}

// operation is a core.Operation with what flows share.
type operation struct {
	*core.Operation
	*shared
	toStranger bool // who may learn nothing of the account, by the time neither
}

// begin begins an operation; release must be called at its end.
func (s *Flows) begin(ctx context.Context) (*operation, func()) {
	op, release := s.core.Begin(ctx)
	return s.within(op), release
}

// within gives an operation that somebody else has begun what flows share.
func (s *Flows) within(op *core.Operation) *operation {
	return &operation{Operation: op, shared: s.shared}
}

// onBeat carries out an operation of a flow's holder. What it gives to a stranger in private disclosure leaves on the beat.
func onBeat[T any](ctx context.Context, s *Flows, act func(o *operation) (T, error)) (T, error) {
	hold := s.core.Beat.Asked()
	given, toStranger, err := func() (T, bool, error) {
		o, release := s.begin(ctx)
		defer release()
		given, err := act(o)
		return given, o.toStranger, err
	}()
	if toStranger {
		hold(ctx)
	}
	return given, err
}

// rulesForAnyone are those for a person of whom nothing is known.
func (o *operation) rulesForAnyone() rules.Rules { return o.Rules(rules.Subject{}) }

// takeHashingPlace waits for a place to hash in, as long as the caller does: as few hash at once as there are processors,
// since each takes memory. The place is given back by leave.
func (o *operation) takeHashingPlace(ctx context.Context) (leave func(), err error) {
	select {
	case o.hashing <- struct{}{}:
		return func() { <-o.hashing }, nil
	case <-ctx.Done():
		return nil, &app.Error{Code: app.CodeUnavailable, Cause: context.Cause(ctx)}
	}
}
