package call

import (
	"context"
	"time"
)

// A call is in vain once nobody waits for what it says: another code was asked for, or the person got on otherwise. It learns that while
// it rings, now and then and when the same number is to be called again, and when somebody picks up.

// note has a call be known as one that goes on, until the function is called that it gives.
func (p *Provider) note(o *ongoing) (end func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.going[o] = true
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.going, o)
	}
}

// usualLook is how often a call that is not answered yet learns whether it is still of use.
const usualLook = 2 * time.Second

// makeWay ends calls to a number that nobody picked up and that are of no use any more, and waits for that: the telephone would be
// busy for the next one.
func (p *Provider) makeWay(ctx context.Context, n number) {
	p.mu.Lock()
	var same []*ongoing
	for o := range p.going {
		if o.number == n {
			same = append(same, o)
		}
	}
	p.mu.Unlock()
	limit := time.NewTimer(leaveTime)
	defer limit.Stop()
	for _, o := range same {
		if !o.lookNow() {
			continue
		}
		select {
		case <-o.back:
		case <-o.ended:
		case <-limit.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// lookNow has a call end that nobody waits for any more, unless it was answered, and reports whether it will.
func (o *ongoing) lookNow() bool {
	o.mu.Lock()
	answered := o.answer != nil
	o.mu.Unlock()
	if answered {
		return false
	}
	why := o.provider.config.Talk.Over(o.provider.life, o.message)
	if why == "" {
		return false
	}
	select {
	case o.vain <- why:
	default: // it will
	}
	return true
}
