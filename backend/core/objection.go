package core

import (
	"errors"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// "This wasn't me". A notice to an account's owner carries a link; who follows it and says so freezes the account's self-service:
//
//	notice ──link, 7 days──▶ page ──confirmed──▶ frozen ──two methods older than the event, in a reset──▶ lifted: told with a link
//	                          (GET changes nothing)  └────── the help desk ─────────────────────────────▶ lifted
//
// A lift ends the links that were there before it: what they are about has been looked at, and who finds one later would freeze the account
// anew. The lift's own link is good.
//
// One event has one link, whichever channels tell of it, so that one confirmation uses up all of them. A change of a credential does
// not void links, as it does codes and passes: who took over an account could else make the owner's useless by another change.

// Freezing and lifting, as the audit trail names them. The reason is the notice that was objected to; why the help desk lifted it.
const (
	freezes   = "account.freeze"
	unfreezes = "account.unfreeze"
)

// HashObjection is what is kept of a link's token.
func (c *Core) HashObjection(token app.Secret) []byte {
	return c.Sealer.Index("objection", token.Reveal())
}

// objectionLink makes a link for an event of an account that happens now; empty where nobody objects to such a notice, or there is no
// server whose page it could lead to.
func (t *Tx) objectionLink(account app.AccountID, event app.MessageID) (string, error) {
	if t.core.BaseURL == "" || !slices.Contains(app.Objectable, event) {
		return "", nil
	}
	token, err := t.core.Pick(app.ObjectionAlphabet, app.ObjectionLength)
	if err != nil {
		return "", err
	}
	now := t.core.Now()
	err = t.PutObjection(port.ObjectionRecord{
		Hash: t.core.HashObjection(app.NewSecret(token)), Account: account, Event: event, At: now, Expires: now.Add(app.ObjectionLife),
	})
	return t.core.BaseURL + app.ObjectionPath + token, err
}

// IsOver reports whether a link belongs to a freeze that was lifted since.
func (t *Tx) IsOver(o port.ObjectionRecord) (bool, error) {
	rec, frozen, err := t.IsFrozen(o.Account)
	return !o.Spent.IsZero() && (!frozen || o.Spent.Before(rec.Since)), err
}

// IsFrozen gives an account's freeze, and whether there is one.
func (t *Tx) IsFrozen(account app.AccountID) (port.FrozenRecord, bool, error) {
	rec, err := t.Frozen(account)
	if errors.Is(err, port.ErrNotFound) {
		return port.FrozenRecord{}, false, nil
	}
	return rec, err == nil, err
}

// Freeze freezes an account's self-service, since somebody objected to an event: what goes on for it ends, and its pass is void. It
// reports whether that is new. Of several events the oldest says which methods lift the freeze; who objects to a lift objects to
// the methods that did it, whichever these were.
func (t *Tx) Freeze(o port.ObjectionRecord) (fresh bool, err error) {
	before := o.At
	if o.Event == app.MessageUnfrozen {
		before = time.Time{}
	}
	now := t.core.Now()
	rec, was, err := t.IsFrozen(o.Account)
	switch {
	case err != nil:
		return false, err
	case !was:
		rec = port.FrozenRecord{Account: o.Account, Since: now, Event: o.Event, Before: before}
	case before.Before(rec.Before):
		rec.Before = before
	}
	o.Spent = now
	_, err1 := t.EndFlows(o.Account, "", now)
	_, err2 := t.EndSessions(o.Account, now)
	_, err3 := t.DeletePass(o.Account)
	return !was, errors.Join(t.PutFrozen(rec), t.PutObjection(o), err1, err2, err3)
}

// Unfreeze lifts a freeze, if there is one, tells the owner on every channel, and closes the request for help that it made. e says
// who did it, from where.
func (t *Tx) Unfreeze(s rules.Subject, n Notice, e port.AuditEntry) (lifted bool, err error) {
	account := s.Person.Account
	if gone, err := t.DeleteFrozen(account); err != nil || gone == 0 {
		return false, err
	}
	if _, err := t.SpendObjections(account, t.core.Now()); err != nil {
		return false, err
	}
	creds, err := t.Credentials(account)
	if err != nil {
		return false, err
	}
	if _, err := t.NotifyOwner(account, s, n, creds); err != nil {
		return false, err
	}
	asked, err := t.OpenHelpRequest(account)
	switch {
	case errors.Is(err, port.ErrNotFound):
	case err != nil:
		return false, err
	case asked.Reason == app.CodeFrozen:
		asked.Closed = t.core.Now()
		if err := t.PutHelpRequest(asked); err != nil {
			return false, err
		}
	}
	e.Action, e.Result, e.Account = unfreezes, Succeeded, string(account)
	return true, t.LogAndSign(e)
}

// LogFreeze says in the audit trail that an objection froze an account, or came while it was frozen.
func (t *Tx) LogFreeze(o port.ObjectionRecord, from app.Caller) error {
	return t.Log(port.AuditEntry{
		Action: freezes, Result: Succeeded, Reason: string(o.Event), Account: string(o.Account), Role: string(from.Role),
		Station: from.Origin.Station, StationID: string(from.Origin.Enrolled), Network: from.Origin.Network,
	})
}

// RefusedFreeze is the entry of a link that is none.
func RefusedFreeze(from app.Caller) port.AuditEntry {
	return port.AuditEntry{
		Action: freezes, Result: Failed, Reason: string(app.CodeNoObjection), Role: string(from.Role), Network: from.Origin.Network,
	}
}
