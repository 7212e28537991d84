package storetest

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func putFlow(tx port.Tx, r port.FlowRecord) error { return tx.PutFlow(r) }

// fullFlow has every field set, each to a value of its own.
func fullFlow(id app.FlowID) port.FlowRecord {
	return port.FlowRecord{
		ID: id, Purpose: app.PurposeReset, Rev: 7, Account: "A1",
		TokenHash: []byte("token " + id), StartKey: []byte("start " + id), State: []byte("state " + id),
		LastKey: []byte("key " + id), LastInput: []byte("input " + id), LastAnswer: []byte("answer " + id),
		Support: "H7K2-9QWD", Created: now, Expires: later(15), Ended: later(1), OriginStn: "kiosk 3", OriginID: "S1",
		OriginNet: "192.0.2.7", PendingSince: later(2),
	}
}

func testFlow(t *testing.T, s port.Store) {
	missing(t, s, "unknown flow", func(tx port.Tx) (port.FlowRecord, error) { return tx.Flow("F1") })
	bare := port.FlowRecord{ID: "F2", Purpose: app.PurposeSignIn, Created: now, Expires: later(1)}
	for _, want := range []port.FlowRecord{fullFlow("F1"), bare} {
		puts(t, s, putFlow, want)
		same(t, "flow", get(t, s, func(tx port.Tx) (port.FlowRecord, error) { return tx.Flow(want.ID) }), want)
	}
	changed := port.FlowRecord{
		ID: "F1", Purpose: app.PurposeRegister, Rev: 8, Account: "A2", Created: now, State: []byte("new"),
	}
	puts(t, s, putFlow, changed)
	same(t, "replaced", get(t, s, func(tx port.Tx) (port.FlowRecord, error) { return tx.Flow("F1") }), changed)
}

func testFlowByHash(t *testing.T, s port.Store) {
	puts(t, s, putFlow, fullFlow("F1"), fullFlow("F2"), port.FlowRecord{ID: "F3"}, port.FlowRecord{ID: "F4"})
	same(t, "by start key", get(t, s, func(tx port.Tx) (port.FlowRecord, error) {
		return tx.FlowByStartKey([]byte("start F2"))
	}), fullFlow("F2"))
	same(t, "by token", get(t, s, func(tx port.Tx) (app.FlowID, error) { return tx.FlowByToken([]byte("token F1")) }), app.FlowID("F1"))
	for name, hash := range map[string][]byte{"nil": nil, "empty": {}, "unknown": []byte("x")} {
		missing(t, s, name+" start key", func(tx port.Tx) (port.FlowRecord, error) { return tx.FlowByStartKey(hash) })
		missing(t, s, name+" token", func(tx port.Tx) (app.FlowID, error) { return tx.FlowByToken(hash) })
	}
	twice := fullFlow("F5")
	twice.StartKey = []byte("start F1")
	err := s.Update(t.Context(), func(tx port.Tx) error { return tx.PutFlow(twice) })
	if app.CodeOf(err) != app.CodeInternal {
		t.Errorf("two flows of one start key: %v, want a refusal", err)
	}
}

func testEndFlows(t *testing.T, s port.Store) {
	puts(t, s, putFlow,
		port.FlowRecord{ID: "mine"}, port.FlowRecord{ID: "but", Account: "A1"}, port.FlowRecord{ID: "open", Account: "A1"},
		port.FlowRecord{ID: "ended", Account: "A1", Ended: later(-1)}, port.FlowRecord{ID: "other", Account: "A2"})
	end := func(account app.AccountID) int {
		return change(t, s, func(tx port.Tx) (int, error) { return tx.EndFlows(account, "but", now) })
	}
	same(t, "ended flows", end("A1"), 1)
	same(t, "ended again", end("A1"), 0)
	same(t, "ended flows of nobody", end(""), 0)
	for id, want := range map[app.FlowID]bool{"mine": false, "but": false, "open": true, "ended": true, "other": false} {
		got := get(t, s, func(tx port.Tx) (port.FlowRecord, error) { return tx.Flow(id) })
		same(t, string(id)+" has ended", !got.Ended.IsZero(), want)
		if id == "ended" {
			same(t, "when it had ended", got.Ended, later(-1))
		}
	}
}

func testPendingAndDroppedFlows(t *testing.T, s port.Store) {
	puts(t, s, putFlow,
		port.FlowRecord{ID: "second", Account: "A1", Expires: later(-5), PendingSince: later(2)},
		port.FlowRecord{ID: "first", Expires: later(-5), PendingSince: later(1)},
		port.FlowRecord{ID: "old", Account: "A1", Expires: later(-5)}, port.FlowRecord{ID: "edge", Expires: now},
		port.FlowRecord{ID: "good", Expires: later(5)}, port.FlowRecord{ID: "for ever"})
	pending := get(t, s, func(tx port.Tx) ([]port.FlowRecord, error) { return tx.PendingFlows() })
	if len(pending) != 2 || pending[0].ID != "first" || pending[1].ID != "second" {
		t.Errorf("pending flows: %+v", pending)
	}
	pending = get(t, s, func(tx port.Tx) ([]port.FlowRecord, error) { return tx.PendingFlowsOf("A1") })
	if len(pending) != 1 || pending[0].ID != "second" {
		t.Errorf("pending flows of one account: %+v", pending)
	}
	same(t, "dropped", change(t, s, func(tx port.Tx) (int, error) { return tx.DropFlows(now) }), 1)
	missing(t, s, "dropped flow", func(tx port.Tx) (port.FlowRecord, error) { return tx.Flow("old") })
	for _, id := range []app.FlowID{"first", "second", "edge", "good", "for ever"} {
		get(t, s, func(tx port.Tx) (port.FlowRecord, error) { return tx.Flow(id) })
	}
}

func testExpiredFlows(t *testing.T, s port.Store) {
	puts(t, s, putFlow,
		port.FlowRecord{ID: "second", Expires: later(-1)}, port.FlowRecord{ID: "first", Expires: later(-2)},
		port.FlowRecord{ID: "edge", Expires: now}, port.FlowRecord{ID: "for ever"},
		port.FlowRecord{ID: "ended", Expires: later(-1), Ended: later(-2)},
		port.FlowRecord{ID: "pending", Expires: later(-1), PendingSince: later(-2)})
	var got []app.FlowID
	for _, r := range get(t, s, func(tx port.Tx) ([]port.FlowRecord, error) { return tx.ExpiredFlows(now) }) {
		got = append(got, r.ID)
	}
	same(t, "expired", got, []app.FlowID{"first", "second"})
}
