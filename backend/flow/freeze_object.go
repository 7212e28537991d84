package flow

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

var _ app.Objections = (*Flows)(nil)

// Objection implements app.Objections. It writes nothing: programs that look for bad links open every one of them.
func (s *Flows) Objection(ctx context.Context, token app.Secret) (app.Objection, error) {
	o, release := s.begin(ctx)
	defer release()
	_, said, err := o.findObjection(ctx, token)
	if err != nil {
		return app.Objection{}, o.refuseObjection(err)
	}
	return said, nil
}

// Object implements app.Objections. Everything happens in one transaction; what it needs of the directory is asked before. A freeze is
// Sparekey's own: where the directory can't be reached it holds all the same. Who stands in Sparekey's own records is told then, and the
// others as soon as the directory is back.
func (s *Flows) Object(ctx context.Context, token app.Secret) (app.Objection, error) {
	o, release := s.begin(ctx)
	defer release()
	rec, said, err := o.findObjection(ctx, token)
	if app.CodeOf(err) == app.CodeNoObjection {
		if err := o.LogRefusal(ctx, core.RefusedFreeze(o.Caller())); err != nil {
			return app.Objection{}, o.Failed(err)
		}
	}
	if err != nil {
		return app.Objection{}, o.refuseObjection(err)
	}
	if !rec.Spent.IsZero() {
		return said, nil
	}
	f := freezing{by: rec}
	f.account, err = o.Account(ctx, rec.Account)
	switch {
	case errors.Is(err, port.ErrNotFound): // nobody is there any more
		return app.Objection{}, o.refuseObjection(&app.Error{Code: app.CodeNoObjection})
	case err != nil:
		o.Log.Error("an account is frozen while the directory can't be asked for it: its work mailbox is told later", "error", err)
		f.account, f.unasked = port.DirectoryAccount{ID: rec.Account, UserID: string(rec.Account)}, true
	}
	if f.desk, err = o.helpDesk(ctx, rec.Account); err != nil {
		o.Log.Error("an account is frozen while the directory can't be asked for administrators: they are sent the request for help later", "error", err)
		f.noDesk = true
	}
	err = o.Update(ctx, func(tx *core.Tx) error {
		now, err := tx.Objection(rec.Hash)
		if rec = now; err != nil {
			return err
		}
		if rec.Spent.IsZero() {
			if !rec.Good(o.Now()) {
				return &app.Error{Code: app.CodeNoObjection}
			}
			rec.Spent = o.Now()
			f.by = now
			if err := o.freeze(tx, f); err != nil {
				return err
			}
		}
		said, err = objectionOf(tx, rec)
		said.Alone = len(f.desk) == 0
		return err
	})
	if err != nil {
		return app.Objection{}, o.refuseObjection(err)
	}
	o.present.dropOthers(rec.Account, "")
	return said, nil
}

func objectionOf(tx *core.Tx, rec port.ObjectionRecord) (app.Objection, error) {
	over, err := tx.IsOver(rec)
	return app.Objection{Event: rec.Event, At: rec.At, Spent: rec.Spent, Over: over}, err
}

// findObjection reads what a token stands for. Tokens that stand for nothing are counted, by the network; one that does is never kept
// waiting by them.
func (o *operation) findObjection(ctx context.Context, token app.Secret) (rec port.ObjectionRecord, said app.Objection, err error) {
	err = o.View(ctx, func(tx *core.Tx) (err error) {
		if rec, err = tx.Objection(o.HashObjection(token)); err == nil {
			said, err = objectionOf(tx, rec)
		}
		return err
	})
	if errors.Is(err, port.ErrNotFound) || err == nil && !rec.Good(o.Now()) {
		if err := o.Pace(limit.NetworkObjection); err != nil {
			return rec, said, err
		}
		return rec, said, &app.Error{Code: app.CodeNoObjection}
	}
	return rec, said, err
}

// refuseObjection completes a refusal.
func (o *operation) refuseObjection(err error) error {
	var refusal *app.Error
	if errors.As(err, &refusal) && core.IsRefusal(err) && refusal.Code != app.CodeUnavailable {
		return o.Stamp(refusal, "")
	}
	return o.Failed(err)
}

// freezing is what a freeze takes.
type freezing struct {
	by      port.ObjectionRecord
	account port.DirectoryAccount
	unasked bool     // the directory could not be asked for the account, which is known by its ID alone
	desk    []string // who hears of requests for help
	noDesk  bool     // the directory could not be asked for them
}

// freeze freezes an account in a transaction and tells everybody whom that concerns. Where it is frozen already, the link is used up,
// and the audit trail alone hears of it.
func (o *operation) freeze(tx *core.Tx, f freezing) error {
	fresh, err := tx.Freeze(f.by)
	if err != nil {
		return err
	}
	if err := tx.LogFreeze(f.by, o.Caller()); err != nil || !fresh {
		return err
	}
	creds, err := tx.Credentials(f.account.ID)
	if err != nil {
		return err
	}
	n := core.Notice{Template: app.MessageFrozen, Params: map[string]string{"event": string(f.by.Event)}, Unasked: f.unasked}
	if _, err := tx.NotifyOwner(f.account.ID, rules.SubjectOf(f.account), n, creds); err != nil {
		return err
	}
	return o.askForHelp(tx, f)
}

// askForHelp makes a request for help of a freeze, or takes the one that is open, and sends it.
func (o *operation) askForHelp(tx *core.Tx, f freezing) error {
	account := f.account
	asked, err := tx.OpenHelpRequest(account.ID)
	if errors.Is(err, port.ErrNotFound) {
		asked = port.HelpRequest{Account: account.ID, UserID: account.UserID, Reason: app.CodeFrozen, Created: o.Now()}
		if asked.Receipt, err = o.NewReceipt(); err == nil {
			err = tx.PutHelpRequest(asked)
		}
	}
	if err != nil {
		return err
	}
	params := map[string]string{"receipt": asked.Receipt, "user_id": account.UserID, "reason": string(app.CodeFrozen)}
	if f.noDesk {
		return tx.EnqueueFor(app.ForAdministrators, account.ID, app.Message{Template: app.MessageHelpRequest, Params: params})
	}
	for _, to := range f.desk {
		m := app.Message{Channel: app.KindEmail, To: to, Template: app.MessageHelpRequest, Params: params}
		if err := tx.EnqueueMessage(account.ID, m, noTime); err != nil {
			return err
		}
	}
	return nil
}

// helpDesk is who hears of requests for help: the mailbox of the policy, or every other administrator.
func (o *operation) helpDesk(ctx context.Context, but app.AccountID) ([]string, error) {
	if mail := o.Policy().HelpDesk.Mail; mail != "" {
		return []string{mail}, nil
	}
	administrators, err := o.Administrators(ctx)
	return core.Mailboxes(administrators, but), err
}
