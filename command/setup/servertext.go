package setup

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/gateway"
)

// textBlock is one table of the settings that names who carries texts: [delivery.text], whose name is empty, or
// [delivery.texts.NAME].
type textBlock struct {
	TextSettings
	name string
	key  string // of the table
}

// textKind is a kind of provider of texts: one row of textKinds, in a file of its own.
type textKind struct {
	check func(p *planner, b textBlock)
	open  func(p *ServerPlan, b textBlock, with surroundings) ([]examine.Provider, error)
}

// textKinds are the kinds by the name that the settings have for them.
var textKinds = map[string]textKind{
	"smpp":                      {checkSMPP, openSMPP},
	string(gateway.KindTwilio):  gatewayKind(gateway.KindTwilio),
	string(gateway.KindVonage):  gatewayKind(gateway.KindVonage),
	string(gateway.KindBird):    gatewayKind(gateway.KindBird),
	string(gateway.KindSinch):   gatewayKind(gateway.KindSinch),
	string(gateway.KindSNS):     gatewayKind(gateway.KindSNS),
	string(gateway.KindWebhook): gatewayKind(gateway.KindWebhook),
	string(gateway.KindHTTP):    gatewayKind(gateway.KindHTTP),
}

// textBlocks are those that the settings have, in the order in which they are asked.
func (p *planner) textBlocks() []textBlock {
	d := p.plan.settings.Delivery
	var all, further []textBlock
	if d.Text.Kind != "" {
		all = append(all, textBlock{d.Text, "", "delivery.text"})
	}
	for name, s := range d.Texts {
		s.Time = cmp.Or(s.Time, defaultText().Time)
		further = append(further, textBlock{s, name, "delivery.texts." + name})
	}
	slices.SortFunc(further, func(a, b textBlock) int { return cmp.Compare(p.lines.Of(a.key), p.lines.Of(b.key)) })
	return append(all, further...)
}

// checkTexts looks at what the tables of texts say.
func (p *planner) checkTexts() {
	for _, b := range p.textBlocks() {
		if b.name != "" && !directoryName.MatchString(b.name) || b.name == usualTextName {
			p.report(b.key, app.NewProblem("", "provider_name", "is", b.name))
		}
		kind, known := textKinds[b.Kind]
		if !known {
			p.report(b.key+".kind", app.NewProblem("", "text_kind", "is", b.Kind, "known", strings.Join(slices.Sorted(maps.Keys(textKinds)), ", ")))
			continue
		}
		if b.Time < leastTime || b.Time > longestAttempt {
			p.report(b.key+".time", app.NewProblem("", "between", "least", leastTime, "most", longestAttempt, "is", b.Time))
		}
		if _, err := p.plan.rootsIn(b.Trust); err != nil {
			p.report(b.key+".trust", err)
		}
		kind.check(p, b)
		p.plan.carriers = append(p.plan.carriers, carrier{
			channel: app.KindSMS, key: b.key, time: b.Time,
			open: func(with surroundings) ([]examine.Provider, error) { return kind.open(p.plan, b, with) },
		})
	}
}
