package call

import (
	"context"
	"time"
)

// lineShare is the part of an attempt's time in which a call waits for a place: the rest is for it to ring.
const lineShare = 3

// awaitLine waits for a place among the calls that the settings allow, and reports whether it has one.
func (p *Provider) awaitLine(ctx context.Context) bool {
	select {
	case p.free <- struct{}{}:
		return true
	default:
	}
	if at, bounded := ctx.Deadline(); bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(at)/lineShare)
		defer cancel()
	}
	select {
	case p.free <- struct{}{}:
		return true
	case <-p.life.Done():
	case <-ctx.Done():
	}
	return false
}
