package setup

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/mail"
)

// Who carries mails: the relay, and the account there. Each answer is tried at the relay; a mail is sent only where somebody says whom to.

// The keys of the answers about that.
const (
	askMailServers = "mail-servers"
	askMailTrust   = "mail-trust"
	askMailFrom    = "mail-from"
	askMailUser    = "mail-user"
	askMailSecret  = "mail-password-file"
	askMailTest    = "mail-test"
)

// deliverySeen is what the tries have seen of who carries messages.
type deliverySeen struct {
	untrusted bool // the system does not know who issued a relay's certificate
}

func sendsMails(d *Draft) bool    { return len(d.list(askMailServers)) > 0 }
func signsInAtMail(d *Draft) bool { return sendsMails(d) && d.answers[askMailUser] != "" }

func (d *Draft) mailQuestions() []Question {
	trustHelp := words.Text("command.setup.trust_known")
	if d.carry.untrusted {
		trustHelp = words.Text("command.setup.trust_help")
	}
	from := ""
	if d.answers[askDomain] != "" {
		from = "reset@" + d.answers[askDomain]
	}
	return []Question{
		{Key: askMailServers, Title: words.Text("command.setup.mail_servers"), Help: words.Text("command.setup.mail_servers_help"), Several: true, Optional: true, try: tryMailServers},
		{Key: askMailTrust, Title: words.Text("command.setup.trust"), Help: trustHelp, Optional: !d.carry.untrusted, asked: sendsMails, after: askMailServers, try: tryMailTrust},
		{Key: askMailFrom, Title: words.Text("command.setup.mail_from"), Help: words.Text("command.setup.mail_from_help"), Suggested: from, asked: sendsMails, try: tryMailFrom},
		{Key: askMailUser, Title: words.Text("command.setup.mail_user"), Help: words.Text("command.setup.mail_user_help"), Optional: true, asked: sendsMails},
		{Key: askMailSecret, Title: words.Text("command.setup.mail_password"), Help: words.Text("command.setup.password_help"), Secret: true,
			asked: signsInAtMail, after: askMailTrust, try: tryMailSecret},
		{Key: askMailTest, Title: words.Text("command.setup.mail_test"), Help: words.Text("command.setup.test_help"), Optional: true, asked: sendsMails,
			after: askMailFrom, try: tryMailTest},
	}
}

// mailSettings are those of the relay; its secret is named by its file.
func (d *Draft) mailSettings(s *MailSettings) {
	if !sendsMails(d) {
		return
	}
	s.Servers, s.Trust, s.From = d.list(askMailServers), d.answers[askMailTrust], d.answers[askMailFrom]
	if s.Auth = string(mail.AuthNone); signsInAtMail(d) {
		s.Auth, s.User, s.Secret = string(mail.AuthBest), d.answers[askMailUser], d.keptSecret(askMailSecret)
	}
}

func tryMailServers(ctx context.Context, d *Draft) ([]string, error) {
	var wrong []error
	for _, address := range d.list(askMailServers) {
		if mail.CheckServer(address) != nil {
			wrong = append(wrong, app.NewProblem("", "mail_server", "is", address))
		}
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	d.carry.untrusted = false
	return d.lookAtMail(ctx, askMailServers, func(s *MailSettings) { s.Trust, s.Auth = "", string(mail.AuthNone) })
}

func tryMailTrust(ctx context.Context, d *Draft) ([]string, error) {
	path := d.answers[askMailTrust]
	if _, err := (&ServerPlan{path: d.machine.config}).rootsIn(path); err != nil {
		return nil, err
	}
	if err := d.machine.account.readable(d.machine.beside(path)); err != nil {
		return nil, err
	}
	return d.lookAtMail(ctx, askMailTrust, func(s *MailSettings) { s.Auth = string(mail.AuthNone) })
}

func tryMailFrom(_ context.Context, d *Draft) ([]string, error) {
	if mail.CheckAddress(d.answers[askMailFrom]) != nil {
		return nil, app.NewProblem("", "mail", "is", d.answers[askMailFrom])
	}
	return nil, nil
}

// tryMailSecret signs in.
func tryMailSecret(ctx context.Context, d *Draft) ([]string, error) {
	if file := d.secretFile(askMailSecret); exists(file) {
		return nil, AgainError{askKeys, app.NewProblem("", "never_replaced", "file", file)}
	}
	return d.lookAtMail(ctx, askMailSecret, nil)
}

// tryMailTest sends a mail.
func tryMailTest(ctx context.Context, d *Draft) ([]string, error) {
	if mail.CheckAddress(d.answers[askMailTest]) != nil {
		return nil, app.NewProblem("", "mail", "is", d.answers[askMailTest])
	}
	test := testMessage(DeliveryTest{Channel: app.KindEmail, To: d.answers[askMailTest]}, "")
	return d.tryCarriers(ctx, d.mailCarriers(nil), func(timed context.Context, p examine.Provider, tell func(examine.Finding)) bool {
		return p.Examine(timed, test, tell)
	})
}

// mailCarriers are the relays as the answers make them, but for what change says.
func (d *Draft) mailCarriers(change func(*MailSettings)) func(*ServerPlan, surroundings) ([]examine.Provider, error) {
	return func(p *ServerPlan, with surroundings) ([]examine.Provider, error) {
		s := p.settings.Delivery.Mail
		if change != nil {
			change(&s)
		}
		return p.relays(mailBlock{MailSettings: s, block: block{key: "delivery.mail"}}, with)
	}
}

// lookAtMail goes as far as signing in at each relay. Whether certificates are to be trusted is the next question's.
func (d *Draft) lookAtMail(ctx context.Context, asked string, change func(*MailSettings)) ([]string, error) {
	return d.tryCarriers(ctx, d.mailCarriers(change), func(timed context.Context, p examine.Provider, tell func(examine.Finding)) bool {
		relay, is := p.(*mail.Relay)
		return is && relay.Look(timed, func(f examine.Finding) {
			if asked == askMailServers && f.Remedy == string(examine.RemedyIssuer) {
				d.carry.untrusted = true
				f.Remedy, f.Step = "", stepUntrusted
			}
			tell(f)
		}) || asked == askMailServers && d.carry.untrusted
	})
}

// stepUntrusted stands for a certificate of an issuer that the system does not know.
const stepUntrusted = "untrusted"

// tryCarriers tries each provider. One of them has to do; what is wrong with the others is told.
func (d *Draft) tryCarriers(ctx context.Context, open func(*ServerPlan, surroundings) ([]examine.Provider, error),
	try func(context.Context, examine.Provider, func(examine.Finding)) bool) (notes []string, err error) {
	providers, err := d.carriers(open)
	if err != nil {
		return nil, err
	}
	var wrong []string
	good := false
	for _, p := range providers {
		timed, cancel := context.WithTimeout(ctx, longestAttempt)
		did := try(timed, p, func(f examine.Finding) {
			switch line := carrierInWords(p.Name(), f); {
			case f.Remedy != "":
				wrong = append(wrong, line)
			case line != "":
				notes = append(notes, line)
			}
		})
		cancel()
		good = good || did
		if err := p.Close(); err != nil {
			return notes, err
		}
	}
	if !good {
		return notes, errors.New(strings.Join(wrong, "\n"))
	}
	return append(notes, wrong...), nil
}

// carriers opens providers as the answers make them. Nobody is asked yet.
func (d *Draft) carriers(open func(*ServerPlan, surroundings) ([]examine.Provider, error)) ([]examine.Provider, error) {
	plan := &ServerPlan{settings: d.settings(false), path: d.machine.config, passwords: map[string]func() (app.Secret, error){
		"delivery.mail": func() (app.Secret, error) { return d.secrets[askMailSecret], nil },
		"delivery.text": func() (app.Secret, error) { return d.secrets[askTextSecret], nil },
	}}
	_, plan.name = hostOf(plan.settings.BaseURL)
	with, err := plan.surroundings(systemClock{}, func(context.Context) (app.Organisation, error) {
		return app.Organisation{Name: d.answers[askOrganisation]}, nil
	})
	if err != nil {
		return nil, err
	}
	return open(plan, with)
}

// carrierInWords is a finding on a line; of steps that went well only what there is to see.
func carrierInWords(provider string, f examine.Finding) string {
	switch {
	case f.Step == stepUntrusted:
		return words.Text("command.setup.mail_untrusted", words.Values{"server": provider})
	case f.Remedy == "" && f.Step != "tls" && f.Step != "auth" && f.Step != "answer" && f.Step != "request":
		return ""
	}
	said := stepInWords(provider, f)
	line := provider + ": " + said.What
	if said.Said != "" && f.Remedy != "" {
		line += " (" + said.Said + ")"
	}
	if said.Do != "" {
		line += ". " + said.Do
	}
	return line
}

// besideKeys names a secret's file as systemd hands it over.
func besideKeys(file string) string { return credential + filepath.Base(file) }
