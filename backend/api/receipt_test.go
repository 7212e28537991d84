package api_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/api"
)

// door notes what is taken in.
type door struct {
	name, body, signature string
	taken                 int
	err                   error
	panics                any
}

func (d *door) Take(_ context.Context, name string, h http.Header, body []byte) error {
	d.name, d.body, d.signature = name, string(body), h.Get("X-Signature")
	d.taken++
	if d.panics != nil {
		panic(d.panics)
	}
	return d.err
}

// receiptHandler is an API with a door for receipts.
func receiptHandler(d api.ReceiptDoor, change func(*api.Config)) (http.Handler, *bytes.Buffer) {
	f, log := newFake(), &bytes.Buffer{}
	c := api.Config{Front: f, Flows: f, Grants: f, Clock: stillClock{}, Log: slog.New(slog.NewJSONHandler(log, nil)), Receipts: d, Host: "reset.example.org"}
	if change != nil {
		change(&c)
	}
	return api.New(c), log
}

// receipt is a request with one.
func receipt(method, target, body string) *http.Request {
	r := httptest.NewRequest(method, "https://reset.example.org"+target, strings.NewReader(body))
	r.RequestURI = target
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Signature", "signature-canary")
	return r
}

// TestReceiptsAreTakenIn as they came: what is signed is the body's bytes.
func TestReceiptsAreTakenIn(t *testing.T) {
	d := &door{}
	h, log := receiptHandler(d, nil)
	const body = "MessageSid=SM01&To=%2B4915123456789&b=1&a=2"
	for _, length := range []int64{int64(len(body)), -1} { // providers may send chunks
		r := receipt("POST", "/delivery/receipts/main", body)
		r.ContentLength = length
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusNoContent || d.name != "main" || d.body != body || d.signature != "signature-canary" {
			t.Errorf("%d: %+v", w.Code, d)
		}
	}
	if !strings.Contains(log.String(), `"route":"POST /delivery/receipts/{name}","status":204`) {
		t.Errorf("the log: %s", log)
	}
	for _, canary := range []string{"4915123456789", "SM01", "signature-canary", "main"} {
		if strings.Contains(log.String(), canary) {
			t.Errorf("%q is in the log: %s", canary, log)
		}
	}
}

// TestWhatIsNoReceiptReachesNobody.
func TestWhatIsNoReceiptReachesNobody(t *testing.T) {
	for name, row := range map[string]struct {
		r      *http.Request
		change func(*http.Request)
		status int
	}{
		"large":    {r: receipt("POST", "/delivery/receipts/main", strings.Repeat("x", 16<<10+1)), status: 400},
		"a query":  {r: receipt("POST", "/delivery/receipts/main?a=1", ""), status: 400},
		"deeper":   {r: receipt("POST", "/delivery/receipts/main/x", ""), status: 400},
		"no name":  {r: receipt("POST", "/delivery/receipts/", ""), status: 400},
		"read":     {r: receipt("GET", "/delivery/receipts/main", ""), status: 400},
		"dots":     {r: receipt("POST", "/delivery/receipts/../main", ""), status: 400},
		"escaped":  {r: receipt("POST", "/delivery/receipts/m%61in", ""), status: 400},
		"host":     {r: receipt("POST", "/delivery/receipts/main", ""), change: func(r *http.Request) { r.Host = "evil.example" }, status: 400},
		"gzip":     {r: receipt("POST", "/delivery/receipts/main", ""), change: func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }, status: 400},
		"two type": {r: receipt("POST", "/delivery/receipts/main", ""), change: func(r *http.Request) { r.Header.Add("Content-Type", "a/b") }, status: 400},
	} {
		d := &door{}
		h, _ := receiptHandler(d, nil)
		if row.change != nil {
			row.change(row.r)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, row.r)
		if w.Code != row.status || d.taken != 0 {
			t.Errorf("%s: %d, taken %d times", name, w.Code, d.taken)
		}
	}
	h, _ := receiptHandler(nil, func(c *api.Config) { c.Receipts = nil })
	w := httptest.NewRecorder()
	h.ServeHTTP(w, receipt("POST", "/delivery/receipts/main", ""))
	if w.Code != 400 {
		t.Errorf("without a door: %d", w.Code)
	}
}

// TestWhatADoorRefusesLeavesAsAProblem, and a panic as one of ours.
func TestWhatADoorRefusesLeavesAsAProblem(t *testing.T) {
	for name, row := range map[string]struct {
		d      *door
		status int
		code   app.Code
	}{
		"signature": {&door{err: app.Errorf(app.CodeForbidden, "canary")}, 403, app.CodeForbidden},
		"form":      {&door{err: app.Errorf(app.CodeBadRequest, "canary")}, 400, app.CodeBadRequest},
		"panic":     {&door{panics: "canary"}, 500, app.CodeInternal},
	} {
		h, log := receiptHandler(row.d, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, receipt("POST", "/delivery/receipts/main", "body-canary"))
		if w.Code != row.status || !strings.Contains(w.Body.String(), string(row.code)) || strings.Contains(w.Body.String(), "canary") || strings.Contains(log.String(), "body-canary") {
			t.Errorf("%s: %d %s\n%s", name, w.Code, w.Body, log)
		}
	}
}

// TestReceiptsCountApart: what a provider sends for many people keeps nobody out, and has its bound.
func TestReceiptsCountApart(t *testing.T) {
	d := &door{}
	later := noon.Add(time.Minute)
	h, _ := receiptHandler(d, func(c *api.Config) {
		c.Requests = func(string) time.Time { return later }
		c.ReceiptRequests = func(string) time.Time { return time.Time{} }
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, receipt("POST", "/delivery/receipts/main", ""))
	if w.Code != 204 {
		t.Errorf("%d", w.Code)
	}
	h, _ = receiptHandler(d, func(c *api.Config) { c.ReceiptRequests = func(string) time.Time { return later } })
	w = httptest.NewRecorder()
	h.ServeHTTP(w, receipt("POST", "/delivery/receipts/main", ""))
	if w.Code != 429 || d.taken != 1 {
		t.Errorf("%d, taken %d times", w.Code, d.taken)
	}
}
