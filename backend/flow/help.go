package flow

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

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
	return o.consider(ctx, sub, look, func() (app.Flow, error) {
		to, err := o.helpDesk(ctx, id)
		if err != nil {
			return o.directoryDown(ctx, sub, err)
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
	return f.op.unknownAccount(cmp.Or(f.s.Subject.Person.UserID, f.s.Typed)).ID
}

// ofNobody reports whether nobody has the user ID.
func (f *flow) ofNobody() bool { return strings.HasPrefix(string(f.asker()), nobody) }

// mostOfNobody is how many requests of names that nobody has are open at most: the help desk hears of no more, and a
// stranger who makes names up fills nothing. In private disclosure what comes beyond is answered like any other, or
// it would tell people from nobody; the audit trail says that it was blocked. Elsewhere the person, who may have mistyped
// their own name, is asked to try later.
const mostOfNobody = 50

// retryHelp is when it may be tried again; such requests are dropped after a week.
const retryHelp = time.Hour

// request stores a new request and sends it, unless it is one too many.
func (f *flow) request(to []string) error {
	open, err := f.tx.OpenOfNobody() // for everybody, so that it takes as long
	if err != nil {
		return err
	}
	beyond := f.ofNobody() && open >= mostOfNobody
	if beyond && !f.s.Private {
		return &app.Error{Code: app.CodeThrottled, RetryAt: f.now.Add(retryHelp)}
	}
	if f.s.Receipt, err = f.newReceipt(); err != nil {
		return err
	}
	reason := f.helpReason()
	e := event{action: "help.request", result: core.Contacted, reason: reason}
	kept := port.HelpRequest{
		Receipt: f.s.Receipt, Account: f.asker(), UserID: f.s.Typed, Reason: reason, Created: f.now, Nobody: f.ofNobody(),
	}
	if beyond { // as much is written, and as many messages go, to nobody
		kept.Receipt, kept.Account, kept.Closed = "beyond", nobody, f.now
		e.result, e.reason, to = core.Blocked, app.CodeThrottled, make([]string, len(to))
	}
	if err := f.tx.PutHelpRequest(kept); err != nil {
		return err
	}
	if err := f.sendRequest(to, reason); err != nil {
		return err
	}
	return f.audit(e)
}

// newReceipt is drawn; for a name that nobody has it is the same each time, since not every such request is kept. Both are
// made for everybody, so that it takes as long.
func (f *flow) newReceipt() (string, error) {
	drawn, err := f.op.NewReceipt()
	if err != nil {
		return "", err
	}
	ofName, err := f.op.ReceiptOf(string(f.asker()))
	if f.ofNobody() {
		return ofName, err
	}
	return drawn, err
}

// helpReason is why the person needs help, as the help desk hears it.
func (f *flow) helpReason() app.Code {
	switch {
	case f.decoy():
		return f.s.Decoy
	case f.s.Frozen:
		return app.CodeFrozen
	case f.s.Quiet, f.keyOnly():
		return app.CodeRecovery
	case f.s.At == atBlocked:
		return f.s.Blocked
	}
	return app.CodeNotVerified // from a gate: the person could not get through
}

// sendRequest tells the help desk, and the person's work mailbox.
func (f *flow) sendRequest(to []string, reason app.Code) error {
	params := map[string]string{"receipt": f.s.Receipt, "user_id": f.nameInMail(), "reason": string(reason)}
	for _, address := range to {
		m := app.Message{Channel: app.KindEmail, To: address, Template: app.MessageHelpRequest, Params: params}
		if err := f.enqueue(m, noTime); err != nil {
			return err
		}
	}
	mail := f.s.Subject.Mail
	if mail == "" && !f.s.Private {
		return nil
	}
	return f.enqueue(app.Message{
		Channel: app.KindEmail, To: mail, Template: app.MessageHelpReceived, Params: map[string]string{"receipt": f.s.Receipt},
	}, noTime)
}

// nameInMail is the user ID as the directory spells it. Of a name that nobody has a mail shows so much that the help desk
// knows it when it hears it, and nothing that a stranger could say by it: a link, a line, a word.
func (f *flow) nameInMail() string {
	if f.ofNobody() {
		return hint(f.s.Typed)
	}
	return f.s.Subject.Person.UserID
}

// hinted is how many characters of a name a hint shows.
const hinted = 3

// hint is the beginning of what was typed, as far as it is letters and digits of ASCII.
func hint(typed string) string {
	n := 0
	for n < len(typed) && n < hinted && (typed[n]|0x20 >= 'a' && typed[n]|0x20 <= 'z' || typed[n] >= '0' && typed[n] <= '9') {
		n++
	}
	return typed[:n] + "•••"
}
