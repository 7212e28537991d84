package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

const (
	requestTimeout = 15 * time.Second // one request with its reply and, where the connection broke, its repetition
	renewTimeout   = 30 * time.Second // more for a call that may renew the session first
	maxReply       = 4 << 20          // bytes, of which the logo is the largest part; a reply that is cut off is no JSON
	jsonType       = "application/json"
)

// call is one request to the API. It is idempotent, by its method, by its key or by the token that it spends, so that it
// may be sent twice, unless it says once.
type call struct {
	method  string
	path    string
	token   app.Secret         // bearer; empty for anyone
	key     app.IdempotencyKey // empty where the operation needs none
	body    any                // nil for none
	into    any                // where the reply goes; nil for none
	once    bool               // it has an effect each time that it arrives
	timeout time.Duration      // 0 for requestTimeout
	limit   int64              // bytes of the reply; 0 for maxReply
}

// withDefaults names the bounds that a call leaves open.
func (c call) withDefaults() call {
	if c.timeout == 0 {
		c.timeout = requestTimeout
	}
	if c.limit == 0 {
		c.limit = maxReply
	}
	return c
}

// do is the choke point. It gives an *app.Error for whatever went wrong, and the flow that came beside a problem.
func (c *Client) do(ctx context.Context, call call) (app.Flow, error) {
	call = call.withDefaults()
	var body []byte
	if call.body != nil {
		var err error
		if body, err = json.Marshal(call.body); err != nil {
			return app.Flow{}, app.Errorf(app.CodeInternal, "write the request: %w", err)
		}
		if wire.LostText(body) {
			return app.Flow{}, app.Errorf(app.CodeBadRequest, "a text that is no UTF-8")
		}
	}
	ctx, cancel := context.WithTimeout(ctx, call.timeout)
	defer cancel()
	got, err := c.send(ctx, call, body)
	if err != nil && broken(err) && !call.once && ctx.Err() == nil {
		got, err = c.send(ctx, call, body)
	}
	if err != nil {
		return app.Flow{}, offline(ctx, err)
	}
	return readReply(got, call.into)
}

// reply is a whole reply in memory.
type reply struct {
	status int
	media  string
	body   []byte
}

func (c *Client) send(ctx context.Context, call call, body []byte) (reply, error) {
	base, transport, err := c.chooseRoute()
	if err != nil {
		return reply{}, err
	}
	r, err := http.NewRequestWithContext(ctx, call.method, base+call.path, bytes.NewReader(body))
	if err != nil {
		return reply{}, &trouble{"address", err}
	}
	c.setHeaders(r, call)
	// RoundTrip and not http.Client: no redirect is followed and no cookie is kept.
	response, err := transport.RoundTrip(r)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, call.limit))
	if err != nil {
		return reply{}, err
	}
	media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return reply{response.StatusCode, media, data}, nil
}

func (c *Client) setHeaders(r *http.Request, call call) {
	r.Header.Set("Accept", jsonType)
	r.Header.Set("User-Agent", "sparekey")
	if c.Station != "" {
		r.Header.Set("Sparekey-Station", headerSafe(c.Station))
	}
	if call.body != nil {
		r.Header.Set("Content-Type", jsonType)
	}
	if !call.token.Empty() {
		r.Header.Set("Authorization", "Bearer "+call.token.Reveal())
	}
	if call.key != "" {
		r.Header.Set("Idempotency-Key", string(call.key))
	}
}

// readReply decodes a reply, or the problem that it is.
func readReply(r reply, into any) (app.Flow, error) {
	switch {
	case r.status >= 300 && r.status < 400:
		return app.Flow{}, offlineFor("redirect", errors.New("redirects are not followed"))
	case r.status >= 400:
		return readProblem(r)
	case into == nil && r.status == http.StatusNoContent:
		return app.Flow{}, nil
	case into == nil || r.media != jsonType || json.Unmarshal(r.body, into) != nil:
		return app.Flow{}, offlineFor("answer", errors.New("not a reply of the API"))
	}
	return app.Flow{}, nil
}

// readProblem decodes a problem. A proxy wrote a reply that is none, and of that only the status counts.
func readProblem(r reply) (app.Flow, error) {
	var p wire.Problem
	if r.media != wire.ProblemType || json.Unmarshal(r.body, &p) != nil || p.Code == "" {
		return app.Flow{}, app.Errorf(wire.CodeOf(r.status), "status %d without a problem", r.status)
	}
	p.Status = r.status
	if p.Flow != nil && p.Flow.Now.Step == nil {
		p.Flow = nil
	}
	e, f := p.Domain()
	return f, e
}

// notAReply is the trouble that something answered which is no Sparekey server.
func notAReply() error { return offlineFor("answer", nil) }
