package store

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

func lined(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "sparekey.db"), plain{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func update(t testing.TB, s *Store, f func(tx *transaction) error) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx port.Tx) error { return f(tx.(*transaction)) }); err != nil {
		t.Fatal(err)
	}
}

var nine = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)

// TestTheLineIsFoundByItsIndexes: each query by which messages are leased looks something up, and reads no more of what waits than it
// gives.
func TestTheLineIsFoundByItsIndexes(t *testing.T) {
	s := lined(t)
	mail := []any{"email"}
	queries := map[string]struct {
		text string
		args []any
	}{
		"next":        {fmt.Sprintf(nextQuery, "channel IN (?)"), slices.Concat([]any{"email", 1, 0, 1, 0}, mail, []any{1})},
		"any":         {anyQuery, []any{0, 0}},
		"due":         {dueQuery, []any{0}},
		"ran out":     {ranOutQuery, []any{0}},
		"first":       {firstQuery, []any{"A", 1, 0, "email"}},
		"turn":        {turnQuery, []any{1, "A"}},
		"ahead":       {fmt.Sprintf(aheadQuery, "channel IN (?)"), []any{"A", 0, "email", "A", 0, "email"}},
		"next due":    {nextDueQuery, nil},
		"to be first": {`UPDATE outbox SET ` + toBeNext + ` WHERE id = ?`, []any{"m"}},
	}
	update(t, s, func(tx *transaction) error {
		for name, q := range queries {
			steps, err := list(tx, "explain", func(row scanner) (step string, err error) {
				var id, parent, unused int64
				err = row.Scan(&id, &parent, &unused, &step)
				return step, err
			}, `EXPLAIN QUERY PLAN `+q.text, q.args...)
			if err != nil {
				return err
			}
			for _, step := range steps {
				reads := strings.HasPrefix(step, "SCAN outbox") || strings.HasPrefix(step, "SCAN o ") || strings.Contains(step, "TEMP B-TREE")
				bounded := strings.Contains(step, "outbox_out") || name == "due" && strings.Contains(step, "TEMP B-TREE") // what is out, or came, at once
				if reads && !bounded {
					t.Errorf("%s: %s", name, step)
				}
			}
		}
		return nil
	})
}

// TestTheLineHasOneOfEachFirst whatever happens to messages: of each account, urgency and channel the first that is due is next, the others
// stand behind it, and its account's last turn is known.
func TestTheLineHasOneOfEachFirst(t *testing.T) {
	s, random, now := lined(t), rand.New(rand.NewPCG(3, 5)), nine
	any1 := func(tx *transaction) (r port.OutboxRecord, err error) {
		ids, err := list(tx, "pick", tx.readID, `SELECT id FROM outbox WHERE `+waiting)
		if err != nil || len(ids) == 0 {
			return r, err
		}
		return tx.Outbox(ids[random.IntN(len(ids))])
	}
	n := 0
	for range 600 {
		now = now.Add(time.Duration(random.IntN(3)) * time.Second)
		update(t, s, func(tx *transaction) error {
			n++
			r := port.OutboxRecord{ID: fmt.Sprint(n), Account: app.AccountID(fmt.Sprint("A", random.IntN(4))), Created: now, Urgent: random.IntN(2) == 0,
				Due: now.Add(time.Duration(random.IntN(9)-4) * time.Second), Message: app.Message{Channel: []app.Kind{app.KindEmail, app.KindSMS}[random.IntN(2)]}}
			switch random.IntN(7) {
			case 0, 1:
				return tx.Enqueue(r)
			case 2:
				_, err := tx.EnqueueLeased(r, now.Add(5*time.Second), []app.Kind{r.Message.Channel})
				return err
			case 3:
				r, err := any1(tx)
				if err != nil || r.ID == "" {
					return err
				}
				r.Delivered, r.Leased = now, time.Time{}
				return tx.PutOutbox(r)
			case 4:
				r, err := any1(tx)
				if err != nil || r.ID == "" {
					return err
				}
				r.Due, r.Leased = now.Add(time.Duration(random.IntN(9)-4)*time.Second), time.Time{}
				return tx.PutOutbox(r)
			case 5:
				if random.IntN(9) == 0 {
					now = now.Add(-time.Minute)
					_, err := tx.HurryOutbox(now)
					return err
				}
				_, err := tx.DropOutbox(now.Add(-time.Minute))
				return err
			}
			_, err := tx.Lease(port.Lease{Now: now, Until: now.Add(5 * time.Second), N: 1 + random.IntN(3), PerAccount: random.IntN(3)})
			return err
		})
		update(t, s, func(tx *transaction) error {
			if err := tx.bringIn(now); err != nil {
				return err
			}
			wrong, err := list(tx, "look for what stands wrong", tx.readID, `SELECT id || ' at ' || line FROM outbox o WHERE `+waiting+` AND (
				leased <> 0 AND line <> 0 OR leased = 0 AND due <= ? AND line = 0
				OR line <> 0 AND line <> 1 + EXISTS (SELECT 1 FROM outbox b WHERE b.delivered = 0 AND b.failed = 0 AND b.leased = 0 AND b.line <> 0
					AND (b.account, b.urgent, b.channel) = (o.account, o.urgent, o.channel) AND (b.due, b.created, b.id) < (o.due, o.created, o.id))
				OR line = 1 AND last_turn < (SELECT MAX(turn) FROM outbox b WHERE b.account = o.account))`, micros(now))
			if len(wrong) > 0 {
				t.Fatalf("after %d messages these stand wrong: %q", n, wrong)
			}
			return err
		})
	}
}

// TestAServerThatKnowsNoLineHoldsNobodyUp: one of the version before, which is at work beside this one, takes what is next and says nothing.
func TestAServerThatKnowsNoLineHoldsNobodyUp(t *testing.T) {
	s := lined(t)
	lease := func(want ...string) {
		t.Helper()
		update(t, s, func(tx *transaction) error {
			var ids []string
			leased, err := tx.Lease(port.Lease{Now: nine, Until: nine.Add(time.Minute), N: 1})
			for _, r := range leased {
				ids = append(ids, r.ID)
			}
			if !slices.Equal(ids, want) {
				t.Errorf("leased %q, want %q", ids, want)
			}
			return err
		})
	}
	update(t, s, func(tx *transaction) error {
		for _, id := range []string{"1", "2", "3"} {
			if err := tx.Enqueue(port.OutboxRecord{ID: id, Account: "A", Due: nine, Message: app.Message{Channel: app.KindEmail}}); err != nil {
				return err
			}
		}
		return nil
	})
	lease("1")
	update(t, s, func(tx *transaction) error {
		return tx.exec("deliver as before", `UPDATE outbox SET delivered = 1 WHERE id = '2'`)
	})
	lease()
	update(t, s, func(tx *transaction) error {
		_, err := tx.DropOutbox(nine.Add(-time.Hour))
		return err
	})
	lease("3")
}

// TestWhatWaitedBeforeThereWasALineIsLeased: messages of the version before come in, those that somebody was at as well.
func TestWhatWaitedBeforeThereWasALineIsLeased(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparekey.db")
	if err := sqlite.Create(path); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(path, sqlite.Write)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := newProvider(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), 19); err != nil {
		t.Fatal(err)
	}
	for id, leased := range map[string]int64{"waits": 0, "out": 1, "late": micros(nine.Add(time.Hour))} {
		if _, err := db.Exec(`INSERT INTO outbox (id, account, message, created, due, expires, leased, attempts, delivered, failed, channel)
			VALUES (?, ?, CAST('{}' AS BLOB), 1, 1, 0, ?, 0, 0, 0, 'email')`, id, "account of "+id, leased); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, plain{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var ids []string
	update(t, s, func(tx *transaction) error {
		leased, err := tx.Lease(port.Lease{Now: nine, Until: nine.Add(time.Minute), N: 9, PerAccount: 1, Channels: []app.Kind{app.KindEmail}})
		for _, r := range leased {
			ids = append(ids, r.ID)
		}
		return err
	})
	if slices.Sort(ids); !slices.Equal(ids, []string{"out", "waits"}) {
		t.Errorf("leased %q", ids)
	}
}
