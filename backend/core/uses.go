package core

import (
	"sync"
	"time"

	"github.com/sparekey/sparekey/backend/limit"
)

// Uses is when this process last noted that something was used, of which the last use is kept: a commit is dear, so that one is
// made now and then alone. The zero value is ready.
type Uses[ID comparable] struct {
	mu sync.Mutex
	at map[ID]time.Time
}

// Due reports whether a use at now is to be noted, since none was within the span, and takes it as noted.
func (u *Uses[ID]) Due(id ID, span time.Duration, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if limit.Within(span, u.at[id], now) {
		return false
	}
	if u.at == nil {
		u.at = map[ID]time.Time{}
	}
	u.at[id] = now
	return true
}
