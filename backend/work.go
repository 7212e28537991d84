package backend

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/work"
)

// Work before an account is looked at, where the policy asks for it and the network is nobody's that it trusts:
//
//	user_id ──GiveUserID──▶ work ──GiveWork──▶ holds? ──yes──▶ as after a user ID (reset.go)
//	   ▲                    │ ▲                  │ no, or too late
//	   └──────── Back ──────┘ └── a new puzzle ──┘
//
// The puzzle is a keyed hash of the flow, its revision, the user ID and the puzzle's end: nobody can choose one, and what
// was found serves this flow once, for this name, until then. Checking takes one hash, a bounded number at once.

// workLife is how long a puzzle may take.
const workLife = 2 * time.Minute

// workSet is the puzzle at hand.
type workSet struct {
	Rev     int       `json:"rev"` // of the flow when it was set
	Expires time.Time `json:"expires"`
}

// setWork stands the flow before a puzzle of its own.
func (t *talk) setWork() {
	t.s.At, t.s.Work = atWork, &workSet{Rev: t.rec.Rev, Expires: t.now.Add(workLife)}
}

// puzzle is the step that shows it.
func (t *talk) puzzle() app.ProveWork {
	w := t.s.Work
	about := fmt.Sprintf("%s|%d|%d|%s", t.rec.ID, w.Rev, w.Expires.UnixMicro(), strings.ToLower(t.s.Typed))
	cost := t.b.c.Work
	return app.ProveWork{
		Salt: t.b.c.Sealer.Index("work", about)[:16], Memory: cost.Memory, Passes: cost.Passes, Bits: cost.Bits, Expires: w.Expires,
	}
}

// giveWork checks what was found, and looks at the account then.
func (b *Backend) giveWork(ctx context.Context, q question, in app.GiveWork) (app.Flow, error) {
	var puzzle app.ProveWork
	var userID string
	flow, answered, err := b.reserve(ctx, q, func(t *talk) error {
		puzzle, userID = t.puzzle(), t.s.Typed
		return t.throttle("work", q)
	})
	if answered {
		return flow, err
	}
	holds, err := b.holds(ctx, puzzle, in.Nonce)
	if err != nil {
		return app.Flow{}, b.failed(q, err)
	}
	if !holds || b.now().After(puzzle.Expires) {
		return b.commit(ctx, q, func(t *talk) error {
			t.counted = true // the puzzle is used up
			t.setWork()
			return &app.Error{Code: app.CodeWork}
		})
	}
	return b.look(ctx, q, userID)
}

// holds waits for a place, as hashing answers does.
func (b *Backend) holds(ctx context.Context, puzzle app.ProveWork, nonce int64) (bool, error) {
	select {
	case b.hashing <- struct{}{}:
		defer func() { <-b.hashing }()
		return work.Holds(puzzle, nonce), nil
	case <-ctx.Done():
		return false, &app.Error{Code: app.CodeUnavailable, Cause: context.Cause(ctx)}
	}
}
