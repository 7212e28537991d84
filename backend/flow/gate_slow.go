package flow

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
)

// giveAnswers lets the method at hand hash answers between two transactions: the first says for which turn, the second
// gives it what came of them. As few at once as there are processors, since each takes memory.
func (o *operation) giveAnswers(ctx context.Context, sub submission, in app.GiveAnswers) (app.Flow, error) {
	var slow app.Slow
	var turn app.Turn
	look := func(f *flow) (err error) {
		slow, turn, err = f.slowTurn()
		return err
	}
	return o.consider(ctx, sub, look, func() (app.Flow, error) {
		prepared, err := o.prepare(ctx, slow, turn, in)
		if err != nil && !core.IsRefusal(err) {
			return app.Flow{}, o.failed(sub, methodFailure(err))
		}
		return o.commit(ctx, sub, func(f *flow) error {
			if err != nil {
				return err
			}
			return f.turn(prepared)
		})
	})
}

// slowTurn gives the method at hand and the turn that it has; in a gate with the credential that is to be proven.
func (f *flow) slowTurn() (app.Slow, app.Turn, error) {
	method, is := f.op.Method(f.s.Kind).(app.Slow)
	if !is {
		return nil, app.Turn{}, &app.Error{Code: app.CodeNotNow}
	}
	creds, err := f.credentials()
	if err != nil {
		return nil, app.Turn{}, err
	}
	turn := f.asTurn(creds)
	if f.enrolling() {
		return method, turn, f.mayEnrol() // nothing is hashed for who has to wait
	}
	for _, c := range f.forGate(creds) {
		if c.Kind == f.s.Kind {
			turn.Credential = c.Secret
			return method, turn, nil
		}
	}
	return nil, app.Turn{}, &app.Error{Code: app.CodeMoved} // it was taken away meanwhile
}

// prepare has the method hash the answers.
func (o *operation) prepare(ctx context.Context, slow app.Slow, turn app.Turn, in app.GiveAnswers) (app.Prepared, error) {
	leave, err := o.takeHashingPlace(ctx)
	if err != nil {
		return app.Prepared{}, err
	}
	defer leave()
	return slow.Prepare(turn, in)
}
