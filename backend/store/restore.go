package store

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

// Upgrade brings the database at path up to date without its keys, as Open does.
func Upgrade(ctx context.Context, path string) error { return migrate(ctx, path) }

// Version is the version of the schema of the database at path.
func Version(path string) (version int64, err error) {
	conn, err := sqlite.Connect(path, sqlite.ReadOnly)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }() // nothing was written
	s, err := readSchema(conn)
	if err != nil {
		return 0, err
	}
	return versionOf(conn, s)
}

// Voided is how much VoidRestored voided.
type Voided struct{ Sessions, Flows, Passes, Messages, Codes, Tokens int }

// VoidRestored makes void, in a transaction of this store's, what must not come back with a backup: sessions that were open,
// conversations that were under way, passes, codes for stations, tokens for scripts, and messages that wait; it may all have been used, ended
// or delivered since.
func VoidRestored(tx port.Tx, at time.Time) (v Voided, err error) {
	t, now := tx.(*transaction), micros(at)
	for _, table := range []string{"flow", "outbox", "station", "token"} {
		t.forgetRows(table)
	}
	if v.Sessions, err = t.count("end all sessions", `UPDATE session SET ended = ? WHERE ended = 0`, now); err != nil {
		return v, err
	}
	if v.Flows, err = t.count("end all flows", `UPDATE flow SET ended = ?, pending_since = 0, leased_by = '', leased_until = 0
		WHERE ended = 0 OR pending_since <> 0`, now); err != nil {
		return v, err
	}
	if v.Passes, err = t.count("delete all passes", `DELETE FROM pass`); err != nil {
		return v, err
	}
	if v.Messages, err = t.count("give up all messages", `UPDATE outbox SET failed = ? WHERE `+waiting, now); err != nil {
		return v, err
	}
	v.Codes, err = t.count("end the stations' codes", `UPDATE station SET code_end = ? WHERE code_end >= ?`, now-1, now)
	if err != nil {
		return v, err
	}
	v.Tokens, err = t.count("revoke all tokens", `UPDATE token SET revoked = ? WHERE revoked = 0`, now)
	return v, err
}
