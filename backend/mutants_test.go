package backend_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// A mutant is a backend with a fault that an attacker would like. It is planted where the backend meets the world: in a
// method, in the store, or in the policy that it goes by.
var mutants = []struct {
	name  string
	first uint64 // number of the first input: one that found it, when this was written
	plant func(*walk)
}{
	{"a code is taken twice", 1, func(k *walk) {
		last := regexp.MustCompile(`"last":[0-9]+`)
		k.prove(app.KindAuthApp, func(m app.Method, t app.Turn, in app.Input) (app.Result, error) {
			t.Credential = last.ReplaceAll(t.Credential, []byte(`"last":0`))
			return m.Prove(t, in)
		})
	}},
	{"a wrong code from a mail is taken", 5, func(k *walk) { k.prove(app.KindEmail, gullible) }},
	{"a wrong code of an app is taken", 1, func(k *walk) { k.prove(app.KindAuthApp, gullible) }},
	{"a gate less", 4, func(k *walk) {
		k.spoil = func(p *policy.Policy) {
			p.Methods.Gates = 1
			p.Methods.Allowed = slices.DeleteFunc(slices.Clone(p.Methods.Allowed), func(kind app.Kind) bool { return kind == app.KindQuestions })
		}
		k.spoil(&k.config.Policy)
	}},
	{"no second factor after the password", 1, func(k *walk) {
		k.store(func(tx *spoiltTx) {
			tx.hidden = func(kind app.Kind) bool { return tx.purpose == app.PurposeSignIn && kind.Verifies() }
		})
	}},
	{"a reset ends no session", 7, func(k *walk) { k.store(func(tx *spoiltTx) { tx.endless = true }) }},
	{"a decoy passes", 0, func(k *walk) { k.store(func(tx *spoiltTx) { tx.undecoyed = true }) }},
	{"a lock is ignored", 5, func(k *walk) { k.store(func(tx *spoiltTx) { tx.unlocked = k.clock }) }},
}

// gullible takes any code.
func gullible(m app.Method, t app.Turn, in app.Input) (app.Result, error) {
	r, err := m.Prove(t, in)
	if _, code := in.(app.GiveCode); code && err == nil && r.Verdict == app.Wrong {
		r = app.Result{State: t.State, Verdict: app.Proven}
	}
	return r, err
}

const (
	enoughWalks = 40    // find every mutant, wherever the first is
	longInput   = 5_000 // bytes: more than a walk has choices
)

// TestTheWalkFindsEveryMutant shows that the model sees the faults that it is there for: FuzzWalk fails on each, and so does
// TestWalks, which is the same walk.
func TestTheWalkFindsEveryMutant(t *testing.T) {
	t.Parallel()
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for n := range uint64(enoughWalks) {
				s := &suspect{TB: t}
				s.watch(func() { led(s, luckyInput(m.first+n, longInput), m.plant) })
				if s.found != "" {
					t.Logf("input %d: %s", m.first+n, s.found)
					return
				}
				if t.Failed() {
					return
				}
			}
			t.Errorf("%d walks did not find it", enoughWalks)
		})
	}
}

// TestTheWalkAccusesNoHonestBackend goes the walks that find mutants, without any.
func TestTheWalkAccusesNoHonestBackend(t *testing.T) {
	exhaustive(t)
	t.Parallel()
	gone := map[uint64]bool{}
	for _, m := range mutants {
		if !gone[m.first] {
			led(t, luckyInput(m.first, longInput))
		}
		gone[m.first] = true
	}
}

// suspect is a test whose failures are what is looked for. A step that could not even be made fails the real test.
type suspect struct {
	testing.TB
	mu    sync.Mutex
	found string
}

// watch runs f until it finds something.
func (s *suspect) watch(f func()) {
	var done sync.WaitGroup
	done.Go(f)
	done.Wait()
}

func (s *suspect) Errorf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.found == "" {
		s.found = fmt.Sprintf(format, args...)
	}
}

func (s *suspect) Failed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.found != ""
}

func (s *suspect) Log(...any) {}

// prove puts another Prove into a method.
func (k *walk) prove(kind app.Kind, prove func(app.Method, app.Turn, app.Input) (app.Result, error)) {
	k.config.Methods = slices.Clone(k.config.Methods)
	for i, m := range k.config.Methods {
		if m.Kind() == kind {
			k.config.Methods[i] = spoiltMethod{m.(app.Decoyer), prove}
		}
	}
}

type spoiltMethod struct {
	app.Decoyer
	prove func(app.Method, app.Turn, app.Input) (app.Result, error)
}

func (m spoiltMethod) Prove(t app.Turn, in app.Input) (app.Result, error) {
	return m.prove(m.Decoyer, t, in)
}

// store spoils each transaction of the backend.
func (k *walk) store(spoil func(*spoiltTx)) { k.config.Store = spoiltStore{k.config.Store, spoil} }

type spoiltStore struct {
	port.Store
	spoil func(*spoiltTx)
}

func (s spoiltStore) Update(ctx context.Context, f func(port.Tx) error) error {
	return s.Store.Update(ctx, func(tx port.Tx) error {
		spoilt := &spoiltTx{Tx: tx}
		s.spoil(spoilt)
		return f(spoilt)
	})
}

func (s spoiltStore) View(ctx context.Context, f func(port.Tx) error) error {
	return s.Store.View(ctx, func(tx port.Tx) error {
		spoilt := &spoiltTx{Tx: tx}
		s.spoil(spoilt)
		spoilt.hidden = nil // the model asks by a view what there is
		return f(spoilt)
	})
}

type spoiltTx struct {
	port.Tx
	purpose   app.Purpose         // of the flow that was read last
	hidden    func(app.Kind) bool // credentials that are not there
	endless   bool                // no session ends with others, nor since the password is another
	undecoyed bool                // a decoy is taken for an account that can be helped
	unlocked  *clock              // no lock lasts
}

func (t *spoiltTx) Flow(id app.FlowID) (port.FlowRecord, error) {
	r, err := t.Tx.Flow(id)
	t.purpose = r.Purpose
	if t.undecoyed {
		r.State = decoyMark.ReplaceAll(r.State, nil)
	}
	return r, err
}

var decoyMark = regexp.MustCompile(`"decoy":"[a-z_]+",`)

func (t *spoiltTx) Credentials(account app.AccountID) ([]port.CredentialRecord, error) {
	all, err := t.Tx.Credentials(account)
	return t.hide(all), err
}

func (t *spoiltTx) CredentialsAmong(account app.AccountID, n int) ([]port.CredentialRecord, error) {
	all, err := t.Tx.CredentialsAmong(account, n)
	return t.hide(all), err
}

func (t *spoiltTx) hide(all []port.CredentialRecord) []port.CredentialRecord {
	if t.hidden == nil {
		return all
	}
	return slices.DeleteFunc(all, func(r port.CredentialRecord) bool { return t.hidden(r.Kind) })
}

func (t *spoiltTx) EndSessions(account app.AccountID, at time.Time) (int, error) {
	if t.endless {
		return 0, nil
	}
	return t.Tx.EndSessions(account, at)
}

// forget hides which password a session stands on.
func (t *spoiltTx) forget(r port.SessionRecord, err error) (port.SessionRecord, error) {
	if t.endless {
		r.Stamp = ""
	}
	return r, err
}

func (t *spoiltTx) Session(id app.SessionID) (port.SessionRecord, error) {
	return t.forget(t.Tx.Session(id))
}

func (t *spoiltTx) SessionByAccess(hash []byte) (port.SessionRecord, error) {
	return t.forget(t.Tx.SessionByAccess(hash))
}

func (t *spoiltTx) SessionByRefresh(hash []byte) (port.SessionRecord, error) {
	return t.forget(t.Tx.SessionByRefresh(hash))
}

func (t *spoiltTx) PutCounter(c port.Counter) error {
	if t.unlocked != nil && c.Until.Sub(t.unlocked.Now()) > time.Hour {
		c.Until = time.Time{}
	}
	return t.Tx.PutCounter(c)
}
