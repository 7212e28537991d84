package setup

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/delivery/letter"
	"github.com/sparekey/sparekey/backend/delivery/mail"
	"github.com/sparekey/sparekey/backend/delivery/route"
	"github.com/sparekey/sparekey/backend/port"
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

// longestAttempt bounds an attempt of one relay, so that a second one has its turn while the message is leased.
const longestAttempt = 15 * time.Second

// checkDelivery looks at what each block says. Nobody is asked: "sparekey deliver test" does that.
func (p *planner) checkDelivery() {
	p.plan.mails = p.mailBlocks()
	for _, b := range p.plan.mails {
		p.checkMail(b)
	}
	l := p.plan.settings.Delivery.Letters
	if l.ReplyTo != "" && mail.CheckAddress(l.ReplyTo) != nil {
		p.report("delivery.letters.reply_to", app.NewProblem("", "mail", "is", l.ReplyTo))
	}
	if len(p.plan.mails) == 0 && len(p.plan.settings.Delivery.Mails) == 0 && p.lines["delivery.mail.from"] > 0 && p.plan.settings.Delivery.Mail.From != "" {
		p.report("delivery.mail.servers", app.NewProblem("", "required"))
	}
	p.checkLetters()
}

// checkLetters tries the templates; what is wrong stands with their files and lines.
func (p *planner) checkLetters() {
	folder := p.plan.templates()
	_, err := letter.New(letter.Config{Folder: folder})
	if err == nil {
		return
	}
	for _, found := range app.ProblemsOf(err) {
		if found.Key == folder {
			p.report("delivery.letters.templates", found)
			continue
		}
		file := filepath.Join(folder, found.Key)
		found.Key = ""
		p.others = append(p.others, errors.New(words.ProblemIn(file, found)))
	}
}

// templates is the folder of an organisation's templates; empty: none.
func (p *ServerPlan) templates() string {
	if folder := p.settings.Delivery.Letters.Templates; folder != "" {
		return p.beside(folder)
	}
	return ""
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
func (p *ServerPlan) relays(b mailBlock, letters func(context.Context, app.Message) (letter.Letter, error)) ([]*mail.Relay, error) {
	roots, err := p.rootsIn(b.Trust)
	if err != nil {
		return nil, err
	}
	var all []*mail.Relay
	for _, address := range b.Servers {
		r, err := mail.New(mail.Config{
			Server: address, Roots: roots, Helo: b.Helo, From: b.From, Auth: mail.Auth(b.Auth), User: b.User,
			Secret:        p.passwords[b.key],
			TokenEndpoint: b.TokenEndpoint, Client: b.Client, Scope: b.Scope, Letters: letters, Idle: keptOpen,
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

// letters writes what the server sends, with what the policy in force says of the organisation.
func (p *ServerPlan) letters(organisation func(context.Context) (app.Organisation, error)) (*letter.Writer, error) {
	l := p.settings.Delivery.Letters
	return letter.New(letter.Config{
		Organisation: organisation, From: l.FromName, ReplyTo: l.ReplyTo, Folder: p.templates(), CodeInSubject: l.CodeInSubject,
	})
}

// openDelivery makes the way that messages take. Nobody is asked yet. It ends with the server.
func (s *Server) openDelivery() error {
	letters, err := s.plan.letters(func(ctx context.Context) (app.Organisation, error) { return s.service.Organisation(ctx) })
	if err != nil {
		return err
	}
	var all []route.Provider
	for _, b := range s.plan.mails {
		relays, err := s.plan.relays(b, letters.Write)
		if err != nil {
			return err
		}
		for _, r := range relays {
			s.close = append(s.close, r.Close)
			all = append(all, route.Provider{Name: r.Name(), Channel: app.KindEmail, Deliverer: r, Time: b.Time})
		}
	}
	s.route = route.New(s.parts.Clock, all...)
	return nil
}

// deliverer is who carries messages.
func (s *Server) deliverer() port.Deliverer {
	if s.parts.Deliverer != nil {
		return s.parts.Deliverer
	}
	return s.route
}

// sendingKinds are the methods whose codes are sent, each by the channel of its name.
var sendingKinds = []app.Kind{app.KindEmail, app.KindSMS, app.KindVoice}

// carries reports whether the settings name a provider for a channel.
func (p *ServerPlan) carries(channel app.Kind) bool {
	return channel == app.KindEmail && len(p.mails) > 0
}

// rootsIn reads roots; nil: the system's.
func (p *ServerPlan) rootsIn(name string) (*x509.CertPool, error) {
	if name == "" {
		return nil, nil
	}
	document, err := files.Read(p.beside(name), maxRoots)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(document) {
		return nil, app.NewProblem("", "no_certificate")
	}
	return pool, nil
}
