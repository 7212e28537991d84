package client

import (
	"context"
	"net/http"
	"net/url"
	"sync"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// Start implements app.Flows. The flow's token stays here: the window needs the ID only. A registration and the
// security info and a change of the password are started by the person who is signed in, anything else by anyone.
func (c *Client) Start(ctx context.Context, s app.Start) (app.Flow, error) {
	var w wire.Started
	start := call{
		method: http.MethodPost, path: "/v1/flows", key: s.Key, body: wire.Start{Purpose: string(s.Purpose)}, into: &w,
	}
	var f app.Flow
	var err error
	if s.Purpose == app.PurposeRegister || s.Purpose == app.PurposeManage || s.Purpose == app.PurposeChange {
		f, err = c.doAsSession(ctx, start)
	} else {
		f, err = c.do(ctx, start)
	}
	if err != nil {
		return f, err
	}
	if w.Token == "" {
		return app.Flow{}, c.notAReply()
	}
	f, err = c.readFlow(w.Flow)
	if err == nil {
		c.tokens.put(f.ID, app.NewSecret(w.Token))
	}
	return f, err
}

// Get implements app.Flows.
func (c *Client) Get(ctx context.Context, id app.FlowID) (app.Flow, error) {
	return c.doOnFlow(ctx, id, call{method: http.MethodGet, path: flowPath(id)})
}

// Submit implements app.Flows.
func (c *Client) Submit(ctx context.Context, id app.FlowID, rev int, key app.IdempotencyKey, in app.Input) (app.Flow, error) {
	return c.doOnFlow(ctx, id, call{
		method: http.MethodPost, path: flowPath(id) + "/inputs", key: key,
		body: wire.Submission{Rev: rev, Input: wire.Input{Input: in}},
	})
}

// Cancel implements app.Flows. The flow's token is forgotten, whatever the server says.
func (c *Client) Cancel(ctx context.Context, id app.FlowID) error {
	token := c.tokens.get(id)
	if token.Empty() {
		return &app.Error{Code: app.CodeNoFlow}
	}
	defer c.tokens.drop(id)
	_, err := c.do(ctx, call{method: http.MethodDelete, path: flowPath(id), token: token})
	return err
}

// doOnFlow sends a call with the flow's token, and forgets the token when the flow is over.
func (c *Client) doOnFlow(ctx context.Context, id app.FlowID, call call) (app.Flow, error) {
	call.token = c.tokens.get(id)
	if call.token.Empty() {
		return app.Flow{}, &app.Error{Code: app.CodeNoFlow}
	}
	var w wire.Flow
	call.into = &w
	f, err := c.do(ctx, call)
	if err != nil {
		c.takeRegrant(ctx, id, f.Regrant)
		switch app.CodeOf(err) {
		case app.CodeNoFlow, app.CodeEnded, app.CodeExpired:
			c.tokens.drop(id)
		}
		return f, err
	}
	c.takeRegrant(ctx, id, w.Regrant)
	return c.readFlow(w)
}

// readFlow refuses a reply that is JSON and no flow.
func (c *Client) readFlow(w wire.Flow) (app.Flow, error) {
	if w.ID == "" || w.Now.Step == nil {
		return app.Flow{}, c.notAReply()
	}
	return w.Domain(), nil
}

func flowPath(id app.FlowID) string { return "/v1/flows/" + url.PathEscape(string(id)) }

// flowTokens holds the tokens of this run's flows in memory, and nowhere else. The zero value is empty.
type flowTokens struct {
	mu sync.Mutex
	of map[app.FlowID]app.Secret
}

func (t *flowTokens) put(id app.FlowID, token app.Secret) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = map[app.FlowID]app.Secret{}
	}
	t.of[id] = token
}

func (t *flowTokens) get(id app.FlowID) app.Secret {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.of[id]
}

func (t *flowTokens) drop(id app.FlowID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.of, id)
}
