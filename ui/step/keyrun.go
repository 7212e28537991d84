package step

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
)

// touchAfter is how long the page waits before it asks for a touch, beside what the driver waits: together about 0.6 s,
// so that a key that answers by itself changes nothing on the page.
const touchAfter = 200 * time.Millisecond

// keyRun is one run of the driver with a key. The driver calls its methods away from the UI; each has the page ask, and
// waits for what the person does.
type keyRun struct {
	page   *keyPage
	cancel context.CancelFunc
	tell   func(f func())
}

var _ app.KeyTalk = (*keyRun)(nil)

// show does f on the UI, unless the page has left this run.
func (r *keyRun) show(f func()) {
	r.tell(func() {
		if r.page.run == r {
			f()
		}
	})
}

// PIN asks for the key's PIN, or for a new one. A key that takes no PIN any more is not asked for.
func (r *keyRun) PIN(ctx context.Context, state app.KeyState) (app.Secret, error) {
	if state.Want == app.KeyWantsPIN && state.Key.PINBlocked() {
		return app.Secret{}, &app.Error{Code: app.CodeKeyPINBlocked}
	}
	typed := make(chan app.Secret, 1)
	s := r.page
	r.show(func() {
		give := func(pin app.Secret) {
			s.showStage(s.working)
			typed <- pin
		}
		if state.Want == app.KeyWantsNewPIN {
			s.showStage(s.newPIN(state, give))
		} else {
			s.showStage(s.pin(state, give))
		}
	})
	select {
	case pin := <-typed:
		return pin, nil
	case <-ctx.Done():
		return app.Secret{}, cancelled(ctx)
	}
}

// Touch asks for a touch or a finger, after a moment.
func (r *keyRun) Touch(ctx context.Context, state app.KeyState) {
	s := r.page
	r.show(func() {
		s.Window.Run.After(touchAfter, func() {
			if ctx.Err() == nil && s.run == r {
				s.showStage(s.touch(state))
			}
		})
	})
}

// Choose asks which key to use.
func (r *keyRun) Choose(ctx context.Context, keys []app.KeyInfo) (int, error) {
	return r.pick(ctx, func(take func(int)) { r.page.showStage(r.page.choose(keys, take)) })
}

// Account asks which account to use.
func (r *keyRun) Account(ctx context.Context, accounts []app.KeyAccount) (int, error) {
	return r.pick(ctx, func(take func(int)) { r.page.showStage(r.page.accounts(accounts, take)) })
}

// pick has the page offer a list, and waits until one is taken. When the key needs no answer any more, the list goes.
func (r *keyRun) pick(ctx context.Context, offer func(take func(int))) (int, error) {
	taken := make(chan int, 1)
	s := r.page
	r.show(func() {
		offer(func(i int) {
			s.showStage(s.working)
			taken <- i
		})
	})
	select {
	case i := <-taken:
		return i, nil
	case <-ctx.Done():
		r.show(func() { s.showStage(s.working) })
		return 0, cancelled(ctx)
	}
}

func cancelled(ctx context.Context) error {
	return &app.Error{Code: app.CodeKeyCancelled, Cause: ctx.Err()}
}
