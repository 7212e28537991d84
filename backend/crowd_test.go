package backend_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/trial"
)

// Threat: a throttle that is looked at before the directory is asked, and counted afterwards, lets a crowd through at once.
func TestACrowdGetsNoMoreAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		purpose app.Purpose
		in      func(n int) app.Input
		answer  app.Code
	}{
		"user IDs": {app.PurposeReset, func(n int) app.Input { return app.GiveUserID{UserID: fmt.Sprint("nobody", n)} }, ""},
		"sign-ins": {app.PurposeSignIn, func(n int) app.Input {
			return app.SignIn{UserID: fmt.Sprint("nobody", n), Password: secret("x")}
		}, app.CodeSignIn},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			var talks []*talk
			number := map[*talk]int{}
			for n := range 100 {
				k := w.start(c.purpose, app.Caller{})
				talks, number[k] = append(talks, k), n
			}
			results := together(talks, func(k *talk) error {
				n, ctx := number[k], app.WithCaller(t.Context(), w.from("192.0.2.7", k.flow.ID))
				_, err := w.Submit(ctx, k.flow.ID, k.flow.Rev, app.IdempotencyKey(fmt.Sprintf("crowd-key-%012d", n)), c.in(n))
				return err
			})
			if results[c.answer] != 60 || results[app.CodeThrottled] != 40 {
				t.Errorf("a crowd's answers: %v, want 60", results)
			}
		})
	}
}

// Threat: a submission that comes twice at once has its effect twice, or two answers.
func TestTheSameAtOnceIsDoneOnce(t *testing.T) {
	w := newWorld(t)
	ana := someone(trial.Ready)
	k := w.start(app.PurposeReset, app.Caller{})
	talks := make([]*talk, 20)
	for i := range talks {
		talks[i] = k
	}
	var mu sync.Mutex
	revs := map[int]int{}
	submit := func(in app.Input, key app.IdempotencyKey) {
		t.Helper()
		clear(revs)
		rev := k.flow.Rev
		results := together(talks, func(k *talk) error {
			flow, err := w.Submit(k.ctx, k.flow.ID, rev, key, in)
			mu.Lock()
			defer mu.Unlock()
			revs[flow.Rev]++
			return err
		})
		if results[""] != len(talks) || len(revs) != 1 || revs[rev+1] != len(talks) {
			t.Errorf("%T: %v, revisions %v after %d", in, results, revs, rev)
		}
		k.again()
	}
	submit(app.GiveUserID{UserID: ana.UserID}, "the-same-user-id-0001")
	submit(app.ContactAdmin{}, "the-same-request-0001")
	if n := w.audited("help.request", "contacted_administrator"); n != 1 {
		t.Errorf("%d requests for help", n)
	}
}
