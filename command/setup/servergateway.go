package setup

import (
	"cmp"
	"crypto/x509"
	"errors"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/gateway"
	"github.com/sparekey/sparekey/backend/delivery/receipt"
)

// gatewayKind is the row of textKinds for a gateway of a kind.
func gatewayKind(k gateway.Kind) textKind {
	return textKind{
		check: func(p *planner, b textBlock) { p.checkGateway(k, b) },
		open: func(p *ServerPlan, b textBlock, with surroundings) ([]examine.Provider, error) {
			return openEach(p, b.Trust, []string{b.Endpoint}, func(_ string, roots *x509.CertPool) (*gateway.Gateway, error) {
				return p.gateway(k, b, roots, with)
			})
		},
	}
}

// usualTextName is the name of [delivery.text] where its receipts come.
const usualTextName = "text"

// gatewayConfig is what a block means, but for its secrets and what it works with.
func (p *ServerPlan) gatewayConfig(k gateway.Kind, b textBlock) gateway.Config {
	c := gateway.Config{
		Kind: k, Name: cmp.Or(b.name, usualTextName), Endpoint: b.Endpoint, Region: b.Region, User: b.User, Key: b.Key, Service: b.Service, From: b.From,
		Form: gateway.Form{
			Method: cmp.Or(b.Method, "POST"), Type: cmp.Or(b.Type, "json"), Body: b.Body, Headers: b.Headers,
			Receipt: b.ReceiptAt, TakenAt: b.TakenAt, TakenIs: b.TakenIs,
		},
	}
	if b.Receipts {
		c.Receipts = strings.TrimRight(p.settings.BaseURL, "/") + receipt.Path + c.Name
	}
	return c
}

// gateway opens a block. Nobody is asked yet.
func (p *ServerPlan) gateway(k gateway.Kind, b textBlock, roots *x509.CertPool, with surroundings) (*gateway.Gateway, error) {
	c := p.gatewayConfig(k, b)
	c.Roots, c.Clock, c.Texts, c.Secret = roots, with.clock, with.texts, p.passwords[b.key]
	if b.Receipts {
		c.ReceiptSecret = c.Secret
		if gateway.SignsReceiptsApart(c) {
			c.ReceiptSecret = p.passwords[b.key+".receipt_secret"]
		}
	}
	return gateway.New(c)
}

// checkGateway looks at what a table says of a gateway.
func (p *planner) checkGateway(k gateway.Kind, b textBlock) {
	c := p.plan.gatewayConfig(k, b)
	p.checkEndpoint(c, b.key, b.Secret)
	if b.Region != "" && !hostPart.MatchString(b.Region) {
		p.report(b.key+".region", app.NewProblem("", "gateway_region", "is", b.Region))
	}
	if b.From != "" && k != gateway.KindHTTP && k != gateway.KindWebhook && !senderForm.MatchString(b.From) {
		p.report(b.key+".from", app.NewProblem("", "text_sender", "is", b.From))
	}
	if k == gateway.KindHTTP {
		p.checkForm(c, b)
	}
	p.checkReceipts(k, c, b)
}

// checkEndpoint looks at how a provider is reached and signed in at, by what its table means.
func (p *planner) checkEndpoint(c gateway.Config, key, secret string) {
	for _, setting := range gateway.Missing(c) {
		p.report(key+"."+setting, app.NewProblem("", "required"))
	}
	if c.Endpoint != "" && gateway.CheckEndpoint(c.Endpoint, c.Kind) != nil {
		p.report(key+".endpoint", app.NewProblem("", "gateway_endpoint", "is", c.Endpoint))
	}
	read := readPassword
	if c.Kind == gateway.KindWebhook {
		read = readWebhookKey
	}
	if c.Kind != gateway.KindHTTP || secret != "" {
		p.keepSecret(key, "secret", secret, read)
	}
}

// hostPart is that of a region, which becomes part of a host's name. senderForm is that of a sender: a number, a short code, or a word.
var (
	hostPart   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	senderForm = regexp.MustCompile(`^(\+?[0-9]{3,15}|[A-Za-z0-9 _&.+-]{1,11})$`)
)

// checkForm looks at the description of a gateway.
func (p *planner) checkForm(c gateway.Config, b textBlock) {
	setting, err := gateway.CheckForm(b.Endpoint, c.Form)
	at := b.key + "." + setting
	switch {
	case errors.Is(err, gateway.ErrMethod):
		p.report(at, app.NewProblem("", "gateway_method", "is", b.Method))
	case errors.Is(err, gateway.ErrType):
		p.report(at, app.NewProblem("", "gateway_type", "is", b.Type))
	case errors.Is(err, gateway.ErrPlaceholder):
		p.report(at, app.NewProblem("", "gateway_placeholder", "known", "{{.to}} {{.number}} {{.from}} {{.text}} {{.id}}", "secrets", "{{.user}} {{.secret}}"))
	case errors.Is(err, gateway.ErrNothing):
		p.report(at, app.NewProblem("", "gateway_nothing", "text", "{{.text}}", "to", "{{.to}}", "number", "{{.number}}"))
	case err != nil:
		p.report(at, app.NewProblem("", "gateway_body"))
	}
}

// checkReceipts looks at what receipts take.
func (p *planner) checkReceipts(k gateway.Kind, c gateway.Config, b textBlock) {
	switch {
	case !b.Receipts:
	case !gateway.SendsReceipts(k):
		p.report(b.key+".receipts", app.NewProblem("", "gateway_receipts", "kind", string(k)))
	case gateway.SignsReceiptsApart(c):
		p.keepSecretAs(b.key+".receipt_secret", b.key+".receipt_secret", b.ReceiptSecret, readPassword)
	}
}

// readWebhookKey reads a key of Standard Webhooks.
func readWebhookKey(path string) (app.Secret, error) {
	secret, err := readPassword(path)
	if err == nil && gateway.CheckWebhookKey(secret.Reveal()) != nil {
		return app.Secret{}, app.NewProblem("", "gateway_key")
	}
	return secret, err
}

// checkWording looks at what texts say.
func (p *planner) checkWording() {
	if !p.plan.settings.Delivery.Wording.BindCodeToDomain {
		return
	}
	name := p.plan.name
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil || !strings.Contains(name, ".") {
		p.report("delivery.wording.bind_code_to_domain", app.NewProblem("", "bound_domain", "is", name))
	}
}

// codeDomain is the domain to which codes in texts are bound; empty: none.
func (p *ServerPlan) codeDomain() string {
	if p.settings.Delivery.Wording.BindCodeToDomain {
		return p.name
	}
	return ""
}

// sourcesOf are those of the providers that say later what became of a message.
func sourcesOf(providers []examine.Provider) (all []receipt.Source) {
	for _, p := range providers {
		if s, sends := p.(receipt.Source); sends {
			all = append(all, s)
		}
	}
	return slices.Clip(all)
}
