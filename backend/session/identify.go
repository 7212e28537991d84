package session

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// Identify turns a bearer token into a caller: of a flow (also of one that has ended, so that the answer can say so), of a
// token for scripts, or of a session. The directory says whether the account is an administrator's, each time.
func (s *Sessions) Identify(ctx context.Context, token app.Secret) (app.Caller, error) {
	o, release := s.begin(ctx)
	defer release()
	origin := o.Caller().Origin
	nobody := app.Caller{Role: app.RoleAnyone, Origin: origin}
	if isToken(token) {
		return o.identifyToken(ctx, token)
	}
	hash := core.Digest(token.Reveal())
	var (
		flow    app.FlowID
		session port.SessionRecord
		isFlow  bool
	)
	err := o.View(ctx, func(tx *core.Tx) (err error) {
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
		return app.Caller{Role: app.RoleFlow, Flow: flow, Origin: origin}, nil
	case errors.Is(err, port.ErrNotFound):
		return nobody, o.Stamp(&app.Error{Code: app.CodeSignedOut}, "")
	case err != nil:
		return nobody, o.Failed(err)
	}
	if !o.goodAccess(session) {
		return nobody, o.Stamp(&app.Error{Code: app.CodeSignedOut}, "")
	}
	account, err := o.standing(ctx, session)
	if err != nil {
		return nobody, err
	}
	if err := o.use(ctx, session, account); err != nil {
		return nobody, err
	}
	role := app.RolePerson
	if account.Admin {
		role = app.RoleAdmin
	}
	return app.Caller{Role: role, Account: session.Account, Session: session.ID, Origin: origin}, nil
}

// goodAccess reports whether a session's access token is good. One that lasts longer than any that is given now was given by a
// clock that has been put back, or under another policy: it is renewed.
func (o *operation) goodAccess(session port.SessionRecord) bool {
	now := o.Now()
	return o.Good(session) && !now.After(session.AccessExpires) && !session.AccessExpires.After(now.Add(o.Policy().Sessions.Access+port.Skew))
}

// use notes that the present pair of tokens arrived; from then on the pair before is dead, and the flow that gave it gives none
// any more.
func (o *operation) use(ctx context.Context, seen port.SessionRecord, account port.DirectoryAccount) error {
	if seen.Used && (seen.Stamp != "" || account.Stamp == "") {
		return nil
	}
	err := o.Update(ctx, func(tx *core.Tx) error {
		rec, err := tx.Session(seen.ID)
		if err != nil {
			return err
		}
		if string(rec.AccessHash) != string(seen.AccessHash) || !o.Good(rec) {
			return &app.Error{Code: app.CodeSignedOut}
		}
		rec.Used, rec.Owed = true, ""
		if err := o.flows.Over(tx, rec.Flow); err != nil {
			return err
		}
		if err := o.bindStamp(tx, &rec, account); err != nil {
			return err
		}
		return tx.PutSession(rec)
	})
	if app.CodeOf(err) == app.CodeSignedOut {
		return o.Stamp(&app.Error{Code: app.CodeSignedOut}, "")
	}
	if err != nil {
		return o.Failed(err)
	}
	return nil
}

// CurrentSession gives the caller's session.
func (s *Sessions) CurrentSession(ctx context.Context) (app.Session, error) {
	o, release := s.begin(ctx)
	defer release()
	rec, err := o.session(ctx)
	if err != nil {
		return app.Session{}, err
	}
	account, err := o.standing(ctx, rec)
	if err != nil {
		return app.Session{}, err
	}
	return o.describe(ctx, rec, account)
}

// session is the caller's, while it is good.
func (o *operation) session(ctx context.Context) (port.SessionRecord, error) {
	var rec port.SessionRecord
	err := o.View(ctx, func(tx *core.Tx) (err error) {
		rec, err = tx.Session(o.Caller().Session)
		return err
	})
	switch {
	case errors.Is(err, port.ErrNotFound), err == nil && !o.Good(rec):
		return port.SessionRecord{}, o.Stamp(&app.Error{Code: app.CodeSignedOut}, "")
	case err != nil:
		return port.SessionRecord{}, o.Failed(err)
	}
	return rec, nil
}

// EndSession ends the caller's session.
func (s *Sessions) EndSession(ctx context.Context) error {
	o, release := s.begin(ctx)
	defer release()
	if _, err := o.session(ctx); err != nil {
		return err
	}
	err := o.Update(ctx, func(tx *core.Tx) error {
		rec, err := tx.Session(o.Caller().Session)
		if err != nil || !rec.Ended.IsZero() {
			return err
		}
		rec.Ended = o.Now()
		if err := tx.PutSession(rec); err != nil {
			return err
		}
		return o.logSession(tx, rec, "session.end", core.Succeeded)
	})
	if err != nil {
		return o.Failed(err)
	}
	return nil
}
