package session

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// renewal is a refresh token that is traded.
type renewal struct {
	token   refreshToken
	seen    port.SessionRecord // as it was before the directory was asked
	account port.DirectoryAccount
	away    error // the directory's, where it didn't answer

	rec   port.SessionRecord // as it is now
	grant app.Grant          // empty where it is refused
}

// Renew rotates a refresh token.
func (s *Sessions) Renew(ctx context.Context, refresh app.Secret) (app.Grant, error) {
	o, release := s.begin(ctx)
	defer release()
	if err := o.PaceRenewal(); err != nil {
		return app.Grant{}, o.tooMany(ctx, err)
	}
	r := renewal{token: o.readRefresh(refresh)}
	err := o.View(ctx, func(tx *core.Tx) (err error) {
		r.seen, err = findByRefresh(tx, r.token)
		return err
	})
	if err != nil {
		return app.Grant{}, o.Failed(err)
	}
	if r.seen.ID != "" && o.Good(r.seen) {
		r.account, r.away = o.ownAccount(ctx, r.seen.Account)
	}
	if err := o.Update(ctx, func(tx *core.Tx) error { return o.trade(tx, &r) }); err != nil {
		return app.Grant{}, o.Failed(err)
	}
	if r.grant.Access.Empty() {
		return app.Grant{}, o.Stamp(&app.Error{Code: app.CodeSignedOut}, "")
	}
	r.grant.Session, err = o.describe(ctx, r.rec, r.account)
	if err != nil {
		return app.Grant{}, err
	}
	return r.grant, nil
}

// findByRefresh finds the session of a token: by its hash, or by the name that it has been vouched for. The zero record where
// there is none.
func findByRefresh(tx *core.Tx, t refreshToken) (port.SessionRecord, error) {
	rec, err := tx.SessionByRefresh(t.hash)
	if errors.Is(err, port.ErrNotFound) && t.session != "" {
		rec, err = tx.Session(t.session)
	}
	if errors.Is(err, port.ErrNotFound) {
		return port.SessionRecord{}, nil
	}
	return rec, err
}

// trade gives the session a new pair, or ends it where its token was rotated away.
func (o *operation) trade(tx *core.Tx, r *renewal) (err error) {
	r.grant = app.Grant{}
	if r.rec, err = findByRefresh(tx, r.token); err != nil {
		return err
	}
	if r.rec.ID == "" { // a stranger's, of which there may be many
		return tx.LogRefusal(o.sessionEntry(r.rec, "session.renew", core.Failed, ""))
	}
	place := o.placeOf(r.rec, r.token)
	switch place {
	case reused:
		return o.endStolen(tx, r)
	case present, again:
		if r.rec.ID != r.seen.ID { // somebody was faster
			return o.logSession(tx, r.rec, "session.renew", core.Failed)
		}
		return o.rotate(tx, r, place)
	}
	return o.logSession(tx, r.rec, "session.renew", core.Failed)
}

// rotate gives the session a new pair, unless the directory speaks against it.
func (o *operation) rotate(tx *core.Tx, r *renewal, place use) error {
	if r.away != nil {
		return r.away
	}
	if ended, err := o.endForAccount(tx, r.seen, r.rec, r.account); err != nil || ended {
		return err
	}
	if place == present {
		if err := o.flows.Over(tx, r.rec.Flow); err != nil { // its answer arrived
			return err
		}
		r.rec.PreviousHash = r.token.hash
		r.rec.Generation++
		r.rec.Owed = ""
	}
	if err := o.bindStamp(tx, &r.rec, r.account); err != nil {
		return err
	}
	grant, err := o.pair(tx, &r.rec)
	if err != nil {
		return err
	}
	r.grant = grant
	return o.logSession(tx, r.rec, "session.renew", core.Succeeded)
}

// endStolen ends a session of which somebody else holds a token, and tells its owner on every channel: those on file, and the work
// mailbox, as soon as the directory answers.
func (o *operation) endStolen(tx *core.Tx, r *renewal) error {
	r.rec.Ended = o.Now()
	if err := tx.PutSession(r.rec); err != nil {
		return err
	}
	creds, err := tx.Credentials(r.rec.Account)
	if err != nil {
		return err
	}
	n := core.Notice{Template: app.MessageSessionStolen, Unasked: r.account.ID == ""}
	if _, err := tx.NotifyOwner(r.rec.Account, rules.SubjectOf(r.account), n, creds); err != nil {
		return err
	}
	return o.logSession(tx, r.rec, "session.reuse", core.Blocked)
}
