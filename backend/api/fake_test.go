package api_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/client/wire"
)

// The fake stands in for the backend: it knows five tokens, one a role, and answers with what the test put in.

const (
	flowToken   = "flow-token-canary-4f1"
	personToken = "person-token-canary-8a2"
	adminToken  = "admin-token-canary-9b3"
	scriptToken = app.TokenPrefix + "canary-7c4"
	goodKey     = "0123456789abcdef-_XY"
)

var noon = time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)

type stillClock struct{}

func (stillClock) Now() time.Time { return noon }

type fake struct {
	flow  app.Flow
	err   error // of every service
	panic any

	access string      // token of the sessions that it grants
	byPass bool        // the administrator's session was opened by a pass
	may    []app.Scope // the script's token
	books  *books
	known  map[app.StationID]app.StationKey

	mu      sync.Mutex
	callers []app.Caller
	inputs  []app.Input
	used    []app.StationID
	ahead   []time.Duration

	reported app.StationReport
}

func newFake() *fake {
	f := &fake{access: personToken, may: app.Scopes, flow: app.Flow{
		ID: "F1", Purpose: app.PurposeReset, Rev: 3, At: noon, Expires: noon.Add(15 * time.Minute), Support: "H7K2-9QWD",
		Places: []app.Place{{ID: app.PlaceWho, State: app.PlaceDone}, {ID: app.PlaceProve, State: app.PlaceNow}},
		Now:    app.EnterCode{Channel: app.KindEmail, Masked: "a…@p….example", TriesLeft: 5, Expires: noon.Add(5 * time.Minute)},
		Others: []app.Choice{{Kind: app.KindAuthApp, Recommended: true}},
		Notice: &app.Notice{Code: app.NoticeCodeSent, Kind: app.KindEmail}, Token: app.NewSecret(flowToken),
	}}
	f.books = newBooks(f)
	return f
}

// called notes who called, and gives what every service answers with.
func (f *fake) called(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.callers = append(f.callers, app.CallerFrom(ctx))
	if f.panic != nil {
		panic(f.panic)
	}
	return f.err
}

func (f *fake) reached() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.callers)
}

func (f *fake) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.callers = nil
}

func (f *fake) lastCaller() app.Caller {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.callers[len(f.callers)-1]
}

func (f *fake) Organisation(ctx context.Context) (app.Organisation, error) {
	return app.Organisation{
		Name: "Harbour", Colour: "#12AB34", Logo: []byte{1, 2, 3}, HelpDesk: app.HelpDesk{Name: "IT help desk"}, Gates: 2, Needed: 2,
	}, f.called(ctx)
}

func (f *fake) Start(ctx context.Context, _ app.Start) (app.Flow, error) {
	return f.flow, f.called(ctx)
}

func (f *fake) Get(ctx context.Context, _ app.FlowID) (app.Flow, error) {
	return f.withoutToken(), f.called(ctx)
}

func (f *fake) Submit(ctx context.Context, _ app.FlowID, _ int, _ app.IdempotencyKey, in app.Input) (app.Flow, error) {
	f.mu.Lock()
	f.inputs = append(f.inputs, in)
	f.mu.Unlock()
	return f.withoutToken(), f.called(ctx)
}

func (f *fake) Cancel(ctx context.Context, _ app.FlowID) error { return f.called(ctx) }

func (f *fake) withoutToken() app.Flow {
	flow := f.flow
	flow.Token = app.Secret{}
	return flow
}

func (f *fake) session() app.Session {
	return app.Session{
		ID: "S1", Person: app.Person{Account: "A1", UserID: "ana@harbour.example", Name: "Ana"}, Due: app.DueOffer, ByPass: true, Expires: noon.Add(12 * time.Hour),
	}
}

func (f *fake) grant() app.Grant {
	return app.Grant{
		Session: f.session(), Access: app.NewSecret(f.access), AccessExpires: noon.Add(10 * time.Minute),
		Refresh: app.NewSecret("refresh-token-canary-1"), RefreshExpires: noon.Add(12 * time.Hour),
	}
}

func (f *fake) Grant(ctx context.Context, _ app.FlowID) (app.Grant, error) {
	return f.grant(), f.called(ctx)
}

func (f *fake) Renew(ctx context.Context, _ app.Secret) (app.Grant, error) {
	return f.grant(), f.called(ctx)
}

func (f *fake) Identify(_ context.Context, token app.Secret) (app.Caller, error) {
	switch token.Reveal() {
	case flowToken:
		return app.Caller{Role: app.RoleFlow, Flow: "F1"}, nil
	case personToken:
		return app.Caller{Role: app.RolePerson, Account: "A1", Session: "S1"}, nil
	case adminToken:
		return app.Caller{Role: app.RoleAdmin, Account: "A2", Session: "S2"}, nil
	}
	if token.Reveal() == scriptToken {
		return app.Caller{Role: app.RoleScript, Token: "T1", Name: "nightly", May: f.may}, nil
	}
	return app.Caller{}, &app.Error{Code: app.CodeSignedOut}
}

func (f *fake) CurrentSession(ctx context.Context) (app.Session, error) {
	s := f.session()
	if app.CallerFrom(ctx).Role == app.RoleAdmin {
		s.Admin, s.ByPass = true, f.byPass
	}
	return s, f.called(ctx)
}

func (f *fake) EndSession(ctx context.Context) error { return f.called(ctx) }

func (f *fake) EnrolStation(ctx context.Context, e app.EnrolStation) (app.Station, error) {
	return app.Station{ID: "s1", Name: "Kiosk lobby"}, f.called(ctx)
}

func (f *fake) OwnStation(ctx context.Context) (app.Station, error) {
	return app.Station{ID: "s1", Name: "Kiosk lobby"}, f.called(ctx)
}

func (f *fake) StationKey(_ context.Context, id app.StationID) (app.StationKey, error) {
	if k, known := f.known[id]; known {
		return k, nil
	}
	return app.StationKey{}, &app.Error{Code: app.CodeStationUnknown}
}

func (f *fake) StationHeard(_ context.Context, id app.StationID, ahead time.Duration, taken bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ahead = append(f.ahead, ahead)
	if taken {
		f.used = append(f.used, id)
	}
}

func (f *fake) ReportStation(ctx context.Context, r app.StationReport) error {
	f.mu.Lock()
	f.reported = r
	f.mu.Unlock()
	return f.called(ctx)
}

// handler serves f; the log goes to the buffer.
func handler(f *fake) (http.Handler, *bytes.Buffer) {
	log := &bytes.Buffer{}
	return api.New(api.Config{
		Front: f, Flows: f, Grants: f, Admin: f.books.administration(), Stations: f, Version: "test", Clock: stillClock{}, Log: slog.New(slog.NewJSONHandler(log, nil)),
	}), log
}

// ask sends one request ("METHOD target") past the network, as it is written.
func ask(h http.Handler, request, token, body string) *httptest.ResponseRecorder {
	method, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	path, query, asked := strings.Cut(target, "?")
	r.URL.Path, r.URL.RawQuery, r.URL.ForceQuery = path, query, asked && query == ""
	r.RequestURI = target
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", goodKey)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// askRaw is ask without a body, its target taken as it is.
func askRaw(h http.Handler, method, target, token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	r.Method, r.URL.Path, r.RequestURI = method, target, target
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// wantProblem checks that a reply is the problem of a code.
func wantProblem(t *testing.T, what string, w *httptest.ResponseRecorder, code app.Code) {
	t.Helper()
	body, _ := io.ReadAll(w.Result().Body)
	status := wire.StatusOf(code)
	if w.Code != status || !strings.Contains(string(body), `"code":"`+string(code)+`"`) ||
		w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: got %d %s %.200s, want %d %s", what, w.Code, w.Header().Get("Content-Type"), body, status, code)
	}
}
