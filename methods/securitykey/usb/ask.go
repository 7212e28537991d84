//go:build cgo && !nofido

package usb

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
)

// ask asks for a PIN, until it can be one.
func (c *conversation) ask(ctx context.Context, want app.KeyWant) (*pin, error) {
	least := 0
	if want == app.KeyWantsNewPIN {
		least = c.key.told().MinPINLength
	}
	for {
		if ctx.Err() != nil {
			return nil, &app.Error{Code: app.CodeKeyCancelled, Cause: ctx.Err()}
		}
		secret, err := c.prompt(ctx, want)
		if err != nil {
			return nil, err
		}
		p, err := newPIN(secret, least)
		e, ours := err.(*app.Error)
		if !ours {
			return p, err
		}
		c.last = e
	}
}

// prompt asks the person, until the key is taken out.
func (c *conversation) prompt(ctx context.Context, want app.KeyWant) (app.Secret, error) {
	ctx, done := context.WithCancel(ctx)
	defer done()
	gone := make(chan struct{})
	go func() {
		tick := time.NewTicker(look)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if !c.key.present() {
					close(gone)
					done()
					return
				}
			}
		}
	}()
	state := app.KeyState{Key: c.key.told(), Want: want, Last: c.last}
	c.last = nil
	secret, err := c.talk.PIN(ctx, state)
	select {
	case <-gone:
		return app.Secret{}, &app.Error{Code: app.CodeKeyGone}
	default:
		return secret, err
	}
}

// renewed sets a PIN, or changes the one that there is, and gives it for the request.
func (c *conversation) renewed(ctx context.Context, how way) (*pin, error) {
	var old *pin
	var err error
	if how == byChangedPIN {
		if old, err = c.ask(ctx, app.KeyWantsPIN); err != nil {
			return nil, err
		}
	}
	for {
		next, err := c.ask(ctx, app.KeyWantsNewPIN)
		if err != nil {
			freeAll([]*pin{old})
			return nil, err
		}
		kept := next.clone()
		if err = c.key.setPIN(ctx, old.clone(), next); err == nil {
			freeAll([]*pin{old})
			return kept, nil
		}
		freeAll([]*pin{kept})
		if e, ours := err.(*app.Error); ours && e.Code == app.CodeKeyPINPolicy {
			c.last = e
			continue
		}
		freeAll([]*pin{old})
		return nil, err
	}
}
