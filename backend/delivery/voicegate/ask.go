package voicegate

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/sparekey/sparekey/backend/port"
)

// ask sends a request. One that left wholly and has no answer may have the provider call. Errors are *Failure.
func (g *Gateway) ask(ctx context.Context, req *http.Request) (*http.Response, error) {
	var wrote atomic.Bool // told by goroutines of net/http
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(i httptrace.WroteRequestInfo) { wrote.Store(i.Err == nil) },
	})
	res, err := g.client.Do(req.WithContext(ctx))
	switch {
	case err == nil:
		return res, nil
	case wrote.Load():
		return nil, g.unanswered(0, withoutAddress(err))
	}
	return nil, g.fail(stepOf(err), withoutAddress(err))
}

var errUnreadable = errors.New("the answer can't be read")

// unanswered makes a failure of a request that may have been taken.
func (g *Gateway) unanswered(status int, err error) *Failure {
	f := g.fail(StepHand, err)
	f.Status, f.kind = status, port.ErrUnanswered
	return f
}
