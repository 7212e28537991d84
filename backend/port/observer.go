package port

import (
	"context"
	"time"
)

// Observer is told of requests, for figures and traces.
type Observer interface {
	// Begin is told that a request has come. What is done for it has the context that it gives, and end is called once it is
	// answered.
	Begin(ctx context.Context) (observed context.Context, end func(Request))
}

// Request is what is told of a request that was answered: nothing of a person.
type Request struct {
	Method   string // GET, or "other" for one that no operation has
	Route    string // the pattern of an operation, such as "POST /v1/flows"; empty for none
	Status   int
	Code     string // app.Code of a refusal; empty for none
	Support  string // that of the conversation, or the request's own
	Duration time.Duration
}
