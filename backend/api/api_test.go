package api_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/client/wire"
)

const submission = `{"rev":3,"input":{"type":"give_code","code":"123456"}}`

func TestOddPathsReachNoOperation(t *testing.T) {
	f := newFake()
	h, _ := handler(f)
	for _, target := range []string{
		"//v1/sessions/current", "/v1//sessions/current", "/v1/sessions/current/", "/v1/x/../sessions/current",
		"/v1/./sessions/current", "/../v1/sessions/current", "/v1/sessions/current/.", "/v1/sessions/current/..",
		"/v1/sessions/current?token=" + personToken, "/v1/sessions/current?", "/V1/sessions/current", "/v1/sessions/Current",
		"/v1/sessions%2fcurrent", "/v1/sessions/current%00", "/v1/sessions/current;a=b", "/v1/sessions\\current",
		"v1/sessions/current", "", "*", "/v1/sessions/current\x00", "/v1/sessions/curren\u0442", "/v1/flows/F1/inputs/..",
	} {
		for _, method := range []string{"GET", "DELETE", "POST", "HEAD", "OPTIONS", "CONNECT", "TRACE", "get"} {
			w := ask(h, method+" "+target, "", "")
			if w.Code < 400 || w.Code > 499 {
				t.Errorf("%s %q: %d", method, target, w.Code)
			}
		}
	}
	for _, target := range []string{"/v1/organisation?", "/v1/organisation?a=b", "/v1/organisation/", "/nothing", "/openapi.json?a"} {
		wantProblem(t, target, ask(h, "GET "+target, "", ""), app.CodeBadRequest)
	}
	// The same, escaped by whoever sends it, and over the whole of net/http.
	server := httptest.NewServer(h)
	defer server.Close()
	for _, target := range []string{"/v1/%73essions/current", "/v1%2Fsessions/current", "/%2e%2e/v1/sessions/current"} {
		a, err := http.Get(server.URL + target)
		if err != nil {
			t.Fatal(err)
		}
		_ = a.Body.Close()
		if a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", target, a.StatusCode)
		}
	}
	if n := f.reached(); n != 0 {
		t.Errorf("%d calls reached a service", n)
	}
}

func TestOnlyABearerTokenInItsHeaderCounts(t *testing.T) {
	f := newFake()
	h, _ := handler(f)
	for _, value := range []string{"", personToken, "Basic " + personToken, "Bearer", "Bearer ", "Bearer  " + personToken, "Bearer " + strings.Repeat("x", 10_000)} {
		r := httptest.NewRequest("GET", "/v1/sessions/current", nil)
		r.Header.Set("Authorization", value)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		wantProblem(t, value, w, app.CodeSignedOut)
		if w.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Error("a 401 without WWW-Authenticate")
		}
	}
	r := httptest.NewRequest("GET", "/v1/sessions/current", nil)
	r.Header.Add("Authorization", "Bearer "+personToken)
	r.Header.Add("Authorization", "Bearer "+adminToken)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	wantProblem(t, "two tokens", w, app.CodeSignedOut)
	wantProblem(t, "unknown, where anyone may call", ask(h, "GET /v1/organisation", "stale", ""), app.CodeSignedOut)
	if f.reached() != 0 {
		t.Error("a service was reached")
	}
}

func TestATokenServesItsOwnFlowOnly(t *testing.T) {
	f := newFake()
	h, _ := handler(f)
	wantProblem(t, "read", ask(h, "GET /v1/flows/F2", flowToken, ""), app.CodeNoFlow)
	wantProblem(t, "submit", ask(h, "POST /v1/flows/F2/inputs", flowToken, submission), app.CodeNoFlow)
	wantProblem(t, "cancel", ask(h, "DELETE /v1/flows/F2", flowToken, ""), app.CodeNoFlow)
	if f.reached() != 0 {
		t.Error("a service was reached")
	}
}

func TestAnIdempotencyKeyIsRequired(t *testing.T) {
	f := newFake()
	h, _ := handler(f)
	for _, key := range []string{"", "short", strings.Repeat("k", 65), "0123456789abcde/", "0123456789abcdef\n"} {
		r := httptest.NewRequest("POST", "/v1/flows", strings.NewReader(`{"purpose":"reset"}`))
		r.Header.Set("Content-Type", "application/json")
		if key != "" {
			r.Header["Idempotency-Key"] = []string{key}
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		wantProblem(t, key, w, app.CodeBadRequest)
	}
	if f.reached() != 0 {
		t.Error("a service was reached")
	}
}

func TestForeignErrorsLeaveAsInternal(t *testing.T) {
	f := newFake()
	f.err = errors.New("disk canary-77 on fire")
	h, log := handler(f)
	for _, w := range []*httptest.ResponseRecorder{
		ask(h, "GET /v1/organisation", "", ""), ask(h, "GET /v1/flows/F1", flowToken, ""),
		ask(h, "POST /v1/sessions", flowToken, ""), ask(h, "DELETE /v1/sessions/current", personToken, ""),
	} {
		wantProblem(t, "foreign error", w, app.CodeInternal)
		if strings.Contains(w.Body.String(), "canary") {
			t.Errorf("the cause left: %s", w.Body)
		}
	}
	if !strings.Contains(log.String(), "canary-77") {
		t.Error("the log of this side does not have the cause")
	}
}

func TestAFlowStandsBesideItsProblem(t *testing.T) {
	f := newFake()
	f.err = &app.Error{Code: app.CodeWrongCode, Field: "code", TriesLeft: 4}
	h, _ := handler(f)
	w := ask(h, "POST /v1/flows/F1/inputs", flowToken, submission)
	wantProblem(t, "wrong code", w, app.CodeWrongCode)
	if strings.Count(w.Body.String(), `"support":"H7K2-9QWD"`) != 2 {
		t.Error("the problem does not have the flow's support code")
	}
	for _, want := range []string{
		`"flow":{"id":"F1"`, `"tries_left":4`, `"field":"code"`, `"at":"2027-03-04T12:00:00.000000Z"`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in %s", want, w.Body)
		}
	}
}

func TestAPanicIsAProblemAndTheLogHasNoBody(t *testing.T) {
	f := newFake()
	f.panic = "the password was hunter2-canary"
	h, log := handler(f)
	w := ask(h, "POST /v1/flows/F1/inputs", flowToken, `{"rev":3,"input":{"type":"give_password","password":"hunter2-canary"}}`)
	wantProblem(t, "panic", w, app.CodeInternal)
	if got := log.String(); strings.Contains(got, "canary") || !strings.Contains(got, `"msg":"panic"`) {
		t.Errorf("log: %s", got)
	}
}

func TestTheLogHasOneLineAndNoSecret(t *testing.T) {
	f := newFake()
	h, log := handler(f)
	ask(h, "POST /v1/flows/F1/inputs", flowToken, `{"rev":3,"input":{"type":"sign_in","user_id":"user-canary","password":"password-canary"}}`)
	line := log.String()
	if strings.Count(line, "\n") != 1 || !strings.Contains(line, `"method":"POST","route":"POST /v1/flows/{id}/inputs","status":200,"code":"","duration":0,"support":"H7K2-9QWD"`) {
		t.Errorf("log: %s", line)
	}
	ask(h, "POST /v1/flows", "", `{"purpose":"reset"}`)
	ask(h, "POST /v1/sessions", flowToken, "")
	ask(h, "POST /v1/sessions/renew", "", `{"refresh":"refresh-canary"}`)
	ask(h, "POST /v1/sessions/renew", "", `{"refresh":["refresh-canary"]}`)
	ask(h, "POST /v1/flows/F1/inputs", flowToken, `{"rev":3,"input":{"type":"give_code","code":["code-canary"]}}`)
	ask(h, "GET /v1/sessions/current", "token-canary", "")
	ask(h, "GET /v1/path-canary?query-canary", "", "")
	if strings.Count(log.String(), `"status":400,"code":"bad_request"`) != 3 {
		t.Error("a refusal has no code in the log")
	}
	if strings.Contains(log.String(), "canary") {
		t.Errorf("log: %s", log)
	}
	if n := strings.Count(log.String(), `"msg":"request"`); n != 8 {
		t.Errorf("%d lines for 8 requests", n)
	}
}

func TestRefusalsDoNotEchoWhatWasSent(t *testing.T) {
	h, _ := handler(newFake())
	for _, body := range []string{
		`{"rev":3,"input":{"type":"give_password","password":["canary"]}}`, `{"rev":"canary"}`, `{"canary":1}`,
		`{"rev":3,"input":{"type":"give_reason","reason":"canary"}}`, `{"rev":3,"input":{"type":"canary"}}`, `canary`,
	} {
		w := ask(h, "POST /v1/flows/F1/inputs", flowToken, body)
		wantProblem(t, body, w, app.CodeBadRequest)
		if strings.Contains(w.Body.String(), "canary") {
			t.Errorf("%s: echoed in %s", body, w.Body)
		}
	}
}

func TestRepliesAreNotStoredAndSayLittle(t *testing.T) {
	server := httptest.NewServer(func() http.Handler { h, _ := handler(newFake()); return h }())
	defer server.Close()
	for _, path := range []string{"/v1/organisation", "/openapi.json", "/nothing", "/v1/sessions/current"} {
		r, err := http.NewRequest("GET", server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", "https://evil.example")
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = a.Body.Close()
		if a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, a.Header.Get("Cache-Control"))
		}
		for _, banned := range []string{"Server", "X-Powered-By", "Access-Control-Allow-Origin", "Link", "Set-Cookie"} {
			if a.Header.Get(banned) != "" {
				t.Errorf("%s: %s: %s", path, banned, a.Header.Get(banned))
			}
		}
	}
}

func TestEachRequestHasAnOrigin(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct{ name, remote, forwarded, station, wantNet, wantStation string }{
		{"direct", "192.0.2.7:1234", "", "desk-3", "192.0.2.7", "desk-3"},
		{"in process", "local", "203.0.113.9", "", "local", ""},
		{"forged", "192.0.2.7:1234", "203.0.113.9", "", "192.0.2.7", ""},
		{"proxy", "10.1.1.1:80", "203.0.113.9", "", "203.0.113.9", ""},
		{"proxies, the first hop forged", "10.1.1.1:80", "198.51.100.1, 203.0.113.9, 10.2.2.2", "", "203.0.113.9", ""},
		{"proxy without a word", "10.1.1.1:80", "", "", "unreadable", ""},
		{"proxy with rubbish", "10.1.1.1:80", "203.0.113.9, <script>", "", "unreadable", ""},
		{"proxy on IPv6", "[::1]:80", "2001:db8::7", "", "2001:db8::7", ""},
		{"mapped", "[::ffff:10.1.1.1]:80", "::ffff:203.0.113.9", "", "203.0.113.9", ""},
		{"mapped, direct", "[::ffff:192.0.2.7]:80", "", "", "192.0.2.7", ""},
		{"with a zone", "[fe80::1%eth0]:80", "", "", "fe80::1", ""},
		{"proxy with a zone behind it", "10.1.1.1:80", "fe80::7%25x", "", "fe80::7", ""},
		{"log forging", "192.0.2.7:1", "", "a\x1b[2J\u202e\xffb", "192.0.2.7", "a[2Jb"},
		{"long", "192.0.2.7:1", "", strings.Repeat("ü", 500), "192.0.2.7", strings.Repeat("ü", 64)},
	} {
		f := newFake()
		h := api.New(api.Config{Front: f, Flows: f, Grants: f, TrustedProxies: proxies})
		r := httptest.NewRequest("GET", "/v1/organisation", nil)
		r.RemoteAddr = c.remote
		r.Header["Sparekey-Station"] = []string{c.station}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
		if got := f.lastCaller().Origin; got != (app.Origin{Station: c.wantStation, Network: c.wantNet}) {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
}

func TestAbortGoesItsWay(t *testing.T) {
	f := newFake()
	f.panic = http.ErrAbortHandler
	h, _ := handler(f)
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("got %v", p)
		}
	}()
	ask(h, "GET /v1/organisation", "", "")
}

func TestTheSystemsClockServesWhereNoneIsGiven(t *testing.T) {
	f := newFake()
	before := time.Now().Truncate(time.Microsecond)
	w := ask(api.New(api.Config{Front: f, Flows: f, Grants: f}), "POST /v1/sessions", flowToken, "")
	var grant wire.Grant
	if err := json.Unmarshal(w.Body.Bytes(), &grant); err != nil {
		t.Fatal(err)
	}
	if at := time.Time(grant.At); at.Before(before) || at.After(time.Now()) {
		t.Errorf("answered at %v, asked at %v", at, before)
	}
}
