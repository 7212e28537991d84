package core

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// A stranger can be refused as fast as requests arrive, and each entry of the audit trail is a commit. So refusals that
// concern no account are counted: of those of one kind from one network the first has its entry at once, and those that
// follow within a span share one entry, which has their number and is written when the span is over, or when the backend
// is closed. What concerns an account always has an entry of its own. A crash loses the counts of the last span.

// refusalSpan is how long refusals of a kind are counted together.
const refusalSpan = time.Minute

// mostSpans bounds the memory that strangers from many networks take; beyond it they are counted without their network.
const mostSpans = 1000

// refusalKind is what refusals must share to be counted together.
type refusalKind struct{ action, result, reason, role, method, network string }

// refusedSpan is one kind's span.
type refusedSpan struct {
	since time.Time
	more  int // after the first, which has an entry
}

// refusals are the spans that are under way. The zero value is ready.
type refusals struct {
	mu    sync.Mutex
	spans map[refusalKind]*refusedSpan
}

// kindOf names the kind of a refusal.
func kindOf(e port.AuditEntry) refusalKind {
	networks := limit.Networks(e.Network)
	return refusalKind{e.Action, e.Result, e.Reason, e.Role, e.Method, networks[len(networks)-1]}
}

// entry tells how many refusals of the kind followed the first.
func (k refusalKind) entry(more int) port.AuditEntry {
	return port.AuditEntry{
		Action: k.action, Result: k.result, Reason: fmt.Sprintf("%s x%d", k.reason, more), Role: k.role, Method: k.method, Network: k.network,
	}
}

// find gives the kind's span, or the one that it shares where there are too many; nil for none under way.
func (r *refusals) find(k refusalKind) (refusalKind, *refusedSpan) {
	if s := r.spans[k]; s != nil || len(r.spans) < mostSpans {
		return k, s
	}
	k.network = ""
	return k, r.spans[k]
}

// count counts a refusal within a span that is under way, and reports whether there is one.
func (r *refusals) count(e port.AuditEntry, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, s := r.find(kindOf(e))
	if s == nil || now.Sub(s.since) >= refusalSpan {
		return false
	}
	s.more++
	return true
}

// begin begins a span, and gives the entry of the one before, if that counted any.
func (r *refusals) begin(e port.AuditEntry, now time.Time) (ended port.AuditEntry, counted bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.spans == nil {
		r.spans = map[refusalKind]*refusedSpan{}
	}
	k, s := r.find(kindOf(e))
	r.spans[k] = &refusedSpan{since: now}
	if s == nil || s.more == 0 {
		return port.AuditEntry{}, false
	}
	return k.entry(s.more), true
}

// end takes out the spans that are over at now, or all, and gives them.
func (r *refusals) end(now time.Time, all bool) map[refusalKind]*refusedSpan {
	r.mu.Lock()
	defer r.mu.Unlock()
	over := map[refusalKind]*refusedSpan{}
	for k, s := range r.spans {
		if all || now.Sub(s.since) >= refusalSpan {
			over[k] = s
			delete(r.spans, k)
		}
	}
	return over
}

// putBack has what could not be written counted on.
func (r *refusals) putBack(over map[refusalKind]*refusedSpan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, s := range over {
		if now := r.spans[k]; now != nil {
			s.more += now.more + 1
		}
		r.spans[k] = s
	}
}

// together reports whether a refusal is one that is counted: it concerns no account, and comes over a network.
func together(e port.AuditEntry) bool {
	return e.Account == "" && e.Network != "" && e.Network != InProcess
}

// LogRefusal tells the audit trail of a refusal, by an entry or by its count.
func (t *Tx) LogRefusal(e port.AuditEntry) error {
	if !together(e) {
		return t.Log(e)
	}
	now := t.core.Now()
	if t.core.refusals.count(e, now) {
		return nil
	}
	if ended, counted := t.core.refusals.begin(e, now); counted {
		if err := t.Log(ended); err != nil {
			return err
		}
	}
	return t.Log(e)
}

// LogRefusal is the same where there is no transaction; one that is only counted needs none.
func (c *Core) LogRefusal(ctx context.Context, e port.AuditEntry) error {
	if together(e) && c.refusals.count(e, c.Now()) {
		return nil
	}
	return c.Update(ctx, func(tx *Tx) error { return tx.LogRefusal(e) })
}

// WriteRefusals writes the counts of the spans that are over, or of all.
func (c *Core) WriteRefusals(ctx context.Context, all bool) error {
	over := c.refusals.end(c.Now(), all)
	counted := 0
	for _, s := range over {
		counted += s.more
	}
	if counted == 0 {
		return nil
	}
	err := c.Update(ctx, func(tx *Tx) error {
		for k, s := range over {
			if s.more == 0 {
				continue
			}
			if err := tx.Log(k.entry(s.more)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		c.refusals.putBack(over)
	}
	return err
}
