package setup

import (
	"runtime"
	"testing"

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
