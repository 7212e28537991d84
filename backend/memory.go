package backend

import (
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
)

// memory remembers wrong passwords for some minutes, as keyed hashes and never on disk: a repeat of the same wrong
// password (a phone that keeps trying) is no new guess, and is not counted.
type memory struct {
	mu   sync.Mutex
	seen map[string]time.Time // keyed hash → when it may be forgotten
}

const (
	memoryTime = 10 * time.Minute
	memorySize = 10_000
)

func newMemory() *memory { return &memory{seen: make(map[string]time.Time)} }

// has reports whether the password was wrong a moment ago.
func (m *memory) has(hash []byte, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return now.Before(m.seen[string(hash)])
}

// add remembers a wrong password. A full memory is emptied: it saves people trouble, and guards nothing.
func (m *memory) add(hash []byte, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for known, until := range m.seen {
		if !now.Before(until) {
			delete(m.seen, known)
		}
	}
	if len(m.seen) >= memorySize {
		clear(m.seen)
	}
	m.seen[string(hash)] = now.Add(memoryTime)
}

// inProgress counts, for each flow, the password writes that this process is just at.
type inProgress struct {
	mu    sync.Mutex
	flows map[app.FlowID]int
}

func newInProgress() *inProgress { return &inProgress{flows: make(map[app.FlowID]int)} }

func (p *inProgress) enter(id app.FlowID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flows[id]++
}

func (p *inProgress) leave(id app.FlowID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.flows[id]--; p.flows[id] == 0 {
		delete(p.flows, id)
	}
}

func (p *inProgress) has(id app.FlowID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.flows[id] > 0
}
