package setup

import (
	"cmp"
	"crypto/x509"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/smpp"
)

// mostWindow is how many texts may wait for an answer at most.
const mostWindow = 1000

// smppOf is a table with what holds where it says nothing else.
func smppOf(b textBlock) textBlock {
	usual := defaultText()
	b.Window, b.Alphabet = cmp.Or(b.Window, usual.Window), cmp.Or(b.Alphabet, usual.Alphabet)
	return b
}

// checkSMPP looks at what a table of message centres says.
func checkSMPP(p *planner, b textBlock) {
	b = smppOf(b)
	for _, address := range p.wrongServers(b.block, b.Servers, smpp.CheckServer) {
		p.report(b.key+".servers", app.NewProblem("", "smpp_server", "is", address))
	}
	if b.User == "" {
		p.report(b.key+".user", app.NewProblem("", "required"))
	}
	if !smpp.IsField(b.User, smpp.MostUser) {
		p.report(b.key+".user", app.NewProblem("", "smpp_field", "most", smpp.MostUser))
	}
	if !smpp.IsField(b.SystemType, smpp.MostSystemType) {
		p.report(b.key+".system_type", app.NewProblem("", "smpp_field", "most", smpp.MostSystemType))
	}
	if smpp.CheckSender(b.From) != nil {
		p.report(b.key+".from", app.NewProblem("", "smpp_from", "is", b.From))
	}
	if known := smpp.Alphabets(); !slices.Contains(known, b.Alphabet) {
		p.report(b.key+".alphabet", app.NewProblem("", "smpp_alphabet", "is", b.Alphabet, "known", strings.Join(known, ", ")))
	}
	p.between(b.key+".window", b.Window, 1, mostWindow)
	p.keepSecret(b.key, "secret", b.Secret, readSMPPPassword)
}

// readSMPPPassword reads a password that fits into SMPP's field.
func readSMPPPassword(path string) (app.Secret, error) {
	password, err := readPassword(path)
	if err == nil && !smpp.IsField(password.Reveal(), smpp.MostPassword) {
		err = app.NewProblem("", "smpp_password", "most", smpp.MostPassword)
	}
	return password, err
}

// openSMPP makes the centres of a table, in their order.
func openSMPP(p *ServerPlan, b textBlock, with surroundings) ([]examine.Provider, error) {
	b = smppOf(b)
	return openEach(p, b.Trust, b.Servers, func(server string, roots *x509.CertPool) (*smpp.Centre, error) {
		return smpp.New(smpp.Config{
			Server: server, Roots: roots, User: b.User, Secret: p.passwords[b.key], SystemType: b.SystemType, From: b.From,
			Window: b.Window, Alphabet: smpp.Alphabet(b.Alphabet),
			Texts: with.texts, Receipts: with.receipts, Clock: with.clock, Log: with.log,
		})
	})
}
