package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// Tokens by which scripts administer. What is kept of one is a keyed hash; it is shown once, by who asked for it. A person makes
// and revokes them, and no token does.

// ListTokens implements app.Tokens.
func (a *Admin) ListTokens(ctx context.Context) ([]app.Token, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopeTokensRead, false); err != nil {
		return nil, err
	}
	var all []app.Token
	err := o.View(ctx, func(tx *core.Tx) error {
		records, err := tx.Tokens()
		for _, r := range records {
			all = append(all, r.Token())
		}
		return err
	})
	return all, err
}

// MakeToken implements app.Tokens.
func (a *Admin) MakeToken(ctx context.Context, m app.MakeToken) (app.TokenMade, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireAdministrator(ctx, true); err != nil {
		return app.TokenMade{}, err
	}
	record, err := o.newToken(ctx, m)
	if err != nil {
		return app.TokenMade{}, o.refused(err)
	}
	told, err := o.Administrators(ctx)
	if err != nil {
		return app.TokenMade{}, o.refused(core.Unavailable(err))
	}
	random, err := o.Pick(app.PassAlphabet, app.TokenLength)
	if err != nil {
		return app.TokenMade{}, o.Failed(err)
	}
	secret := app.NewSecret(app.TokenPrefix + random)
	record.Hash = o.HashToken(secret)
	err = o.Update(ctx, func(tx *core.Tx) error { return o.keepToken(tx, record, told) })
	if err != nil {
		return app.TokenMade{}, o.refused(err)
	}
	return app.TokenMade{Token: record.Token(), Secret: secret}, nil
}

// newToken makes the record of a token but for its hash, and ties it to the administrator who asks.
func (o *operation) newToken(ctx context.Context, m app.MakeToken) (port.TokenRecord, error) {
	if m.Life == 0 {
		m.Life = app.DefaultTokenLife
	}
	may := scopesOf(m.May)
	switch {
	case m.Life < app.MinTokenLife || m.Life > app.MaxTokenLife:
		return port.TokenRecord{}, &app.Error{Code: app.CodeTokenLife, Field: "life", Params: map[string]string{
			"minutes": fmt.Sprint(int(app.MinTokenLife.Minutes())), "days": fmt.Sprint(int(app.MaxTokenLife.Hours() / 24)),
		}}
	case len(may) == 0:
		return port.TokenRecord{}, &app.Error{Code: app.CodeBadRequest, Field: "may"}
	case !goodName(m.Name):
		return port.TokenRecord{}, &app.Error{Code: app.CodeTokenName, Field: "name"}
	}
	id, err := o.NewID()
	if err != nil {
		return port.TokenRecord{}, err
	}
	now := o.Now()
	record := port.TokenRecord{ID: app.TokenID(id), Name: m.Name, May: may, Made: now, MadeBy: o.actor(m.By), Ends: now.Add(m.Life)}
	if o.Caller().Account == "" {
		return record, nil
	}
	maker, err := o.Account(ctx, o.Caller().Account)
	if err != nil {
		return record, core.Unavailable(err)
	}
	opened, err := o.openedWith(ctx)
	if err != nil {
		return record, err
	}
	record.Account, record.Stamp = maker.ID, cmp.Or(opened, maker.Stamp)
	if core.TokenMustEnd(record, maker) != "" {
		return record, &app.Error{Code: app.CodeForbidden}
	}
	return record, nil
}

// openedWith is the stamp of the password that the caller's session stands on: who had the one before has no say from the moment on
// that another is set, though the session may have been good a moment ago. Empty where it isn't known.
func (o *operation) openedWith(ctx context.Context) (stamp string, err error) {
	err = o.View(ctx, func(tx *core.Tx) error {
		rec, err := tx.Session(o.Caller().Session)
		stamp = rec.Stamp
		return err
	})
	return stamp, err
}

// scopesOf are scopes in their order, each once; none where one of them is no scope.
func scopesOf(asked []app.Scope) (may []app.Scope) {
	for _, s := range asked {
		if !slices.Contains(app.Scopes, s) {
			return nil
		}
	}
	for _, s := range app.Scopes {
		if slices.Contains(asked, s) {
			may = append(may, s)
		}
	}
	return may
}

// keepToken keeps a new token, and tells the administrators.
func (o *operation) keepToken(tx *core.Tx, made port.TokenRecord, told []port.DirectoryAccount) error {
	all, err := tx.Tokens()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(r port.TokenRecord) bool { return r.Good(o.Now()) && strings.EqualFold(r.Name, made.Name) }) {
		return &app.Error{Code: app.CodeTokenName, Field: "name"}
	}
	if err := tx.PutToken(made); err != nil {
		return err
	}
	for _, to := range core.Mailboxes(told, "") { // its maker too: somebody else may have their session
		m := app.Message{Channel: app.KindEmail, To: to, Template: app.MessageTokenMade, Params: map[string]string{"name": made.Name, "may": scopeList(made.May)}}
		if err := tx.EnqueueMessage(made.Account, m, time.Time{}); err != nil {
			return err
		}
	}
	return o.logToken(tx, "token.make", made, made.MadeBy)
}

// RevokeToken implements app.Tokens.
func (a *Admin) RevokeToken(ctx context.Context, id app.TokenID, by string) (app.Token, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireAdministrator(ctx, true); err != nil {
		return app.Token{}, err
	}
	var revoked port.TokenRecord
	err := o.Update(ctx, func(tx *core.Tx) error {
		r, err := tx.Token(id)
		switch {
		case errors.Is(err, port.ErrNotFound), err == nil && !r.Good(o.Now()):
			return &app.Error{Code: app.CodeNoToken}
		case err != nil:
			return err
		}
		r.Revoked = o.Now()
		if err := tx.PutToken(r); err != nil {
			return err
		}
		revoked = r
		return o.logToken(tx, "token.revoke", r, o.actor(by))
	})
	if err != nil {
		return app.Token{}, o.refused(err)
	}
	return revoked.Token(), nil
}

// logToken tells the audit trail what was done with a token.
func (o *operation) logToken(tx *core.Tx, action string, r port.TokenRecord, by string) error {
	e := o.entry(action, core.Succeeded)
	e.By = by
	e.Reason = fmt.Sprintf("token=%s name=%q may=%s until=%s", r.ID, r.Name, scopeList(r.May), r.Ends.UTC().Format(time.RFC3339))
	return tx.LogAndSign(e)
}

func scopeList(may []app.Scope) string {
	var names []string
	for _, s := range may {
		names = append(names, string(s))
	}
	return strings.Join(names, ",")
}
