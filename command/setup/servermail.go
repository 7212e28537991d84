package setup

import (
	"cmp"
	"crypto/x509"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/mail"
)

// mailBlock is one table of relays.
type mailBlock struct {
	MailSettings
	block
}

// mailBlocks are those that the settings have.
func (p *planner) mailBlocks() (all []mailBlock) {
	d := p.plan.settings.Delivery
	for _, b := range p.blocks("delivery.mail", len(d.Mail.Servers) > 0, maps.Keys(d.Mails)) {
		s := d.Mail
		if b.name != "" {
			usual := defaultMail()
			s = d.Mails[b.name]
			s.Auth, s.Time = cmp.Or(s.Auth, usual.Auth), cmp.Or(s.Time, usual.Time)
		}
		all = append(all, mailBlock{s, b})
	}
	return all
}

// checkMails looks at what the tables of relays say.
func (p *planner) checkMails() {
	all := p.mailBlocks()
	for _, b := range all {
		p.checkMail(b)
		p.plan.carriers = append(p.plan.carriers, carrier{
			channel: app.KindEmail, key: b.key, time: b.Time,
			open: func(with surroundings) ([]examine.Provider, error) { return p.plan.relays(b, with) },
		})
	}
	if len(all) == 0 && p.lines["delivery.mail.from"] > 0 && p.plan.settings.Delivery.Mail.From != "" {
		p.report("delivery.mail.servers", app.NewProblem("", "required"))
	}
}

func (p *planner) checkMail(b mailBlock) {
	p.checkBlock(b.block, b.Time, b.Trust)
	for _, address := range p.wrongServers(b.block, b.Servers, mail.CheckServer) {
		p.report(b.key+".servers", app.NewProblem("", "mail_server", "is", address))
	}
	if mail.CheckAddress(b.From) != nil {
		p.report(b.key+".from", app.NewProblem("", "mail", "is", b.From))
	}
	if strings.ContainsAny(b.Helo, " \r\n") {
		p.report(b.key+".helo", app.NewProblem("", "helo", "is", b.Helo))
	}
	p.checkSignIn(b)
}

// checkSignIn looks at what signing in takes.
func (p *planner) checkSignIn(b mailBlock) {
	if !slices.Contains(mail.Auths(), b.Auth) {
		p.report(b.key+".auth", app.NewProblem("", "mail_auth", "is", b.Auth, "known", strings.Join(mail.Auths(), ", ")))
		return
	}
	auth := mail.Auth(b.Auth)
	if auth == mail.AuthNone {
		return
	}
	if b.User == "" {
		p.report(b.key+".user", app.NewProblem("", "required"))
	}
	p.keepSecret(b.key, "secret", b.Secret, readPassword)
	if auth != mail.AuthXOAUTH2 {
		return
	}
	for key, is := range map[string]string{"client": b.Client, "scope": b.Scope} {
		if is == "" {
			p.report(b.key+"."+key, app.NewProblem("", "required"))
		}
	}
	if u, err := url.Parse(b.TokenEndpoint); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		p.report(b.key+".token_endpoint", app.NewProblem("", "link", "is", b.TokenEndpoint))
	}
}

// relays are those of a block, in their order.
func (p *ServerPlan) relays(b mailBlock, with surroundings) ([]examine.Provider, error) {
	return openEach(p, b.Trust, b.Servers, func(server string, roots *x509.CertPool) (*mail.Relay, error) {
		return mail.New(mail.Config{
			Server: server, Roots: roots, Helo: b.Helo, From: b.From, Auth: mail.Auth(b.Auth), User: b.User,
			Secret:        p.passwords[b.key],
			TokenEndpoint: b.TokenEndpoint, Client: b.Client, Scope: b.Scope, Letters: with.letters, Idle: keptOpen,
		})
	})
}

// keptOpen is how long a connection to a relay waits for the next mail. Relays close theirs after some minutes.
const keptOpen = 15 * time.Second
