package listen_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/listen"
)

type readiness struct {
	Ready    bool                `json:"ready"`
	Stopping bool                `json:"stopping"`
	Parts    []listen.PartHealth `json:"parts"`
}

func look(t *testing.T, h http.Handler) (int, readiness, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1/readyz", nil))
	var r readiness
	body := w.Body.String()
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	return w.Code, r, body
}

// TestReadinessNamesThePartThatIsDown to everybody, and why to administrators alone.
func TestReadinessNamesThePartThatIsDown(t *testing.T) {
	why := error(nil)
	c := &clock{now: time.Now()}
	looks := 0
	health := &listen.Health{Clock: c, Parts: []listen.Part{
		{Name: "store", Check: func(context.Context) error { looks++; return why }},
		{Name: "directory", Check: func(context.Context) error { return nil }},
		{Name: "delivery"},
	}}
	public := serve(t, listen.Config{Handler: hello, Proxies: loopback, Health: health})
	inside := listen.Administration(health, hello, silent).Handler
	ask := func() (int, string) {
		reply, err := http.Get("http://" + public.address + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = reply.Body.Close() }()
		body, _ := io.ReadAll(reply.Body)
		return reply.StatusCode, string(body)
	}
	if code, body := ask(); code != http.StatusOK || !strings.Contains(body, `{"name":"delivery","state":"none"}`) {
		t.Errorf("while all is well: %d %s", code, body)
	}
	why = errors.New("no space left on /dev/canary")
	if code, _ := ask(); code != http.StatusOK || looks != 1 {
		t.Errorf("asked again at once: %d, after %d looks", code, looks)
	}
	c.now = c.now.Add(3 * time.Second)
	if code, body := ask(); code != http.StatusServiceUnavailable || !strings.Contains(body, `{"name":"store","state":"down"}`) || strings.Contains(body, "canary") {
		t.Errorf("the store is down: %d %s", code, body)
	}
	if code, r, body := look(t, inside); code != http.StatusServiceUnavailable || !strings.Contains(body, "canary") || r.Parts[1].State != listen.Up {
		t.Errorf("administrators read %d %s", code, body)
	}
	why = nil
	c.now = c.now.Add(3 * time.Second)
	if code, _ := ask(); code != http.StatusOK {
		t.Errorf("once it is up again: %d", code)
	}
	health.Stop()
	if code, body := ask(); code != http.StatusServiceUnavailable || !strings.Contains(body, `"stopping":true`) {
		t.Errorf("while it stops: %d %s", code, body)
	}
}

// TestAPartThatHangsIsDown holds that one look is bounded, though whoever asked first has gone.
func TestAPartThatHangsIsDown(t *testing.T) {
	asked, hangUp := context.WithCancel(t.Context())
	hangUp()
	health := &listen.Health{Clock: &clock{now: time.Now()}, Parts: []listen.Part{{Name: "store", Check: func(ctx context.Context) error {
		if _, bounded := ctx.Deadline(); !bounded || ctx.Err() != nil {
			return errors.New("looks without end, or not at all")
		}
		return nil
	}}}}
	if parts, ready := health.Look(asked); !ready {
		t.Errorf("got %v", parts)
	}
}

func TestProfilesAndFiguresAreForAdministratorsAlone(t *testing.T) {
	health := &listen.Health{Clock: &clock{now: time.Now()}}
	reached := ""
	public := serve(t, listen.Config{Proxies: loopback, Health: health, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached = r.URL.Path
		w.WriteHeader(http.StatusTeapot)
	})})
	inside := listen.Administration(health, hello, silent).Handler
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/heap"} {
		reply, err := http.Get("http://" + public.address + path)
		if err != nil || reply.StatusCode != http.StatusTeapot || reached != path {
			t.Errorf("%s is served to everybody: %v, %v", path, reply, err)
		}
		w := httptest.NewRecorder()
		inside.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost:9464"+path, nil))
		if w.Code != http.StatusOK {
			t.Errorf("%s: administrators get %d", path, w.Code)
		}
		w = httptest.NewRecorder()
		inside.ServeHTTP(w, httptest.NewRequest("GET", "http://evil.example:9464"+path, nil))
		if w.Code != http.StatusMisdirectedRequest {
			t.Errorf("%s: a page of another site gets %d", path, w.Code)
		}
	}
}

func TestHealthChangesNothing(t *testing.T) {
	s := serve(t, listen.Config{Handler: hello, Proxies: loopback})
	for _, path := range []string{"/healthz", "/readyz"} {
		reply, err := http.Post("http://"+s.address+path, "text/plain", strings.NewReader("x"))
		if err != nil || reply.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: %v, %v", path, reply, err)
		}
	}
	if reply, err := http.Get("http://" + s.address + "/healthz"); err != nil || reply.StatusCode != http.StatusNoContent {
		t.Errorf("got %v, %v", reply, err)
	}
}

// TestOneOfSeveralIsEnough: a directory that is away is told, and keeps the people of the others from nothing.
func TestOneOfSeveralIsEnough(t *testing.T) {
	var away [2]error
	h := &listen.Health{Clock: &stopped{}, Parts: []listen.Part{
		{Name: "store", Check: func(context.Context) error { return nil }},
		{Name: "directory", OneOf: "directory", Check: func(context.Context) error { return away[0] }},
		{Name: "directory pier", OneOf: "directory", Check: func(context.Context) error { return away[1] }},
	}}
	for _, c := range []struct {
		away  [2]error
		ready bool
	}{{ready: true}, {[2]error{errDown, nil}, true}, {[2]error{nil, errDown}, true}, {[2]error{errDown, errDown}, false}} {
		away = c.away
		h.Clock.(*stopped).ahead += time.Minute
		parts, ready := h.Look(t.Context())
		if ready != c.ready || (parts[1].State == listen.Down) != (away[0] != nil) || (parts[2].State == listen.Down) != (away[1] != nil) {
			t.Errorf("%v: ready %v, %+v", c.away, ready, parts)
		}
	}
}

// stopped is a clock that goes where it is put.
type stopped struct{ ahead time.Duration }

func (s *stopped) Now() time.Time { return time.Unix(0, 0).Add(s.ahead) }

var errDown = errors.New("away")
