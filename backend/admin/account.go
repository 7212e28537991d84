package admin

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/rules"
)

// Standing implements app.Accounts.
func (a *Admin) Standing(ctx context.Context, userID string) (app.Standing, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopeAccountsRead, false); err != nil {
		return app.Standing{}, err
	}
	account, err := o.passAccount(ctx, userID)
	if err != nil {
		return app.Standing{}, o.refuse(err)
	}
	stands := app.Standing{Person: rules.SubjectOf(account).Person, Admin: account.Admin}
	err = o.View(ctx, func(tx *core.Tx) error {
		creds, err := tx.Credentials(account.ID)
		if err != nil {
			return err
		}
		stands.Registered = len(creds.Confirmed())
		rec, frozen, err := tx.IsFrozen(account.ID)
		if frozen {
			stands.Freeze = &app.Freeze{Since: rec.Since, Event: rec.Event, Before: rec.Before}
		}
		return err
	})
	if err != nil {
		return app.Standing{}, o.Failed(err)
	}
	return stands, nil
}

// Unfreeze implements app.Accounts.
func (a *Admin) Unfreeze(ctx context.Context, u app.Unfreeze) (app.Person, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopeAccounts, true); err != nil {
		return app.Person{}, err
	}
	if !goodReason(u.Reason) {
		return app.Person{}, o.Stamp(&app.Error{Code: app.CodeFreezeReason, Field: "reason"}, "")
	}
	account, err := o.passAccount(ctx, u.UserID)
	if err != nil {
		return app.Person{}, o.refuse(err)
	}
	subject := rules.SubjectOf(account)
	e := o.entry("", core.Succeeded)
	e.By, e.Reason = o.actor(u.By), u.Reason
	n := core.Notice{Template: app.MessageUnfrozenByDesk, Params: map[string]string{"desk": o.Policy().HelpDesk.Name}}
	err = o.Update(ctx, func(tx *core.Tx) error {
		lifted, err := tx.Unfreeze(subject, n, e)
		if err == nil && !lifted {
			err = &app.Error{Code: app.CodeNotFrozen}
		}
		return err
	})
	if err != nil {
		return app.Person{}, o.refuse(err)
	}
	return subject.Person, nil
}

// goodReason reports whether a text says why something is done, in one line.
func goodReason(reason string) bool {
	return strings.TrimSpace(reason) != "" && utf8.ValidString(reason) && utf8.RuneCountInString(reason) <= app.MaxUnfreezeReason &&
		!strings.ContainsFunc(reason, func(r rune) bool { return !unicode.IsPrint(r) })
}

// refuse completes a refusal, of which the audit trail is not told: nothing was done with any account.
func (o *operation) refuse(err error) error {
	var refusal *app.Error
	if !errors.As(err, &refusal) || !core.IsRefusal(err) {
		return o.Failed(err)
	}
	return o.Stamp(refusal, "")
}

// checkFrozen refuses what an account whose self-service is frozen gets no help by.
func (o *operation) checkFrozen(ctx context.Context, account app.AccountID) error {
	return o.View(ctx, func(tx *core.Tx) error {
		_, frozen, err := tx.IsFrozen(account)
		if err == nil && frozen {
			return &app.Error{Code: app.CodeFrozen}
		}
		return err
	})
}
