package backend_test

import (
	"context"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// slowStore holds the first updates of a crowd until it is let go.
type slowStore struct {
	port.Store
	crowd chan struct{} // room for those who are to be held
	held  chan struct{}
	let   chan struct{}
}

func (s *slowStore) Update(ctx context.Context, f func(port.Tx) error) error {
	select {
	case s.crowd <- struct{}{}:
		s.held <- struct{}{}
		<-s.let
	default:
	}
	return s.Store.Update(ctx, f)
}

// Threat: a crowd, or somebody with many requests, has passwords, answers and puzzles checked until nobody gets an answer
// and memory runs out. Whoever finds a line full is sent away with a time, keeps what was given, and costs no check; who
// stands in another line is served.
func TestLinesAreShort(t *testing.T) {
	ana := someone(trial.Ready)
	inputs := map[string]struct {
		in     app.Input
		places int
	}{
		"sign-ins":  {try(ana, ana.Password), 128},
		"answers":   {app.GiveAnswers{}, 64},
		"puzzles":   {app.GiveWork{}, 64},
		"passwords": {app.GivePassword{Password: secret("x")}, 64},
		"current":   {app.GiveCurrentPassword{Password: secret("x")}, 64},
	}
	same := map[string]string{"passwords": "current", "current": "passwords"} // one line
	for name, c := range inputs {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			crowd, last := w.start(app.PurposeSignIn, app.Caller{}), w.start(app.PurposeSignIn, app.Caller{})
			store := &slowStore{w.config.Store, make(chan struct{}, c.places), make(chan struct{}), make(chan struct{})}
			w.config.Store = store
			w.restart()
			done := make(chan error, c.places)
			for range c.places {
				key := w.key()
				go func() {
					_, err := w.Submit(crowd.ctx, crowd.flow.ID, crowd.flow.Rev, key, c.in)
					done <- err
				}()
			}
			for range c.places {
				<-store.held
			}
			verified, key := w.dir.verify, w.key()
			flow, err := w.Submit(last.ctx, last.flow.ID, last.flow.Rev, key, c.in)
			if e, is := err.(*app.Error); !is || e.Code != app.CodeBusy || !e.RetryAt.Equal(w.clock.Now().Add(2*time.Second)) || !e.At.Equal(w.clock.Now()) {
				t.Fatalf("at the end of a full line: %v", err)
			}
			if flow.ID != "" || w.dir.verify != verified {
				t.Error("who was sent away was served all the same")
			}
			for other, o := range inputs {
				_, err := w.Submit(last.ctx, last.flow.ID, 99, w.key(), o.in)
				if busy := other == name || same[name] == other; (app.CodeOf(err) == app.CodeBusy) != busy {
					t.Errorf("while %s wait, %s: %v", name, other, err)
				}
			}
			close(store.let)
			for range c.places {
				if err := <-done; app.CodeOf(err) == app.CodeBusy {
					t.Error("who had a place was sent away")
				}
			}
			if _, err := w.Submit(last.ctx, last.flow.ID, last.flow.Rev, key, c.in); app.CodeOf(err) == app.CodeBusy || app.CodeOf(err) == app.CodeReused {
				t.Errorf("once the line is served: %v", err)
			}
		})
	}
}
