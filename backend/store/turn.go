package store

import (
	"context"
	"time"

	"github.com/gofrs/flock"
)

// turn is a turnstile before the database, for several processes that write: whoever wants to begin holds it until they have
// begun. SQLite has no line, and who asks for its lock again at once gets it before one who looks now and then; so a command
// beside a busy server would wait for ever. With the turnstile the server waits before it, and the lock gets free.
type turn struct{ file *flock.Flock }

func newTurn(path string) turn { return turn{flock.New(path+"-turn", flock.SetPermissions(0o600))} }

const (
	turnPatience = time.Second // a process that was stopped in the turnstile holds up nobody for longer
	turnPoll     = time.Millisecond
)

// enter waits for the turnstile, as long as it is patient; without it the database's own lock decides.
func (t turn) enter() (leave func()) {
	if taken, err := t.file.TryLock(); taken || err != nil { // as a rule
		return t.leave
	}
	ctx, cancel := context.WithTimeout(context.Background(), turnPatience)
	defer cancel()
	_, _ = t.file.TryLockContext(ctx, turnPoll)
	return t.leave
}

func (t turn) leave() { _ = t.file.Unlock() } // which it may not have
