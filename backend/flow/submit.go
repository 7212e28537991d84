package flow

import (
	"context"
	"regexp"

	"github.com/sparekey/sparekey/app"
)

// submission is one input on its way through.
type submission struct {
	caller app.Caller
	id     app.FlowID
	rev    int
	key    app.IdempotencyKey
	in     app.Input
	print  []byte // keyed hash of the input
}

// Submit answers the step at hand.
//
//	caller holds the flow? ─no→ no_such_flow
//	 │ let in? ─no→ too_many, busy (line.go)
//	 └ the same key as last time? ─yes→ same input: the same answer · another: idempotency_reused
//	    └ ended, expired? → flow_ended, flow_expired
//	       └ another revision? → flow_moved, with the flow as it stands
//	          └ does the input answer the step? ─no→ not_now
//	             └ the machine: a new step (rev+1) · a counted refusal (rev+1) · a refusal that changes nothing
func (s *Flows) Submit(ctx context.Context, id app.FlowID, rev int, key app.IdempotencyKey, in app.Input) (app.Flow, error) {
	return onBeat(ctx, s, func(o *operation) (app.Flow, error) {
		return o.submit(ctx, submission{caller: o.Caller(), id: id, rev: rev, key: key, in: in})
	})
}

func (o *operation) submit(ctx context.Context, sub submission) (app.Flow, error) {
	if err := o.admit(sub); err != nil {
		return app.Flow{}, o.refuse(ctx, sub, err)
	}
	leave, err := o.letIn(ctx, sub)
	if err != nil {
		return app.Flow{}, err
	}
	defer leave()
	sub.print = o.Sealer.Index("input", content(sub.in))
	switch in := sub.in.(type) {
	case app.SignIn:
		return o.signIn(ctx, sub, in)
	case app.SignInWithPass:
		return o.signInWithPass(ctx, sub, in)
	case app.GiveUserID:
		return o.identify(ctx, sub, in)
	case app.GiveWork:
		return o.giveWork(ctx, sub, in)
	case app.GivePassword:
		return o.setPassword(ctx, sub, in)
	case app.GiveCurrentPassword:
		return o.checkCurrent(ctx, sub, in)
	case app.GiveAnswers:
		return o.giveAnswers(ctx, sub, in)
	case app.CheckAgain:
		return o.checkAgain(ctx, sub)
	case app.ContactAdmin:
		return o.contactAdmin(ctx, sub)
	}
	return o.commit(ctx, sub, func(f *flow) error { return f.step(sub.in) })
}

// step is the machines' part that needs nothing but the store.
func (f *flow) step(in app.Input) error {
	switch in := in.(type) {
	case app.GiveReason:
		return f.giveReason(in)
	case app.GiveUnlock:
		return f.giveUnlock(in)
	case app.Choose:
		return f.choose(in.Kind)
	case app.GiveCode, app.GiveAddress, app.GivePhone, app.GiveKey, app.Resend:
		return f.turn(in)
	case app.Replace:
		return f.requireFreshProof(pendingChange{What: replaceOne, Credential: in.Credential})
	case app.SetDefault:
		return f.requireFreshProof(pendingChange{What: setDefault, Credential: in.Credential})
	case app.Delete:
		return f.askDelete(in.Credential)
	case app.Reveal:
		return f.requireFreshProof(pendingChange{What: reveal, Credential: in.Credential})
	case app.SignOutEverywhere:
		return f.signOutEverywhere()
	case app.Back:
		return f.back()
	case app.Finish:
		return f.finish()
	}
	return &app.Error{Code: app.CodeNotNow}
}

// admit refuses what needs no look at the flow.
func (o *operation) admit(sub submission) error {
	if !sub.holdsFlow() {
		return &app.Error{Code: app.CodeNoFlow}
	}
	if nameOf(sub.in) == "" {
		return app.Errorf(app.CodeBadRequest, "unknown input %T", sub.in)
	}
	return checkKey(sub.key)
}

// holdsFlow reports whether the caller has the token of the flow that is asked about.
func (sub submission) holdsFlow() bool {
	return sub.caller.Role == app.RoleFlow && sub.caller.Flow == sub.id && sub.id != ""
}

var idempotencyKeyForm = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

func checkKey(key app.IdempotencyKey) error {
	if !idempotencyKeyForm.MatchString(string(key)) {
		return app.Errorf(app.CodeBadRequest, "malformed idempotency key")
	}
	return nil
}
