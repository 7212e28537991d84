package flow

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/limit"
)

// How often a reset is begun for an account is bounded, so that nobody floods its owner with codes. Saying a name counts for
// nothing, or whoever says it five times an hour would keep its owner out for good:
//
//	a name is said, ways are looked at   nothing is counted
//	the first message goes out           counted; over the limit refused
//	the first proof holds                counted
//	a proof is given                     over the limit it is not even judged
//	 by a security key                   it is judged: nobody guesses a key
//	 at an enrolled station              anything is sent and judged
//
// What a decoy sends to nobody counts alike, for the account or for a name that nobody has; its proofs never hold.

// unlimited reports whether the number of starts says nothing in this flow: it was counted, or knows no start.
func (f *flow) unlimited() bool {
	return f.s.Started || !f.purpose.recovers() || f.atStation()
}

// startQuota is what the first message of a reset takes from.
func (f *flow) startQuota() limit.Quota {
	return limit.Quota{Window: f.op.Figures().Starts(), Key: f.op.AccountKey(limit.Starts, f.rec.Account)}
}

// checkStart refuses a proof by the method at hand while no start is free.
func (f *flow) checkStart(in app.Input) error {
	if f.unlimited() || f.s.Kind == app.KindSecurityKey || in == nil || is[app.Back](in) {
		return nil
	}
	start := f.startQuota()
	retry, err := start.Window.Opens(f.tx, start.Key, f.now)
	if err != nil || retry.IsZero() {
		return err
	}
	return &app.Error{Code: app.CodeThrottled, RetryAt: retry}
}

// noteStart counts the reset, in which a proof holds. What has led on over the limit makes it no longer.
func (f *flow) noteStart() error {
	if !f.purpose.recovers() || f.s.Started {
		return nil
	}
	f.s.Started = true
	start := f.startQuota()
	_, err := start.Window.Allow(f.tx, start.Key, f.now)
	return err
}
