package limit

import (
	"time"

	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// Guesses keeps the directory from locking an account through passwords that are guessed here: none is asked about once the
// directory's count stands so far below its threshold as the policy says, until the directory has forgotten. The zero value
// lets no guess pass.
//
// The count is the larger of two. Ours is counted ahead of each guess, so that neither a crash nor many guesses at once go
// uncounted; it begins anew with a right password, with a password that was set, with an unlock, and when the directory has
// forgotten. The directory's, where it shows it, has the failures at other doors too; it was read before the guesses that
// are on their way now, so what it has beyond ours is kept apart, and within a burst of guesses never grows less.
type Guesses struct {
	free   bool // the directory never locks
	stop   int  // the count at which no guess is let through
	window time.Duration
	shown  *shownCount // nil where the directory doesn't show its count
}

type shownCount struct {
	failures int
	last     time.Time
}

// GuessKeys are where the store keeps what was guessed at an account's password.
type GuessKeys struct {
	Ours      string // failures through here
	Elsewhere string // what the directory's count has beyond these
	Asked     string // guesses that the directory has not answered yet
}

// Admission says that a guess was counted and may be put to the directory. None but Guesses makes one that holds.
type Admission struct{ holds bool }

// Holds reports whether the guess was let through.
func (a Admission) Holds() bool { return a.holds }

// burst is how long a guess may be on its way: longer than a call of the directory (core.DirectoryTimeout).
const burst = 30 * time.Second

// endless is longer than anything is kept: what a directory never forgets, nor do we.
const endless = 100 * 365 * day

// GuessesAt gives the bound for an account, as the directory describes it. A threshold of one leaves no guess: the first
// wrong one would lock.
func GuessesAt(p *policy.Policy, a port.DirectoryAccount) Guesses {
	g := Guesses{
		free: a.Threshold <= 0, window: a.FailureWindow,
		stop: max(a.Threshold-p.SignIn.BelowDirectory, min(1, a.Threshold-1)),
	}
	if a.ShowsFailures {
		g.shown = &shownCount{a.Failures, a.FailedAt}
	}
	return g
}

// memory is how long our own count is kept after a failure. Where the directory shows its count, that one holds beside ours;
// where it doesn't, the failure may have arrived there as late as a call may take.
func (g Guesses) memory() time.Duration {
	switch {
	case g.shown != nil && g.window > 0:
		return max(g.window, burst)
	case g.shown != nil:
		return failureMemory
	case g.window > 0:
		return g.window + burst
	}
	return endless
}

// count is what stands against an account.
type count struct{ ours, elsewhere, asked port.Counter }

func (g Guesses) read(tx port.CounterTx, keys GuessKeys, now time.Time) (c count, err error) {
	for _, row := range []struct {
		into *port.Counter
		key  string
	}{{&c.asked, keys.Asked}, {&c.ours, keys.Ours}, {&c.elsewhere, keys.Elsewhere}} {
		if *row.into, err = tx.Counter(row.key); err != nil {
			return c, err
		}
		if !now.Before(row.into.Expiry) {
			*row.into = port.Counter{Key: row.key}
		}
	}
	if c.ours.Expiry.IsZero() { // a count that begins anew has those that are on their way
		c.ours.Count = c.asked.Count
	}
	if g.shown != nil {
		c.elsewhere.Count = max(c.elsewhere.Count, g.shown.failures-c.ours.Count)
	}
	return c, nil
}

// Opens reports whether no guess may be made, and when one may: zero where the directory never forgets. It counts nothing.
func (g Guesses) Opens(tx port.CounterTx, keys GuessKeys, now time.Time) (closed bool, at time.Time, err error) {
	c, err := g.read(tx, keys, now)
	if err != nil || g.free || c.ours.Count+c.elsewhere.Count < g.stop {
		return false, time.Time{}, err
	}
	return true, g.opens(c, now), nil
}

func (g Guesses) opens(c count, now time.Time) time.Time {
	last := c.ours.Since
	switch {
	case g.window <= 0 || g.stop < 1:
		return time.Time{}
	case c.ours.Count >= g.stop && !last.IsZero():
	case g.shown != nil && !g.shown.last.IsZero():
		last = g.shown.last
	default:
		last = now
	}
	if at := last.Add(g.memory()); at.After(now) {
		return at
	}
	return now.Add(burst) // it has forgotten by now, and says so at the next look
}

// Admit counts a guess ahead. Opens is asked first: a guess that is not let through gets no Admission.
func (g Guesses) Admit(tx port.CounterTx, keys GuessKeys, now time.Time) (Admission, error) {
	c, err := g.read(tx, keys, now)
	if err != nil || !g.free && c.ours.Count+c.elsewhere.Count >= g.stop {
		return Admission{}, err
	}
	c.ours.Count++
	c.ours.Since, c.ours.Expiry = now, now.Add(g.memory())
	c.asked.Count++
	c.asked.Expiry = now.Add(burst)
	c.elsewhere.Expiry = now.Add(burst)
	for _, row := range []port.Counter{c.ours, c.asked, c.elsewhere} {
		if err := tx.PutCounter(row); err != nil {
			return Admission{}, err
		}
	}
	return Admission{holds: true}, nil
}

// Verdict is what the directory made of a guess.
type Verdict int

// The verdicts.
const (
	Counted  Verdict = iota // it was wrong
	Right                   // which sets the directory's count back
	Unjudged                // no password was judged
	Unknown                 // nobody knows whether one was
)

// Settle takes down what came of a guess that was admitted. Of one of which nobody knows the directory's count tells, where
// it is shown; elsewhere it stays counted.
func (g Guesses) Settle(tx port.CounterTx, keys GuessKeys, v Verdict, now time.Time) error {
	for _, row := range []struct {
		key  string
		less bool
	}{{keys.Asked, true}, {keys.Ours, v == Unjudged || v == Unknown && g.shown != nil}} {
		c, err := tx.Counter(row.key)
		if err != nil {
			return err
		}
		if row.less && c.Count > 0 && now.Before(c.Expiry) {
			c.Count--
			if err := tx.PutCounter(c); err != nil {
				return err
			}
		}
	}
	if v == Right {
		return g.Forget(tx, keys, now)
	}
	return nil
}

// Forget makes the count begin anew, as the directory's does: with the guesses that are on their way.
func (g Guesses) Forget(tx port.CounterTx, keys GuessKeys, now time.Time) error {
	asked, err := tx.Counter(keys.Asked)
	if err != nil {
		return err
	}
	ours := port.Counter{Key: keys.Ours, Expiry: now}
	if asked.Count > 0 && now.Before(asked.Expiry) {
		ours.Count, ours.Since, ours.Expiry = asked.Count, now, now.Add(g.memory())
	}
	if err := tx.PutCounter(ours); err != nil {
		return err
	}
	return Forget(tx, keys.Elsewhere, now)
}
