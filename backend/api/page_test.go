package api_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/api"
)

// paper is pages that say what they were asked.
type paper struct {
	err   error
	panic bool
	asked []string
	from  app.Caller
}

func (p *paper) note(what string, r *http.Request, token app.Secret) error {
	if p.panic {
		panic("token " + token.Reveal())
	}
	p.asked, p.from = append(p.asked, what+" "+token.Reveal()), app.CallerFrom(r.Context())
	return p.err
}

func (p *paper) Show(w http.ResponseWriter, r *http.Request, token app.Secret) error {
	err := p.note("show", r, token)
	if err == nil {
		_, _ = io.WriteString(w, "<p>asks")
	}
	return err
}

func (p *paper) Act(w http.ResponseWriter, r *http.Request, token app.Secret) error {
	err := p.note("act", r, token)
	if err == nil {
		_, _ = io.WriteString(w, "<p>did")
	}
	return err
}

func (p *paper) Refuse(w http.ResponseWriter, r *http.Request, status int, code app.Code) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<p>refused: %s", code)
}

// papers serves such pages, with a log.
func papers(p *paper, change func(*api.Config)) (http.Handler, *bytes.Buffer) {
	f, log := newFake(), &bytes.Buffer{}
	c := api.Config{Front: f, Flows: f, Grants: f, Pages: p, Clock: stillClock{}, Log: slog.New(slog.NewJSONHandler(log, nil))}
	if change != nil {
		change(&c)
	}
	return api.New(c), log
}

const pageCanary = "canaryTokenOfAPageX2"

// A page is admitted as an operation is, and its log line names the route and never the token, whatever becomes of it.
func TestAPageIsAdmittedAndItsTokenReachesNoLog(t *testing.T) {
	for name, c := range map[string]struct {
		request string
		pages   paper
		config  func(*api.Config)
		status  int
		body    string
		asked   string
	}{
		"opened":     {request: "GET /n/" + pageCanary, status: 200, body: "<p>asks", asked: "show " + pageCanary},
		"looked at":  {request: "HEAD /n/" + pageCanary, status: 200, body: "<p>asks", asked: "show " + pageCanary},
		"confirmed":  {request: "POST /n/" + pageCanary, status: 200, body: "<p>did", asked: "act " + pageCanary},
		"another":    {request: "PUT /n/" + pageCanary, status: 400, body: "<p>refused: bad_request"},
		"deeper":     {request: "GET /n/" + pageCanary + "/x", status: 400, body: "<p>refused: bad_request"},
		"no token":   {request: "GET /n/", status: 400, body: "<p>refused: bad_request"},
		"a query":    {request: "GET /n/" + pageCanary + "?utm=1", status: 400, body: "<p>refused: bad_request"},
		"odd path":   {request: "GET /n//" + pageCanary, status: 400, body: "<p>refused: bad_request"},
		"unknown":    {request: "GET /n/" + pageCanary, pages: paper{err: &app.Error{Code: app.CodeNoObjection}}, status: 404, body: "<p>refused: no_such_link", asked: "show " + pageCanary},
		"throttled":  {request: "POST /n/" + pageCanary, pages: paper{err: &app.Error{Code: app.CodeThrottled}}, status: 429, body: "<p>refused: too_many", asked: "act " + pageCanary},
		"down":       {request: "POST /n/" + pageCanary, pages: paper{err: &app.Error{Code: app.CodeUnavailable}}, status: 503, body: "<p>refused: dependency_down", asked: "act " + pageCanary},
		"fault":      {request: "GET /n/" + pageCanary, pages: paper{err: errors.New("a disk")}, status: 500, body: "<p>refused: internal", asked: "show " + pageCanary},
		"panic":      {request: "GET /n/" + pageCanary, pages: paper{panic: true}, status: 500, body: "<p>refused: internal"},
		"other host": {request: "GET /n/" + pageCanary, config: func(c *api.Config) { c.Host = "reset.example.org" }, status: 400, body: "<p>refused: bad_request"},
		"too many": {request: "GET /n/" + pageCanary, config: func(c *api.Config) {
			c.Requests = func(string) time.Time { return noon }
		}, status: 429, body: "<p>refused: too_many"},
	} {
		t.Run(name, func(t *testing.T) {
			p := c.pages
			h, log := papers(&p, c.config)
			w := ask(h, c.request, "", "")
			if w.Code != c.status || w.Body.String() != c.body || strings.Join(p.asked, ",") != c.asked {
				t.Errorf("%d %s, asked %v", w.Code, w.Body, p.asked)
			}
			if strings.Contains(log.String(), "canary") || strings.Contains(fmt.Sprint(w.Header()), "canary") {
				t.Errorf("the token leaked: %s %v", log, w.Header())
			}
			if w.Header().Get("Cache-Control") != "no-store" {
				t.Error("it may be kept")
			}
			if c.asked != "" && (p.from.Role != app.RoleAnyone || p.from.Origin.Network != "192.0.2.1" || p.from.Request == "" ||
				!strings.Contains(log.String(), " /n/{token}")) {
				t.Errorf("asked by %+v, log %s", p.from, log)
			}
		})
	}
}

func TestAFormSendsNothing(t *testing.T) {
	p := &paper{}
	h, _ := papers(p, nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("POST", "/n/x", strings.NewReader(strings.Repeat("x", 5000))))
	if w.Code != 400 || len(p.asked) != 0 {
		t.Errorf("a large form: %d %s", w.Code, w.Body)
	}
}

// Where there are no pages, their paths are none.
func TestWithoutPagesThereIsNoPath(t *testing.T) {
	h, _ := handler(newFake())
	wantProblem(t, "no pages", ask(h, "GET /n/x", "", ""), app.CodeBadRequest)
}
