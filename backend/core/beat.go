package core

import (
	"context"
	"time"
)

// Beat holds replies until a multiple of it has passed since the request came (port.Beat). What is done for one account
// rather than another shows in the time of a reply only where it reaches from one beat into the next.
type Beat time.Duration

// DefaultBeat is longer than a directory nearby takes longer for one account than for another, some ten milliseconds, and
// short enough that nobody sees it.
const DefaultBeat = Beat(50 * time.Millisecond)

// Asked implements port.Beat. It goes by the monotonic clock: a wall clock that is set holds nobody.
func (b Beat) Asked() func(context.Context) {
	asked := time.Now()
	return func(ctx context.Context) {
		timer := time.NewTimer(b.left(time.Since(asked)))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
}

// left is how long the next beat is away, after so long.
func (b Beat) left(since time.Duration) time.Duration {
	return time.Duration(b) - since%time.Duration(b)
}
