package setup

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/letter"
	"github.com/sparekey/sparekey/backend/delivery/mail"
	"github.com/sparekey/sparekey/backend/delivery/route"
	"github.com/sparekey/sparekey/backend/delivery/text"
	"github.com/sparekey/sparekey/backend/port"
)

// longestAttempt bounds an attempt of one relay, so that a second one has its turn while the message is leased.
const longestAttempt = 15 * time.Second

// carrier is a table of the settings that names who carries messages of a channel.
type carrier struct {
	channel app.Kind
	key     string        // of the table, such as "delivery.mails.second"
	time    time.Duration // for one attempt
	test    time.Duration // for one that an administrator watches to its end; zero: the same
	// open makes its providers, in the order in which they are asked. Nobody is asked yet.
	open func(surroundings) ([]examine.Provider, error)
}

// surroundings is what providers work with.
type surroundings struct {
	letters func(context.Context, app.Message) (letter.Letter, error)
	texts   func(context.Context, app.Message) (string, error)
	// receipts takes what providers say later; nil: nobody does.
	receipts port.Receipts
	// keyed takes what was typed during a call.
	keyed func(ctx context.Context, call string, digits app.Secret) error
	// pointless says why nobody waits for a message any more; nil: nobody knows.
	pointless func(ctx context.Context, message string) (why string)
	clock     port.Clock
	log       *slog.Logger // nil: silent
}

// checkDelivery looks at what each table says. Nobody is asked: "sparekey deliver test" does that.
func (p *planner) checkDelivery() {
	p.checkMails()
	p.checkTexts()
	p.checkWording()
	p.checkCalls()
	l := p.plan.settings.Delivery.Letters
	if l.ReplyTo != "" && mail.CheckAddress(l.ReplyTo) != nil {
		p.report("delivery.letters.reply_to", app.NewProblem("", "mail", "is", l.ReplyTo))
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

// letters writes what the server sends, with what the policy in force says of the organisation.
func (p *ServerPlan) letters(organisation func(context.Context) (app.Organisation, error)) (*letter.Writer, error) {
	l := p.settings.Delivery.Letters
	return letter.New(letter.Config{
		Organisation: organisation, From: l.FromName, ReplyTo: l.ReplyTo, Folder: p.templates(), CodeInSubject: l.CodeInSubject,
	})
}

// openDelivery makes the way that messages take. Nobody is asked yet. It ends with the server.
func (s *Server) openDelivery() error {
	with, err := s.plan.surroundings(s.parts.Clock, func(ctx context.Context) (app.Organisation, error) { return s.service.Organisation(ctx) })
	if err != nil {
		return err
	}
	with.receipts, with.log = lateReceipts{s}, s.log
	with.keyed = func(ctx context.Context, call string, digits app.Secret) error {
		return s.service.Keyed(ctx, call, digits)
	}
	with.pointless = func(ctx context.Context, message string) string {
		why, err := s.service.Pointless(ctx, message)
		if err != nil { // a person who waits is not hung up on for that
			s.log.Warn("nobody can say whether a call is still waited for", "message", message, "error", err)
		}
		return why
	}
	var all []route.Provider
	for _, c := range s.plan.carriers {
		providers, err := c.open(with)
		if err != nil {
			return err
		}
		s.sources = append(s.sources, sourcesOf(providers)...)
		for _, p := range providers {
			s.close = append(s.close, p.Close)
			if linked, is := p.(interface{ Start() }); is { // receipts come before a message leaves
				s.links = append(s.links, linked.Start)
			}
			all = append(all, route.Provider{Name: p.Name(), Channel: c.channel, Deliverer: p, Time: c.time})
		}
	}
	s.route = route.New(s.parts.Clock, all...)
	return nil
}

// surroundings gives providers what they work with.
func (p *ServerPlan) surroundings(clock port.Clock, organisation func(context.Context) (app.Organisation, error)) (surroundings, error) {
	letters, err := p.letters(organisation)
	if err != nil {
		return surroundings{}, err
	}
	texts := text.New(text.Config{Organisation: organisation, Name: p.settings.Delivery.Wording.Name, Domain: p.codeDomain()})
	return surroundings{letters: letters.Write, texts: texts.Write, clock: clock}, nil
}

// lateReceipts takes receipts as soon as the backend is there, which is made after the providers.
type lateReceipts struct{ server *Server }

// TakeReceipt implements port.Receipts.
func (l lateReceipts) TakeReceipt(ctx context.Context, r port.Receipt) error {
	if l.server.service == nil {
		return port.ErrNotFound
	}
	return l.server.service.TakeReceipt(ctx, r)
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
	return slices.ContainsFunc(p.carriers, func(c carrier) bool { return c.channel == channel })
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
