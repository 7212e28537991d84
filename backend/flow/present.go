package flow

import (
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
)

// presents keeps the present passwords that held, each for the flow in which it was given: a change is made with it, so that
// the directory applies its own rules for one. They are in this process' memory and nowhere else. Where one is gone (another
// server, a restart), the flow asks for it once more.
type presents struct {
	mu   sync.Mutex
	kept map[app.FlowID]present
}

type present struct {
	account  app.AccountID
	password app.Secret
	until    time.Time
}

func newPresents() *presents { return &presents{kept: make(map[app.FlowID]present)} }

// keep keeps a copy of the password for a flow, until the flow expires.
func (p *presents) keep(id app.FlowID, of present) {
	of.password = app.NewSecret(of.password.Reveal())
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe(func(known app.FlowID, _ present) bool { return known == id })
	p.kept[id] = of
}

// of gives a copy of its own of a flow's password, which the caller wipes; an empty one where there is none.
func (p *presents) of(id app.FlowID, now time.Time) app.Secret {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept, is := p.kept[id]
	if !is || now.After(kept.until) {
		return app.Secret{}
	}
	return app.NewSecret(kept.password.Reveal())
}

// drop forgets the password of a flow.
func (p *presents) drop(id app.FlowID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe(func(known app.FlowID, _ present) bool { return known == id })
}

// dropOthers forgets those of an account's flows but one.
func (p *presents) dropOthers(account app.AccountID, but app.FlowID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe(func(known app.FlowID, of present) bool { return of.account == account && known != but })
}

// dropExpired forgets those of flows that have expired.
func (p *presents) dropExpired(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe(func(_ app.FlowID, of present) bool { return now.After(of.until) })
}

func (p *presents) wipe(which func(app.FlowID, present) bool) {
	for id, of := range p.kept {
		if which(id, of) {
			of.password.Wipe()
			delete(p.kept, id)
		}
	}
}
