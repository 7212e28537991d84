package flow

import (
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// While a server waits for the directory's answer to a password write or an unlock, the flow is leased to it: neither its
// own sweep nor another server's may read the directory in between and conclude that nothing was written. Of its own leases
// a server knows by its memory whether it still waits: what it waited for before it was started again is over. Another
// server's lease holds for its time, which outlives a call of the directory. It is released with the outcome.

// leaseTime is how long a lease lasts at most: longer than a call of the directory.
const leaseTime = core.DirectoryTimeout + 10*time.Second

// takeLease leases the flow to this server; the transaction that marks the write as begun commits it.
func (f *flow) takeLease() {
	f.rec.LeasedBy, f.rec.LeasedUntil = f.op.Server, f.now.Add(leaseTime)
}

// releaseLease gives the lease back.
func (f *flow) releaseLease() {
	f.rec.LeasedBy, f.rec.LeasedUntil = "", time.Time{}
}

// leased reports whether a server still waits for what came of the flow's write. A lease that ends too late is none: the
// clock was put back since it was taken.
func (o *operation) leased(rec port.FlowRecord) bool {
	if rec.LeasedUntil.IsZero() || rec.LeasedBy == o.Server {
		return o.waiting.has(rec.ID)
	}
	now := o.Now()
	return now.Before(rec.LeasedUntil) && !rec.LeasedUntil.After(now.Add(leaseTime))
}

// waiting counts, for each flow, the directory's answers that this process is waiting for.
type waiting struct {
	mu    sync.Mutex
	flows map[app.FlowID]int
}

func newWaiting() *waiting { return &waiting{flows: make(map[app.FlowID]int)} }

// begin counts one answer; done must be called when it is there.
func (w *waiting) begin(id app.FlowID) (done func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flows[id]++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.flows[id]--; w.flows[id] == 0 {
			delete(w.flows, id)
		}
	}
}

func (w *waiting) has(id app.FlowID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flows[id] > 0
}
