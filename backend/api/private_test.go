package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/backend/vault"
	"github.com/sparekey/sparekey/methods/authapp"
	"github.com/sparekey/sparekey/methods/email"
	"github.com/sparekey/sparekey/methods/securitykey"
)

// street is the API as a stranger finds it in private disclosure, with some accounts of each state behind it.
type street struct {
	t       testing.TB
	handler http.Handler
	service *backend.Backend
	now     time.Time
	keys    int
}

// Now implements port.Clock.
func (s *street) Now() time.Time { return s.now }

// houses is how many accounts there are of each state.
const houses = 20

// states are what a stranger must not tell apart. Nobody lives in "nobody".
var states = []string{"registered", "nobody", "disabled", "elsewhere", "not_enabled", "one_way"}

// resident is a user ID of a state; all are equally long.
func resident(state string, i int) string {
	return fmt.Sprintf("%.8s%02d@harbour.example", state+"________", i)
}

// atOnce is no beat: what is compared are letters.
type atOnce struct{}

func (atOnce) Asked() func(context.Context) { return func(context.Context) {} }

func newStreet(t testing.TB, beat port.Beat) *street {
	t.Helper()
	s := &street{t: t, now: noon}
	folder, methods := t.TempDir(), []app.Method{authapp.Method{}, email.Method{}, securitykey.Method{}}
	master, err := vault.NewMaster(rand.Reader)
	s.ok(err)
	sealer, err := vault.Create(filepath.Join(folder, "keys"), master, rand.Reader)
	s.ok(err)
	db, err := store.Open(t.Context(), filepath.Join(folder, "store.db"), sealer)
	s.ok(err)
	people, err := local.Open(t.Context(), filepath.Join(folder, "people.db"), local.Config{
		Clock: s, Hasher: local.Argon2{Rand: rand.Reader, Memory: 1024, Time: 1, Threads: 1}, Parallel: 2, Threshold: 15, LockFor: time.Hour, Window: time.Hour, MinLength: 8,
	})
	s.ok(err)
	t.Cleanup(func() { _, _ = db.Close(), people.Close() })
	s.settle(db, people, methods)
	p := trial.Policy()
	p.Feature.Disclosure, p.Methods.Allowed = policy.Private, []app.Kind{app.KindAuthApp, app.KindEmail, app.KindSecurityKey}
	p.Methods.Register = 3
	p.Codes.ConfirmDestination = false // so that a mail is sent before anything is proven
	s.service, err = backend.New(backend.Config{
		Store: db, Directory: people, Deliverer: &trial.Tray{}, Chain: audit.Chain{}, Sealer: sealer, Clock: s,
		Beat: beat, Rand: rand.Reader, Methods: methods, Policy: p,
	})
	s.ok(err)
	s.handler = api.New(api.Config{Front: s.service, Flows: s.service, Grants: s.service, Version: "test", Clock: s})
	return s
}

func (s *street) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// settle fills the houses.
func (s *street) settle(db port.Store, people *local.Directory, methods []app.Method) {
	s.t.Helper()
	for _, state := range states {
		for i := range houses {
			if state == "nobody" {
				continue
			}
			p := local.Person{
				ID: app.AccountID(state + strconv.Itoa(i)), UserID: resident(state, i), Name: state, Mail: resident(state, i),
				Groups: []string{"Password self-service"}, Disabled: state == "disabled", Elsewhere: state == "elsewhere",
				Password: app.NewSecret("correct horse battery"),
			}
			if state == "not_enabled" {
				p.Groups = nil
			}
			s.ok(people.Put(s.t.Context(), p))
			has := slices.Clone(methods)
			switch state {
			case "one_way":
				has = has[:1]
			case "registered": // with up to four keys
				has = append(has, slices.Repeat(methods[2:], i%4)...)
			}
			for nth, m := range has {
				s.ok(db.Update(s.t.Context(), func(tx port.Tx) error { return tx.PutCredential(s.credential(p, m, nth)) }))
			}
		}
	}
}

func (s *street) credential(p local.Person, m app.Method, nth int) port.CredentialRecord {
	c, err := m.(app.Decoyer).Decoy(app.Turn{Person: app.Person{Account: p.ID, UserID: p.UserID}, Rand: rand.Reader}, 0)
	s.ok(err)
	return port.CredentialRecord{
		ID: app.CredentialID(fmt.Sprint(p.ID, m.Kind(), nth)), Account: p.ID, Kind: m.Kind(), Secret: c.Secret, Masked: c.Masked,
		Address: string(p.ID) + "@mail.example", Added: s.now, UsableAt: s.now,
	}
}

// ask sends a request as it stands on the wire, and takes the whole reply.
func (s *street) ask(path, token, body string) *httptest.ResponseRecorder {
	s.keys++
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, strings.NewReader(body))
	r.RemoteAddr = "local" // no throttle of networks: it is the same for all
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", fmt.Sprintf("key-%016d", s.keys))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// begin starts a reset and gives its address and token.
func (s *street) begin() (path, token string) { return s.beginFor("reset") }

func (s *street) beginFor(purpose string) (path, token string) {
	s.t.Helper()
	w := s.ask("/v1/flows", "", fmt.Sprintf(`{"purpose":%q}`, purpose))
	var started struct {
		Flow  struct{ ID string }
		Token string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &started); err != nil || w.Code != http.StatusCreated {
		s.t.Fatalf("%d %s", w.Code, w.Body)
	}
	return "/v1/flows/" + started.Flow.ID + "/inputs", started.Token
}

var (
	drawn = regexp.MustCompile(`"(id|support|user_id|challenge)":"([^"]*)"`)
	keyID = regexp.MustCompile(`"id":"(x{64}|x{86})"`) // of 48 bytes or of 64
)

// seen is a reply as a stranger can compare it: status, headers, and the body with what is random replaced, letter for
// letter. A key's credential ID may have one of two lengths, by its model.
func seen(w *httptest.ResponseRecorder) string {
	body := drawn.ReplaceAllFunc(w.Body.Bytes(), func(field []byte) []byte {
		parts := drawn.FindSubmatch(field)
		return fmt.Appendf(nil, `"%s":"%s"`, parts[1], bytes.Repeat([]byte("x"), len(parts[2])))
	})
	length := w.Body.Len()
	if ids := keyID.FindAll(body, -1); ids != nil {
		body = keyID.ReplaceAll(body, []byte(`"id":"key"`))
		length = len(body)
	}
	headers := []string{}
	for name, values := range w.Header() {
		headers = append(headers, fmt.Sprint(name, values))
	}
	slices.Sort(headers)
	return fmt.Sprintf("%d %v %d\n%s", w.Code, headers, length, body)
}

// starts is how many starts are compared: SPAREKEY_STARTS says more (10,000 where the race detector doesn't look on).
func starts() int {
	if more, err := strconv.Atoi(os.Getenv("SPAREKEY_STARTS")); err == nil {
		return more
	}
	return 300
}

// Starts of known, unknown and unusable accounts, interleaved: the replies have the same status, headers, size and letters.
func TestAnswersToAStrangerAreTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("goes through every case, one after the other: `make test` runs it without the race detector")
	}
	s := newStreet(t, atOnce{})
	for n := 0; n < starts(); {
		for i := range houses {
			first := ""
			for _, state := range states {
				path, token := s.begin()
				got := seen(s.ask(path, token, fmt.Sprintf(`{"rev":0,"input":{"type":"give_user_id","user_id":%q}}`, resident(state, i)))) + "\n" +
					seen(s.ask(path, token, `{"rev":1,"input":{"type":"give_reason","reason":"forgot"}}`)) + "\n" +
					seen(s.ask(path, token, `{"rev":2,"input":{"type":"choose","kind":"securitykey"}}`))
				if first == "" {
					first = got
				}
				if !strings.Contains(got, `"type":"choose_method"`) || strings.Count(got, `"id":"key"`) != 8 {
					t.Fatalf("%s gets no further than\n%s", state, got)
				}
				if got != first {
					t.Fatalf("%s is answered\n%s\nand %s\n%s", states[0], first, state, got)
				}
				n++
			}
		}
		s.now = s.now.Add(13 * time.Minute) // 5 starts an hour
		s.ok(s.service.Sweep(t.Context()))
	}
}
