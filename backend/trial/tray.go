package trial

import (
	"context"
	"slices"
	"sync"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Tray catches each message that the organisation would have sent, and keeps the latest in memory. Its zero value is
// ready, but for typing on the telephone, which needs Keyed.
type Tray struct {
	Keyed func(ctx context.Context, call string, digits app.Secret) error // tells the backend what was typed during a call
	Said  func(ctx context.Context, r port.Receipt) error                 // takes receipts, with Order; nil: there are none

	mu       sync.Mutex
	messages []app.Message
	changed  chan struct{}
	does     provider // on an order; nil: it shows messages
}

var (
	_ port.Deliverer = (*Tray)(nil)
	_ app.Tray       = (*Tray)(nil)
)

// trayLimit is how many messages a tray keeps.
const trayLimit = 200

// Deliver takes a message; one that came already is not shown twice.
func (t *Tray) Deliver(ctx context.Context, m app.Message) error {
	if err := t.carry(ctx, m); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if slices.ContainsFunc(t.messages, func(known app.Message) bool { return known.ID == m.ID }) {
		return nil
	}
	t.messages = append(t.messages, m)
	if over := len(t.messages) - trayLimit; over > 0 {
		t.messages = slices.Delete(t.messages, 0, over)
	}
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
	return nil
}

// Messages lists them, oldest first.
func (t *Tray) Messages() []app.Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.messages)
}

// Changed is closed and replaced whenever there is a new one.
func (t *Tray) Changed() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.changed == nil {
		t.changed = make(chan struct{})
	}
	return t.changed
}

// Type types digits on the telephone during a call.
func (t *Tray) Type(ctx context.Context, call string, digits app.Secret) error {
	return t.Keyed(ctx, call, digits)
}
