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
	if !call.once && ctx.Err() == nil && c.worthAgain(got, err) {
		got, err = c.send(ctx, call, body)
	}
	if err != nil {
		return app.Flow{}, c.offline(ctx, err)
	}
	if old := wire.Agree(wire.Spoken, got.server); old != nil {
		return app.Flow{}, old
	}
	if got.status >= 400 {
		f, problem := readProblem(got)
		return f, problem
	}
	if wrong := readReply(got, call.into); wrong != nil {
		return app.Flow{}, c.named(wrong)
	}
	return app.Flow{}, nil
}

// reply is a whole reply in memory.
type reply struct {
	status int
	media  string
	server wire.Versions // that the server speaks; this program's where it doesn't say
	body   []byte
}

func (c *Client) send(ctx context.Context, call call, body []byte) (reply, error) {
	base, transport, err := c.chooseRoute()
	if err != nil {
		return reply{}, err
	}
	r, err := http.NewRequestWithContext(ctx, call.method, base+call.path, bytes.NewReader(body))
	if err != nil {
		return reply{}, &trouble{"address", nil, err}
	}
	c.setHeaders(r, call)
	if c.Key != nil {
		if err := c.Key.Sign(r, body); err != nil {
			return reply{}, &trouble{"unreachable", nil, err}
		}
	}
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
	server, err := wire.ReadVersions(response.Header.Get(wire.VersionHeader))
	if err != nil {
		server = wire.Spoken
	}
	return reply{response.StatusCode, media, server, data}, nil
}

// worthAgain reports whether sending the same once more has a point, by how it went.
func (c *Client) worthAgain(got reply, err error) bool {
	if err != nil {
		return c.broken(err)
	}
	return c.arrivedTwice(got)
}

// arrivedTwice reports whether the server may have refused a request since its signature arrived before: where a connection that
// was kept breaks, net/http sends what it carried once more, to the last letter.
func (c *Client) arrivedTwice(got reply) bool {
	if c.Key == nil || got.status != wire.StatusOf(app.CodeStationSignature) {
		return false
	}
	_, problem := readProblem(got)
	return problem.Code == app.CodeStationSignature
}

func (c *Client) setHeaders(r *http.Request, call call) {
	r.Header.Set("Accept", jsonType)
	r.Header.Set("User-Agent", "sparekey")
	r.Header.Set(wire.VersionHeader, wire.Spoken.String())
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

// readReply decodes a reply that is no problem.
func readReply(r reply, into any) *app.Error {
	switch {
	case r.status >= 300:
		return offlineFor("redirect", nil, errors.New("redirects are not followed"))
	case into == nil && r.status == http.StatusNoContent:
		return nil
	case into == nil || r.media != jsonType:
		return offlineFor("answer", nil, errNoReply)
	}
	if json.Unmarshal(r.body, into) == nil {
		return nil
	}
	if r.server.Newest > wire.Spoken.Newest { // a step, say, that came with a version after this program's
		return app.Errorf(app.CodeAppOld, "a reply of version %d", r.server.Newest)
	}
	return offlineFor("answer", nil, errNoReply)
}

var errNoReply = errors.New("not a reply of the API")

// errNoProblem is the cause of an error that is made of a reply's status alone.
var errNoProblem = errors.New("a status without a problem")

// readProblem decodes a problem. A proxy wrote a reply that is none, and of that only the status counts.
func readProblem(r reply) (app.Flow, *app.Error) {
	var p wire.Problem
	if r.media != wire.ProblemType || json.Unmarshal(r.body, &p) != nil || p.Code == "" {
		return app.Flow{}, app.Errorf(wire.CodeOf(r.status), "status %d: %w", r.status, errNoProblem)
	}
	p.Status = r.status
	if p.Flow != nil && p.Flow.Now.Step == nil {
		p.Flow = nil
	}
	e, f := p.Domain()
	return f, e
}

// notAReply is the trouble that something answered which is no Sparekey server.
func (c *Client) notAReply() error {
	return c.named(offlineFor("answer", nil, errNoReply))
}
