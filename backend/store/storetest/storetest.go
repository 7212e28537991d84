// Package storetest is the contract of a port.Store as tests: whatever technology keeps the data, it passes these.
package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// Run runs the contract. open gives an empty store each time, and closes it when the test ends.
func Run(t *testing.T, open func(t *testing.T) port.Store) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, s port.Store)
	}{
		{"flow", testFlow},
		{"flow by hash", testFlowByHash},
		{"end flows", testEndFlows},
		{"pending and dropped flows", testPendingAndDroppedFlows},
		{"expired flows", testExpiredFlows},
		{"credential", testCredential},
		{"credentials by address", testCredentialsByAddress},
		{"credentials by handle", testCredentialsByHandle},
		{"holders", testHolders},
		{"session", testSession},
		{"sessions end and drop", testSessionsEndAndDrop},
		{"expired sessions end", testExpiredSessionsEnd},
		{"outbox hurries", testHurry},
		{"session by flow", testSessionByFlow},
		{"pass", testPass},
		{"confirmed", testConfirmed},
		{"registration", testRegistration},
		{"former channels", testFormerChannels},
		{"counter", testCounter},
		{"outbox", testOutbox},
		{"receipt", testReceipt}, {"lease", testLease}, {"lease is fair", testLeaseIsFair}, {"lease is bounded", testLeaseIsBounded},
		{"next due", testNextDue},
		{"audit", testAudit},
		{"help request", testHelpRequest},
		{"help requests of nobody", testHelpRequestsOfNobody},
		{"mark", testMark},
		{"policy versions", testPolicy},
		{"policy file", testPolicyFile},
		{"station", testStation}, {"station reports", testStationReports}, {"station uses", testStationUses},
		{"token", testToken},
		{"objection", testObjection}, {"frozen", testFrozen},
		{"rollback", testRollback},
		{"roll back after a panic", testPanic},
		{"view does not write", testViewDoesNotWrite},
		{"view is a snapshot", testViewIsSnapshot},
		{"an update ahead is seen", testUpdateAhead},
		{"updates run one after the other", testUpdatesRunInTurn},
		{"one taker for each message", testOneTaker},
		{"a caller who hangs up", testHangUp},
		{"nobody changed it", testCheck},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// now is when every test happens: stores keep whole microseconds.
var now = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

func later(minutes int) time.Time { return now.Add(time.Duration(minutes) * time.Minute) }

func update(t *testing.T, s port.Store, f func(port.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func view(t *testing.T, s port.Store, f func(port.Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// puts runs one put for each record, in one transaction.
func puts[R any](t *testing.T, s port.Store, put func(port.Tx, R) error, records ...R) {
	t.Helper()
	update(t, s, func(tx port.Tx) error {
		for _, r := range records {
			if err := put(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// get runs one question.
func get[R any](t *testing.T, s port.Store, ask func(port.Tx) (R, error)) R {
	t.Helper()
	var got R
	view(t, s, func(tx port.Tx) (err error) {
		got, err = ask(tx)
		return err
	})
	return got
}

// change runs one update that tells something.
func change[R any](t *testing.T, s port.Store, f func(port.Tx) (R, error)) R {
	t.Helper()
	var got R
	update(t, s, func(tx port.Tx) (err error) {
		got, err = f(tx)
		return err
	})
	return got
}

func missing[R any](t *testing.T, s port.Store, what string, ask func(port.Tx) (R, error)) {
	t.Helper()
	err := s.View(context.Background(), func(tx port.Tx) error {
		_, err := ask(tx)
		return err
	})
	if !errors.Is(err, port.ErrNotFound) {
		t.Errorf("%s: %v, want ErrNotFound", what, err)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}
