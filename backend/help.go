package backend

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// contactAdmin asks an administrator for help on the person's behalf: the request is stored and mailed to the help
// desk, or to every administrator where there is no help desk mailbox; the person gets a receipt. An account has one
// open request; asking again gives its receipt. A user ID that nobody has is answered alike.
func (b *Backend) contactAdmin(ctx context.Context, q question) (app.Flow, error) {
	var id app.AccountID
	flow, answered, err := b.reserve(ctx, q, func(t *talk) error {
		id = t.rec.Account
		return nil
	})
	if answered {
		return flow, err
	}
	to := []string{b.policy().HelpDesk.Mail}
	if to[0] == "" {
		administrators, err := b.administrators(ctx)
		if err != nil {
			return b.down(ctx, q, err)
		}
		to = mailboxes(administrators, id)
	}
	return b.commit(ctx, q, func(t *talk) error { return t.contactAdmin(q, to) })
}

func (t *talk) contactAdmin(q question, to []string) error {
	retry, err := t.b.throttleNetwork(t.tx, "help", q.caller.Origin)
	if err != nil {
		return err
	}
	if !retry.IsZero() {
		return &app.Error{Code: app.CodeThrottled, RetryAt: retry}
	}
	known, err := t.tx.OpenHelpRequest(t.asker())
	switch {
	case err == nil:
		if !t.secretive() {
			t.s.Notice = &app.Notice{Code: app.NoticeOldRequest}
		}
		t.s.Receipt = known.Receipt
	case errors.Is(err, port.ErrNotFound):
		if err := t.request(to); err != nil {
			return err
		}
	default:
		return err
	}
	t.end(atSent)
	return nil
}

// asker is whose request it is: the account, or a stand-in for a user ID that nobody has.
func (t *talk) asker() app.AccountID {
	if t.rec.Account != "" {
		return t.rec.Account
	}
	return t.b.standIn(t.s.Typed).ID
}

// request stores a new request and sends it.
func (t *talk) request(to []string) error {
	receipt, err := t.b.newReceipt()
	if err != nil {
		return err
	}
	reason := app.CodeNotVerified // from a gate: the person could not get through
	switch {
	case t.decoy():
		reason = t.s.Decoy
	case t.s.Quiet, t.keyOnly():
		reason = app.CodeRecovery
	case t.s.At == atBlocked:
		reason = t.s.Blocked
	}
	err = t.tx.PutHelpRequest(port.HelpRequest{
		Receipt: receipt, Account: t.asker(), UserID: t.s.Typed, Reason: reason, Created: t.now,
	})
	if err != nil {
		return err
	}
	params := map[string]string{"receipt": receipt, "user_id": t.s.Typed, "reason": string(reason)}
	for _, address := range to {
		m := app.Message{Channel: app.KindEmail, To: address, Template: app.MessageHelpRequest, Params: params}
		if err := t.post(m, noTime); err != nil {
			return err
		}
	}
	if mail := t.s.Who.Mail; mail != "" || t.s.Private {
		m := app.Message{
			Channel: app.KindEmail, To: mail, Template: app.MessageHelpReceived,
			Params: map[string]string{"receipt": receipt},
		}
		if err := t.post(m, noTime); err != nil {
			return err
		}
	}
	t.s.Receipt = receipt
	return t.audit(event{action: "help.request", result: resultContacted, reason: reason})
}
