package worker

import (
	"slices"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Messages go out by lanes: so many at once for each channel, so that one provider that is slow holds up its own channel
// at most. A lane carries one message after the other, and opens another lane as long as messages wait. An account has
// one code and one notice on its way by a channel: its messages keep their order, and a hundred of them leave the other
// lanes free.

// mostLanes is how many deliveries of a channel go on at once.
const mostLanes = 8

// perAccount is how many codes, and how many notices, of one account are on their way by one channel.
const perAccount = 1

// lanes are those of one channel.
type lanes struct {
	channels []app.Kind

	mu       sync.Mutex
	idle     *sync.Cond // none runs
	open     int
	calls    int  // how often messages may have become due
	promised int  // places among those that are handed over
	closed   bool // nothing is handed over any more
	urgent   handed
	others   handed
	err      error
}

// handed are messages that commits of this process handed over: an account's stand together. An account has one entry of codes
// and one of notices at most, so that nobody holds up others by many.
type handed [][]port.OutboxRecord

// mostHanded bounds what is handed over and not yet carried out; what is too much waits in the outbox.
const mostHanded = 256

func newLanes(channels ...app.Kind) *lanes {
	l := &lanes{channels: channels}
	l.idle = sync.NewCond(&l.mu)
	return l
}

// everyLane has a row for each channel; mail's has what was queued before channels were noted.
func everyLane() []*lanes {
	return []*lanes{newLanes(app.KindEmail, ""), newLanes(app.KindSMS), newLanes(app.KindVoice), newLanes(port.Unaddressed)}
}

// of gives the lanes of a channel.
func (w *Worker) of(channel app.Kind) *lanes {
	for _, l := range w.lanes {
		if slices.Contains(l.channels, channel) {
			return l
		}
	}
	return w.lanes[0]
}

// enter opens one more lane, if there may be one; what begins it was called for where due.
func (l *lanes) enter(due bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if due {
		l.calls++
	}
	return l.openOne()
}

func (l *lanes) openOne() bool {
	if l.open >= mostLanes {
		return false
	}
	l.open++
	return true
}

func (l *lanes) called() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls
}

// promise keeps a place among what is handed over, if there is one.
func (l *lanes) promise() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.promised+len(l.urgent)+len(l.others) >= mostHanded {
		return false
	}
	l.promised++
	return true
}

// hand gives a promised place to messages, or back where there are none, and reports whether a lane is to begin with them. What
// comes too late waits in the outbox for its lease to run out.
func (l *lanes) hand(all []port.OutboxRecord) (begin bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.promised--
	switch {
	case len(all) == 0 || l.closed:
		return false
	case all[0].Urgent:
		l.urgent = append(l.urgent, all)
	default:
		l.others = append(l.others, all)
	}
	return l.openOne()
}

// take takes what is handed over next; nil for nothing. Notices wait while there may be a code in the outbox.
func (l *lanes) take(codesAlone bool) (all []port.OutboxRecord) {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := &l.urgent
	if len(*from) == 0 && !codesAlone {
		from = &l.others
	}
	if len(*from) == 0 {
		return nil
	}
	all = (*from)[0]
	*from = slices.Delete(*from, 0, 1)
	return all
}

// noticesWait reports whether notices were handed over.
func (l *lanes) noticesWait() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.others) > 0
}

// leave closes a lane, unless messages may have become due since the call that it has seen, or were handed over.
func (l *lanes) leave(seen int, err error) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil && (seen != l.calls || len(l.urgent)+len(l.others) > 0) {
		return false
	}
	if l.err == nil {
		l.err = err
	}
	l.open--
	if l.open == 0 {
		l.idle.Broadcast()
	}
	return true
}

// trouble gives what went wrong on a lane since it was asked last.
func (l *lanes) trouble() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.err
	l.err = nil
	return err
}

// wait waits until no lane is open, and gives what went wrong on one.
func (l *lanes) wait() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.open > 0 {
		l.idle.Wait()
	}
	err := l.err
	l.err = nil
	return err
}

// close has nothing handed over any more, and waits until no lane is open.
func (l *lanes) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	_ = l.wait() // it was logged, or stopped
}

// Promise implements core.Carrier.
func (w *Worker) Promise(channel app.Kind) (until time.Time, channels []app.Kind, free bool) {
	l := w.of(channel)
	return w.core.Now().Add(leaseTime), l.channels, l.promise()
}

// Break implements core.Carrier.
func (w *Worker) Break(channel app.Kind) { w.of(channel).hand(nil) }

// Carry implements core.Carrier.
func (w *Worker) Carry(channel app.Kind, all []port.OutboxRecord) {
	if l := w.of(channel); l.hand(all) {
		go w.carry(w.running, l, l.called())
	}
}
