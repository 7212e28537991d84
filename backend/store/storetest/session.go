package storetest

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func putSession(tx port.Tx, r port.SessionRecord) error { return tx.PutSession(r) }

func testSession(t *testing.T, s port.Store) {
	missing(t, s, "unknown session", func(tx port.Tx) (port.SessionRecord, error) { return tx.Session("S1") })
	want := port.SessionRecord{
		ID: "S1", Account: "A1", Flow: "F1", AccessHash: []byte("access"), AccessExpires: later(10),
		RefreshHash: []byte("refresh"), RefreshExpires: later(700), PreviousHash: []byte("previous"), Used: true,
		Created: now, ProvenAt: later(2), ProvenBy: app.KindSMS, ByPass: true, Ended: later(1),
		Generation: 7, Stamp: "41", Owed: "F2",
	}
	bare := port.SessionRecord{ID: "S2", Account: "A2", Created: now}
	puts(t, s, putSession, want, bare)
	session := func(tx port.Tx) (port.SessionRecord, error) { return tx.Session("S1") }
	same(t, "session", get(t, s, session), want)
	same(t, "bare session", get(t, s, func(tx port.Tx) (port.SessionRecord, error) { return tx.Session("S2") }), bare)
	same(t, "by access", get(t, s, func(tx port.Tx) (port.SessionRecord, error) {
		return tx.SessionByAccess([]byte("access"))
	}), want)
	for _, hash := range []string{"refresh", "previous"} {
		same(t, "by "+hash, get(t, s, func(tx port.Tx) (port.SessionRecord, error) {
			return tx.SessionByRefresh([]byte(hash))
		}), want)
	}
	for _, hash := range [][]byte{nil, {}, []byte("x")} {
		missing(t, s, "access "+string(hash), func(tx port.Tx) (port.SessionRecord, error) { return tx.SessionByAccess(hash) })
		missing(t, s, "refresh "+string(hash), func(tx port.Tx) (port.SessionRecord, error) { return tx.SessionByRefresh(hash) })
	}
	want.AccessHash, want.PreviousHash, want.RefreshHash, want.Used = []byte("a2"), []byte("refresh"), []byte("r2"), false
	puts(t, s, putSession, want)
	same(t, "rotated", get(t, s, session), want)
	missing(t, s, "old access", func(tx port.Tx) (port.SessionRecord, error) { return tx.SessionByAccess([]byte("access")) })
}

func testSessionsEndAndDrop(t *testing.T, s port.Store) {
	puts(t, s, putSession,
		port.SessionRecord{ID: "good", Account: "A1", RefreshExpires: later(5)},
		port.SessionRecord{ID: "ended", Account: "A1", RefreshExpires: later(5), Ended: later(-2)},
		port.SessionRecord{ID: "expired", Account: "A2", RefreshExpires: later(-1)},
		port.SessionRecord{ID: "other", Account: "A2", RefreshExpires: later(5)})
	end := func() int {
		return change(t, s, func(tx port.Tx) (int, error) { return tx.EndSessions("A1", later(-1)) })
	}
	same(t, "ended", end(), 1)
	same(t, "ended again", end(), 0)
	drop := func(at int) int {
		return change(t, s, func(tx port.Tx) (int, error) { return tx.DropSessions(later(at)) })
	}
	same(t, "dropped at the edge", drop(-2), 0)
	same(t, "dropped the one that had ended", drop(-1), 1)
	same(t, "dropped the expired and the one just ended", drop(0), 2)
	kept := get(t, s, func(tx port.Tx) (port.SessionRecord, error) { return tx.Session("other") })
	if !kept.Ended.IsZero() {
		t.Error("another account's session was ended")
	}
}

func testExpiredSessionsEnd(t *testing.T, s port.Store) {
	puts(t, s, putSession,
		port.SessionRecord{ID: "over", AccessExpires: later(-20), RefreshExpires: later(4)},
		port.SessionRecord{ID: "renewable", AccessExpires: later(4), RefreshExpires: later(9)},
		port.SessionRecord{ID: "good", AccessExpires: later(5), RefreshExpires: later(9)},
		port.SessionRecord{ID: "ended", AccessExpires: later(1), RefreshExpires: later(4), Ended: later(-2)})
	end := func() int {
		return change(t, s, func(tx port.Tx) (int, error) { return tx.EndExpiredSessions(later(5), later(0)) })
	}
	same(t, "ended", end(), 1)
	same(t, "ended again", end(), 0)
	session := func(id app.SessionID) port.SessionRecord {
		return get(t, s, func(tx port.Tx) (port.SessionRecord, error) { return tx.Session(id) })
	}
	same(t, "over ended at", session("over").Ended, later(0))
	same(t, "ended before", session("ended").Ended, later(-2))
	if r := session("renewable"); !r.Ended.IsZero() || !r.AccessExpires.Before(later(0)) || !r.RefreshExpires.Equal(later(9)) {
		t.Errorf("whose access token was over: %+v", r)
	}
	if r := session("good"); !r.Ended.IsZero() || !r.AccessExpires.Equal(later(5)) {
		t.Errorf("a good one: %+v", r)
	}
}

func testSessionByFlow(t *testing.T, s port.Store) {
	by := func() app.SessionID {
		return get(t, s, func(tx port.Tx) (port.SessionRecord, error) { return tx.SessionByFlow("F1") }).ID
	}
	missing(t, s, "no session", func(tx port.Tx) (port.SessionRecord, error) { return tx.SessionByFlow("F1") })
	puts(t, s, putSession, port.SessionRecord{ID: "S1", Flow: "F1", Created: now},
		port.SessionRecord{ID: "S2", Flow: "F1", Created: later(1), Ended: later(2)}, port.SessionRecord{ID: "S3", Flow: "F2"})
	same(t, "the good one", by(), app.SessionID("S1"))
	puts(t, s, putSession, port.SessionRecord{ID: "S1", Flow: "F1", Created: now, Ended: later(3)})
	same(t, "the newest, where all have ended", by(), app.SessionID("S2"))
}
