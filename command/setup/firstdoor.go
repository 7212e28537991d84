package setup

import (
	"cmp"
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets/words"
)

// Where people's computers reach the server, and who ends TLS.

// The keys of the answers about that.
const (
	askBase        = "base-url"
	askTLS         = "tls"
	askCertificate = "certificate"
	askKey         = "key"
	askProxy       = "behind-proxy"
	askACME        = "acme"
	askTerms       = "agree-terms"
	askContact     = "acme-contact"
	askListen      = "listen"
)

// Who ends TLS.
const (
	tlsFiles = "files"
	tlsProxy = "proxy"
	tlsACME  = "acme"
)

// letsEncrypt is the authority that is suggested.
const letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

func isTLS(how string) func(*Draft) bool {
	return func(d *Draft) bool { return d.answers[askTLS] == how }
}

func (d *Draft) doorQuestions() []Question {
	listen := ":8443"
	switch {
	case d.answers[askTLS] == tlsProxy:
		listen = "127.0.0.1:8443"
	case d.machine.packaged || d.answers[askTLS] == tlsACME:
		listen = ":443"
	}
	return []Question{
		{Key: askBase, Title: words.Text("command.setup.base_url"), Help: words.Text("command.setup.base_url_help"), try: tryBase},
		{Key: askTLS, Title: words.Text("command.setup.tls"), Suggested: tlsFiles, Choices: []Choice{
			{tlsFiles, words.Text("command.setup.tls_files")}, {tlsProxy, words.Text("command.setup.tls_proxy")}, {tlsACME, words.Text("command.setup.tls_acme")},
		}},
		{Key: askCertificate, Title: words.Text("command.setup.certificate"), Help: words.Text("command.setup.certificate_help"),
			Suggested: d.machine.beside("tls/cert.pem"), asked: isTLS(tlsFiles), try: tryChain},
		{Key: askKey, Title: words.Text("command.setup.key"), Help: words.Text("command.setup.key_help"),
			Suggested: d.machine.beside("tls/key.pem"), asked: isTLS(tlsFiles), try: tryPair},
		{Key: askProxy, Title: words.Text("command.setup.proxy"), Help: words.Text("command.setup.proxy_help"), Several: true,
			Suggested: "127.0.0.1", asked: isTLS(tlsProxy), try: tryProxy},
		{Key: askACME, Title: words.Text("command.setup.acme"), Help: words.Text("command.setup.acme_help"), Suggested: letsEncrypt,
			asked: isTLS(tlsACME), try: tryAuthority},
		{Key: askTerms, Title: words.Text("command.setup.terms"), asked: isTLS(tlsACME), try: tryTerms, Choices: []Choice{
			{"yes", words.Text("command.setup.yes")}, {"no", words.Text("command.setup.no")},
		}},
		{Key: askContact, Title: words.Text("command.setup.contact"), Help: words.Text("command.setup.contact_help"), Optional: true,
			asked: isTLS(tlsACME), try: tryContact},
		{Key: askListen, Title: words.Text("command.setup.listen"), Help: words.Text("command.setup.listen_help"), Suggested: listen, try: tryListen},
	}
}

// resolveTime bounds how long a name is looked up.
const resolveTime = 5 * time.Second

func tryBase(ctx context.Context, d *Draft) ([]string, error) {
	if err := d.wrong((*planner).checkSettings, "base_url"); err != nil {
		return nil, err
	}
	_, name := hostOf(d.answers[askBase])
	ctx, cancel := context.WithTimeout(ctx, resolveTime)
	defer cancel()
	if _, err := net.DefaultResolver.LookupHost(ctx, name); err != nil {
		return []string{words.Text("command.setup.unresolved", words.Values{"host": name})}, nil
	}
	return nil, nil
}

// tryChain looks at the chain alone: whether it fits, its key tells.
func tryChain(_ context.Context, d *Draft) ([]string, error) {
	path := d.machine.beside(d.answers[askCertificate])
	text, err := files.Read(path, maxSettings)
	switch {
	case err != nil:
		return nil, err
	case !strings.Contains(string(text), "-----BEGIN CERTIFICATE-----"):
		return nil, app.NewProblem("", "no_chain")
	}
	return nil, d.machine.account.readable(path)
}

func tryPair(_ context.Context, d *Draft) ([]string, error) {
	check := func(p *planner) {
		p.plan.host, p.plan.name = hostOf(p.plan.settings.BaseURL)
		p.checkCertificate(p.plan.settings.Listen)
	}
	if err := d.wrong(check, "listen.key"); err != nil {
		return nil, err
	}
	if err := d.wrong(check, "listen.certificate"); err != nil {
		return nil, AgainError{askCertificate, err}
	}
	if d.machine.packaged { // systemd reads it, as root
		return nil, nil
	}
	return nil, d.machine.account.readable(d.machine.beside(d.answers[askKey]))
}

func tryProxy(_ context.Context, d *Draft) ([]string, error) {
	return nil, d.wrong((*planner).checkSettings, "listen.behind_proxy")
}

func tryAuthority(_ context.Context, d *Draft) ([]string, error) {
	return nil, d.wrong((*planner).checkSettings, "acme.directory")
}

func tryTerms(_ context.Context, d *Draft) ([]string, error) {
	return nil, d.wrong((*planner).checkSettings, "acme.agree_terms")
}

func tryContact(_ context.Context, d *Draft) ([]string, error) {
	return nil, d.wrong((*planner).checkSettings, "acme.contact")
}

// tryListen listens there, for a moment.
func tryListen(_ context.Context, d *Draft) ([]string, error) {
	address := d.answers[askListen]
	if !isAddress(address) {
		return nil, app.NewProblem("", "listen_address", "is", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		var wrong *net.OpError
		if errors.As(err, &wrong) {
			err = wrong.Err
		}
		return nil, app.NewProblem("", "cant_listen", "address", address, "cause", err)
	}
	return nil, l.Close()
}

// listenSettings sets those of the door. held names what systemd hands over in place of addresses and files.
func (d *Draft) listenSettings(s *ServerSettings, held bool) {
	s.BaseURL = strings.TrimRight(d.answers[askBase], "/")
	s.Listen = ListenSettings{Address: cmp.Or(d.answers[askListen], s.Listen.Address)}
	if held {
		s.Listen.Address, s.Admin.Address, s.Log.Format = bySystemd, bySystemd, "journal"
	}
	switch d.answers[askTLS] {
	case tlsFiles:
		s.Listen.Certificate, s.Listen.Key = d.answers[askCertificate], d.answers[askKey]
		if held {
			s.Listen.Key = credential + "tls"
		}
	case tlsProxy:
		s.Listen.BehindProxy = d.list(askProxy)
	case tlsACME:
		s.ACME.Directory, s.ACME.Contact, s.ACME.AgreeTerms = d.answers[askACME], d.answers[askContact], d.answers[askTerms] == "yes"
	}
}
