package setup

import (
	"cmp"
	"maps"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/gateway"
)

// textBlock is one table of who carries texts.
type textBlock struct {
	TextSettings
	block
}

// textKind is a kind of provider of texts: one row of textKinds, in a file of its own.
type textKind = providerKind[textBlock]

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

// textBlocks are those that the settings have.
func (p *planner) textBlocks() (all []textBlock) {
	d := p.plan.settings.Delivery
	for _, b := range p.blocks("delivery.text", d.Text.Kind != "", maps.Keys(d.Texts)) {
		s := d.Text
		if b.name != "" {
			s = d.Texts[b.name]
			s.Time = cmp.Or(s.Time, defaultText().Time)
		}
		all = append(all, textBlock{s, b})
	}
	return all
}

// checkTexts looks at what the tables of texts say.
func (p *planner) checkTexts() {
	for _, b := range p.textBlocks() {
		p.checkTaken(b.block, usualTextName)
		p.checkBlock(b.block, b.Time, b.Trust)
		checkKind(p, textKinds, b.Kind, b, carrier{channel: app.KindSMS, key: b.key, time: b.Time})
	}
}
