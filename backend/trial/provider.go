package trial

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// The tray stands for a provider, and does what providers do at times, on an order.

// provider is what the tray does with a message in place of showing it alone.
type provider func(ctx context.Context, t *Tray, m app.Message) error

// errAway says that nobody answers.
var errAway = errors.New("trial: the provider is away")

// providers are the orders.
var providers = map[string]provider{
	"well":    nil,
	"away":    func(context.Context, *Tray, app.Message) error { return errAway },
	"refuses": func(context.Context, *Tray, app.Message) error { return port.ErrUndeliverable },
	"arrives": func(ctx context.Context, t *Tray, m app.Message) error {
		return t.receipt(ctx, m, port.Receipt{Arrived: true})
	},
	"undelivered": func(ctx context.Context, t *Tray, m app.Message) error {
		return t.receipt(ctx, m, port.Receipt{Reason: "30003"})
	},
}

// Order has the tray do something else from now on: "well", "away", "refuses", "arrives" or "undelivered", of which the last two are
// said in a receipt.
func (t *Tray) Order(what string) error {
	does, known := providers[what]
	if !known {
		return errors.New("trial: no such order")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.does = does
	return nil
}

// carry does with a message what the order says.
func (t *Tray) carry(ctx context.Context, m app.Message) error {
	t.mu.Lock()
	does := t.does
	t.mu.Unlock()
	if does == nil {
		return nil
	}
	return does(ctx, t, m)
}

// receipt takes a message, and says later what became of it.
func (t *Tray) receipt(ctx context.Context, m app.Message, said port.Receipt) error {
	said.Provider, said.ID = "tray", m.ID
	port.TellAttempt(ctx, port.Attempt{Provider: said.Provider, Outcome: port.Taken, Receipt: said.ID})
	if t.Said != nil {
		go func() { _ = t.Said(context.WithoutCancel(ctx), said) }()
	}
	return nil
}
