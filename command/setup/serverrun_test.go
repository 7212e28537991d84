package setup

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestPagesAreGivenBackWhileNoRequestRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		given, running := 0, 0
		go giveBackPages(ctx, func() int { return running }, func() { given++ })
		time.Sleep(time.Second) // at once it was given back, and between two minutes others come and go
		for _, step := range []struct{ running, given int }{{1, 1}, {1, 1}, {0, 2}, {0, 3}} {
			running = step.running
			time.Sleep(time.Minute)
			if given != step.given {
				t.Errorf("given back %d times, want %d", given, step.given)
			}
		}
		stop()
	})
}
