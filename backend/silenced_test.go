package backend_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
)

// The threat is a trail that is silenced while the backend runs: by the database itself, or by a program beside it.

// beside runs SQL on the store's database, as another program does.
func (w *world) beside(query string, args ...any) {
	w.t.Helper()
	db, err := sqlite.Open(filepath.Join(w.folder, "store.db"), sqlite.Write)
	w.ok(err)
	defer func() { _ = db.Close() }()
	_, err = db.Exec(query, args...)
	w.ok(err)
}

// loud has the backend log into a buffer, as the one that knows the trail from its first line.
func (w *world) loud() *bytes.Buffer {
	log := &bytes.Buffer{}
	w.config.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelError}))
	w.restart()
	return log
}

// forged is a trail of n entries that somebody computed anew.
func (w *world) forged(n int) {
	w.beside(`DELETE FROM audit`)
	var head port.AuditEntry
	w.ok(w.config.Store.Update(w.t.Context(), func(tx port.Tx) error {
		for range n {
			head = audit.Chain{}.Link(head, port.AuditEntry{At: w.clock.Now(), Action: "session.open", Result: "succeeded"})
			if err := tx.AppendAudit(head); err != nil {
				return err
			}
		}
		return nil
	}))
}

// silencers are what somebody with the database's file may do, by what is done.
var silencers = map[string]func(w *world, entries int){
	"the tail is cut":          func(w *world, n int) { w.beside(`DELETE FROM audit WHERE seq > ?`, n-1) },
	"half of it is cut":        func(w *world, n int) { w.beside(`DELETE FROM audit WHERE seq > ?`, n/2) },
	"all of it is cut":         func(w *world, n int) { w.beside(`DELETE FROM audit`) },
	"the last one is edited":   func(w *world, n int) { w.beside(`UPDATE audit SET result = 'succeeded!' WHERE seq = ?`, n) },
	"the last one has no time": func(w *world, n int) { w.beside(`UPDATE audit SET at = 9223372036854775807 WHERE seq = ?`, n) },
	"another one stands behind": func(w *world, n int) {
		w.beside(`INSERT INTO audit SELECT seq+1, at, action, result, reason, account, role, method, flow, support, station, network, prev, hash, by_whom, station_id FROM audit WHERE seq = ?`, n)
	},
	"one far behind": func(w *world, n int) {
		w.beside(`INSERT INTO audit SELECT 1000000, at, action, result, reason, account, role, method, flow, support, station, network, prev, hash, by_whom, station_id FROM audit WHERE seq = ?`, n)
	},
	"it is moved":  func(w *world, n int) { w.beside(`UPDATE audit SET seq = seq + 1 WHERE seq = ?`, n) },
	"as many anew": func(w *world, n int) { w.forged(n) },
	"more anew":    func(w *world, n int) { w.forged(n + 7) },
	"fewer anew":   func(w *world, n int) { w.forged(n - 2) },
	"a trigger that deletes": func(w *world, _ int) {
		w.beside(`CREATE TRIGGER x AFTER INSERT ON audit BEGIN DELETE FROM audit WHERE seq = NEW.seq; END`)
	},
	"a trigger that ignores": func(w *world, _ int) {
		w.beside(`CREATE TRIGGER x BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END`)
	},
	"a trigger elsewhere": func(w *world, _ int) { w.beside(`CREATE TRIGGER x AFTER UPDATE ON flow BEGIN DELETE FROM audit; END`) },
}

// TestASilencedTrailStopsEverything: whatever is done to the trail while the backend runs, nothing more is done for anybody, the
// log says so as an error, and audit verify finds it, after the backend was stopped as well.
func TestASilencedTrailStopsEverything(t *testing.T) {
	t.Parallel()
	for name, silence := range silencers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, ben := newWorld(t), someone(trial.Registered)
			heads := &headList{}
			w.config.Heads = heads
			log := w.loud()
			session := w.signIn(ben)
			under := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
			n := len(w.trail())
			silence(w, n)
			rows := w.rows()
			for what, do := range w.everyOperation(ben, session, under) {
				log.Reset()
				if err := do(); app.CodeOf(err) != app.CodeUnavailable {
					t.Errorf("%s: %v", what, err)
				}
				if !strings.Contains(log.String(), "ERROR") || !strings.Contains(log.String(), "from outside") {
					t.Errorf("%s: the log says %q", what, log)
				}
			}
			if now := w.rows(); now != rows {
				t.Errorf("something was written:\n%s\n%s", rows, now)
			}
			if strings.HasPrefix(name, "a trigger") {
				return // audit verify refuses the schema: package store tests that
			}
			if heads.seqs[len(heads.seqs)-1] < int64(n) {
				t.Errorf("no head vouches for entry %d: %v", n, heads.seqs)
			}
		})
	}
}

// TestAuditVerifyFindsWhatWasSilenced: what the backend missed is missing for whoever verifies the trail, too, after the backend
// was stopped and another went on with what was left.
func TestAuditVerifyFindsWhatWasSilenced(t *testing.T) {
	for name, silence := range silencers {
		if strings.HasPrefix(name, "a trigger") {
			continue // package store tests it: the schema is refused
		}
		w, ben := newWorld(t), someone(trial.Registered)
		file, seed := filepath.Join(w.folder, "heads"), app.NewSecret(strings.Repeat("s", 32))
		w.ok(os.WriteFile(file, nil, 0o600))
		heads, err := audit.OpenHeads(file, seed)
		w.ok(err)
		w.config.Heads = heads
		w.restart()
		w.signIn(ben)
		verify := func() error {
			all, err := audit.ReadHeads(file, seed)
			w.ok(err)
			v := audit.NewVerifier(all)
			return errors.Join(store.ReadAudit(t.Context(), filepath.Join(w.folder, "store.db"), v.Next), v.End())
		}
		w.ok(verify())
		silence(w, len(w.trail()))
		if _, err := w.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: w.key()}); app.CodeOf(err) != app.CodeUnavailable {
			t.Errorf("%s: %v", name, err)
		}
		var fault *audit.Break
		if err := verify(); !errors.As(err, &fault) {
			t.Errorf("%s: verified: %v", name, err)
		}
		w.restart() // it knows nothing
		for range 20 {
			_ = w.Cancel(t.Context(), "F-nobody")
		}
		if err := verify(); !errors.As(err, &fault) {
			t.Errorf("%s: verified after a restart: %v", name, err)
		}
		w.ok(heads.Close())
	}
}

// everyOperation are calls that write, of each kind.
func (w *world) everyOperation(p trial.Person, session app.Grant, under *talk) map[string]func() error {
	return map[string]func() error{
		"start": func() error {
			_, err := w.Start(w.t.Context(), app.Start{Purpose: app.PurposeReset, Key: w.key()})
			return err
		},
		"a proof":        func() error { return under.say(w.code(p)) },
		"a cancellation": func() error { return w.Cancel(under.ctx, under.flow.ID) },
		"a renewal": func() error {
			_, err := w.Renew(w.t.Context(), session.Refresh)
			return err
		},
		"the end of a session": func() error {
			return w.EndSession(app.WithCaller(w.t.Context(), app.Caller{Role: app.RolePerson, Account: p.ID, Session: session.Session.ID}))
		},
		"a pass": func() error {
			_, err := w.IssuePass(w.operator(), app.IssuePass{UserID: someone(trial.New).UserID, By: "desk"})
			return err
		},
		"the sweep":  func() error { return w.Sweep(w.t.Context()) },
		"the outbox": func() error { return w.Deliver(w.t.Context()) },
	}
}

// rows is how much the store has, but for the trail.
func (w *world) rows() string {
	w.t.Helper()
	db, err := sqlite.Open(filepath.Join(w.folder, "store.db"), sqlite.Write)
	w.ok(err)
	defer func() { _ = db.Close() }()
	var all []string
	for _, query := range []string{
		`SELECT COUNT(*) || '/' || SUM(rev) || '/' || SUM(ended) FROM flow`, `SELECT COUNT(*) || '/' || SUM(ended) FROM session`,
		`SELECT COUNT(*) FROM pass`, `SELECT COUNT(*) || '/' || SUM(leased) FROM outbox`, `SELECT SUM(tally) || '/' || SUM(tat) FROM counters`,
	} {
		var row sql.NullString
		w.ok(db.QueryRow(query).Scan(&row))
		all = append(all, row.String)
	}
	return strings.Join(all, " ")
}

// muted is a store that does something to each entry on its way: the schema is as it was, the trail is not.
type muted struct {
	port.Store
	do func(tx port.Tx, e port.AuditEntry) error
}

func (m *muted) Update(ctx context.Context, f func(port.Tx) error) error {
	return m.Store.Update(ctx, func(tx port.Tx) error { return f(&mutedTx{tx, m.do}) })
}

type mutedTx struct {
	port.Tx
	do func(tx port.Tx, e port.AuditEntry) error
}

func (m *mutedTx) AppendAudit(e port.AuditEntry) error { return m.do(m.Tx, e) }

// TestWhatIsAppendedIsReadBack: an entry that the store loses, or changes in any field, is missed in the same transaction.
func TestWhatIsAppendedIsReadBack(t *testing.T) {
	mutes := map[string]func(port.Tx, port.AuditEntry) error{
		"lost": func(port.Tx, port.AuditEntry) error { return nil },
		"twice": func(tx port.Tx, e port.AuditEntry) error {
			return errors.Join(tx.AppendAudit(e), tx.AppendAudit(audit.Chain{}.Link(e, e)))
		},
		"linked anew": func(tx port.Tx, e port.AuditEntry) error {
			e.Result = "succeeded!"
			return tx.AppendAudit(audit.Chain{}.Link(port.AuditEntry{Seq: e.Seq - 1, Hash: e.Prev}, e))
		},
	}
	for i, change := range []func(*port.AuditEntry){
		func(e *port.AuditEntry) { e.Seq++ }, func(e *port.AuditEntry) { e.At = e.At.Add(time.Second) }, func(e *port.AuditEntry) { e.Action += "!" },
		func(e *port.AuditEntry) { e.Result += "!" }, func(e *port.AuditEntry) { e.Reason += "!" }, func(e *port.AuditEntry) { e.Account += "!" },
		func(e *port.AuditEntry) { e.By += "!" }, func(e *port.AuditEntry) { e.Role += "!" }, func(e *port.AuditEntry) { e.Method += "!" },
		func(e *port.AuditEntry) { e.Flow += "!" }, func(e *port.AuditEntry) { e.Support += "!" }, func(e *port.AuditEntry) { e.Station += "!" },
		func(e *port.AuditEntry) { e.Network += "!" }, func(e *port.AuditEntry) { e.Prev = []byte("x") }, func(e *port.AuditEntry) { e.Hash = []byte("x") },
	} {
		mutes[fmt.Sprintf("field %d", i)] = func(tx port.Tx, e port.AuditEntry) error {
			change(&e)
			return tx.AppendAudit(e)
		}
	}
	for name, mute := range mutes {
		w := newWorld(t)
		w.config.Store = &muted{w.config.Store, mute}
		log := w.loud()
		n := len(w.trail())
		_, err := w.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: w.key()})
		if app.CodeOf(err) != app.CodeUnavailable || !strings.Contains(log.String(), "ERROR") {
			t.Errorf("%s: %v, the log says %q", name, err, log)
		}
		if now := len(w.trail()); now != n {
			t.Errorf("%s: %d entries are kept", name, now-n)
		}
	}
}

// TestProcessesThatShareAStoreTrustEachOther: in whatever order some write, nobody takes another's entries for a forgery, and
// each notices what somebody else does to them.
func TestProcessesThatShareAStoreTrustEachOther(t *testing.T) {
	w := newWorld(t)
	log := w.loud()
	servers := []*backend.Backend{w.Backend}
	for range 2 {
		db, err := store.Open(t.Context(), filepath.Join(w.folder, "store.db"), w.config.Sealer)
		w.ok(err)
		t.Cleanup(func() { _ = db.Close() })
		config := w.config
		config.Store = db
		another, err := backend.New(config)
		w.ok(err)
		servers = append(servers, another)
	}
	luck := rand.New(rand.NewPCG(9, 9))
	start := func(b *backend.Backend) error {
		w.clock.pass(time.Minute)
		_, err := b.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: w.key()})
		return err
	}
	for n := range 400 {
		at := luck.IntN(len(servers))
		if n > 200 { // one is silent for long
			at = luck.IntN(len(servers) - 1)
		}
		w.ok(start(servers[at]))
		if luck.IntN(10) == 0 {
			w.ok(servers[at].Sweep(t.Context()))
		}
	}
	if log.Len() > 0 {
		t.Errorf("the log says %s", log)
	}
	for _, b := range servers[:2] {
		w.ok(b.Sweep(t.Context())) // it looks at the trail
	}
	w.beside(`DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)`)
	for _, when := range []string{"after the tail was cut", "after the third, which knew less, went on"} {
		for n, b := range servers[:2] {
			if err := start(b); app.CodeOf(err) != app.CodeUnavailable {
				t.Errorf("server %d, %s: %v", n, when, err)
			}
		}
		w.ok(start(servers[2]))
	}
}
