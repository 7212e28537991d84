package backend

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// Resources are what a policy needs open.
type Resources struct {
	Logo     []byte        // PNG or SVG, or empty
	Breached port.Breached // the list of leaked passwords, or nil
	Close    func() error  // or nil
}

func (r Resources) close() error {
	if r.Close == nil {
		return nil
	}
	return r.Close()
}

// inForce is a policy with what it needs open. It is closed when another has taken its place and no operation uses it.
type inForce struct {
	Resources
	version int // 0: Config.Policy, while the store has none
	policy  policy.Policy
	users   int
	over    bool
}

// policies holds the policy in force.
type policies struct {
	mu  sync.Mutex
	now *inForce
}

func (p *policies) current() *inForce {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// hold keeps the policy in force open until it is let go.
func (p *policies) hold() *inForce {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.users++
	return p.now
}

func (p *policies) letGo(f *inForce) error {
	p.mu.Lock()
	f.users--
	last := f.over && f.users == 0
	p.mu.Unlock()
	if last {
		return f.close()
	}
	return nil
}

// replace puts another policy in force; nil for none any more. The old one is closed now, or by the last operation that
// uses it.
func (p *policies) replace(next *inForce) error {
	p.mu.Lock()
	old := p.now
	if next != nil {
		p.now = next
	}
	last := !old.over && old.users == 0
	old.over = true
	p.mu.Unlock()
	if last {
		return old.close()
	}
	return nil
}

// enter begins an operation: the Backend that it gives has one policy, whatever is applied meanwhile, until leave.
func (b *Backend) enter() (held *Backend, leave func()) {
	f := b.policies.hold()
	return &Backend{core: b.core, held: f}, func() {
		if err := b.policies.letGo(f); err != nil {
			b.c.Log.Error("what the policy had open could not be closed", "version", f.version, "error", err)
		}
	}
}

// force is the policy of the operation; outside of one, the policy in force.
func (b *Backend) force() *inForce {
	if b.held != nil {
		return b.held
	}
	return b.policies.current()
}

// policy is the one that holds for the operation.
func (b *Backend) policy() *policy.Policy { return &b.force().policy }

// OpenPolicy reads a version of the policy and opens what it needs, as a Backend with this configuration does. The error
// says why this build can't use it.
func OpenPolicy(c Config, v port.PolicyVersion) (policy.Policy, Resources, error) {
	sum := sha256.Sum256(v.Document)
	if subtle.ConstantTimeCompare(sum[:], v.Hash) != 1 {
		return policy.Policy{}, Resources{}, errors.New("its document is not the one that was applied")
	}
	name := v.Source
	if name == "" {
		name = fmt.Sprintf("version %d", v.Number)
	}
	p, err := policy.Parse(name, v.Document)
	if err != nil {
		return policy.Policy{}, Resources{}, err
	}
	r, err := open(c, v, p)
	return p, r, err
}

// open opens what a policy needs.
func open(c Config, v port.PolicyVersion, p policy.Policy) (r Resources, err error) {
	for _, kind := range p.Methods.Allowed {
		if !slices.ContainsFunc(c.Methods, func(m app.Method) bool { return m.Kind() == kind }) {
			return Resources{}, fmt.Errorf("the policy allows %s, which this build does not have", kind)
		}
	}
	if c.Resources != nil {
		if r, err = c.Resources(v, p); err != nil {
			return Resources{}, err
		}
	}
	if p.Password.Breached != "" && r.Breached == nil {
		return Resources{}, errors.Join(errors.New("the policy names a list of leaked passwords, and none was opened"), r.close())
	}
	return r, nil
}
