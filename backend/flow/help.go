package flow

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// contactAdmin asks an administrator for help on the person's behalf: the request is stored and mailed to the help
// desk, or to every administrator where there is no help desk mailbox; the person gets a receipt. An account has one
// open request; asking again gives its receipt. A user ID that nobody has is answered alike.
func (o *operation) contactAdmin(ctx context.Context, sub submission) (app.Flow, error) {
	var id app.AccountID
	look := func(f *flow) error {
		id = f.rec.Account
		return nil
	}
	return o.reserve(ctx, sub, look, func() (app.Flow, error) {
		to := []string{o.Policy().HelpDesk.Mail}
		if to[0] == "" {
			administrators, err := o.Administrators(ctx)
			if err != nil {
				return o.directoryDown(ctx, sub, err)
			}
			to = core.Mailboxes(administrators, id)
		}
		return o.commit(ctx, sub, func(f *flow) error { return f.contactAdmin(sub, to) })
	})
}

func (f *flow) contactAdmin(sub submission, to []string) error {
	if err := f.op.ThrottleNetwork(f.tx, limit.NetworkHelp, sub.caller.Origin); err != nil {
		return err
	}
	known, err := f.tx.OpenHelpRequest(f.asker())
	switch {
	case err == nil:
		if !f.secretive() {
			f.s.Notice = &app.Notice{Code: app.NoticeOldRequest}
		}
		f.s.Receipt = known.Receipt
	case errors.Is(err, port.ErrNotFound):
		if err := f.request(to); err != nil {
			return err
		}
	default:
		return err
	}
	f.end(atSent)
	return nil
}

// asker is whose request it is: the account, or a stand-in for a user ID that nobody has.
func (f *flow) asker() app.AccountID {
	if f.rec.Account != "" {
		return f.rec.Account
	}
	return f.op.unknownAccount(f.s.Typed).ID
}

// request stores a new request and sends it.
func (f *flow) request(to []string) error {
	receipt, err := f.op.NewReceipt()
	if err != nil {
		return err
	}
	reason := app.CodeNotVerified // from a gate: the person could not get through
	switch {
	case f.decoy():
		reason = f.s.Decoy
	case f.s.Quiet, f.keyOnly():
		reason = app.CodeRecovery
	case f.s.At == atBlocked:
		reason = f.s.Blocked
	}
	err = f.tx.PutHelpRequest(port.HelpRequest{
		Receipt: receipt, Account: f.asker(), UserID: f.s.Typed, Reason: reason, Created: f.now,
	})
	if err != nil {
		return err
	}
	params := map[string]string{"receipt": receipt, "user_id": f.s.Typed, "reason": string(reason)}
	for _, address := range to {
		m := app.Message{Channel: app.KindEmail, To: address, Template: app.MessageHelpRequest, Params: params}
		if err := f.enqueue(m, noTime); err != nil {
			return err
		}
	}
	if mail := f.s.Subject.Mail; mail != "" || f.s.Private {
		m := app.Message{
			Channel: app.KindEmail, To: mail, Template: app.MessageHelpReceived,
			Params: map[string]string{"receipt": receipt},
		}
		if err := f.enqueue(m, noTime); err != nil {
			return err
		}
	}
	f.s.Receipt = receipt
	return f.audit(event{action: "help.request", result: core.Contacted, reason: reason})
}
