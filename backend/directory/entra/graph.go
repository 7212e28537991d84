package entra

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// graph speaks to Microsoft Graph.
type graph struct {
	client *http.Client
	base   *url.URL // with the version
	tokens *tokens
	clock  port.Clock
	wait   func(context.Context, time.Duration) error
}

func newGraph(c Config, at endpoints) *graph {
	transport := c.Transport
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone() // it is one unless a program replaced it, which this one doesn't
		own.MaxIdleConnsPerHost = 16
		transport = own
	}
	// A redirect would take the token along: it is an answer like another, and no good one.
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	base, err := url.Parse(at.graph + "/v1.0")
	if err != nil {
		panic(err) // one of clouds
	}
	return &graph{
		client: client, base: base, clock: c.Clock, wait: c.Wait,
		tokens: &tokens{config: c, at: at, client: client, drawing: make(chan struct{}, 1)},
	}
}

// request is one to Graph.
type request struct {
	method string
	url    *url.URL
	body   []byte // JSON
}

// at gives the URL of a resource. A space is %20 everywhere: + is one in forms alone (RFC 3986), whatever a server makes of it.
func (g *graph) at(query url.Values, segments ...string) *url.URL {
	u := g.base.JoinPath(segments...)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u
}

// tries is how often a request is sent at most, where its answer says that it may come again.
const tries = 3

// call sends a request and decodes its answer into out, where that isn't nil. A *failure is Graph's own word. Where Graph says that
// it has too much to do, call waits as long as it is told to, and gives up at once where the time of ctx doesn't last that long.
func (g *graph) call(ctx context.Context, r request, out any) error {
	redrawn := false
	for try := 1; ; try++ {
		token, err := g.tokens.get(ctx)
		if err != nil {
			return err
		}
		a, err := g.send(ctx, r, token)
		if err != nil {
			return err
		}
		if a.status/100 == 2 {
			return a.decode(out)
		}
		if a.status == http.StatusUnauthorized && !redrawn { // refused before anything was done
			redrawn = true
			g.tokens.drop(token)
			continue
		}
		pause, again := a.again(r.method, try, g.clock.Now())
		if !again || !lasts(ctx, pause) {
			return a.failure()
		}
		if err := g.wait(ctx, pause); err != nil {
			return err
		}
	}
}

// lasts reports whether the time of ctx is longer than a pause.
func lasts(ctx context.Context, pause time.Duration) bool {
	end, limited := ctx.Deadline()
	return pause <= longestPause && (!limited || pause < time.Until(end))
}

// longestPause is the longest for which anybody waits.
const longestPause = 30 * time.Second

// answer is one of Graph's.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send sends a request once; an error leaves it open whether it arrived.
func (g *graph) send(ctx context.Context, r request, token string) (answer, error) {
	hr, err := http.NewRequestWithContext(ctx, r.method, r.url.String(), bytes.NewReader(r.body))
	if err != nil {
		return answer{}, err
	}
	hr.Header.Set("Authorization", "Bearer "+token)
	hr.Header.Set("Accept", "application/json")
	if r.body != nil {
		hr.Header.Set("Content-Type", "application/json")
	}
	response, err := g.client.Do(hr)
	if err != nil {
		return answer{}, fmt.Errorf("graph gave no answer: %w", cause(err))
	}
	defer func() { _ = response.Body.Close() }() // read, or given up
	body, err := io.ReadAll(&bounded{ReadCloser: response.Body, left: maxBody})
	if err != nil {
		return answer{}, fmt.Errorf("graph's answer %d: %w", response.StatusCode, err)
	}
	return answer{status: response.StatusCode, header: response.Header, body: body}, nil
}

// cause says why there was no answer, without the URL: a filter in it names a person.
func cause(err error) error {
	var with *url.Error
	if errors.As(err, &with) {
		return with.Err
	}
	return err
}

func (a answer) decode(out any) error {
	if out == nil {
		return nil
	}
	if json.Unmarshal(a.body, out) != nil { // whose text quotes the answer
		return fmt.Errorf("graph's answer %d is not what was asked for", a.status)
	}
	return nil
}

// again says whether a request may be sent again, and when. What writes is sent again only where the answer says that nothing was
// done: throttled, or turned away until a time that the answer names.
func (a answer) again(method string, try int, now time.Time) (pause time.Duration, again bool) {
	pause, told := retryAfter(a.header.Get("Retry-After"), now)
	if !told {
		pause = time.Second << (try - 1)
	}
	switch a.status {
	case http.StatusTooManyRequests:
		again = true
	case http.StatusServiceUnavailable:
		again = told || method == http.MethodGet
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		again = method == http.MethodGet
	}
	return pause, again && try < tries
}

// retryAfter reads the header: seconds, or a date (RFC 9110, 10.2.3).
func retryAfter(text string, now time.Time) (time.Duration, bool) {
	seconds, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31)
	if err == nil || errors.Is(err, strconv.ErrRange) { // which leaves the greatest number
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

// maxPages bounds what one question may bring: with pages of 100, the members of 20,000.
const maxPages = 200

// list asks for all pages of a collection.
func list[T any](ctx context.Context, g *graph, from *url.URL) ([]T, error) {
	var all []T
	for range maxPages {
		var page struct {
			Value *[]T   `json:"value"`
			Next  string `json:"@odata.nextLink"`
		}
		if err := g.call(ctx, request{method: http.MethodGet, url: from}, &page); err != nil {
			return nil, err
		}
		if page.Value == nil {
			return nil, errors.New("graph's answer is no collection")
		}
		all = append(all, *page.Value...)
		if page.Next == "" {
			return all, nil
		}
		next, err := url.Parse(page.Next)
		if err != nil || !g.own(next) {
			return nil, errors.New("graph's next page is somewhere else")
		}
		from = next
	}
	return nil, errors.New("graph's answer has too many pages")
}

// own reports whether a URL leads to the same Graph: a token goes nowhere else.
func (g *graph) own(u *url.URL) bool {
	return u.Scheme == g.base.Scheme && strings.EqualFold(u.Host, g.base.Host) && u.User == nil && strings.HasPrefix(u.Path, g.base.Path+"/")
}
