// Package audit chains the entries of the audit trail: each carries the hash of the one before and its own, so that an
// entry that was edited, removed or moved later is found. docs/audit.md says what the entries mean.
package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// Chain is the port.Chain.
type Chain struct{}

var _ port.Chain = Chain{}

// Link numbers e after head, names head's hash in it and hashes it. Before that it brings e into the form that a store
// gives back unchanged: UTC, whole microseconds, valid UTF-8.
func (Chain) Link(head, e port.AuditEntry) port.AuditEntry {
	e.Seq, e.Prev = head.Seq+1, head.Hash
	e.At = e.At.UTC().Truncate(time.Microsecond)
	for _, text := range []*string{
		&e.Action, &e.Result, &e.Reason, &e.Account, &e.Role, &e.Method, &e.Flow, &e.Support, &e.Station, &e.Network,
	} {
		*text = strings.ToValidUTF8(*text, "\uFFFD")
	}
	e.Hash = hash(e)
	return e
}

// Break is a place where the chain does not hold.
type Break struct {
	Seq int64  // the number that belongs there
	Why string // "missing": another entry stands there; "edited": it is not as it was written
}

func (b *Break) Error() string { return fmt.Sprintf("audit: entry %d: %s", b.Seq, b.Why) }

// Verify checks entries that follow head, in order; head is a zero entry at the beginning of the trail. nil when the
// chain holds, a *Break at its first fault. It can't see that the newest entries are gone, nor a chain that was
// computed anew from some entry on.
func Verify(head port.AuditEntry, entries []port.AuditEntry) error {
	for _, e := range entries {
		want := head.Seq + 1
		switch {
		case e.Seq != want:
			return &Break{Seq: want, Why: "missing"}
		case !bytes.Equal(e.Prev, head.Hash), !bytes.Equal(e.Hash, hash(e)):
			return &Break{Seq: want, Why: "edited"}
		}
		head = e
	}
	return nil
}

// hash is SHA-256 over the entry's JSON, its members in the order of the fields, without the last one, "hash".
func hash(e port.AuditEntry) []byte {
	e.Hash = nil
	if len(e.Prev) == 0 {
		e.Prev = nil // null, whatever the store made of it
	}
	canonical, err := json.Marshal(e)
	if err != nil {
		panic("audit: " + err.Error()) // a year past 9999: no clock says that
	}
	canonical = append(bytes.TrimSuffix(canonical, []byte(`,"hash":null}`)), '}')
	sum := sha256.Sum256(canonical)
	return sum[:]
}
