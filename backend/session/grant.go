package session

import (
	"context"
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
//	                      ▲ │ EndSession, a reset, Grant again, expiry, its last instant; the directory speaks against it
//	                      │ │ Renew with a token that was rotated away: somebody else has one of them
//	                      │ ▼
//	                      │ ended
//	                      └── a fresh proof in a flow of the session: the pair is dead, and the flow's Grant gives another
//
// The token before may be used again as long as its successor was not: the answer that carried the successor was lost. For
// the same reason a flow's Grant may be asked again until the pair that it gave was used; with that the flow that signed in
// is over.

// Grant opens the session of a flow that stands at SignedIn, or gives new tokens to the one whose level a flow raised.
func (s *Sessions) Grant(ctx context.Context, id app.FlowID) (app.Grant, error) {
	o, release := s.begin(ctx)
	defer release()
	caller := o.Caller()
	if caller.Role != app.RoleFlow || caller.Flow != id || id == "" {
		return app.Grant{}, s.flows.Refuse(ctx, o.Operation, id, &app.Error{Code: app.CodeNoFlow})
	}
	var seen flow.SignedIn
	err := o.View(ctx, func(tx *core.Tx) (err error) {
		seen, err = s.flows.SignedIn(o.Operation, tx, id)
		return err
	})
	var account port.DirectoryAccount
	if err == nil {
		if account, err = o.ownAccount(ctx, seen.Account); err != nil {
			return app.Grant{}, o.Failed(err, "flow", id)
		}
	}
	var grant app.Grant
	if err == nil {
		err = o.Update(ctx, func(tx *core.Tx) error {
			in, err := s.flows.SignedIn(o.Operation, tx, id)
			if err != nil {
				return err
			}
			grant, err = o.grant(tx, in, account)
			return err
		})
	}
	if core.IsRefusal(err) && app.CodeOf(err) != app.CodeUnavailable {
		return app.Grant{}, s.flows.Refuse(ctx, o.Operation, id, err)
	}
	if err != nil {
		return app.Grant{}, o.Failed(err, "flow", id)
	}
	return grant, nil
}

// grant gives the flow's session a pair: of a new session, or of the one whose level rose.
func (o *operation) grant(tx *core.Tx, in flow.SignedIn, account port.DirectoryAccount) (app.Grant, error) {
	var rec port.SessionRecord
	var err error
	if in.Raised != nil {
		rec = *in.Raised
		if len(rec.RefreshHash) == 0 { // else the answer that carried this generation was lost
			rec.Generation++
		}
	} else if rec, err = o.newSession(tx, in); err != nil {
		return app.Grant{}, err
	}
	switch why := core.MustEnd(rec, account); why {
	case "":
	case app.CodeDisabled, app.CodeAccountExpired:
		return app.Grant{}, &app.Error{Code: why}
	default:
		return app.Grant{}, &app.Error{Code: app.CodeEnded}
	}
	if err := o.bindStamp(tx, &rec, account); err != nil {
		return app.Grant{}, err
	}
	grant, err := o.pair(tx, &rec)
	if err != nil {
		return app.Grant{}, err
	}
	grant.Session.Person, grant.Session.Admin = in.Subject.Person, in.Subject.Admin
	grant.Session.NoChange = account.Cannot.Verify
	grant.Session.Registered, grant.Session.Due = in.Registered, in.Due
	return grant, in.LogOpened()
}

// newSession makes a session, and ends the one that the flow opened before. Where somebody else ended that one, the flow opens
// none any more.
func (o *operation) newSession(tx *core.Tx, in flow.SignedIn) (port.SessionRecord, error) {
	created := in.At
	old, err := tx.SessionByFlow(in.Flow)
	switch {
	case err == nil && !old.Ended.IsZero():
		return port.SessionRecord{}, &app.Error{Code: app.CodeEnded}
	case err == nil:
		created, old.Ended = old.Created, in.At
		if err := tx.PutSession(old); err != nil {
			return port.SessionRecord{}, err
		}
	case !errors.Is(err, port.ErrNotFound):
		return port.SessionRecord{}, err
	}
	id, err := o.NewID()
	return port.SessionRecord{
		ID: app.SessionID(id), Account: in.Account, Flow: in.Flow, Created: created, Stamp: in.Stamp, Generation: 1,
		ProvenAt: in.ProvenAt, ProvenBy: in.ProvenBy, ByPass: in.ByPass,
	}, err
}

// pair gives a session new tokens and saves it.
func (o *operation) pair(tx *core.Tx, rec *port.SessionRecord) (app.Grant, error) {
	access, accessHash, err := o.NewToken()
	if err != nil {
		return app.Grant{}, err
	}
	refresh, refreshHash, err := o.newRefresh(*rec)
	if err != nil {
		return app.Grant{}, err
	}
	now, last := o.Now(), o.LastInstant(*rec)
	rec.AccessHash, rec.AccessExpires = accessHash, earlier(now.Add(o.Policy().Sessions.Access), last)
	rec.RefreshHash, rec.RefreshExpires = refreshHash, earlier(now.Add(o.Policy().Sessions.Refresh), last)
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

// describe shows a session as the window sees it.
func (o *operation) describe(ctx context.Context, rec port.SessionRecord, account port.DirectoryAccount) (app.Session, error) {
	subject := rules.SubjectOf(account)
	var creds rules.Credentials
	var due app.Due
	err := o.View(ctx, func(tx *core.Tx) error {
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
		NoChange:   account.Cannot.Verify,
		Expires:    rec.RefreshExpires,
	}, nil
}

func (o *operation) logSession(tx *core.Tx, rec port.SessionRecord, action, result string) error {
	return o.logEnd(tx, rec, action, result, "")
}

// logEnd is logSession with the reason.
func (o *operation) logEnd(tx *core.Tx, rec port.SessionRecord, action, result string, reason app.Code) error {
	return tx.Log(o.sessionEntry(rec, action, result, reason))
}

func (o *operation) sessionEntry(rec port.SessionRecord, action, result string, reason app.Code) port.AuditEntry {
	return port.AuditEntry{
		Action:    action,
		Result:    result,
		Reason:    string(reason),
		Account:   string(rec.Account),
		Role:      string(o.Caller().Role),
		Flow:      string(rec.Flow),
		Station:   o.Caller().Origin.Station,
		StationID: string(o.Caller().Origin.Enrolled),
		Network:   o.Caller().Origin.Network,
	}
}

// tooMany answers a renewal that came too soon after many others from its network. It costs no commit.
func (o *operation) tooMany(ctx context.Context, why error) error {
	var refusal *app.Error
	if !errors.As(why, &refusal) {
		return o.Failed(why)
	}
	e := o.sessionEntry(port.SessionRecord{}, "session.renew", core.ResultOf(refusal.Code), refusal.Code)
	if err := o.LogRefusal(ctx, e); err != nil {
		return o.Failed(err)
	}
	return o.Stamp(refusal, "")
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
