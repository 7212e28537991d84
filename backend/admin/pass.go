package admin

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// Issuing Temporary Access Passes. What is kept of one is a keyed hash; it is never sent, and shown by who asked for it.

// IssuePass implements app.Passes. Who can't be helped here gets none; nor does an administrator, whose pass would take
// two people who agree.
func (a *Admin) IssuePass(ctx context.Context, p app.IssuePass) (app.Pass, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopePasses, true); err != nil {
		return app.Pass{}, err
	}
	account, err := o.passAccount(ctx, p.UserID)
	if err == nil {
		switch code := o.Refusal(account); {
		case code != "":
			err = &app.Error{Code: code}
		case account.Admin:
			err = &app.Error{Code: app.CodePassAdmin}
		default:
			err = o.checkFrozen(ctx, account.ID)
		}
	}
	if err != nil {
		return app.Pass{}, o.refusePass(ctx, port.AuditEntry{Action: issuedPass, Account: string(account.ID), By: o.actor(p.By)}, err)
	}
	code, err := o.Pick(app.PassAlphabet, app.PassLength)
	if err != nil {
		return app.Pass{}, o.Failed(err)
	}
	now, life := o.Now(), o.Policy().Pass.Lifetime
	if p.Desk {
		life = o.Policy().Pass.DeskLifetime
	}
	made := app.Pass{
		Code: app.NewSecret(code), Person: rules.SubjectOf(account).Person, Expires: now.Add(life), First: !account.HasPassword,
	}
	record := port.PassRecord{
		Account: account.ID, Hash: o.HashPass(account.ID, made.Code), Created: now, Expires: made.Expires, IssuedBy: o.actor(p.By), Desk: p.Desk,
	}
	if err := o.Update(ctx, func(tx *core.Tx) error { return o.keepPass(tx, account, record, issuedPass) }); err != nil {
		return app.Pass{}, o.Failed(err)
	}
	return made, nil
}

// keepPass puts a new pass in the place of the one before, which is void from then on, with what it opened. Wrong tries in a
// row that locked what the account has are forgotten: nobody can keep a person out by guessing. action names it in the audit trail.
func (o *operation) keepPass(tx *core.Tx, account port.DirectoryAccount, record port.PassRecord, action string) error {
	before, err := tx.Pass(account.ID)
	if err != nil && !errors.Is(err, port.ErrNotFound) {
		return err
	}
	if _, err := o.endOpened(tx, before); err != nil {
		return err
	}
	if err := tx.PutPass(record); err != nil {
		return err
	}
	for _, c := range []limit.Counter{limit.WrongInARow, limit.WrongInARow.AfterPassword()} {
		if err := limit.Forget(tx, o.AccountKey(c, account.ID), record.Created); err != nil {
			return err
		}
	}
	creds, err := tx.Credentials(account.ID)
	if err != nil {
		return err
	}
	issued := core.Notice{Template: app.MessagePassIssued, Params: map[string]string{"desk": o.Policy().HelpDesk.Name}}
	if _, err := tx.NotifyOwner(account.ID, rules.SubjectOf(account), issued, creds); err != nil {
		return err
	}
	return o.logPass(tx, port.AuditEntry{Action: action, Result: core.Succeeded, Account: string(account.ID), By: record.IssuedBy})
}

// RevokePass implements app.Passes.
func (a *Admin) RevokePass(ctx context.Context, userID, by string) error {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopePasses, true); err != nil {
		return err
	}
	account, err := o.passAccount(ctx, userID)
	e := port.AuditEntry{Action: revokedPass, Result: core.Succeeded, Account: string(account.ID), By: o.actor(by)}
	if err == nil {
		err = o.Update(ctx, func(tx *core.Tx) error {
			pass, err := tx.Pass(account.ID)
			if err != nil && !errors.Is(err, port.ErrNotFound) {
				return err
			}
			ended, err := o.endOpened(tx, pass)
			if err != nil {
				return err
			}
			if !ended && (pass.Account == "" || !pass.Good(o.Now())) {
				return &app.Error{Code: app.CodeNoPass}
			}
			if _, err := tx.DeletePass(account.ID); err != nil {
				return err
			}
			return o.logPass(tx, e)
		})
	}
	if err != nil {
		return o.refusePass(ctx, e, err)
	}
	return nil
}

// endOpened ends the flow that a pass signed in and the session that this opened, where they go on, and reports whether any
// did. A password write that is under way there is carried through, and opens nothing any more.
func (o *operation) endOpened(tx *core.Tx, pass port.PassRecord) (ended bool, err error) {
	if pass.Flow == "" {
		return false, nil
	}
	now := o.Now()
	flow, err := tx.Flow(pass.Flow)
	if err == nil && flow.Ended.IsZero() && !now.After(flow.Expires) {
		flow.Ended, ended = now, true
		err = tx.PutFlow(flow)
	}
	if err != nil && !errors.Is(err, port.ErrNotFound) {
		return ended, err
	}
	session, err := tx.SessionByFlow(pass.Flow)
	if errors.Is(err, port.ErrNotFound) || err == nil && !o.Good(session) {
		return ended, nil
	}
	if err != nil {
		return ended, err
	}
	session.Ended = now
	if err := tx.PutSession(session); err != nil {
		return ended, err
	}
	e := o.entry("session.end", core.Succeeded)
	e.Account, e.Flow, e.By = string(session.Account), string(session.Flow), o.actor("")
	return true, tx.Log(e)
}

// passAccount finds whom a pass is for.
func (o *operation) passAccount(ctx context.Context, given string) (port.DirectoryAccount, error) {
	userID, err := typed.UserID(given)
	if err != nil {
		return port.DirectoryAccount{}, err
	}
	account, known, err := o.FindAccount(ctx, userID)
	switch {
	case err != nil:
		return port.DirectoryAccount{}, core.Unavailable(err)
	case !known:
		return port.DirectoryAccount{}, &app.Error{Code: app.CodeUnknown, Field: "user_id"}
	}
	return account, nil
}

// refusePass says in the audit trail that a pass was not issued, or not revoked, and why.
func (o *operation) refusePass(ctx context.Context, e port.AuditEntry, cause error) error {
	if app.CodeOf(cause) == app.CodeInternal {
		return o.Failed(cause)
	}
	e.Reason = string(app.CodeOf(cause))
	e.Result = core.ResultOf(app.CodeOf(cause))
	if err := o.Update(ctx, func(tx *core.Tx) error { return o.logPass(tx, e) }); err != nil {
		return o.Failed(err)
	}
	var refusal *app.Error
	errors.As(cause, &refusal)
	return o.Stamp(refusal, "")
}

// logPass tells the audit trail what was done with a pass, and from where.
func (o *operation) logPass(tx *core.Tx, e port.AuditEntry) error {
	e.Role = string(o.Caller().Role)
	from := o.Caller().Origin
	e.Station, e.StationID, e.Network = from.Station, string(from.Enrolled), from.Network
	return tx.LogAndSign(e)
}

// The audit trail's entries of what is done with a pass, beside its use.
const (
	issuedPass  = "pass.issue"
	issuedFirst = "pass.issue_first"
	revokedPass = "pass.revoke"
)
