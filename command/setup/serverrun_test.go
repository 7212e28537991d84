package setup

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

func TestOnOneProcessorACommitDoesNotKeepTheOnlyThread(t *testing.T) {
	t.Setenv("GOMAXPROCS", "") // as a service has it
	hashes := port.HashesAtOnce()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	h := emptyHouse(t, proxied)
	h.start(quickHasher())
	if n := runtime.GOMAXPROCS(0); n != 2 {
		t.Errorf("%d threads run, want 2", n)
	}
	if n := port.HashesAtOnce(); n != hashes {
		t.Errorf("%d hashes at once, and %d with as many threads as processors", n, hashes)
	}
}

func TestPagesAreGivenBackWhileNoRequestRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var given, running atomic.Int64
		go giveBackPages(ctx, func() int { return int(running.Load()) }, func() { given.Add(1) })
		time.Sleep(time.Second) // at once it was given back, and between two minutes others come and go
		synctest.Wait()
		for _, step := range []struct{ running, given int64 }{{1, 1}, {1, 1}, {0, 2}, {0, 3}} {
			running.Store(step.running)
			time.Sleep(time.Minute)
			synctest.Wait()
			if given := given.Load(); given != step.given {
				t.Errorf("given back %d times, want %d", given, step.given)
			}
		}
		stop()
	})
}
