package session

import (
	"context"
	"crypto/hmac"
	"errors"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// isToken reports whether what is presented says of itself that it is a token for scripts.
func isToken(presented app.Secret) bool {
	return strings.HasPrefix(presented.Reveal(), app.TokenPrefix)
}

// identifyToken turns a token for scripts into a caller. The directory is asked about its maker at each use, as about the account
// of a session; a token that it speaks against has ended for good.
func (o *operation) identifyToken(ctx context.Context, presented app.Secret) (app.Caller, error) {
	var rec port.TokenRecord
	hash := o.HashToken(presented)
	err := o.View(ctx, func(tx *core.Tx) (err error) {
		rec, err = tx.TokenByHash(hash)
		return err
	})
	switch {
	case errors.Is(err, port.ErrNotFound):
		return o.refuseToken(ctx, rec, "")
	case err != nil:
		return app.Caller{}, o.Failed(err)
	case !hmac.Equal(rec.Hash, hash), !rec.Good(o.Now()):
		return o.refuseToken(ctx, rec, tokenOver)
	}
	if why, err := o.endToken(ctx, rec); err != nil {
		return app.Caller{}, o.Failed(err)
	} else if why != "" {
		return o.refuseToken(ctx, rec, why)
	}
	o.noteTokenUse(ctx, rec.ID)
	return app.Caller{Role: app.RoleScript, Token: rec.ID, Name: rec.Name, May: rec.May, Origin: o.Caller().Origin}, nil
}

// tokenOver is the reason that the audit trail has for a token that is revoked, or whose time is over.
const tokenOver app.Code = "token_over"

// refuseToken answers who has no good token, alike whatever is wrong with it. Nobody guesses 260 bits; what guesses cost is bounded,
// and no guesser keeps a good token out.
func (o *operation) refuseToken(ctx context.Context, rec port.TokenRecord, why app.Code) (app.Caller, error) {
	e := o.sessionEntry(port.SessionRecord{}, "token.use", core.Failed, why)
	if rec.ID != "" {
		e.By, e.Result = core.ByToken(rec.Name), core.Blocked
	}
	refusal := &app.Error{Code: app.CodeSignedOut}
	if err := o.PaceToken(); errors.As(err, &refusal) {
		e.Result, e.Reason = core.ResultOf(refusal.Code), string(refusal.Code)
	}
	if err := o.LogRefusal(ctx, e); err != nil {
		return app.Caller{}, o.Failed(err)
	}
	return app.Caller{}, o.Stamp(refusal, "")
}

// endToken ends a token that the directory speaks against, and gives the reason; empty where it goes on.
func (o *operation) endToken(ctx context.Context, seen port.TokenRecord) (why app.Code, err error) {
	if seen.Account == "" {
		return "", nil
	}
	maker, err := o.ownAccount(ctx, seen.Account)
	if err != nil {
		return "", err
	}
	if why = core.TokenMustEnd(seen, maker); why == "" {
		return "", nil
	}
	return why, o.Update(ctx, func(tx *core.Tx) error {
		rec, err := tx.Token(seen.ID)
		if err != nil || !rec.Revoked.IsZero() {
			return err
		}
		rec.Revoked = o.Now()
		if err := tx.PutToken(rec); err != nil {
			return err
		}
		e := o.sessionEntry(port.SessionRecord{Account: rec.Account}, "token.end", core.Blocked, why)
		e.By = core.ByToken(rec.Name)
		return tx.Log(e)
	})
}

// noteTokenUse notes that a token was used; where that fails it is nobody's trouble but the list's.
func (o *operation) noteTokenUse(ctx context.Context, id app.TokenID) {
	now := o.Now()
	if !o.tokens.Due(id, app.TokenUseSpan, now) {
		return
	}
	if err := o.Update(ctx, func(tx *core.Tx) error { return tx.UseToken(id, now) }); err != nil {
		o.Log.Warn("the last use of a token was not noted", "token", id, "error", err)
	}
}
