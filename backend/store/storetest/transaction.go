package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

var errRefused = errors.New("refused")

func testRollback(t *testing.T, s port.Store) {
	err := s.Update(t.Context(), func(tx port.Tx) error {
		return errors.Join(tx.PutFlow(fullFlow("F1")), tx.PutCounter(port.Counter{Key: "c", Count: 1}),
			tx.PutCredential(port.CredentialRecord{ID: "C1", Account: "A1"}), tx.Enqueue(port.OutboxRecord{ID: "M1"}),
			tx.PutSession(port.SessionRecord{ID: "S1"}), tx.AppendAudit(port.AuditEntry{Seq: 1, Hash: []byte("h")}),
			tx.PutHelpRequest(port.HelpRequest{Receipt: "R1", Account: "A1"}),
			tx.AddPolicy(port.PolicyVersion{Number: 1, Hash: []byte("h")}), tx.SetPolicyFile("/p"), errRefused)
	})
	if !errors.Is(err, errRefused) {
		t.Fatalf("Update = %v, want f's own error", err)
	}
	nothingKept(t, s)
	exact := &app.Error{Code: app.CodeWrongCode}
	if err := s.Update(t.Context(), func(port.Tx) error { return exact }); err != error(exact) {
		t.Errorf("f's error came back as %#v", err)
	}
}

func nothingKept(t *testing.T, s port.Store) {
	t.Helper()
	missing(t, s, "flow", func(tx port.Tx) (port.FlowRecord, error) { return tx.Flow("F1") })
	missing(t, s, "session", func(tx port.Tx) (port.SessionRecord, error) { return tx.Session("S1") })
	missing(t, s, "policy", port.Tx.NewestPolicy)
	same(t, "policy file", get(t, s, port.Tx.PolicyFile), "")
	missing(t, s, "help request", func(tx port.Tx) (port.HelpRequest, error) { return tx.OpenHelpRequest("A1") })
	view(t, s, func(tx port.Tx) error {
		counter, err1 := tx.Counter("c")
		credentials, err2 := tx.Credentials("A1")
		head, err3 := tx.AuditHead()
		if _, err := tx.NextDue(); !errors.Is(err, port.ErrNotFound) {
			t.Errorf("a message waits: %v", err)
		}
		if counter.Count != 0 || len(credentials) != 0 || head.Seq != 0 {
			t.Errorf("kept: %+v %+v %+v", counter, credentials, head)
		}
		return errors.Join(err1, err2, err3)
	})
}

func testPanic(t *testing.T, s port.Store) {
	func() {
		defer func() { _ = recover() }()
		_ = s.Update(t.Context(), func(tx port.Tx) error {
			if err := tx.PutFlow(fullFlow("F1")); err != nil {
				t.Error(err)
			}
			panic("a fault in f")
		})
	}()
	nothingKept(t, s)
	puts(t, s, putFlow, fullFlow("F1")) // the writer is free again
}

func testViewDoesNotWrite(t *testing.T, s port.Store) {
	err := s.View(t.Context(), func(tx port.Tx) error { return tx.PutFlow(fullFlow("F1")) })
	if err == nil {
		t.Error("View wrote")
	}
	nothingKept(t, s)
}

func testViewIsSnapshot(t *testing.T, s port.Store) {
	view(t, s, func(tx port.Tx) error {
		before, err := tx.Counter("c")
		if err != nil {
			return err
		}
		puts(t, s, func(tx port.Tx, c port.Counter) error { return tx.PutCounter(c) }, port.Counter{Key: "c", Count: 1})
		after, err := tx.Counter("c")
		same(t, "the counter within one View", after, before)
		return err
	})
	same(t, "the counter after it", get(t, s, func(tx port.Tx) (port.Counter, error) { return tx.Counter("c") }).Count, 1)
}

func testUpdatesRunInTurn(t *testing.T, s port.Store) {
	const runs = 100
	var wg sync.WaitGroup
	for range runs {
		wg.Go(func() {
			err := s.Update(context.Background(), func(tx port.Tx) error {
				c, err := tx.Counter("c")
				if err != nil {
					return err
				}
				c.Count++
				return tx.PutCounter(c)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	same(t, "count", get(t, s, func(tx port.Tx) (port.Counter, error) { return tx.Counter("c") }).Count, runs)
}

func testOneTaker(t *testing.T, s port.Store) {
	const total = 40
	for i := range total {
		puts(t, s, enqueue, port.OutboxRecord{ID: fmt.Sprint("M", i), Due: now})
	}
	var mu sync.Mutex
	takers := map[string]int{}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for _, r := range lease(t, s, now, 3) {
				mu.Lock()
				takers[r.ID]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	same(t, "messages taken", len(takers), total)
	for id, n := range takers {
		same(t, "takers of "+id, n, 1)
	}
}

// testHangUp: a caller who is gone before the transaction begins gets nothing done; one who goes while it runs has it
// done whole.
func testHangUp(t *testing.T, s port.Store) {
	ctx, hangUp := context.WithCancel(t.Context())
	err := s.Update(ctx, func(tx port.Tx) error {
		hangUp()
		return tx.PutFlow(fullFlow("F1"))
	})
	if err != nil {
		t.Errorf("hung up while it ran: %v", err)
	}
	same(t, "kept", get(t, s, func(tx port.Tx) (port.FlowRecord, error) { return tx.Flow("F1") }), fullFlow("F1"))
	err = s.Update(ctx, func(port.Tx) error { t.Error("f ran for nobody"); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("hung up before: %v, want context.Canceled", err)
	}
}

func testUpdateAhead(t *testing.T, s port.Store) {
	if err := s.UpdateAhead(t.Context(), func(tx port.Tx) error {
		return errors.Join(tx.PutFlow(fullFlow("F1")), errRefused)
	}); !errors.Is(err, errRefused) {
		t.Errorf("UpdateAhead = %v, want f's own error", err)
	}
	missing(t, s, "flow", func(tx port.Tx) (port.FlowRecord, error) { return tx.Flow("F1") })
	if err := s.UpdateAhead(t.Context(), func(tx port.Tx) error { return tx.PutFlow(fullFlow("F1")) }); err != nil {
		t.Fatal(err)
	}
	same(t, "flow", get(t, s, func(tx port.Tx) (port.FlowRecord, error) { return tx.Flow("F1") }), fullFlow("F1"))
	if err := s.Flush(); err != nil {
		t.Errorf("Flush = %v", err)
	}
}
