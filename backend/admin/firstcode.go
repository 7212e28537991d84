package admin

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// IssueFirstCode implements app.FirstAdministrators. Two people would have to agree on a pass for an administrator; whoever may run a
// program with the server's keys needs nobody's word, and nobody else can call this.
func (a *Admin) IssueFirstCode(ctx context.Context, userID, by string) (app.Pass, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireAdministrator(ctx, true); err != nil {
		return app.Pass{}, err
	}
	if o.Caller().Session != "" || o.Caller().Origin.Network != core.InProcess {
		return app.Pass{}, o.Stamp(&app.Error{Code: app.CodeForbidden}, "")
	}
	account, all, err := o.firstAdministrator(ctx, userID)
	entry := port.AuditEntry{Action: issuedFirst, Account: string(account.ID), By: o.actor(by)}
	if err != nil {
		return app.Pass{}, o.refuseFirst(ctx, entry, err)
	}
	code, err := o.Pick(app.PassAlphabet, app.PassLength)
	if err != nil {
		return app.Pass{}, o.Failed(err)
	}
	now := o.Now()
	made := app.Pass{
		Code: app.NewSecret(code), Person: rules.SubjectOf(account).Person, Expires: now.Add(app.FirstCodeLife), First: !account.HasPassword,
	}
	record := port.PassRecord{
		Account: account.ID, Hash: o.HashPass(account.ID, made.Code), Created: now, Expires: made.Expires, IssuedBy: o.actor(by),
	}
	var refused error
	err = o.Update(ctx, func(tx *core.Tx) error {
		refused = nil
		registered, err := anyRegistered(tx, all)
		if registered {
			refused = app.NewProblem("", "administrator_registered")
		}
		if err != nil || registered {
			return err
		}
		return o.keepFirstCode(tx, account, record)
	})
	switch {
	case err != nil:
		return app.Pass{}, o.Failed(err)
	case refused != nil:
		return app.Pass{}, o.refuseFirst(ctx, entry, refused)
	}
	return made, nil
}

// firstAdministrator finds who is to begin, and all administrators of the directory.
func (o *operation) firstAdministrator(ctx context.Context, given string) (account port.DirectoryAccount, all []port.DirectoryAccount, err error) {
	userID, err := typed.UserID(given)
	if err != nil {
		return account, nil, app.NewProblem("user_id", "unknown_person")
	}
	account, known, err := o.FindAccount(ctx, userID)
	switch {
	case err != nil:
		return account, nil, core.Unavailable(err)
	case !known:
		return account, nil, app.NewProblem("user_id", "unknown_person")
	case !account.Admin:
		return account, nil, app.NewProblem("user_id", "no_administrator")
	}
	if code := o.Refusal(account); code != "" {
		return account, nil, &app.Error{Code: code}
	}
	all, err = o.Administrators(ctx)
	return account, all, core.Unavailable(err)
}

// anyRegistered reports whether one of the accounts has a credential that counts.
func anyRegistered(tx *core.Tx, all []port.DirectoryAccount) (bool, error) {
	for _, one := range all {
		creds, err := tx.Credentials(one.ID)
		if err != nil || len(creds.Confirmed()) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// keepFirstCode keeps the code in the place of the one before, with what that opened.
func (o *operation) keepFirstCode(tx *core.Tx, account port.DirectoryAccount, record port.PassRecord) error {
	whose, err := tx.FirstCodeOf()
	if err != nil {
		return err
	}
	if whose != "" && whose != account.ID {
		before, err := tx.Pass(whose)
		if err != nil && !errors.Is(err, port.ErrNotFound) {
			return err
		}
		if _, err := o.endOpened(tx, before); err != nil {
			return err
		}
	}
	if err := o.keepPass(tx, account, record, issuedFirst); err != nil {
		return err
	}
	return tx.PutFirstCode(record)
}

// refuseFirst says in the audit trail that there is no code, and why.
func (o *operation) refuseFirst(ctx context.Context, e port.AuditEntry, cause error) error {
	var why app.Problem
	if !errors.As(cause, &why) {
		return o.refusePass(ctx, e, cause)
	}
	e.Result, e.Reason = core.Blocked, why.Code
	if err := o.Update(ctx, func(tx *core.Tx) error { return o.logPass(tx, e) }); err != nil {
		return o.Failed(err)
	}
	return cause
}
