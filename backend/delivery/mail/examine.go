package mail

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
)

var _ examine.Provider = (*Relay)(nil)

// Examine implements examine.Provider.
func (r *Relay) Examine(ctx context.Context, m app.Message, tellAll func(examine.Finding)) bool {
	tell := func(f Finding) { tellAll(f.shared()) }
	to, err := parseAddress(m.To)
	if err != nil {
		f := r.fail(StepRecipient, err)
		tell(Finding{Step: StepRecipient, About: m.To, Failed: f})
		return false
	}
	s, err := r.open(ctx, tell)
	if err != nil {
		return false
	}
	defer s.close()
	l, err := r.config.Letters(ctx, m)
	if err == nil {
		var content []byte
		if content, err = compose(m, r.config.From, to, l); err == nil {
			_, err = s.hand(ctx, envelope{from: r.config.From, to: to, content: content}, tell)
			return err == nil
		}
	}
	r.tellFailure(tell, StepContent, err)
	return false
}

// Look goes as far as signing in, and tells each step as it ends: no mail is sent. It reports whether all went well.
func (r *Relay) Look(ctx context.Context, tell func(examine.Finding)) bool {
	s, err := r.open(ctx, func(f Finding) { tell(f.shared()) })
	if err == nil {
		s.close()
	}
	return err == nil
}

// shared is the finding for who knows no mail.
func (f Finding) shared() examine.Finding {
	shared := examine.Finding{Step: string(f.Step), About: f.About, Params: f.Params, Said: f.Said}
	if f.Failed != nil {
		shared.Remedy = string(f.Failed.Remedy())
		if f.Failed.Said != nil {
			shared.Said = f.Failed.Said.Error()
		}
	}
	return shared
}

// Remedy is a code for what helps against a failure.
type Remedy = examine.Remedy

// The remedies.
const (
	RemedyName      Remedy = "name"      // the host's name has no address
	RemedyReach     Remedy = "reach"     // nobody answers there
	RemedyTLS       Remedy = "tls"       // the connection can't be secured
	RemedyStartTLS  Remedy = "starttls"  // the relay does not offer it
	RemedyToken     Remedy = "token"     // the token endpoint gives none
	RemedyMechanism Remedy = "mechanism" // the relay does not offer the way to sign in
	RemedyPassword  Remedy = "password"  // the relay does not let the account in
	RemedySender    Remedy = "sender"    // the account may not send as this sender
	RemedyMailbox   Remedy = "mailbox"   // the receiver's mailbox takes no mail
	RemedyRelay     Remedy = "relay"     // the relay does not send for this account, or to this receiver
	RemedyLater     Remedy = "later"     // the relay asks to come again
	RemedyContent   Remedy = "content"   // the relay does not like the mail
	RemedyUnsure    Remedy = "unsure"    // whether it took the mail is not known
	RemedyCut       Remedy = "cut"       // it ended the connection, or said nothing
	RemedyScript    Remedy = "script"    // an address with letters beyond ASCII
)
