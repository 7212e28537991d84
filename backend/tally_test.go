package backend_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// What is done for a user ID, counted: whoever has it, it must be the same.

// tally counts by name.
type tally map[string]int

func (t tally) total() (n int) {
	for _, times := range t {
		n += times
	}
	return n
}

// countingSealer counts what is sealed, opened and hashed.
type countingSealer struct {
	port.Sealer
	mu   sync.Mutex
	done tally
}

func (s *countingSealer) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done[what]++
}

// take gives what was counted since the last time.
func (s *countingSealer) take() tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.done
	s.done = tally{}
	return taken
}

func (s *countingSealer) Seal(plain []byte, place string) ([]byte, error) {
	s.count("seal")
	return s.Sealer.Seal(plain, place)
}

func (s *countingSealer) Open(sealed []byte, place string) ([]byte, error) {
	s.count("open")
	return s.Sealer.Open(sealed, place)
}

func (s *countingSealer) Index(purpose, value string) []byte {
	s.count("index")
	return s.Sealer.Index(purpose, value)
}

// Asked implements port.Beat: a reply that is held is counted last, and nothing is waited for.
func (s *countingSealer) Asked() func(context.Context) {
	return func(context.Context) { s.count("held with " + fmt.Sprint(s.total())) }
}

// total is how much was counted.
func (s *countingSealer) total() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done.total()
}

// countingStore counts transactions, and what they read and write.
type countingStore struct {
	port.Store
	done *countingSealer
}

func (s countingStore) View(ctx context.Context, f func(port.Tx) error) error {
	s.done.count("view")
	return s.Store.View(ctx, func(tx port.Tx) error { return f(countingTx{tx, s.done}) })
}

func (s countingStore) Update(ctx context.Context, f func(port.Tx) error) error {
	s.done.count("update")
	return s.Store.Update(ctx, func(tx port.Tx) error { return f(countingTx{tx, s.done}) })
}

type countingTx struct {
	port.Tx
	done *countingSealer
}

func (t countingTx) Flow(id app.FlowID) (port.FlowRecord, error) {
	t.done.count("read a flow")
	return t.Tx.Flow(id)
}

func (t countingTx) PutFlow(r port.FlowRecord) error {
	t.done.count("put a flow")
	return t.Tx.PutFlow(r)
}

func (t countingTx) Credentials(account app.AccountID) ([]port.CredentialRecord, error) {
	t.done.count("read credentials")
	return t.Tx.Credentials(account)
}

func (t countingTx) CredentialsAmong(account app.AccountID, n int) ([]port.CredentialRecord, error) {
	t.done.count("read credentials among others")
	return t.Tx.CredentialsAmong(account, n)
}

func (t countingTx) PutCredential(r port.CredentialRecord) error {
	t.done.count("put a credential")
	return t.Tx.PutCredential(r)
}

func (t countingTx) Counter(key string) (port.Counter, error) {
	t.done.count("read a counter")
	return t.Tx.Counter(key)
}

func (t countingTx) PutCounter(c port.Counter) error {
	t.done.count("put a counter")
	return t.Tx.PutCounter(c)
}

func (t countingTx) Enqueue(r port.OutboxRecord) error {
	t.done.count("put a message")
	return t.Tx.Enqueue(r)
}

func (t countingTx) AppendAudit(e port.AuditEntry) error {
	t.done.count("put an entry")
	return t.Tx.AppendAudit(e)
}

func (t countingTx) OpenHelpRequest(account app.AccountID) (port.HelpRequest, error) {
	t.done.count("read a help request")
	return t.Tx.OpenHelpRequest(account)
}

func (t countingTx) PutHelpRequest(r port.HelpRequest) error {
	t.done.count("put a help request")
	return t.Tx.PutHelpRequest(r)
}

// countingDirectory counts what the directory is asked.
type countingDirectory struct {
	port.Directory
	done *countingSealer
}

func (d countingDirectory) Find(ctx context.Context, userID string) (port.DirectoryAccount, error) {
	d.done.count("ask for a user ID")
	return d.Directory.Find(ctx, userID)
}

func (d countingDirectory) Account(ctx context.Context, id app.AccountID) (port.DirectoryAccount, error) {
	d.done.count("ask for an account")
	return d.Directory.Account(ctx, id)
}

// Threat: the time of an answer tells who has a user ID, and what, since more is read, unsealed or written for some than for
// others. At each step of a reset in private disclosure it is as much for all.
func TestAsMuchIsDoneForEverybody(t *testing.T) {
	exhaustive(t)
	t.Parallel()
	for _, kinds := range [][]app.Kind{
		{app.KindAuthApp, app.KindEmail}, {app.KindAuthApp, app.KindSMS, app.KindVoice}, {app.KindSecurityKey, app.KindEmail},
		{app.KindAuthApp, app.KindQuestions},
	} {
		for _, confirm := range []bool{true, false} {
			t.Run(fmt.Sprint(kinds, confirm), func(t *testing.T) {
				w := newWorld(t, private, often, allows(2, kinds), func(p *policy.Policy) {
					p.Codes.ConfirmDestination = confirm
					p.Recovery.SendsPerNumber, p.Recovery.MailsPerAddress = 10, 10
				})
				w.config.Store, w.config.Directory = countingStore{w.config.Store, w.sealer}, countingDirectory{w.config.Directory, w.sealer}
				w.restart()
				steps := []string{"user_id", "reason"}
				for _, kind := range kinds {
					steps = append(steps, "choose "+string(kind), "code", "bad_code", "number", "address", "answers", "few_answers", "key", "last_key", "no_key", "pause", "resend", "back")
				}
				steps = append(steps, "user_id", "reason", "read", "contact")
				asMuchForAll(w, kinds, steps)
			})
		}
	}
}

// asMuchForAll takes the same steps for an account of each state, and, under a lock that a stranger closed, for each again.
func asMuchForAll(w *world, kinds []app.Kind, steps []string) {
	w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: w.settle("registered", "seen")}) // whose history is read for others
	for i, lock := range []bool{false, true} {
		users := map[string]string{}
		for j, state := range accounts {
			if state == "locked" || state == "admin" && slices.Contains(kinds, app.KindQuestions) { // who has one way less
				continue
			}
			users[state] = w.settle(state, fmt.Sprintf("tally%d%d", i, j))
			if lock && slices.Contains(kinds, app.KindAuthApp) {
				w.lockOut(users[state])
			}
		}
		w.clock.pass(time.Hour)
		w.talliesAlike(users, kinds, steps)
	}
}

// talliesAlike holds that each step does as much for each account.
func (w *world) talliesAlike(users map[string]string, kinds []app.Kind, steps []string) {
	w.t.Helper()
	done := map[string][]tally{}
	for _, state := range sorted(keysOf(users)) {
		k := w.start(app.PurposeReset, app.Caller{})
		for _, step := range steps {
			w.sealer.take()
			switch step {
			case "read":
				k.again()
			case "pause":
				w.clock.pass(30 * time.Second)
			default:
				_ = k.say(moves(users[state], kinds)[step](k.flow))
			}
			taken := w.sealer.take()
			if total := taken.total(); step != "pause" && taken["held with "+fmt.Sprint(total-1)] != 1 {
				w.t.Errorf("%s, for %s: the reply left off the beat, or something was done after it: %v", step, state, taken)
			}
			done[state] = append(done[state], taken)
			w.clock.pass(8 * time.Second)
		}
	}
	for _, state := range sorted(keysOf(users)) {
		for i, step := range steps {
			if want, got := done["registered"][i], done[state][i]; !maps.Equal(want, got) {
				w.t.Errorf("step %d, %s, for %s: %v; for a registered one: %v", i, step, state, got, want)
			}
		}
	}
}
