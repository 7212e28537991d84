package gateway

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/port"
)

var _ examine.Provider = (*Gateway)(nil)

// Examine implements examine.Provider.
func (g *Gateway) Examine(ctx context.Context, m app.Message, tell func(examine.Finding)) bool {
	failed := func(f *Failure) bool {
		about := g.at.Host
		if f.Step == StepNumber {
			about = m.To
		}
		tell(examine.Finding{Step: string(f.Step), About: about, Said: said(f.Said), Remedy: string(f.Remedy())})
		return false
	}
	if !g.reaches(m.To) {
		return failed(g.fail(StepNumber, errNumber))
	}
	var f *Failure
	t, err := g.text(ctx, m)
	switch {
	case errors.As(err, &f):
		return failed(f)
	case err != nil:
		return failed(g.fail(StepRequest, err))
	}
	client := newClient(g.config) // each step is taken anew
	defer client.CloseIdleConnections()
	a, err := g.exchange(withProgress(ctx, func(r reached) { tell(r.finding()) }), client, t)
	switch {
	case errors.As(err, &f):
		return failed(f)
	case !a.good():
		return failed(g.refuse(a))
	}
	receipt, err := g.judge(t, a)
	if errors.As(err, &f) {
		return failed(f)
	}
	tell(examine.Finding{Step: string(StepRequest), About: g.at.Host, Params: map[string]string{"receipt": receipt}, Said: oneLine(string(a.body))})
	return true
}

// finding is what ended, for words.
func (r reached) finding() examine.Finding {
	f := examine.Finding{Step: string(r.step), About: r.host}
	switch {
	case r.step == StepResolve:
		f.Params = map[string]string{"addresses": strings.Join(r.addresses, ", ")}
	case r.state != nil && len(r.state.PeerCertificates) > 0:
		c := r.state.PeerCertificates[0]
		f.About = r.state.ServerName
		f.Params = examine.Certificate(c)
	}
	return f
}

// said are words of a peer, on one line.
func said(err error) string {
	if err == nil {
		return ""
	}
	return oneLine(err.Error())
}

// mostSaid bounds the words of a peer that are shown, in bytes.
const mostSaid = 600

func oneLine(text string) string {
	text = strings.ToValidUTF8(strings.Join(strings.Fields(text), " "), "")
	if len(text) > mostSaid {
		text = strings.ToValidUTF8(text[:mostSaid], "") + "…"
	}
	return text
}

// Remedy is a code for what helps against a failure.
type Remedy = examine.Remedy

// The remedies.
const (
	RemedyNumber   Remedy = "gateway_number"   // the receiver's number is refused
	RemedySecret   Remedy = "gateway_secret"   // the secret's file can't be read
	RemedyName     Remedy = "gateway_name"     // the host has no address
	RemedyReach    Remedy = "gateway_reach"    // nobody answers there
	RemedyTLS      Remedy = "gateway_tls"      // the connection can't be secured
	RemedyAccount  Remedy = "gateway_account"  // the account, or its secret, is not let in
	RemedyMoney    Remedy = "gateway_money"    // it has no credit
	RemedyLater    Remedy = "gateway_later"    // too many
	RemedyDown     Remedy = "gateway_down"     // it has trouble of its own
	RemedyPlace    Remedy = "gateway_place"    // nothing is there: endpoint, account or service are others
	RemedyRedirect Remedy = "gateway_redirect" // it sends elsewhere
	RemedyMessage  Remedy = "gateway_message"  // it does not carry this to there
	RemedySettings Remedy = "gateway_settings" // it does not take it as it is asked to
	RemedyUnsure   Remedy = "gateway_unsure"   // whether it took it is not known
	RemedyCut      Remedy = "gateway_cut"      // it said nothing, or ended the connection
)

// Remedy says what helps.
func (f *Failure) Remedy() Remedy {
	switch {
	case errors.Is(f, port.ErrUndeliverable):
		return RemedyNumber
	case errors.Is(f, port.ErrUnanswered):
		return RemedyUnsure
	}
	switch f.Step {
	case StepSecret:
		return RemedySecret
	case StepResolve:
		return RemedyName
	case StepConnect:
		return RemedyReach
	case StepTLS:
		return f.remedyTLS()
	}
	return f.remedyAnswer()
}

func (f *Failure) remedyTLS() Remedy {
	return cmp.Or(examine.RemedyOfCertificate(f.Said), RemedyTLS)
}

// remedyAnswer says what helps against an answer.
func (f *Failure) remedyAnswer() Remedy {
	switch {
	case errors.Is(f.Said, errResting), f.Status == http.StatusTooManyRequests:
		return RemedyLater
	case errors.Is(f, port.ErrIncapable):
		return RemedyMessage
	case f.Status == http.StatusUnauthorized, f.Status == http.StatusForbidden:
		return RemedyAccount
	case f.Status == http.StatusPaymentRequired:
		return RemedyMoney
	case f.Status == http.StatusNotFound, f.Status == http.StatusMethodNotAllowed:
		return RemedyPlace
	case f.Status/100 == 3:
		return RemedyRedirect
	case f.Status >= 500:
		return RemedyDown
	case f.Status == 0:
		return RemedyCut
	}
	return RemedySettings
}
