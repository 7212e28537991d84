package backend

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Sessions.
//
//	signed_in ──Grant──▶ open ──Renew: a new pair──▶ open
//	                       │ EndSession, a reset, Grant again, expiry
//	                       │ Renew with the token before, though its successor was used: somebody else has one of them
//	                       ▼
//	                     ended
//
// The token before may be used again as long as its successor was not: the answer that carried the successor was lost.

// Grant opens the session of a flow that stands at SignedIn.
func (b *Backend) Grant(ctx context.Context, id app.FlowID) (app.Grant, error) {
	b, leave := b.enter()
	defer leave()
	q := question{caller: app.CallerFrom(ctx), id: id}
	if q.caller.Role != app.RoleFlow || q.caller.Flow != id || id == "" {
		return app.Grant{}, b.refuse(ctx, q, &app.Error{Code: app.CodeNoFlow})
	}
	var grant app.Grant
	err := b.update(ctx, func(tx *tx) error {
		t, err := b.load(tx, q)
		switch {
		case errors.Is(err, port.ErrNotFound):
			return &app.Error{Code: app.CodeNoFlow}
		case err != nil:
			return err
		case !t.rec.Ended.IsZero():
			return &app.Error{Code: app.CodeEnded}
		case t.expired():
			return &app.Error{Code: app.CodeExpired}
		case t.s.At != atSignedIn:
			return &app.Error{Code: app.CodeNotNow}
		}
		grant, err = t.grant()
		return err
	})
	if isRefusal(err) && app.CodeOf(err) != app.CodeUnavailable {
		return app.Grant{}, b.refuse(ctx, q, err)
	}
	if err != nil {
		return app.Grant{}, b.failed(q, err)
	}
	return grant, nil
}

// grant ends the session that the flow opened before, and opens one in its place. Where that one was ended by somebody
// else, the flow opens none any more.
func (t *talk) grant() (app.Grant, error) {
	created := t.now
	old, err := t.tx.SessionByFlow(t.rec.ID)
	switch {
	case err == nil && !old.Ended.IsZero():
		return app.Grant{}, &app.Error{Code: app.CodeEnded}
	case err == nil:
		created, old.Ended = old.Created, t.now
		if err := t.tx.PutSession(old); err != nil {
			return app.Grant{}, err
		}
	case err != nil && !errors.Is(err, port.ErrNotFound):
		return app.Grant{}, err
	}
	id, err := t.b.newID()
	if err != nil {
		return app.Grant{}, err
	}
	rec := port.SessionRecord{
		ID: app.SessionID(id), Account: t.rec.Account, Flow: t.rec.ID, Created: created,
		ProvenAt: t.s.ProvenAt, ProvenBy: t.s.ProvenBy, ByPass: t.s.ByPass,
	}
	grant, err := t.b.pair(t.tx, &rec)
	if err != nil {
		return app.Grant{}, err
	}
	creds, err := t.credentials()
	if err != nil {
		return app.Grant{}, err
	}
	grant.Session.Person = t.s.Who.Person
	grant.Session.Admin = t.s.Who.Admin
	grant.Session.Registered = t.b.registered(creds, t.s.Who.Admin)
	if grant.Session.Due, err = t.due(creds); err != nil {
		return app.Grant{}, err
	}
	return grant, t.audit(event{action: "session.open", result: resultSucceeded})
}

// pair gives a session new tokens and saves it.
func (b *Backend) pair(tx *tx, rec *port.SessionRecord) (app.Grant, error) {
	access, accessHash, err := b.token()
	if err != nil {
		return app.Grant{}, err
	}
	refresh, refreshHash, err := b.token()
	if err != nil {
		return app.Grant{}, err
	}
	now := b.now()
	rec.AccessHash, rec.AccessExpires = accessHash, now.Add(b.policy().Sessions.Access)
	rec.RefreshHash, rec.RefreshExpires = refreshHash, now.Add(b.policy().Sessions.Refresh)
	if rec.ByPass {
		last := rec.Created.Add(passSession)
		rec.AccessExpires, rec.RefreshExpires = earlier(rec.AccessExpires, last), earlier(rec.RefreshExpires, last)
	}
	rec.Used = false
	if err := tx.PutSession(*rec); err != nil {
		return app.Grant{}, err
	}
	return app.Grant{
		Session:        app.Session{ID: rec.ID, ByPass: rec.ByPass, Expires: rec.RefreshExpires},
		Access:         access,
		AccessExpires:  rec.AccessExpires,
		Refresh:        refresh,
		RefreshExpires: rec.RefreshExpires,
	}, nil
}

// Renew rotates a refresh token.
func (b *Backend) Renew(ctx context.Context, refresh app.Secret) (app.Grant, error) {
	b, leave := b.enter()
	defer leave()
	q := question{caller: app.CallerFrom(ctx)}
	hash := digest(refresh.Reveal())
	var (
		grant   app.Grant
		account app.AccountID
		refused bool
	)
	err := b.update(ctx, func(tx *tx) error {
		rec, err := tx.SessionByRefresh(hash)
		if errors.Is(err, port.ErrNotFound) {
			refused = true
			return b.sessionEvent(tx, q, rec, "session.renew", resultFailed)
		}
		if err != nil {
			return err
		}
		account = rec.Account
		grant, refused, err = b.rotate(tx, q, rec, hash)
		return err
	})
	if err != nil {
		return app.Grant{}, b.failed(q, err)
	}
	if refused {
		return app.Grant{}, b.stamp(&app.Error{Code: app.CodeSignedOut}, "")
	}
	grant.Session, err = b.describe(ctx, port.SessionRecord{
		ID: grant.Session.ID, Account: account, ByPass: grant.Session.ByPass, RefreshExpires: grant.RefreshExpires,
	})
	if err != nil {
		return app.Grant{}, err
	}
	return grant, nil
}

// rotate gives a session a new pair, or ends it when its token was used by two.
func (b *Backend) rotate(tx *tx, q question, rec port.SessionRecord, hash []byte) (grant app.Grant, refused bool, err error) {
	if !rec.Ended.IsZero() || b.now().After(rec.RefreshExpires) {
		return app.Grant{}, true, b.sessionEvent(tx, q, rec, "session.renew", resultFailed)
	}
	present := subtle.ConstantTimeCompare(rec.RefreshHash, hash) == 1
	if !present && rec.Used {
		rec.Ended = b.now()
		if err := tx.PutSession(rec); err != nil {
			return app.Grant{}, true, err
		}
		return app.Grant{}, true, b.sessionEvent(tx, q, rec, "session.reuse", resultBlocked)
	}
	if present {
		rec.PreviousHash = hash
	}
	if grant, err = b.pair(tx, &rec); err != nil {
		return app.Grant{}, false, err
	}
	return grant, false, b.sessionEvent(tx, q, rec, "session.renew", resultSucceeded)
}

// describe shows a session as the window sees it.
func (b *Backend) describe(ctx context.Context, rec port.SessionRecord) (app.Session, error) {
	account, err := b.account(ctx, rec.Account)
	if errors.Is(err, port.ErrNotFound) {
		return app.Session{}, b.stamp(&app.Error{Code: app.CodeSignedOut}, "")
	}
	if err != nil {
		return app.Session{}, b.failed(question{}, unavailable(err))
	}
	var creds []port.CredentialRecord
	var due app.Due
	err = b.view(ctx, func(tx *tx) (err error) {
		if creds, err = tx.Credentials(rec.Account); err == nil && b.allowed(account) == "" {
			due, err = b.due(tx, rec, account.Admin, counting(creds))
		}
		creds = counting(creds)
		return err
	})
	if err != nil {
		return app.Session{}, b.failed(question{}, err)
	}
	return app.Session{
		ID:         rec.ID,
		Person:     whoIs(account, 0).Person,
		Admin:      account.Admin,
		Registered: b.registered(creds, account.Admin),
		Due:        due,
		ByPass:     rec.ByPass,
		Expires:    rec.RefreshExpires,
	}, nil
}

func (b *Backend) sessionEvent(tx *tx, q question, rec port.SessionRecord, action, result string) error {
	return b.log(tx, port.AuditEntry{
		Action:  action,
		Result:  result,
		Account: string(rec.Account),
		Role:    string(q.caller.Role),
		Flow:    string(rec.Flow),
		Station: q.caller.Origin.Station,
		Network: q.caller.Origin.Network,
	})
}

// live reports whether a session is good.
func live(rec port.SessionRecord, now time.Time) bool {
	return rec.Ended.IsZero() && !now.After(rec.RefreshExpires)
}
