// Package audit chains the entries of the audit trail: each carries the hash of the one before and its own, so that an
// entry that was edited, removed or moved later is found; and it signs heads, so that a trail that was cut or computed
// anew is found as well. docs/audit.md says what the entries mean.
package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
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
		&e.Action, &e.Result, &e.Reason, &e.Account, &e.By, &e.Role, &e.Method, &e.Flow, &e.Support, &e.Station, &e.StationID,
		&e.Network,
	} {
		*text = strings.ToValidUTF8(*text, "\uFFFD")
	}
	e.Hash = hash(e)
	return e
}

// writable reports whether JSON can say the time (RFC 3339 ends with the year 9999). A clock's can; what somebody wrote
// into a database or a file may be any.
func writable(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 0 && year <= 9999
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
