package api

import (
	"context"
	"net/http"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// A key marks one intent of the person (app.IdempotencyKey); the bearer token must be the named flow's own.
type (
	startRequest struct {
		Key  string `header:"Idempotency-Key" required:"true" pattern:"^[A-Za-z0-9_-]{16,64}$"`
		Body wire.Start
	}
	flowRequest struct {
		ID string `path:"id" pattern:"^[A-Za-z0-9_-]{1,64}$"`
	}
	submitRequest struct {
		ID   string `path:"id" pattern:"^[A-Za-z0-9_-]{1,64}$"`
		Key  string `header:"Idempotency-Key" required:"true" pattern:"^[A-Za-z0-9_-]{16,64}$"`
		Body wire.Submission
	}
)

func (s *server) registerFlows() {
	register(s, operation{
		id: "start-flow", method: http.MethodPost, path: "/v1/flows", summary: "Start a conversation",
		status: http.StatusCreated, roles: starters,
	}, s.startFlow)
	register(s, get("get-flow", "/v1/flows/{id}", "The conversation as it now stands", holder), s.getFlow)
	register(s, operation{
		id: "submit-input", method: http.MethodPost, path: "/v1/flows/{id}/inputs", summary: "Answer the step at hand",
		status: http.StatusOK, roles: holder,
	}, s.submitInput)
	register(s, operation{
		id: "cancel-flow", method: http.MethodDelete, path: "/v1/flows/{id}", summary: "End the conversation",
		status: http.StatusNoContent, roles: holder,
	}, s.cancelFlow)
}

func (s *server) startFlow(ctx context.Context, r *startRequest) (*reply[wire.Started], error) {
	f, err := s.Flows.Start(ctx, app.Start{Purpose: app.Purpose(r.Body.Purpose), Key: app.IdempotencyKey(r.Key)})
	if err != nil {
		return nil, s.problem(ctx, err, f)
	}
	noteSupport(ctx, f.Support)
	started, err := wire.NewStarted(f)
	if err != nil {
		return nil, s.problem(ctx, err, app.Flow{})
	}
	return replyWith(started), nil
}

func (s *server) getFlow(ctx context.Context, r *flowRequest) (*reply[wire.Flow], error) {
	if err := checkOwnFlow(ctx, r.ID); err != nil {
		return nil, s.problem(ctx, err, app.Flow{})
	}
	f, err := s.Flows.Get(ctx, app.FlowID(r.ID))
	return s.replyFlow(ctx, f, err)
}

func (s *server) submitInput(ctx context.Context, r *submitRequest) (*reply[wire.Flow], error) {
	if err := checkOwnFlow(ctx, r.ID); err != nil {
		return nil, s.problem(ctx, err, app.Flow{})
	}
	f, err := s.Flows.Submit(ctx, app.FlowID(r.ID), r.Body.Rev, app.IdempotencyKey(r.Key), r.Body.Input.Input)
	return s.replyFlow(ctx, f, err)
}

func (s *server) cancelFlow(ctx context.Context, r *flowRequest) (*struct{}, error) {
	if err := checkOwnFlow(ctx, r.ID); err != nil {
		return nil, s.problem(ctx, err, app.Flow{})
	}
	if err := s.Flows.Cancel(ctx, app.FlowID(r.ID)); err != nil {
		return nil, s.problem(ctx, err, app.Flow{})
	}
	return nil, nil
}

// replyFlow replies with f, or with the problem and f beside it.
func (s *server) replyFlow(ctx context.Context, f app.Flow, err error) (*reply[wire.Flow], error) {
	if err != nil {
		return nil, s.problem(ctx, err, f)
	}
	noteSupport(ctx, f.Support)
	w, err := wire.NewFlow(f)
	if err != nil {
		return nil, s.problem(ctx, err, app.Flow{})
	}
	return replyWith(w), nil
}

// checkOwnFlow refuses a token of one flow for another, as if the other were not there.
func checkOwnFlow(ctx context.Context, id string) error {
	if app.CallerFrom(ctx).Flow != app.FlowID(id) {
		return app.Errorf(app.CodeNoFlow, "the token is another flow's")
	}
	return nil
}
