package call

import (
	"context"
	"net/netip"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
)

// Finding is what one step of an examination found.
type Finding struct {
	Step   Step
	About  string
	Said   string // in the server's own words
	Params map[string]string
	Failed *Failure
}

// Examine implements examine.Provider: it calls, and waits for the call's end.
func (p *Provider) Examine(ctx context.Context, m app.Message, tellAll func(examine.Finding)) bool {
	tell := func(f Finding) { tellAll(f.shared()) }
	o, err := p.place(ctx, m, tell)
	if err != nil {
		if o != nil {
			<-o.ended
		}
		return false
	}
	select {
	case <-o.ended:
	case <-ctx.Done():
		p.stop()
		<-o.ended
	}
	return o.taken
}

// shared is the finding for who knows no calls.
func (f Finding) shared() examine.Finding {
	shared := examine.Finding{Step: string(f.Step), About: f.About, Params: f.Params, Said: f.Said}
	if f.Failed != nil {
		shared.Remedy = string(f.Failed.Remedy())
		if f.Failed.Said != nil {
			shared.Said = f.Failed.Said.Error()
		}
	}
	return shared
}

// tellFailure tells a failure, and gives it.
func (p *Provider) tellFailure(tell func(Finding), step Step, err error) *Failure {
	f := p.fail(step, err)
	tell(Finding{Step: step, About: p.Name(), Failed: f})
	return f
}

func join(addresses []netip.AddrPort) string {
	var all []string
	for _, a := range addresses {
		all = append(all, a.String())
	}
	return strings.Join(all, ", ")
}
