package session

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// A session goes on as long as its account may sign in with the password that it was opened with. The directory is asked at
// each use of a token, and a session that it speaks against has ended for good:
//
//	            Identify, CurrentSession, Renew    Grant              EndSession   Start of a flow of one's own
//	disabled    ended                              account_disabled   ends it      blocked, with the reason
//	expired     ended                              account_expired    ends it      blocked, with the reason
//	gone        ended                              flow_ended         ends it      signed_out
//	not enabled, managed elsewhere: a session all the same, as signing in gives one; Start is blocked, with the reason
//	password set elsewhere
//	            ended                              flow_ended         ends it      signed_out

// ownAccount reads the account; one that is gone has no ID.
func (o *operation) ownAccount(ctx context.Context, id app.AccountID) (port.DirectoryAccount, error) {
	account, err := o.Account(ctx, id)
	if errors.Is(err, port.ErrNotFound) {
		return port.DirectoryAccount{}, nil
	}
	return account, core.Unavailable(err)
}

// standing gives the account of a session that was read before; CodeSignedOut where it can't go on, and it has ended then.
func (o *operation) standing(ctx context.Context, seen port.SessionRecord) (port.DirectoryAccount, error) {
	account, err := o.ownAccount(ctx, seen.Account)
	if err != nil {
		return account, o.Failed(err)
	}
	if core.MustEnd(seen, account) == "" {
		return account, nil
	}
	var ended bool
	err = o.Update(ctx, func(tx *core.Tx) error {
		rec, err := tx.Session(seen.ID)
		if err != nil {
			return err
		}
		ended, err = o.endForAccount(tx, seen, rec, account)
		return err
	})
	switch {
	case err != nil && !errors.Is(err, port.ErrNotFound):
		return account, o.Failed(err)
	case err != nil || ended:
		return account, o.Stamp(&app.Error{Code: app.CodeSignedOut}, "")
	}
	return account, nil
}

// endForAccount ends a session that the directory speaks against, and reports whether it did. seen is the session as it was
// before the directory was asked: a password of its own that was written meanwhile speaks against nothing.
func (o *operation) endForAccount(tx *core.Tx, seen, rec port.SessionRecord, account port.DirectoryAccount) (bool, error) {
	reason := core.MustEnd(seen, account)
	if reason == core.PasswordChanged {
		writing, err := o.flows.Writing(tx, rec.Account)
		if err != nil || writing || rec.Stamp != seen.Stamp {
			return false, err
		}
	}
	if reason == "" || !rec.Ended.IsZero() {
		return reason != "", nil
	}
	rec.Ended = o.Now()
	if err := tx.PutSession(rec); err != nil {
		return false, err
	}
	return true, o.logEnd(tx, rec, "session.end", core.Blocked, reason)
}

// bindStamp takes the password that the session stands on from what the directory says, where it isn't known yet.
func (o *operation) bindStamp(tx *core.Tx, rec *port.SessionRecord, account port.DirectoryAccount) error {
	if rec.Stamp != "" {
		return nil
	}
	writing, err := o.flows.Writing(tx, rec.Account)
	if err == nil && !writing {
		rec.Stamp = account.Stamp
	}
	return err
}
