package core

import (
	"sync"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// Resources are what a policy needs open.
type Resources struct {
	Logo     []byte        // PNG or SVG, or empty
	Breached port.Breached // the list of leaked passwords, or nil
	Methods  []app.Method  // those that need what the policy names, in place of the configured ones
	Notes    []error       // what there is to know of them that does not keep them from being used
	Close    func() error  // or nil
}

// CloseAll closes them, where anything is open.
func (r Resources) CloseAll() error {
	if r.Close == nil {
		return nil
	}
	return r.Close()
}

// policyInForce is a policy with what it needs open. It is closed when another has taken its place and no operation uses it.
type policyInForce struct {
	Resources
	version int // 0: Config.Policy, while the store has none
	policy  policy.Policy
	users   int
	over    bool
}

// policies holds the policy in force.
type policies struct {
	mu  sync.Mutex
	now *policyInForce
}

func (p *policies) current() *policyInForce {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// hold keeps the policy in force open until it is released.
func (p *policies) hold() *policyInForce {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.users++
	return p.now
}

func (p *policies) release(f *policyInForce) error {
	p.mu.Lock()
	f.users--
	last := f.over && f.users == 0
	p.mu.Unlock()
	if last {
		return f.CloseAll()
	}
	return nil
}

// replace puts another policy in force; nil for none any more. The old one is closed now, or by the last operation that
// uses it.
func (p *policies) replace(next *policyInForce) error {
	p.mu.Lock()
	old := p.now
	if next != nil {
		p.now = next
	}
	last := !old.over && old.users == 0
	old.over = true
	p.mu.Unlock()
	if last {
		return old.CloseAll()
	}
	return nil
}

// method is what stands in place of a configured one, or else that one.
func (r Resources) method(configured app.Method) app.Method {
	for _, m := range r.Methods {
		if configured != nil && m.Kind() == configured.Kind() {
			return m
		}
	}
	return configured
}

// PolicyVersion is the number of the version in force; 0 while the store has none.
func (c *Core) PolicyVersion() int { return c.policies.current().version }

// PutInForce puts a policy in force, with what it has open, for every operation that begins from now on.
func (c *Core) PutInForce(version int, p policy.Policy, r Resources) error {
	return c.policies.replace(&policyInForce{Resources: r, version: version, policy: p})
}

// ClosePolicy closes what the policy in force has open, once no operation uses it.
func (c *Core) ClosePolicy() error { return c.policies.replace(nil) }
