package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// noon stands for the backend's clock; the workstation's is an hour behind.
var noon = time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)

const goodKey app.IdempotencyKey = "0123456789abcdef"

// server is just enough of the API: it counts, rotates tokens, and does what a test asks of it.
type server struct {
	mu       sync.Mutex
	turn     int           // of the tokens; the present ones are access-<turn> and refresh-<turn>
	life     time.Duration // of an access token
	ended    bool          // the session
	problem  app.Code      // of every flow operation, when set
	requests []string      // "METHOD path bearer key"
	renewals int
	hold     chan struct{} // a renewal waits for it
	owes     bool          // the flow gives new tokens
	away     int           // how many grants fail
}

func newServer() *server { return &server{life: 10 * time.Minute} }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bearer := r.Header.Get("Authorization")
	s.mu.Lock()
	s.requests = append(s.requests, fmt.Sprintf("%s %s %s %s", r.Method, r.URL.Path, bearer, r.Header.Get("Idempotency-Key")))
	hold := s.hold
	s.mu.Unlock()
	if r.URL.Path == "/v1/sessions/renew" && hold != nil {
		<-hold
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case r.URL.Path == "/v1/organisation":
		respond(w, 200, wire.Organisation{Name: "Harbour"})
	case r.URL.Path == "/v1/sessions" && s.away > 0:
		s.away--
		refuse(w, app.CodeUnavailable)
	case r.URL.Path == "/v1/sessions":
		s.owes = false
		s.turn++
		respond(w, 201, s.grant())
	case r.URL.Path == "/v1/sessions/renew":
		s.renew(w, r)
	case r.URL.Path == "/v1/sessions/current" && (s.ended || bearer != fmt.Sprintf("Bearer access-%d", s.turn)):
		refuse(w, app.CodeSignedOut)
	case r.URL.Path == "/v1/sessions/current" && r.Method == "DELETE":
		s.ended = true
		w.WriteHeader(204)
	case r.URL.Path == "/v1/sessions/current":
		respond(w, 200, wire.Session{ID: "S1"})
	case s.problem != "":
		refuse(w, s.problem)
	case r.Method == "DELETE":
		w.WriteHeader(204)
	case r.URL.Path == "/v1/flows":
		respond(w, 201, wire.Started{Flow: theFlow(), Token: "flow-token"})
	default:
		f := theFlow()
		f.Regrant = s.owes
		respond(w, 200, f)
	}
}

// raise has a fresh proof kill the session's tokens.
func (s *server) raise() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn, s.owes = s.turn+1, true
}

func (s *server) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *server) renew(w http.ResponseWriter, r *http.Request) {
	var body wire.Renewal
	_ = json.NewDecoder(r.Body).Decode(&body)
	s.renewals++
	if s.ended || body.Refresh != fmt.Sprintf("refresh-%d", s.turn) {
		refuse(w, app.CodeSignedOut)
		return
	}
	s.turn++
	respond(w, 200, s.grant())
}

func (s *server) grant() wire.Grant {
	return wire.NewGrant(app.Grant{
		Session: app.Session{ID: "S1"},
		Access:  app.NewSecret(fmt.Sprintf("access-%d", s.turn)), AccessExpires: noon.Add(s.life),
		Refresh: app.NewSecret(fmt.Sprintf("refresh-%d", s.turn)), RefreshExpires: noon.Add(12 * time.Hour),
	}, noon)
}

func theFlow() wire.Flow {
	f, err := wire.NewFlow(app.Flow{ID: "F1", Now: app.EnterUserID{}})
	if err != nil {
		panic(err)
	}
	return f
}

func respond(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, code app.Code) {
	p, _ := wire.NewProblem(&app.Error{Code: code}, app.Flow{})
	w.Header().Set("Content-Type", wire.ProblemType)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// movable is a clock that stands until it is moved.
type movable struct {
	mu  sync.Mutex
	now time.Time
}

func (m *movable) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *movable) move(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

// box is a keeper in memory.
type box struct {
	mu      sync.Mutex
	token   app.Secret
	broken  bool
	loads   int
	forgets int
}

var errBox = errors.New("no keyring here")

func (b *box) Save(_ context.Context, token app.Secret) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken {
		return errBox
	}
	b.token = token
	return nil
}

func (b *box) Load(context.Context) (app.Secret, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.loads++
	if b.broken {
		return app.Secret{}, errBox
	}
	return b.token, nil
}

func (b *box) Forget(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.token = app.Secret{}
	b.forgets++
	return nil
}

func (b *box) kept() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.token.Reveal()
}
