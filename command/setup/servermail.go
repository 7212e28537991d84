package setup

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/mail"
)

// mailBlock is one table of the settings that names relays: [delivery.mail], whose name is empty, or [delivery.mails.NAME].
type mailBlock struct {
	MailSettings
	name string
	key  string // of the table
}

// mailBlocks are those that the settings have, in the order in which they are asked.
func (p *planner) mailBlocks() []mailBlock {
	d := p.plan.settings.Delivery
	var all []mailBlock
	if len(d.Mail.Servers) > 0 {
		all = append(all, mailBlock{d.Mail, "", "delivery.mail"})
	}
	var further []mailBlock
	for name, s := range d.Mails {
		usual := defaultMail()
		s.Auth, s.Time = cmp.Or(s.Auth, usual.Auth), cmp.Or(s.Time, usual.Time)
		further = append(further, mailBlock{s, name, "delivery.mails." + name})
	}
	slices.SortFunc(further, func(a, b mailBlock) int { return cmp.Compare(p.lines.Of(a.key), p.lines.Of(b.key)) })
	return append(all, further...)
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
	if b.name != "" && !directoryName.MatchString(b.name) {
		p.report(b.key, app.NewProblem("", "provider_name", "is", b.name))
	}
	for _, address := range b.Servers {
		if err := mail.CheckServer(address); err != nil {
			p.report(b.key+".servers", app.NewProblem("", "mail_server", "is", address))
		}
	}
	if len(b.Servers) == 0 {
		p.report(b.key+".servers", app.NewProblem("", "required"))
	}
	if mail.CheckAddress(b.From) != nil {
		p.report(b.key+".from", app.NewProblem("", "mail", "is", b.From))
	}
	if b.Time < leastTime || b.Time > longestAttempt {
		p.report(b.key+".time", app.NewProblem("", "between", "least", leastTime, "most", longestAttempt, "is", b.Time))
	}
	if strings.ContainsAny(b.Helo, " \r\n") {
		p.report(b.key+".helo", app.NewProblem("", "helo", "is", b.Helo))
	}
	p.checkSignIn(b)
	if _, err := p.plan.rootsIn(b.Trust); err != nil {
		p.report(b.key+".trust", err)
	}
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
	roots, err := p.rootsIn(b.Trust)
	if err != nil {
		return nil, err
	}
	var all []examine.Provider
	for _, address := range b.Servers {
		r, err := mail.New(mail.Config{
			Server: address, Roots: roots, Helo: b.Helo, From: b.From, Auth: mail.Auth(b.Auth), User: b.User,
			Secret:        p.passwords[b.key],
			TokenEndpoint: b.TokenEndpoint, Client: b.Client, Scope: b.Scope, Letters: with.letters, Idle: keptOpen,
		})
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// keptOpen is how long a connection to a relay waits for the next mail. Relays close theirs after some minutes.
const keptOpen = 15 * time.Second
