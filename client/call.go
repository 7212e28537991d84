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
	maxReply       = 4 << 20          // bytes, the logo being the largest thing in one; what is cut off there is no JSON
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
	}
	ctx, cancel := context.WithTimeout(ctx, call.timeout)
	defer cancel()
	answer, err := c.send(ctx, call, body)
	if err != nil && broken(err) && !call.once && ctx.Err() == nil {
		answer, err = c.send(ctx, call, body)
	}
	if err != nil {
		return app.Flow{}, offline(ctx, err)
	}
	return read(answer, call.into)
}

// answer is a whole answer in memory.
type answer struct {
	status int
	media  string
	body   []byte
}

func (c *Client) send(ctx context.Context, call call, body []byte) (answer, error) {
	base, transport, err := c.route()
	if err != nil {
		return answer{}, err
	}
	r, err := http.NewRequestWithContext(ctx, call.method, base+call.path, bytes.NewReader(body))
	if err != nil {
		return answer{}, &trouble{"address", err}
	}
	c.head(r, call)
	// RoundTrip and not http.Client: no redirect is followed and no cookie is kept.
	a, err := transport.RoundTrip(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = a.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(a.Body, call.limit))
	if err != nil {
		return answer{}, err
	}
	media, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type"))
	return answer{a.StatusCode, media, data}, nil
}

func (c *Client) head(r *http.Request, call call) {
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

// read decodes an answer, or the problem that it is.
func read(a answer, into any) (app.Flow, error) {
	switch {
	case a.status >= 300 && a.status < 400:
		return app.Flow{}, offlineFor("redirect", errors.New("redirects are not followed"))
	case a.status >= 400:
		return readProblem(a)
	case into == nil && a.status == http.StatusNoContent:
		return app.Flow{}, nil
	case into == nil || a.media != jsonType || json.Unmarshal(a.body, into) != nil:
		return app.Flow{}, offlineFor("answer", errors.New("not an answer of the API"))
	}
	return app.Flow{}, nil
}

// readProblem decodes a problem. What is none was written by something in between, and only its status counts.
func readProblem(a answer) (app.Flow, error) {
	var p wire.Problem
	if a.media != wire.ProblemType || json.Unmarshal(a.body, &p) != nil || p.Code == "" {
		return app.Flow{}, app.Errorf(wire.CodeOf(a.status), "status %d without a problem", a.status)
	}
	p.Status = a.status
	if p.Flow != nil && p.Flow.Now.Step == nil {
		p.Flow = nil
	}
	e, f := p.Domain()
	return f, e
}

// notAReply is the trouble that something answered which is no Sparekey server.
func notAReply() error { return offlineFor("answer", nil) }
