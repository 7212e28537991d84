package store_test

import (
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sparekey/sparekey/backend/port"
)

// TestACommandBesideABusyServerGetsItsTurn: a crowd asks the server for the database's lock again at once, all the time.
func TestACommandBesideABusyServerGetsItsTurn(t *testing.T) {
	folder := t.TempDir()
	path, sealer := filepath.Join(folder, "sparekey.db"), keys(t, folder)
	server, command := open(t, path, sealer), open(t, path, sealer)
	write := func(s port.Store) {
		if err := s.Update(t.Context(), func(tx port.Tx) error { return tx.PutMark("turn", "x") }); err != nil {
			t.Error(err)
		}
	}
	var served, done atomic.Int64
	var crowd sync.WaitGroup
	for range 8 {
		crowd.Go(func() {
			for done.Load() == 0 {
				write(server)
				served.Add(1)
			}
		})
	}
	const turns, between = 20, 40 // of the command; of the server between two of these
	most := int64(0)
	for range turns {
		for n := served.Load(); served.Load() < n+between; {
			runtime.Gosched()
		}
		before := served.Load()
		write(command)
		most = max(most, served.Load()-before)
	}
	done.Store(1)
	crowd.Wait()
	if most > 200 { // some rounds, of 64 parts at most; without the turnstile thousands
		t.Errorf("the server served %d before the command had its turn", most)
	}
}
