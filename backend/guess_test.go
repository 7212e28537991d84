package backend_test

import (
	"errors"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// TestAGuessCountsThoughItsAnswerIsLost: whoever can make the second commit fail must not guess for nothing.
func TestAGuessCountsThoughItsAnswerIsLost(t *testing.T) {
	w, ben := newWorld(t, func(p *policy.Policy) { p.SignIn.Failures = 3 }), someone(trial.Registered)
	failing := &failingCommits{Store: w.config.Store}
	w.config.Store = failing
	w.restart()
	w.dir.slow = func() { failing.err = errors.New("the disk is full") } // after the directory has judged
	k := w.start(app.PurposeSignIn, app.Caller{})
	for _, guess := range []string{"not this one", "nor this one", "nor that one"} {
		k.lost(try(ben, guess))
		failing.err = nil
	}
	w.dir.slow = nil
	k.refused(try(ben, ben.Password), app.CodeThrottled)
	w.clock.pass(time.Minute)
	k.must(try(ben, ben.Password))
}

// TestAGuessAfterAnUnlockCountsThoughItsAnswerIsLost is the same behind the gates of a reset.
func TestAGuessAfterAnUnlockCountsThoughItsAnswerIsLost(t *testing.T) {
	w, farid := newWorld(t, func(p *policy.Policy) { p.SignIn.Failures = 3 }), someone(trial.Locked)
	failing := &failingCommits{Store: w.config.Store}
	w.config.Store = failing
	w.restart()
	k := w.toUnlock(farid).must(app.GiveUnlock{Only: true})
	w.dir.slow = func() { failing.err = errors.New("the disk is full") }
	for _, guess := range []string{"not this one", "nor this one", "nor that one"} {
		k.lost(typed(guess))
		failing.err = nil
		k.again()
	}
	w.dir.slow = nil
	k.refused(typed(farid.Password), app.CodeThrottled)
	w.clock.pass(time.Minute)
	at[app.Done](k.again().must(typed(farid.Password)))
}

// lost submits an input whose answer can't be committed.
func (k *talk) lost(in app.Input) {
	k.w.t.Helper()
	if err := k.say(in); app.CodeOf(err) != app.CodeUnavailable {
		k.w.t.Fatalf("%T at %T: %v, want %s", in, k.flow.Now, err, app.CodeUnavailable)
	}
}
