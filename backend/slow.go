package backend

import (
	"context"

	"github.com/sparekey/sparekey/app"
)

// giveAnswers lets the method at hand hash answers between two transactions: the first says for which turn, the second
// gives it what came of them. As few at once as there are processors, since each takes memory.
func (b *Backend) giveAnswers(ctx context.Context, q question, in app.GiveAnswers) (app.Flow, error) {
	var slow app.Slow
	var turn app.Turn
	flow, answered, err := b.reserve(ctx, q, func(t *talk) (err error) {
		slow, turn, err = t.slow()
		return err
	})
	if answered {
		return flow, err
	}
	work, err := b.prepare(ctx, slow, turn, in)
	if err != nil && !isRefusal(err) {
		return app.Flow{}, b.failed(q, methodFailure(err))
	}
	return b.commit(ctx, q, func(t *talk) error {
		if err != nil {
			return err
		}
		return t.turn(work)
	})
}

// slow gives the method at hand and the turn that it has; in a gate with the credential that is to be proven.
func (t *talk) slow() (app.Slow, app.Turn, error) {
	method, is := t.b.method(t.s.Kind).(app.Slow)
	if !is {
		return nil, app.Turn{}, &app.Error{Code: app.CodeNotNow}
	}
	creds, err := t.credentials()
	if err != nil {
		return nil, app.Turn{}, err
	}
	turn := t.asTurn(creds)
	if t.enrolling() {
		return method, turn, nil
	}
	for _, c := range t.serving(creds) {
		if c.Kind == t.s.Kind {
			turn.Credential = c.Secret
			return method, turn, nil
		}
	}
	return nil, app.Turn{}, &app.Error{Code: app.CodeMoved} // it was taken away meanwhile
}

// prepare waits for a place, as long as the caller does.
func (b *Backend) prepare(ctx context.Context, slow app.Slow, turn app.Turn, in app.GiveAnswers) (app.Prepared, error) {
	select {
	case b.hashing <- struct{}{}:
		defer func() { <-b.hashing }()
	case <-ctx.Done():
		return app.Prepared{}, &app.Error{Code: app.CodeUnavailable, Cause: context.Cause(ctx)}
	}
	return slow.Prepare(turn, in)
}
