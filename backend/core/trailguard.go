package core

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// errTrail says that the audit trail is not as this process knows it to be.
var errTrail = errors.New("the audit trail was changed from outside")

// knownEntry is the last entry of the audit trail of which this process knows that it is kept: nothing but a power failure takes it
// back, and that ends this process, too. Whoever cuts the trail, or writes it anew, has this process against them: it goes on from
// here only.
type knownEntry struct {
	mu    sync.Mutex
	entry port.AuditEntry
	set   bool
	ahead *port.AuditEntry // the last one of the commit that is under way; nil for none
	round int64            // which commit that is
}

func (k *knownEntry) get() (port.AuditEntry, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.entry, k.set
}

// lastAhead is the last entry of a commit that is under way, nil where nothing is known of it.
func (k *knownEntry) lastAhead(round int64) *port.AuditEntry {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.round != round {
		return nil
	}
	return k.ahead
}

// goAhead remembers the last entry of a commit that is under way.
func (k *knownEntry) goAhead(e *port.AuditEntry, round int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ahead, k.round = e, round
}

// learn remembers a later entry.
func (k *knownEntry) learn(e port.AuditEntry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.set || e.Seq > k.entry.Seq {
		k.entry, k.set = e, true
	}
}

func sameEntry(a, b port.AuditEntry) bool {
	same := a.At.Equal(b.At) && bytes.Equal(a.Prev, b.Prev) && bytes.Equal(a.Hash, b.Hash)
	a.At, a.Prev, a.Hash = b.At, b.Prev, b.Hash
	return same && reflect.DeepEqual(a, b)
}

// checkTrail reads where the trail ends, and refuses one that does not go on from what this process knows. Entries of other
// processes are fine, as long as they go on from there.
func (t *Tx) checkTrail() error {
	round, first := t.Round()
	if ahead := t.core.known.lastAhead(round); ahead != nil && !first { // nobody else has come between
		t.last = *ahead
		return nil
	}
	known, any := t.core.known.get() // before the trail is read: it only grows
	last, err := t.AuditHead()
	if err != nil {
		return err
	}
	switch {
	case !any:
	case last.Seq < known.Seq:
		return fmt.Errorf("%w: it ends with entry %d, and there was an entry %d", errTrail, last.Seq, known.Seq)
	case last.Seq > known.Seq:
		if err := t.follow(known, last); err != nil {
			return err
		}
	case !sameEntry(last, known):
		return fmt.Errorf("%w: entry %d is another", errTrail, known.Seq)
	}
	t.last = last
	if first {
		t.core.known.learn(last)
	}
	return nil
}

// followed is how many entries are read at once.
const followed = 500

// follow refuses entries that don't go on from known, up to last.
func (t *Tx) follow(known, last port.AuditEntry) error {
	if known.Seq > 0 {
		at, err := t.AuditFrom(known.Seq, 1)
		if err != nil {
			return err
		}
		if len(at) != 1 || !sameEntry(at[0], known) {
			return fmt.Errorf("%w: entry %d is another, or none", errTrail, known.Seq)
		}
	}
	for known.Seq < last.Seq {
		page, err := t.AuditFrom(known.Seq+1, followed)
		if err != nil {
			return err
		}
		for _, e := range page {
			if !t.core.Chain.Follows(known, e) {
				return fmt.Errorf("%w: entry %d does not follow entry %d", errTrail, e.Seq, known.Seq)
			}
			known = e
		}
		if len(page) == 0 {
			break
		}
	}
	if !sameEntry(known, last) {
		return fmt.Errorf("%w: it does not end with entry %d", errTrail, last.Seq)
	}
	return nil
}

// readBack reads what the transaction appended: the store may have been told to forget, or to change it.
func (t *Tx) readBack() error {
	if len(t.appended) == 0 {
		return nil
	}
	got, err := t.AuditFrom(t.appended[0].Seq, len(t.appended)+1)
	if err != nil {
		return err
	}
	if len(got) != len(t.appended) {
		return fmt.Errorf("%w: of %d entries that were appended there are %d", errTrail, len(t.appended), len(got))
	}
	for i, e := range got {
		if !sameEntry(e, t.appended[i]) {
			return fmt.Errorf("%w: entry %d was changed as it was appended", errTrail, t.appended[i].Seq)
		}
	}
	return nil
}

// guarded runs f between a look at the trail and another one.
func (t *Tx) guarded(f func(*Tx) error) error {
	if err := t.checkTrail(); err != nil {
		return err
	}
	if err := f(t); err != nil {
		return err
	}
	if err := t.readBack(); err != nil {
		return err
	}
	round, _ := t.Round()
	t.core.known.goAhead(&t.last, round)
	return nil
}

// alarm says loudly that somebody changed the store. Once it signs a head for the last entry that this process knows, which
// was kept: so whoever verifies the trail finds what is missing, after this process too.
func (c *Core) alarm(err error) {
	if !errors.Is(err, errTrail) && !errors.Is(err, port.ErrTampered) {
		return
	}
	c.Log.Error("somebody changed the store from outside: nothing is done until it is put right", "error", err)
	if known, any := c.known.get(); any && errors.Is(err, errTrail) && c.signed.behind(known.Seq) {
		c.signRead(known)
	}
}

// unavailable is Unavailable, after an alarm where one is due.
func (c *Core) unavailable(err error) error {
	c.alarm(err)
	if errors.Is(err, errTrail) {
		return app.Errorf(app.CodeUnavailable, "%w", err)
	}
	return Unavailable(err)
}
