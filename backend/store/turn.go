package store

import "time"

// turn is a turnstile before the database, for several processes that write: whoever wants to begin holds it until they have
// begun. SQLite has no line, and who asks for its lock again at once gets it before one who looks now and then; so a command
// beside a busy server would wait for ever. With the turnstile the server waits before it, and the lock gets free.
type turn struct{ gate *gate }

const (
	turnTries = 1000 // a process that was stopped in the turnstile holds up nobody for longer than a second
	turnPoll  = time.Millisecond
)

// enter waits for the turnstile, as long as it is patient; without it the database's own lock decides.
func (t turn) enter() (leave func()) {
	for range turnTries {
		if t.gate.try() { // as a rule at once
			return t.gate.leave
		}
		time.Sleep(turnPoll)
	}
	return func() {}
}
