package flow

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/work"
	"github.com/sparekey/sparekey/backend/limit"
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
	Rev     int // of the flow when it was set
	Expires time.Time
}

// setWork stands the flow before a puzzle of its own.
func (f *flow) setWork() {
	f.s.At, f.s.Work = atWork, &workSet{Rev: f.rec.Rev, Expires: f.now.Add(workLife)}
}

// puzzle is the step that shows it.
func (f *flow) puzzle() app.ProveWork {
	w := f.s.Work
	about := fmt.Sprintf("%s|%d|%d|%s", f.rec.ID, w.Rev, w.Expires.UnixMicro(), strings.ToLower(f.s.Typed))
	cost := f.op.Work
	return app.ProveWork{
		Salt: f.op.Sealer.Index("work", about)[:16], Memory: cost.Memory, Passes: cost.Passes, Bits: cost.Bits, Expires: w.Expires,
	}
}

// giveWork checks what was found, and looks at the account then.
func (o *operation) giveWork(ctx context.Context, sub submission, in app.GiveWork) (app.Flow, error) {
	var puzzle app.ProveWork
	var userID string
	admit := func(f *flow) error {
		puzzle, userID = f.puzzle(), f.s.Typed
		return f.op.ThrottleNetwork(f.tx, limit.NetworkWork, sub.caller.Origin)
	}
	return o.reserve(ctx, sub, admit, func() (app.Flow, error) {
		holds, err := o.workHolds(ctx, puzzle, in.Nonce)
		if err != nil {
			return app.Flow{}, o.failed(sub, err)
		}
		now := o.Now()
		if holds && !now.After(puzzle.Expires) && !puzzle.Expires.After(now.Add(workLife)) {
			return o.look(ctx, sub, userID, admitted)
		}
		return o.commit(ctx, sub, func(f *flow) error {
			f.counted = true // the puzzle is used up
			f.setWork()
			return &app.Error{Code: app.CodeWork}
		})
	})
}

// workHolds checks what was found.
func (o *operation) workHolds(ctx context.Context, puzzle app.ProveWork, nonce int64) (bool, error) {
	leave, err := o.takeHashingPlace(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	return work.Holds(puzzle, nonce), nil
}
