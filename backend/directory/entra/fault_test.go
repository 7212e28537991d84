package entra_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/entra"
	"github.com/sparekey/sparekey/backend/directory/entra/entratest"
	"github.com/sparekey/sparekey/backend/port"
)

const newPassword = "Lantern-tide 41 copper"

// cut ends the connection without an answer.
func cut(http.ResponseWriter) { panic(http.ErrAbortHandler) }

// count counts the requests of a kind.
func (s *service) count(method, suffix string) int {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	n := 0
	for _, a := range s.Asked {
		if strings.HasPrefix(a, method+" ") && strings.HasSuffix(a, suffix) {
			n++
		}
	}
	return n
}

// at makes a fault of the requests whose method and path's end are given, of the nth from 1 on, or of all with 0.
func at(method, suffix string, nth int, do func(w http.ResponseWriter, r *http.Request, answer http.Handler)) func(http.ResponseWriter, *http.Request, http.Handler) {
	n := 0
	return func(w http.ResponseWriter, r *http.Request, answer http.Handler) {
		if r.Method == method && strings.HasSuffix(r.URL.Path, suffix) {
			if n++; nth == 0 || n == nth {
				do(w, r, answer)
				return
			}
		}
		answer.ServeHTTP(w, r)
	}
}

func status(code int, header ...string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		entratest.Fail(w, code, "TooBad", "no")
	}
}

func says(code int, body string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

// outcome is what came of a reset.
type outcome string

const (
	done    outcome = "done"
	open    outcome = "open" // nobody claims that it was done, or that it wasn't
	refused outcome = "refused"
)

func outcomeOf(err error) outcome {
	var refusal *port.Refusal
	switch {
	case err == nil:
		return done
	case errors.As(err, &refusal):
		return refused
	}
	return open
}

// TestFaultsOfAReset is the matrix of what may go wrong while a password is set: what it comes to, whether the service has the
// password then, and how often it was told to set it.
func TestFaultsOfAReset(t *testing.T) {
	ana := "/" + entratest.GUID("ana@harbour.example")
	after := func(w http.ResponseWriter, r *http.Request, answer http.Handler) { // done, and nobody hears of it
		answer.ServeHTTP(discard{}, r)
		cut(w)
	}
	for name, c := range map[string]struct {
		fault   func(http.ResponseWriter, *http.Request, http.Handler)
		want    outcome
		has     bool
		patches int
	}{
		"no fault":                                {nil, done, true, 1},
		"cut before the account is read":          {at("GET", ana, 0, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { cut(w) }), open, false, 0},
		"cut before the write":                    {at("PATCH", ana, 0, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { cut(w) }), open, false, 1},
		"cut after the write":                     {at("PATCH", ana, 0, after), open, true, 1},
		"throttled once":                          {at("PATCH", ana, 1, status(429, "Retry-After", "3")), done, true, 2},
		"throttled for ever":                      {at("PATCH", ana, 0, status(429, "Retry-After", "3")), open, false, 3},
		"throttled for longer than anybody waits": {at("PATCH", ana, 0, status(429, "Retry-After", "600")), open, false, 1},
		"turned away until a time":                {at("PATCH", ana, 1, status(503, "Retry-After", "1")), done, true, 2},
		"turned away, no time named":              {at("PATCH", ana, 0, status(503)), open, false, 1},
		"500 to the write":                        {at("PATCH", ana, 0, status(500)), open, false, 1},
		"504 to the write, which was done": {at("PATCH", ana, 0, func(w http.ResponseWriter, r *http.Request, answer http.Handler) {
			answer.ServeHTTP(discard{}, r)
			status(504)(w, r, answer)
		}), open, true, 1},
		"502 to the first read":                 {at("GET", ana, 1, status(502)), done, true, 1},
		"a token that is over":                  {at("PATCH", ana, 1, status(401)), done, true, 2},
		"tokens that are always refused":        {at("PATCH", ana, 0, status(401)), open, false, 2},
		"403 to the write":                      {at("PATCH", ana, 0, status(403)), open, false, 1},
		"400 that isn't about the password":     {at("PATCH", ana, 0, status(400)), open, false, 1},
		"400 from somebody else":                {at("PATCH", ana, 0, says(400, "<html>password complexity</html>")), open, false, 1},
		"400 with another code":                 {at("PATCH", ana, 0, says(400, `{"error":{"code":"Other","message":"password complexity"}}`)), open, false, 1},
		"404 from somebody else":                {at("PATCH", ana, 0, says(404, "<html>")), open, false, 1},
		"a redirect of the write":               {at("PATCH", ana, 0, status(307, "Location", "https://elsewhere.example/")), open, false, 1},
		"a redirect of a read":                  {at("GET", ana, 0, status(302, "Location", "https://elsewhere.example/")), open, false, 0},
		"garbage for the account":               {at("GET", ana, 0, says(200, "{]")), open, false, 0},
		"another's account":                     {at("GET", ana, 0, says(200, `{"id":"`+entratest.GUID("eve@harbour.example")+`","userPrincipalName":"eve@harbour.example","accountEnabled":true}`)), open, false, 0},
		"an account that may not be read whole": {at("GET", ana, 0, says(200, `{"id":"`+ana[1:]+`","userPrincipalName":"ana@harbour.example","accountEnabled":null}`)), open, false, 0},
		"memberships without a value":           {at("GET", "/transitiveMemberOf", 0, says(200, "{}")), open, false, 0},
		"memberships that are nothing":          {at("GET", "/transitiveMemberOf", 0, says(200, `{"value":[{}]}`)), open, false, 0},
		"a next page on another host":           {at("GET", "/transitiveMemberOf", 0, says(200, `{"value":[],"@odata.nextLink":"https://elsewhere.example/v1.0/users"}`)), open, false, 0},
		"a next page without TLS":               {at("GET", "/transitiveMemberOf", 0, says(200, `{"value":[],"@odata.nextLink":"http://graph.microsoft.com/v1.0/users"}`)), open, false, 0},
		"a next page for ever":                  {at("GET", "/transitiveMemberOf", 0, says(200, `{"value":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/x/transitiveMemberOf"}`)), open, false, 0},
		"a huge answer":                         {at("GET", "/transitiveMemberOf", 0, says(200, `{"value":["`+strings.Repeat("x", 5<<20)+`"]}`)), open, false, 0},
		"domains that may not be read":          {at("GET", "/domains", 0, status(403)), open, false, 0},
		"no domain at all":                      {at("GET", "/domains", 0, says(200, `{"value":[]}`)), open, false, 0},
		"a domain of a kind that nobody knows":  {at("GET", "/domains", 0, says(200, `{"value":[{"id":"harbour.example"}]}`)), open, false, 0},
		"no token":                              {at("POST", "/token", 0, status(500)), open, false, 0},
		"cut where tokens come from":            {at("POST", "/token", 0, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { cut(w) }), open, false, 0},
		"garbage for a token":                   {at("POST", "/token", 0, says(200, "token-1")), open, false, 0},
		"a huge token":                          {at("POST", "/token", 0, says(200, strings.Repeat(" ", 5<<20))), open, false, 0},
		"reads fail after the write":            {failAfterWrite(ana), open, true, 1},
		"sessions that can't be revoked":        {at("POST", "/revokeSignInSessions", 0, status(403)), done, true, 1},
		"cut where sessions are revoked":        {at("POST", "/revokeSignInSessions", 0, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { cut(w) }), done, true, 1},
		"the answer to the write has a body, cut off": {at("PATCH", ana, 0, func(w http.ResponseWriter, r *http.Request, answer http.Handler) {
			answer.ServeHTTP(discard{}, r)
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(200)
			cut(w)
		}), open, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			id := app.AccountID(s.Person("ana@harbour.example", nil))
			s.Person("eve@harbour.example", nil)
			d := s.directory()
			s.Fault = c.fault
			err := d.SetPassword(t.Context(), id, app.NewSecret(newPassword))
			if got := outcomeOf(err); got != c.want {
				t.Errorf("it came to %q, want %q: %v", got, c.want, err)
			}
			if got := s.holds(id, app.NewSecret(newPassword)); got != c.has {
				t.Errorf("the service has the new password: %v, want %v", got, c.has)
			}
			if got := s.count("PATCH", ""); got != c.patches {
				t.Errorf("it was written %d times, want %d", got, c.patches)
			}
			silent(t, err)
			if err != nil && (app.CodeOf(err) != app.CodeUnavailable || errors.Is(err, port.ErrNotFound)) {
				t.Errorf("%v", err)
			}
		})
	}
}

// failAfterWrite fails every read once a password was written.
func failAfterWrite(user string) func(http.ResponseWriter, *http.Request, http.Handler) {
	written := false
	return func(w http.ResponseWriter, r *http.Request, answer http.Handler) {
		if written && r.Method == "GET" {
			entratest.Fail(w, http.StatusNotFound, "Request_ResourceNotFound", "gone")
			return
		}
		written = written || r.Method == "PATCH" && strings.HasSuffix(r.URL.Path, user)
		answer.ServeHTTP(w, r)
	}
}

// discard takes an answer that nobody gets.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// silent fails where an error holds a secret, or who it is about.
func silent(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, secret := range []string{newPassword, entratest.Secret, "token-", "ana@", "ana%40", "AADSTS7000215: Invalid"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("an error holds %q: %v", secret, err)
		}
	}
}

// TestFaultsOfFinding: nobody is "not found" who couldn't be asked about.
func TestFaultsOfFinding(t *testing.T) {
	for name, fault := range map[string]func(http.ResponseWriter, *http.Request, http.Handler){
		"cut":                   at("GET", "/users", 0, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { cut(w) }),
		"404":                   at("GET", "/users", 0, status(404)),
		"503":                   at("GET", "/users", 0, status(503)),
		"429":                   at("GET", "/users", 0, status(429)),
		"no value":              at("GET", "/users", 0, says(200, "{}")),
		"null":                  at("GET", "/users", 0, says(200, "null")),
		"a value of null":       at("GET", "/users", 0, says(200, `{"value":null}`)),
		"a user who is nobody":  at("GET", "/users", 0, says(200, `{"value":[{"userPrincipalName":"ana@harbour.example"}]}`)),
		"an ID that is a path":  at("GET", "/users", 0, says(200, `{"value":[{"id":"../me","userPrincipalName":"ana@harbour.example","accountEnabled":true}]}`)),
		"groups can't be read":  at("GET", "/transitiveMemberOf", 0, status(403)),
		"the user is gone then": at("GET", "/transitiveMemberOf", 0, says(404, `{"error":{"code":"Request_ResourceNotFound","message":"gone"}}`)),
		"domains can't be read": at("GET", "/domains", 0, status(500)),
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			s.Person("ana@harbour.example", nil)
			s.Fault = fault
			a, err := s.directory().Find(t.Context(), "ana@harbour.example")
			if err == nil || errors.Is(err, port.ErrNotFound) || app.CodeOf(err) != app.CodeUnavailable || a.ID != "" {
				t.Errorf("%+v, %v", a, err)
			}
			silent(t, err)
		})
	}
}

// TestA404OfSomebodyElse: a proxy's says nothing of an account.
func TestA404OfSomebodyElse(t *testing.T) {
	s := newService(t)
	id := app.AccountID(s.Person("ana@harbour.example", nil))
	d := s.directory()
	for body, gone := range map[string]bool{
		"<html>": false, `{"error":{"code":"NotFound"}}`: false, `{"error":{"code":"Request_ResourceNotFound","message":"no"}}`: true,
	} {
		s.Fault = at("GET", "/"+string(id), 0, says(404, body))
		if _, err := d.Account(t.Context(), id); err == nil || errors.Is(err, port.ErrNotFound) != gone {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestWaitsAsLongAsItIsTold: seconds or a date; for nothing where the caller's time is over before.
func TestWaitsAsLongAsItIsTold(t *testing.T) {
	now := fixed(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))
	for name, c := range map[string]struct {
		header string
		limit  time.Duration
		want   []time.Duration
	}{
		"seconds":               {"7", time.Hour, []time.Duration{7 * time.Second, 7 * time.Second}},
		"a date":                {"Sun, 01 Mar 2026 09:30:04 GMT", time.Hour, []time.Duration{4 * time.Second, 4 * time.Second}},
		"a date that is over":   {"Sun, 01 Mar 2026 09:20:00 GMT", time.Hour, []time.Duration{0, 0}},
		"nothing":               {"", time.Hour, []time.Duration{time.Second, 2 * time.Second}},
		"nonsense":              {"soon", time.Hour, []time.Duration{time.Second, 2 * time.Second}},
		"longer than there is":  {"20", 10 * time.Second, nil},
		"longer than is useful": {"3600", 2 * time.Hour, nil},
		"longer than a day":     {"86400", 48 * time.Hour, nil},
		"longer than a number":  {"99999999999999999999", 48 * time.Hour, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			s.Fault = at("GET", "/users", 0, status(429, "Retry-After", c.header))
			var waits []time.Duration
			d := s.directory(func(config *entra.Config) {
				config.Clock = now
				config.Wait = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
			})
			ctx, cancel := context.WithTimeout(t.Context(), c.limit)
			defer cancel()
			if _, err := d.Find(ctx, "ana@harbour.example"); err == nil || !strings.Contains(err.Error(), "429") {
				t.Errorf("%v", err)
			}
			if !slices.Equal(waits, c.want) {
				t.Errorf("it waited %v, want %v", waits, c.want)
			}
		})
	}
}

type fixed time.Time

func (f fixed) Now() time.Time { return time.Time(f) }
