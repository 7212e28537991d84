package mail

import (
	"sync"
	"time"
)

// pool keeps connections for a short while: messages come in bursts, and signing in takes longer than a mail.
type pool struct {
	keep time.Duration

	mu    sync.Mutex
	idle  []*session
	ended bool
}

// put keeps a connection, or closes it.
func (p *pool) put(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || p.keep <= 0 {
		go s.close()
		return
	}
	s.expiry = time.AfterFunc(p.keep, func() {
		if p.remove(s) {
			s.close()
		}
	})
	p.idle = append(p.idle, s)
}

// take gives the connection that was used last; nil: there is none.
func (p *pool) take() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	s := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	s.expiry.Stop()
	return s
}

// remove takes one connection out, if it is still there.
func (p *pool) remove(s *session) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, one := range p.idle {
		if one == s {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			return true
		}
	}
	return false
}

// end closes what is kept.
func (p *pool) end() {
	p.mu.Lock()
	all := p.idle
	p.idle, p.ended = nil, true
	p.mu.Unlock()
	for _, s := range all {
		s.expiry.Stop()
		s.close()
	}
}
