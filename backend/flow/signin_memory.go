package flow

import (
	"sync"
	"time"
)

// wrongPasswords remembers wrong passwords for some minutes, as keyed hashes and never on disk: a repeat of the same wrong
// password (a phone that keeps trying) is no new guess, and is not counted.
type wrongPasswords struct {
	mu   sync.Mutex
	seen map[string]time.Time // keyed hash → when it may be forgotten
}

const (
	memoryTime = 10 * time.Minute
	memorySize = 10_000
)

func newWrongPasswords() *wrongPasswords { return &wrongPasswords{seen: make(map[string]time.Time)} }

// has reports whether the password was wrong a moment ago.
func (m *wrongPasswords) has(hash []byte, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return now.Before(m.seen[string(hash)])
}

// add remembers a wrong password. A full memory is emptied: it saves people trouble, and guards nothing.
func (m *wrongPasswords) add(hash []byte, now time.Time) {
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
