package backend

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Identify turns a bearer token into a caller: of a flow (also of one that has ended, so that the answer can say so), or
// of a session. The directory says whether the account is an administrator's, each time.
func (b *Backend) Identify(ctx context.Context, token app.Secret) (app.Caller, error) {
	b, leave := b.enter()
	defer leave()
	origin := app.CallerFrom(ctx).Origin
	nobody := app.Caller{Role: app.RoleAnyone, Origin: origin}
	hash := digest(token.Reveal())
	var (
		flow    port.FlowRecord
		session port.SessionRecord
		isFlow  bool
	)
	err := b.view(ctx, func(tx *tx) (err error) {
		if flow, err = tx.FlowByToken(hash); err == nil {
			isFlow = true
			return nil
		}
		if errors.Is(err, port.ErrNotFound) {
			session, err = tx.SessionByAccess(hash)
		}
		return err
	})
	switch {
	case isFlow:
		return app.Caller{Role: app.RoleFlow, Flow: flow.ID, Origin: origin}, nil
	case errors.Is(err, port.ErrNotFound):
		return nobody, b.stamp(&app.Error{Code: app.CodeSignedOut}, "")
	case err != nil:
		return nobody, b.failed(question{}, err)
	}
	if now := b.now(); !live(session, now) || now.After(session.AccessExpires) {
		return nobody, b.stamp(&app.Error{Code: app.CodeSignedOut}, "")
	}
	role, err := b.role(ctx, session)
	if err != nil {
		return nobody, err
	}
	if err := b.use(ctx, session); err != nil {
		return nobody, err
	}
	return app.Caller{Role: role, Account: session.Account, Session: session.ID, Origin: origin}, nil
}

// role is what the directory lets the session's account be now.
func (b *Backend) role(ctx context.Context, rec port.SessionRecord) (app.Role, error) {
	account, err := b.account(ctx, rec.Account)
	switch {
	case errors.Is(err, port.ErrNotFound), err == nil && account.Disabled:
		return app.RoleAnyone, b.stamp(&app.Error{Code: app.CodeSignedOut}, "")
	case err != nil:
		return app.RoleAnyone, b.failed(question{}, unavailable(err))
	case account.Admin:
		return app.RoleAdmin, nil
	}
	return app.RolePerson, nil
}

// use notes that the present pair of tokens arrived; from then on the pair before is dead.
func (b *Backend) use(ctx context.Context, seen port.SessionRecord) error {
	if seen.Used {
		return nil
	}
	err := b.update(ctx, func(tx *tx) error {
		rec, err := tx.Session(seen.ID)
		if err != nil {
			return err
		}
		if string(rec.AccessHash) != string(seen.AccessHash) || !live(rec, b.now()) {
			return &app.Error{Code: app.CodeSignedOut}
		}
		rec.Used = true
		return tx.PutSession(rec)
	})
	if app.CodeOf(err) == app.CodeSignedOut {
		return b.stamp(&app.Error{Code: app.CodeSignedOut}, "")
	}
	if err != nil {
		return b.failed(question{}, err)
	}
	return nil
}

// CurrentSession gives the caller's session.
func (b *Backend) CurrentSession(ctx context.Context) (app.Session, error) {
	b, leave := b.enter()
	defer leave()
	rec, err := b.session(ctx)
	if err != nil {
		return app.Session{}, err
	}
	return b.describe(ctx, rec)
}

// session is the caller's, while it is good.
func (b *Backend) session(ctx context.Context) (port.SessionRecord, error) {
	var rec port.SessionRecord
	err := b.view(ctx, func(tx *tx) (err error) {
		rec, err = tx.Session(app.CallerFrom(ctx).Session)
		return err
	})
	switch {
	case errors.Is(err, port.ErrNotFound), err == nil && !live(rec, b.now()):
		return port.SessionRecord{}, b.stamp(&app.Error{Code: app.CodeSignedOut}, "")
	case err != nil:
		return port.SessionRecord{}, b.failed(question{}, err)
	}
	return rec, nil
}

// EndSession ends the caller's session.
func (b *Backend) EndSession(ctx context.Context) error {
	b, leave := b.enter()
	defer leave()
	if _, err := b.session(ctx); err != nil {
		return err
	}
	q := question{caller: app.CallerFrom(ctx)}
	err := b.update(ctx, func(tx *tx) error {
		rec, err := tx.Session(q.caller.Session)
		if err != nil || !rec.Ended.IsZero() {
			return err
		}
		rec.Ended = b.now()
		if err := tx.PutSession(rec); err != nil {
			return err
		}
		return b.sessionEvent(tx, q, rec, "session.end", resultSucceeded)
	})
	if err != nil {
		return b.failed(q, err)
	}
	return nil
}
