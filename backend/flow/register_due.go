package flow

import (
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// due says what is due for the person whom the flow signed in.
func (f *flow) due(creds rules.Credentials) (app.Due, error) {
	if f.s.Refused {
		return "", nil
	}
	return f.op.Due(f.tx, port.SessionRecord{Account: f.rec.Account, ByPass: f.s.ByPass}, f.s.Subject, creds)
}

// refuseBeforeDue refuses flows that a session can't start yet: a session by pass registers and nothing else, and where
// registering is required it comes before anything else.
func (o *operation) refuseBeforeDue(tx *core.Tx, sub submission, name app.Purpose, first state) (*app.Error, error) {
	p := purposes[name]
	if !p.ofSession() || p.registers() || first.At == atBlocked {
		return nil, nil
	}
	session, err := tx.Session(sub.caller.Session)
	if err != nil {
		if errors.Is(err, port.ErrNotFound) {
			return o.Stamp(&app.Error{Code: app.CodeSignedOut}, ""), nil
		}
		return nil, err
	}
	creds, err := tx.Credentials(session.Account)
	if err != nil {
		return nil, err
	}
	due, err := o.Due(tx, session, first.Subject, creds.Confirmed())
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
	refusal := o.Stamp(&app.Error{Code: code}, "")
	return refusal, o.auditRefusal(tx, sub, port.FlowRecord{Purpose: name}, refusal)
}

// openRegister leads to the first page of registering.
func (f *flow) openRegister() error {
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	session, err := f.session()
	if err != nil {
		return err
	}
	first, err := f.byFirstCode(session.Flow)
	switch {
	case err != nil:
		return err
	case session.ByPass && f.s.Subject.Admin && !first: // became one since, or another has registered since
		f.block(app.CodePassAdmin, noTime)
		return nil
	case !session.ByPass && f.rules().NeedsPass(creds):
		f.block(app.CodePassNeeded, noTime)
		return nil
	}
	due, err := f.op.Due(f.tx, session, f.s.Subject, creds)
	if err != nil {
		return err
	}
	if due == app.DueReconfirm {
		f.s.At = atReconfirm
		return nil
	}
	return f.home()
}

// confirm keeps that the person said: what is registered is right.
func (f *flow) confirm() error {
	f.s.Facts = []app.Fact{app.FactConfirmed}
	if err := f.tx.PutConfirmed(f.rec.Account, f.now); err != nil {
		return err
	}
	return f.audit(event{action: "register.confirmed", result: core.Succeeded})
}
