package backend

import (
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// What comes first once somebody has signed in: to register, as the policy has it, or to look over what was registered
// long ago.

// due says what is due in a session of an account that may be helped here.
func (b *Backend) due(tx *tx, session port.SessionRecord, admin bool, creds []port.CredentialRecord) (app.Due, error) {
	if !b.registered(creds, admin) {
		switch b.policy().Registration.Mode {
		case policy.ModeRequired:
			return app.DueRegister, nil
		case policy.ModeOffered:
			return app.DueOffer, nil
		}
		return "", nil
	}
	after := b.policy().Registration.ReconfirmAfter
	if session.ByPass || after == 0 {
		return "", nil
	}
	newest, err := tx.Confirmed(session.Account)
	if err != nil {
		return "", err
	}
	for _, c := range creds {
		if c.Added.After(newest) {
			newest = c.Added
		}
	}
	if b.now().Sub(newest) <= after {
		return "", nil
	}
	return app.DueReconfirm, nil
}

// due says what is due for the person whom the flow signed in.
func (t *talk) due(creds []port.CredentialRecord) (app.Due, error) {
	if t.s.Barred {
		return "", nil
	}
	return t.b.due(t.tx, port.SessionRecord{Account: t.rec.Account, ByPass: t.s.ByPass}, t.s.Who.Admin, creds)
}

// barred refuses flows that a session can't start yet: a session by pass registers and nothing else, and where
// registering is required it comes before anything else.
func (b *Backend) barred(tx *tx, q question, purpose app.Purpose, first state) (*app.Error, error) {
	if !own(purpose) || purpose == app.PurposeRegister || first.At == atBlocked {
		return nil, nil
	}
	session, err := tx.Session(q.caller.Session)
	if err != nil {
		if errors.Is(err, port.ErrNotFound) {
			return b.stamp(&app.Error{Code: app.CodeSignedOut}, ""), nil
		}
		return nil, err
	}
	creds, err := tx.Credentials(session.Account)
	if err != nil {
		return nil, err
	}
	due, err := b.due(tx, session, first.Who.Admin, counting(creds))
	code := app.Code("")
	switch {
	case err != nil:
		return nil, err
	case session.ByPass:
		code = app.CodePassOnly
	case due == app.DueRegister:
		code = app.CodeRegister
	default:
		return nil, nil
	}
	refusal := b.stamp(&app.Error{Code: code}, "")
	return refusal, b.auditRefusal(tx, q, port.FlowRecord{Purpose: purpose}, refusal)
}

// needsPass reports whether what is registered first takes a pass: the policy asks for one, and there is nothing yet
// that would be stronger than the password.
func (b *Backend) needsPass(creds []port.CredentialRecord, admin bool) bool {
	return b.policy().Registration.First == policy.FirstPass && len(b.strongest(creds, admin)) == 0 && !b.settled(creds, admin)
}

// openRegister leads to the first page of registering.
func (t *talk) openRegister() error {
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	session, err := t.session()
	if err != nil {
		return err
	}
	switch {
	case session.ByPass && t.s.Who.Admin: // became one since
		t.block(app.CodePassAdmin, noTime)
		return nil
	case !session.ByPass && t.b.needsPass(creds, t.s.Who.Admin):
		t.block(app.CodePassNeeded, noTime)
		return nil
	}
	due, err := t.b.due(t.tx, session, t.s.Who.Admin, creds)
	if err != nil {
		return err
	}
	if due == app.DueReconfirm {
		t.s.At = atReconfirm
		return nil
	}
	return t.home()
}

// confirm keeps that the person said: what is registered is right.
func (t *talk) confirm() error {
	t.s.Facts = []app.Fact{app.FactConfirmed}
	if err := t.tx.PutConfirmed(t.rec.Account, t.now); err != nil {
		return err
	}
	return t.audit(event{action: "register.confirmed", result: resultSucceeded})
}
