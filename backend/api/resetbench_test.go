package api_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/backend/vault"
	"github.com/sparekey/sparekey/client/wire"
	"github.com/sparekey/sparekey/methods/authapp"
	"github.com/sparekey/sparekey/methods/email"
)

// town is a server with many people, each with an authenticator app and a mail address, who reset their passwords at once.
type town struct {
	t         testing.TB
	handler   http.Handler
	store     port.Store
	directory *local.Directory
	began     time.Time // when it was noon
	calls     atomic.Int64
	people    []townsman

	mu   sync.Mutex
	mail map[string]chan string // the codes that went to an address
}

type townsman struct {
	local.Person
	seed string // of the authenticator app, base32
}

// Now implements port.Clock.
func (w *town) Now() time.Time { return noon.Add(time.Since(w.began)) }

// Deliver implements port.Deliverer: a code lies in its mailbox at once.
func (w *town) Deliver(_ context.Context, m app.Message) error {
	if m.Code != "" {
		w.mailbox(m.To) <- m.Code
	}
	return nil
}

func (w *town) mailbox(address string) chan string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.mail[address] == nil {
		w.mail[address] = make(chan string, 8)
	}
	return w.mail[address]
}

func (w *town) ok(err error) {
	if err != nil {
		w.t.Helper()
		w.t.Fatal(err)
	}
}

// newTown settles so many people, in a directory with this hasher.
func newTown(t testing.TB, people int, hasher local.Hasher) *town {
	t.Helper()
	w := &town{t: t, began: time.Now(), mail: map[string]chan string{}}
	folder, methods := t.TempDir(), []app.Method{authapp.Method{}, email.Method{}}
	master, err := vault.NewMaster(rand.Reader)
	w.ok(err)
	sealer, err := vault.Create(filepath.Join(folder, "keys"), master, rand.Reader)
	w.ok(err)
	db, err := store.Open(t.Context(), filepath.Join(folder, "store.db"), sealer)
	w.ok(err)
	directory, err := local.Open(t.Context(), local.InMemory, local.Config{
		Clock: w, Hasher: hasher, Parallel: runtime.GOMAXPROCS(0), MinLength: 8, History: 3,
	})
	w.ok(err)
	w.store, w.directory = db, directory
	var credentials []port.CredentialRecord
	for i := range people {
		p := local.Person{
			ID: app.AccountID(fmt.Sprintf("person-%04d", i)), UserID: fmt.Sprintf("person%04d@harbour.example", i), Name: "Ana Reis",
			Mail: fmt.Sprintf("person%04d@harbour.example", i), Groups: []string{"Password self-service"},
		}
		w.ok(directory.Put(t.Context(), p))
		app, record := w.app(p)
		credentials = append(credentials, record, w.address(p))
		w.people = append(w.people, townsman{Person: p, seed: app})
	}
	w.ok(db.Update(t.Context(), func(tx port.Tx) error {
		for _, c := range credentials {
			if err := tx.PutCredential(c); err != nil {
				return err
			}
		}
		return nil
	}))
	p := trial.Policy()
	p.Feature.HelpfulNetworks = []string{"198.0.0.0/8"} // of strangers it lets so many reset in a minute
	p.Methods.Allowed, p.Methods.Register, p.Codes.ConfirmDestination = []app.Kind{app.KindAuthApp, app.KindEmail}, 2, false
	service, err := backend.New(backend.Config{
		Store: db, Directory: directory, Deliverer: w, Chain: audit.Chain{}, Sealer: sealer, Clock: w, Rand: rand.Reader,
		Methods: methods, Policy: p,
	})
	w.ok(err)
	w.ok(service.StartWorker(t.Context()))
	t.Cleanup(func() { _, _, _ = service.Close(), db.Close(), directory.Close() })
	w.handler = api.New(api.Config{Front: service, Flows: service, Grants: service, Version: "test", Clock: w})
	return w
}

func (w *town) turn(p local.Person) app.Turn {
	return app.Turn{
		Now: w.Now().Add(-time.Hour), Rand: rand.Reader, Person: app.Person{Account: p.ID, UserID: p.UserID, Name: p.Name},
		Settings: app.MethodSettings{Organisation: "Harbour", CodeLife: time.Minute}, TriesLeft: 1,
	}
}

// app registers an authenticator app.
func (w *town) app(p local.Person) (seed string, r port.CredentialRecord) {
	turn := w.turn(p)
	begun, err := authapp.Method{}.Enrol(turn, nil)
	w.ok(err)
	for _, group := range begun.Step.(app.ShowSecret).Groups {
		seed += group.Reveal()
	}
	code, err := totp.GenerateCode(seed, turn.Now)
	w.ok(err)
	turn.State = begun.State
	done, err := authapp.Method{}.Enrol(turn, app.GiveCode{Digits: app.NewSecret(code)})
	w.ok(err)
	return seed, w.record(p, app.KindAuthApp, done)
}

// address registers a mail address.
func (w *town) address(p local.Person) port.CredentialRecord {
	turn := w.turn(p)
	begun, err := email.Method{}.Enrol(turn, nil)
	w.ok(err)
	turn.State = begun.State
	sent, err := email.Method{}.Enrol(turn, app.GiveAddress{Address: string(p.ID) + "@mail.example"})
	w.ok(err)
	turn.State = sent.State
	done, err := email.Method{}.Enrol(turn, app.GiveCode{Digits: app.NewSecret(sent.Send[0].Code)})
	w.ok(err)
	return w.record(p, app.KindEmail, done)
}

func (w *town) record(p local.Person, kind app.Kind, r app.Result) port.CredentialRecord {
	then := w.Now().Add(-time.Hour)
	return port.CredentialRecord{
		ID: app.CredentialID(string(p.ID) + "-" + string(kind)), Account: p.ID, Kind: kind, Variant: r.Credential.Variant,
		Secret: r.Credential.Secret, Masked: r.Credential.Masked, Address: r.Credential.Address, Added: then, UsableAt: then,
	}
}

// resetter is one who resets a password after the other's.
type resetter struct {
	w       *town
	name    int
	asked   int
	from    string          // a network address
	took    []time.Duration // each call
	started struct {
		Flow  json.RawMessage
		Token string
	}
}

// ask sends a request through the handler.
func (c *resetter) ask(path, body string) []byte {
	c.asked++
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, strings.NewReader(body))
	r.RemoteAddr = c.from
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", fmt.Sprintf("key-%06d-%012d", c.name, c.asked))
	if c.started.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.started.Token)
	}
	reply := httptest.NewRecorder()
	began := time.Now()
	c.w.handler.ServeHTTP(reply, r)
	c.took = append(c.took, time.Since(began))
	c.w.calls.Add(1)
	if reply.Code >= 300 {
		panic(fmt.Sprintf("%s %s: %d %s", path, body, reply.Code, reply.Body))
	}
	return reply.Body.Bytes()
}

// reset lets one person in again: user ID, reason, the app's code, the mail's code, a new password.
func (c *resetter) reset(p *townsman) {
	c.started.Token, c.from = "", fmt.Sprintf("198.%d.%d.%d:1", c.name, c.asked/256%256, c.asked%256)
	reply := c.ask("/v1/flows", `{"purpose":"reset"}`)
	if err := json.Unmarshal(reply, &c.started); err != nil {
		panic(err)
	}
	reply = c.started.Flow
	proved := 0
	for {
		var at wire.Flow
		if err := json.Unmarshal(reply, &at); err != nil {
			panic(fmt.Sprint(err, string(reply)))
		}
		flow := at.Domain()
		var in app.Input
		switch step := flow.Now.(type) {
		case app.EnterUserID:
			in = app.GiveUserID{UserID: p.UserID}
		case app.Triage:
			in = app.GiveReason{Reason: app.ReasonForgot}
		case app.ChooseMethod:
			in = app.Choose{Kind: []app.Kind{app.KindAuthApp, app.KindEmail}[proved]}
		case app.EnterCode:
			proved++
			in = app.GiveCode{Digits: app.NewSecret(c.code(p, step))}
		case app.NewPassword:
			in = app.GivePassword{Password: app.NewSecret("a brighter harbour of " + string(p.ID))}
		case app.Done:
			return
		default:
			panic(fmt.Sprintf("%T: %s", step, reply))
		}
		body, err := json.Marshal(map[string]any{"rev": flow.Rev, "input": wire.Input{Input: in}})
		if err != nil {
			panic(err)
		}
		reply = c.ask("/v1/flows/"+string(flow.ID)+"/inputs", string(body))
	}
}

func (c *resetter) code(p *townsman, step app.EnterCode) string {
	if step.Channel == app.KindEmail {
		return <-c.w.mailbox(string(p.ID) + "@mail.example")
	}
	code, err := totp.GenerateCode(p.seed, c.w.Now())
	if err != nil {
		panic(err)
	}
	return code
}

// resets has everyone reset a password once, by so many clients at once, and reports what it cost.
func (w *town) resets(b *testing.B, clients int) {
	all := make([]*resetter, clients)
	var next atomic.Int64
	var done sync.WaitGroup
	before := usageNow(b)
	b.ResetTimer()
	for i := range all {
		all[i] = &resetter{w: w, name: i}
		done.Go(func() {
			for at := next.Add(1) - 1; at < int64(len(w.people)); at = next.Add(1) - 1 {
				all[i].reset(&w.people[at])
			}
		})
	}
	done.Wait()
	b.StopTimer()
	used, n := usageNow(b), float64(b.N)
	var took []time.Duration
	for _, c := range all {
		took = append(took, c.took...)
	}
	slices.Sort(took)
	p50, p99 := took[len(took)/2], took[len(took)*99/100]
	b.ReportMetric((used.cpu-before.cpu).Seconds()*1000/n, "cpu-ms/op")
	b.ReportMetric(float64(used.writes-before.writes)/n, "writes/op")
	b.ReportMetric(float64(w.calls.Load())/n, "calls/op")
	b.ReportMetric(p50.Seconds()*1000, "p50-ms")
	b.ReportMetric(p99.Seconds()*1000, "p99-ms")
	b.ReportMetric(float64(p99)/float64(p50), "p99/p50")
	b.ReportMetric(n/b.Elapsed().Seconds(), "resets/s")
}

// cheap hashes next to nothing: what is measured is the rest.
var cheap = local.Argon2{Rand: rand.Reader, Memory: 8, Time: 1, Threads: 1}

// BenchmarkReset is the whole reset, by one client and by 48.
func BenchmarkReset(b *testing.B) {
	for _, clients := range []int{1, 48} {
		b.Run(fmt.Sprintf("%d-at-once", clients), func(b *testing.B) {
			newTown(b, b.N, cheap).resets(b, clients)
		})
	}
	// beside the commits that a person alone waits for, of a row each, with nothing else
	b.Run("beside-bare-commits", func(b *testing.B) {
		w := newTown(b, b.N, cheap)
		w.resets(b, 1)
		b.ReportMetric(b.Elapsed().Seconds()/w.bareCommits(b.N*commits).Seconds(), "x-bare-commits")
	})
}

// commits are those of a reset by one client.
const commits = 8

// bareCommits is how long so many take.
func (w *town) bareCommits(n int) time.Duration {
	began := time.Now()
	for i := range n {
		w.ok(w.store.Update(w.t.Context(), func(tx port.Tx) error {
			return tx.PutCounter(port.Counter{Key: "bare", Count: i + 1})
		}))
	}
	return time.Since(began)
}

// counting counts what argon2id is asked for.
type counting struct {
	local.Argon2
	hashes *atomic.Int64
}

// Hash implements local.Hasher.
func (c counting) Hash(password app.Secret) (string, error) {
	c.hashes.Add(1)
	return c.Argon2.Hash(password)
}

// Match implements local.Hasher.
func (c counting) Match(phc string, password app.Secret) (bool, error) {
	c.hashes.Add(1)
	return c.Argon2.Match(phc, password)
}

// BenchmarkResetWithHashing has the directory hash as it does, and compares with what as many hashes take alone, as many at once.
func BenchmarkResetWithHashing(b *testing.B) {
	hasher := counting{local.DefaultArgon2(rand.Reader), new(atomic.Int64)}
	w := newTown(b, b.N, hasher)
	for _, p := range w.people { // the present password is one that can't be set again
		p.Password = app.NewSecret("an older harbour of " + string(p.ID))
		w.ok(w.directory.Put(b.Context(), p.Person))
	}
	hasher.hashes.Store(0)
	w.resets(b, 48)
	together, hashes := b.Elapsed(), hasher.hashes.Load()
	alone := time.Now()
	var next atomic.Int64
	var done sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		done.Go(func() {
			for next.Add(1) <= hashes {
				if _, err := hasher.Argon2.Hash(app.NewSecret("a brighter harbour at dawn")); err != nil {
					b.Error(err)
				}
			}
		})
	}
	done.Wait()
	b.ReportMetric(100*time.Since(alone).Seconds()/together.Seconds(), "%-of-argon2id")
	b.ReportMetric(float64(hashes)/float64(b.N), "hashes/op")
}
