package smpp

import (
	"crypto/sha256"
	"sync"
)

// mostRemembered bounds how many texts are remembered.
const mostRemembered = 1000

// memory knows which parts of a text a centre took: they are not sent again where the text as a whole failed, where the answer came
// after nobody waited for it any more, or where that it was taken could not be recorded.
type memory struct {
	mu    sync.Mutex
	all   map[string]*handed
	order []string // oldest first
	ref   byte     // of the text before
}

// handed is what a centre took of a text.
type handed struct {
	sum [sha256.Size]byte
	ref byte

	mu  sync.Mutex
	ids map[int]string
}

// of gives what is known of a text, and begins to remember it.
func (m *memory) of(t *text) *handed {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ref++ // by which a telephone puts parts together: none of the last 255 texts had it
	fresh := &handed{sum: t.sum(), ref: m.ref, ids: map[int]string{}}
	if t.id == "" {
		return fresh
	}
	if known := m.all[t.id]; known != nil && known.sum == fresh.sum {
		return known
	}
	if m.all == nil {
		m.all = map[string]*handed{}
	}
	if m.all[t.id] == nil {
		m.order = append(m.order, t.id)
	}
	m.all[t.id] = fresh
	for len(m.order) > mostRemembered {
		delete(m.all, m.order[0])
		m.order = m.order[1:]
	}
	return fresh
}

func (h *handed) taken(part int) (id string, taken bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id, taken = h.ids[part]
	return id, taken
}

func (h *handed) take(part int, id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ids[part] = id
}
