package listen

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// State is how a part of the server is.
type State string

// The states.
const (
	Up   State = "up"
	Down State = "down"
	None State = "none" // there is none, and what needs it can't be done
)

// Part is something that the server stands on, such as its store.
type Part struct {
	Name  string
	Check func(context.Context) error // nil: there is none
	OneOf string                      // of all parts with the same word here, one that is up is enough; empty: this one has to be
	Told  bool                        // it is told, and the server is ready without it
}

// PartHealth is how a part is; only administrators learn why.
type PartHealth struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	Error string `json:"error,omitempty"`
}

// Health answers /healthz and /readyz. Parts are looked at seldom, however many ask.
type Health struct {
	Parts []Part
	Clock port.Clock

	stopping atomic.Bool

	mu     sync.Mutex
	looked time.Time
	found  []PartHealth
}

const (
	lookEvery = 2 * time.Second // how old an answer may be
	lookTime  = 5 * time.Second // bounds a look at a part
)

// Stop makes the server one that is not ready, so that nobody is sent to it any more.
func (h *Health) Stop() { h.stopping.Store(true) }

// Look gives the state of each part, and whether the server is ready. Who asks meanwhile waits for the same answer.
func (h *Health) Look(ctx context.Context) (parts []PartHealth, ready bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.Clock.Now()
	if age := now.Sub(h.looked); h.found == nil || age < 0 || age >= lookEvery {
		h.found, h.looked = h.look(ctx), now
	}
	return h.found, !h.stopping.Load() && h.enough()
}

// enough reports whether what was found is enough to serve.
func (h *Health) enough() bool {
	up := map[string]bool{}
	for i, p := range h.Parts {
		if p.Told {
			continue
		}
		if p.OneOf != "" {
			up[p.OneOf] = up[p.OneOf] || h.found[i].State != Down
		} else if h.found[i].State == Down {
			return false
		}
	}
	for _, one := range up {
		if !one {
			return false
		}
	}
	return true
}

func (h *Health) look(ctx context.Context) []PartHealth {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime) // the answer is for others as well
	defer cancel()
	found := make([]PartHealth, len(h.Parts))
	var all sync.WaitGroup
	for i, p := range h.Parts {
		found[i] = PartHealth{Name: p.Name, State: None}
		if p.Check == nil {
			continue
		}
		all.Go(func() {
			found[i].State = Up
			if err := p.Check(ctx); err != nil {
				found[i].State, found[i].Error = Down, err.Error()
			}
		})
	}
	all.Wait()
	return found
}

// report is the body of /readyz.
type report struct {
	Ready    bool         `json:"ready"`
	Stopping bool         `json:"stopping,omitempty"`
	Parts    []PartHealth `json:"parts"`
}

func (h *Health) report(ctx context.Context, why bool) report {
	parts, ready := h.Look(ctx)
	r := report{Ready: ready, Stopping: h.stopping.Load(), Parts: make([]PartHealth, len(parts))}
	for i, p := range parts {
		if !why {
			p.Error = ""
		}
		r.Parts[i] = p
	}
	return r
}

// answer answers /healthz and /readyz before next.
func (h *Health) answer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz":
			h.live(w, r)
		case "/readyz":
			h.ready(w, r, false)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// live says that the process answers.
func (h *Health) live(w http.ResponseWriter, r *http.Request) {
	if refuseMethod(w, r) {
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// ready says whether requests can be served, and which part keeps them from it: 200 or 503.
func (h *Health) ready(w http.ResponseWriter, r *http.Request, why bool) {
	if refuseMethod(w, r) {
		return
	}
	found := h.report(r.Context(), why)
	w.Header().Set("Content-Type", "application/json")
	if !found.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(found) // who hung up does not read it
}

func refuseMethod(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return false
	}
	w.Header().Set("Allow", "GET, HEAD")
	w.WriteHeader(http.StatusMethodNotAllowed)
	return true
}
