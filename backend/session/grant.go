package session

import (
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/flow"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
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
func (s *Sessions) Grant(ctx context.Context, id app.FlowID) (app.Grant, error) {
	o, release := s.begin(ctx)
	defer release()
	caller := o.Caller()
	if caller.Role != app.RoleFlow || caller.Flow != id || id == "" {
		return app.Grant{}, s.flows.Refuse(ctx, o.Operation, id, &app.Error{Code: app.CodeNoFlow})
	}
	var grant app.Grant
	err := o.Update(ctx, func(tx *core.Tx) error {
		in, err := s.flows.SignedIn(o.Operation, tx, id)
		if err != nil {
			return err
		}
		grant, err = o.grant(tx, in)
		return err
	})
	if core.IsRefusal(err) && app.CodeOf(err) != app.CodeUnavailable {
		return app.Grant{}, s.flows.Refuse(ctx, o.Operation, id, err)
	}
	if err != nil {
		return app.Grant{}, o.Failed(err, "flow", id)
	}
	return grant, nil
}

// grant ends the session that the flow opened before, and opens one in its place. Where somebody else ended that session,
// the flow opens none any more.
func (o *operation) grant(tx *core.Tx, in flow.SignedIn) (app.Grant, error) {
	created := in.At
	old, err := tx.SessionByFlow(in.Flow)
	switch {
	case err == nil && !old.Ended.IsZero():
		return app.Grant{}, &app.Error{Code: app.CodeEnded}
	case err == nil:
		created, old.Ended = old.Created, in.At
		if err := tx.PutSession(old); err != nil {
			return app.Grant{}, err
		}
	case err != nil && !errors.Is(err, port.ErrNotFound):
		return app.Grant{}, err
	}
	id, err := o.NewID()
	if err != nil {
		return app.Grant{}, err
	}
	rec := port.SessionRecord{
		ID: app.SessionID(id), Account: in.Account, Flow: in.Flow, Created: created,
		ProvenAt: in.ProvenAt, ProvenBy: in.ProvenBy, ByPass: in.ByPass,
	}
	grant, err := o.pair(tx, &rec)
	if err != nil {
		return app.Grant{}, err
	}
	grant.Session.Person, grant.Session.Admin = in.Subject.Person, in.Subject.Admin
	grant.Session.Registered, grant.Session.Due = in.Registered, in.Due
	return grant, in.LogOpened()
}

// pair gives a session new tokens and saves it.
func (o *operation) pair(tx *core.Tx, rec *port.SessionRecord) (app.Grant, error) {
	access, accessHash, err := o.NewToken()
	if err != nil {
		return app.Grant{}, err
	}
	refresh, refreshHash, err := o.NewToken()
	if err != nil {
		return app.Grant{}, err
	}
	now := o.Now()
	rec.AccessHash, rec.AccessExpires = accessHash, now.Add(o.Policy().Sessions.Access)
	rec.RefreshHash, rec.RefreshExpires = refreshHash, now.Add(o.Policy().Sessions.Refresh)
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
func (s *Sessions) Renew(ctx context.Context, refresh app.Secret) (app.Grant, error) {
	o, release := s.begin(ctx)
	defer release()
	if err := o.PaceRenewal(); err != nil {
		return app.Grant{}, o.tooMany(ctx, err)
	}
	hash := core.Digest(refresh.Reveal())
	var (
		grant   app.Grant
		account app.AccountID
		refused bool
	)
	err := o.Update(ctx, func(tx *core.Tx) error {
		rec, err := tx.SessionByRefresh(hash)
		if errors.Is(err, port.ErrNotFound) {
			refused = true
			return tx.LogRefusal(o.sessionEntry(rec, "session.renew", core.Failed))
		}
		if err != nil {
			return err
		}
		account = rec.Account
		grant, refused, err = o.rotate(tx, rec, hash)
		return err
	})
	if err != nil {
		return app.Grant{}, o.Failed(err)
	}
	if refused {
		return app.Grant{}, o.Stamp(&app.Error{Code: app.CodeSignedOut}, "")
	}
	grant.Session, err = o.describe(ctx, port.SessionRecord{
		ID: grant.Session.ID, Account: account, ByPass: grant.Session.ByPass, RefreshExpires: grant.RefreshExpires,
	})
	if err != nil {
		return app.Grant{}, err
	}
	return grant, nil
}

// rotate gives a session a new pair, or ends it when its token was used by two.
func (o *operation) rotate(tx *core.Tx, rec port.SessionRecord, hash []byte) (grant app.Grant, refused bool, err error) {
	if !rec.Live(o.Now()) {
		return app.Grant{}, true, o.logSession(tx, rec, "session.renew", core.Failed)
	}
	present := subtle.ConstantTimeCompare(rec.RefreshHash, hash) == 1
	if !present && rec.Used {
		rec.Ended = o.Now()
		if err := tx.PutSession(rec); err != nil {
			return app.Grant{}, true, err
		}
		return app.Grant{}, true, o.logSession(tx, rec, "session.reuse", core.Blocked)
	}
	if present {
		rec.PreviousHash = hash
	}
	if grant, err = o.pair(tx, &rec); err != nil {
		return app.Grant{}, false, err
	}
	return grant, false, o.logSession(tx, rec, "session.renew", core.Succeeded)
}

// describe shows a session as the window sees it.
func (o *operation) describe(ctx context.Context, rec port.SessionRecord) (app.Session, error) {
	account, err := o.Account(ctx, rec.Account)
	if errors.Is(err, port.ErrNotFound) {
		return app.Session{}, o.Stamp(&app.Error{Code: app.CodeSignedOut}, "")
	}
	if err != nil {
		return app.Session{}, o.Failed(core.Unavailable(err))
	}
	subject := rules.SubjectOf(account, 0)
	var creds rules.Credentials
	var due app.Due
	err = o.View(ctx, func(tx *core.Tx) error {
		all, err := tx.Credentials(rec.Account)
		creds = all.Confirmed()
		if err == nil && o.Refusal(account) == "" {
			due, err = o.Due(tx, rec, subject, creds)
		}
		return err
	})
	if err != nil {
		return app.Session{}, o.Failed(err)
	}
	return app.Session{
		ID:         rec.ID,
		Person:     subject.Person,
		Admin:      account.Admin,
		Registered: o.Rules(subject).Registered(creds),
		Due:        due,
		ByPass:     rec.ByPass,
		Expires:    rec.RefreshExpires,
	}, nil
}

func (o *operation) logSession(tx *core.Tx, rec port.SessionRecord, action, result string) error {
	return tx.Log(o.sessionEntry(rec, action, result))
}

func (o *operation) sessionEntry(rec port.SessionRecord, action, result string) port.AuditEntry {
	return port.AuditEntry{
		Action:  action,
		Result:  result,
		Account: string(rec.Account),
		Role:    string(o.Caller().Role),
		Flow:    string(rec.Flow),
		Station: o.Caller().Origin.Station,
		Network: o.Caller().Origin.Network,
	}
}

// tooMany answers a renewal that came too soon after many others from its network. It costs no commit.
func (o *operation) tooMany(ctx context.Context, why error) error {
	var refusal *app.Error
	if !errors.As(why, &refusal) {
		return o.Failed(why)
	}
	e := o.sessionEntry(port.SessionRecord{}, "session.renew", core.ResultOf(refusal.Code))
	e.Reason = string(refusal.Code)
	if err := o.LogRefusal(ctx, e); err != nil {
		return o.Failed(err)
	}
	return o.Stamp(refusal, "")
}

// passSession is the longest that a session by pass lasts.
const passSession = 15 * time.Minute

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
