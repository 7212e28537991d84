package core

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// Threat: the time of a reply tells what was done for it. Whatever was done within a beat, the reply leaves at its end.
func TestThreatTimeTellsWhatWasDoneWithinABeat(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		beat := Beat(rapid.Int64Range(1, int64(time.Second)).Draw(r, "beat"))
		done := time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(r, "done"))
		var took time.Duration
		synctest.Test(t, func(t *testing.T) { // in whose time nothing waits
			began := time.Now()
			hold := beat.Asked()
			time.Sleep(done)
			hold(t.Context())
			took = time.Since(began)
		})
		if took%time.Duration(beat) != 0 || took <= done || took > done+time.Duration(beat) {
			r.Fatalf("what took %v left after %v, beat %v", done, took, time.Duration(beat))
		}
	})
}

// Who went away is waited for by nobody.
func TestAHoldEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		Beat(time.Hour).Asked()(ctx)
		if took := time.Since(began); took != time.Minute {
			t.Fatalf("held for %v", took)
		}
	})
}
