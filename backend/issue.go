package backend

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Issuing Temporary Access Passes. What is kept of one is a keyed hash; it is never sent, and shown by who asked for it.

// IssuePass implements app.Passes. Who can't be helped here gets none; nor does an administrator, whose pass would take
// two people who agree.
func (b *Backend) IssuePass(ctx context.Context, p app.IssuePass) (app.Pass, error) {
	b, leave := b.enter()
	defer leave()
	q := question{caller: app.CallerFrom(ctx)}
	account, err := b.passAccount(ctx, p.UserID)
	if err == nil {
		switch code := b.allowed(account); {
		case code != "":
			err = &app.Error{Code: code}
		case account.Admin:
			err = &app.Error{Code: app.CodePassAdmin}
		}
	}
	if err != nil {
		return app.Pass{}, b.passRefused(ctx, q, port.AuditEntry{Action: issuedPass, Account: string(account.ID), By: p.By}, err)
	}
	code, err := b.pick(app.PassAlphabet, app.PassLength)
	if err != nil {
		return app.Pass{}, b.failed(q, err)
	}
	now, life := b.now(), b.policy().Pass.Lifetime
	if p.Desk {
		life = b.policy().Pass.DeskLifetime
	}
	made := app.Pass{
		Code: app.NewSecret(code), Person: whoIs(account, 0).Person, Expires: now.Add(life), First: !account.HasPassword,
	}
	record := port.PassRecord{
		Account: account.ID, Hash: b.passHash(account.ID, made.Code), Created: now, Expires: made.Expires, IssuedBy: p.By, Desk: p.Desk,
	}
	if err := b.update(ctx, func(tx *tx) error { return b.keepPass(tx, q, account, record) }); err != nil {
		return app.Pass{}, b.failed(q, err)
	}
	return made, nil
}

// keepPass puts a new pass in the place of the one before. Wrong tries at that one are forgotten: nobody can keep a
// person out by guessing.
func (b *Backend) keepPass(tx *tx, q question, account port.DirectoryAccount, record port.PassRecord) error {
	if err := tx.PutPass(record); err != nil {
		return err
	}
	if err := tx.PutCounter(port.Counter{Key: b.accountKey(countPass, account.ID), Expiry: record.Created}); err != nil {
		return err
	}
	creds, err := tx.Credentials(account.ID)
	if err != nil {
		return err
	}
	owner := &talk{b: b, tx: tx, now: record.Created, rec: port.FlowRecord{Account: account.ID}, s: state{Who: whoIs(account, 0)}}
	if _, err := owner.tell(app.MessagePassIssued, map[string]string{"desk": b.policy().HelpDesk.Name}, creds); err != nil {
		return err
	}
	return b.passEvent(tx, q, port.AuditEntry{Action: issuedPass, Result: resultSucceeded, Account: string(account.ID), By: record.IssuedBy})
}

// RevokePass implements app.Passes.
func (b *Backend) RevokePass(ctx context.Context, userID, by string) error {
	b, leave := b.enter()
	defer leave()
	q := question{caller: app.CallerFrom(ctx)}
	account, err := b.passAccount(ctx, userID)
	e := port.AuditEntry{Action: revokedPass, Result: resultSucceeded, Account: string(account.ID), By: by}
	if err == nil {
		err = b.update(ctx, func(tx *tx) error {
			pass, err := tx.Pass(account.ID)
			if errors.Is(err, port.ErrNotFound) || err == nil && !good(pass, b.now()) {
				return &app.Error{Code: app.CodeNoPass}
			}
			if err != nil {
				return err
			}
			if _, err := tx.DeletePass(account.ID); err != nil {
				return err
			}
			return b.passEvent(tx, q, e)
		})
	}
	if err != nil {
		return b.passRefused(ctx, q, e, err)
	}
	return nil
}

// good reports whether a pass can still be used.
func good(pass port.PassRecord, now time.Time) bool {
	return pass.Used.IsZero() && !now.After(pass.Expires)
}

// passAccount finds whom a pass is for.
func (b *Backend) passAccount(ctx context.Context, typed string) (port.DirectoryAccount, error) {
	userID, err := checkUserID(typed)
	if err != nil {
		return port.DirectoryAccount{}, err
	}
	account, known, err := b.find(ctx, userID)
	switch {
	case err != nil:
		return port.DirectoryAccount{}, unavailable(err)
	case !known:
		return port.DirectoryAccount{}, &app.Error{Code: app.CodeUnknown, Field: "user_id"}
	}
	return account, nil
}

// passRefused says in the audit trail that a pass was not issued, or not revoked, and why.
func (b *Backend) passRefused(ctx context.Context, q question, e port.AuditEntry, cause error) error {
	if app.CodeOf(cause) == app.CodeInternal {
		return b.failed(q, cause)
	}
	e.Reason = string(app.CodeOf(cause))
	e.Result = resultOf(app.CodeOf(cause))
	if err := b.update(ctx, func(tx *tx) error { return b.passEvent(tx, q, e) }); err != nil {
		return b.failed(q, err)
	}
	var refusal *app.Error
	errors.As(cause, &refusal)
	return b.stamp(refusal, "")
}

// passEvent tells the audit trail what was done with a pass, and from where.
func (b *Backend) passEvent(tx *tx, q question, e port.AuditEntry) error {
	e.Role = string(q.caller.Role)
	e.Station, e.Network = q.caller.Origin.Station, q.caller.Origin.Network
	return b.log(tx, e)
}

// The audit trail's entries of what is done with a pass, beside its use.
const (
	issuedPass  = "pass.issue"
	revokedPass = "pass.revoke"
)
