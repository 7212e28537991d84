package setup

import (
	"cmp"
	"crypto/x509"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
)

// block is one table of the settings that names who carries messages: [delivery.mail], whose name is empty, or
// [delivery.mails.NAME].
type block struct {
	name string
	key  string // of the table
}

// blocks are the tables of a channel, in the order in which they are asked: the first, if it is there, and the further ones as they are
// written.
func (p *planner) blocks(first string, there bool, further iter.Seq[string]) []block {
	var all []block
	for name := range further {
		all = append(all, block{name, first + "s." + name})
	}
	slices.SortFunc(all, func(a, b block) int { return cmp.Compare(p.lines.Of(a.key), p.lines.Of(b.key)) })
	if there {
		all = slices.Insert(all, 0, block{key: first})
	}
	return all
}

// checkTaken looks whether a further table has the name by which providers of the first one are known. Relays of mails are known by their
// servers.
func (p *planner) checkTaken(b block, usual string) {
	if b.name == usual {
		p.report(b.key, app.NewProblem("", "provider_taken", "is", b.name, "first", "delivery."+usual))
	}
}

// checkBlock looks at what each table says.
func (p *planner) checkBlock(b block, attempt time.Duration, trust string) {
	if b.name != "" && !directoryName.MatchString(b.name) {
		p.report(b.key, app.NewProblem("", "provider_name", "is", b.name))
	}
	if attempt < leastTime || attempt > longestAttempt {
		p.report(b.key+".time", app.NewProblem("", "between", "least", leastTime, "most", longestAttempt, "is", attempt))
	}
	if _, err := p.plan.rootsIn(trust); err != nil {
		p.report(b.key+".trust", err)
	}
}

// wrongServers gives the addresses that are none; there has to be one.
func (p *planner) wrongServers(b block, servers []string, check func(string) error) (wrong []string) {
	if len(servers) == 0 {
		p.report(b.key+".servers", app.NewProblem("", "required"))
	}
	for _, address := range servers {
		if check(address) != nil {
			wrong = append(wrong, address)
		}
	}
	return wrong
}

// providerKind is a kind of provider, for tables of a type.
type providerKind[B any] struct {
	check func(p *planner, b B)
	open  func(p *ServerPlan, b B, with surroundings) ([]examine.Provider, error)
}

// checkKind looks at what a table says by its kind, and has it carry messages.
func checkKind[B any](p *planner, kinds map[string]providerKind[B], kind string, b B, as carrier) {
	k, known := kinds[kind]
	if !known {
		p.report(as.key+".kind", app.NewProblem("", "provider_kind", "is", kind, "known", strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")))
		return
	}
	k.check(p, b)
	as.open = func(with surroundings) ([]examine.Provider, error) { return k.open(p.plan, b, with) }
	p.plan.carriers = append(p.plan.carriers, as)
}

// openEach makes a provider for each server of a table, in their order, by the roots that the table trusts.
func openEach[P examine.Provider](p *ServerPlan, trust string, servers []string, open func(server string, roots *x509.CertPool) (P, error)) ([]examine.Provider, error) {
	roots, err := p.rootsIn(trust)
	if err != nil {
		return nil, err
	}
	var all []examine.Provider
	for _, server := range servers {
		one, err := open(server, roots)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
