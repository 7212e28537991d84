package backend

import (
	"errors"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Managing what is registered. The account is that of the session which started the flow.
//
//	                  ┌────────────────────── Back ──────────────────────┐
//	                  ▼                                                  │
//	Start ──▶ info ──SetDefault, Replace, Delete, …──────▶ proven freshly? ──no──▶ gate of the strongest method
//	           ▲ │                                            │ yes                  │
//	           │ │                                            ▼                      │
//	           │ │     default set ─▶ info · delete? · revealed · method ◀───────────┘
//	           │ │                           │ Delete          (gate.go)
//	           │ │                           ▼                    │
//	           │ └─SignOutEverywhere─▶ done  deleted              ▼ added
//	           └──────────── Back ◀──────────┴────────────────────┘
//
// Who holds no verification method has nothing stronger than the password: signing in again is the fresh proof.

// freshFor is how long a proof is fresh.
const freshFor = 10 * time.Minute

// wanted is a change that a fresh proof is asked for.
type wanted struct {
	What       change           `json:"what"`
	Credential app.CredentialID `json:"credential,omitempty"`
	Kind       app.Kind         `json:"kind,omitempty"` // to add
}

type change string

const (
	addOne     change = "add"
	replaceOne change = "replace"
	setDefault change = "default"
	askDelete  change = "ask_delete"
	deleteIt   change = "delete"
	reveal     change = "reveal"
)

// askDelete asks first, and deletes at the second time.
func (t *talk) askDelete(id app.CredentialID) error {
	w := wanted{What: askDelete, Credential: id}
	if t.s.At == atDelete {
		if id != t.s.Shown {
			return &app.Error{Code: app.CodeNotNow}
		}
		w.What = deleteIt
	}
	return t.guarded(w)
}

// guarded does what is wanted, after a fresh proof by the strongest verification method where the last one is too old.
func (t *talk) guarded(w wanted) error {
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	all, err := t.onFile()
	if err != nil {
		return err
	}
	if w.What != addOne && t.one(all, w) == nil {
		return &app.Error{Code: app.CodeNotNow}
	}
	session, err := t.session()
	if err != nil {
		return err
	}
	if session.ByPass {
		return t.byPass(w)
	}
	if w.What == addOne && t.b.needsPass(creds, t.s.Who.Admin) {
		t.block(app.CodePassNeeded, noTime)
		return nil
	}
	strongest := t.b.strongest(creds, t.s.Who.Admin)
	old := t.now.Sub(session.ProvenAt) > freshFor
	switch {
	case len(strongest) == 0 && old:
		return &app.Error{Code: app.CodeSignedOut}
	case len(strongest) == 0 || !old && !stronger(strongest[0], session.ProvenBy):
		return t.do(w)
	}
	if l, err := t.readLock(); err != nil || l.grade != lockOpen {
		t.block(t.locked(), l.until)
		return err
	}
	t.s.Wanted, t.s.Adding, t.s.Gates, t.s.Attempts, t.s.At = &w, false, 1, nil, atChoose
	return t.begin(strongest[0])
}

// stronger reports whether k is stronger than a kind that was proven; anything is than none.
func stronger(k, proven app.Kind) bool {
	return proven == "" || slices.Index(app.Kinds(), k) < slices.Index(app.Kinds(), proven)
}

// session is the one that started the flow, as long as it is good.
func (t *talk) session() (port.SessionRecord, error) {
	rec, err := t.tx.Session(t.s.Session)
	if errors.Is(err, port.ErrNotFound) || err == nil && (!live(rec, t.now) || rec.Account != t.rec.Account) {
		return port.SessionRecord{}, &app.Error{Code: app.CodeSignedOut}
	}
	return rec, err
}

// one is the credential on file that is meant, if it can be changed like that.
func (t *talk) one(creds []port.CredentialRecord, w wanted) *port.CredentialRecord {
	at := slices.IndexFunc(creds, func(c port.CredentialRecord) bool { return c.ID == w.Credential })
	switch {
	case at < 0:
	case w.What == setDefault && (!creds[at].Counts() || !slices.Contains(t.b.verifying(counting(creds), t.s.Who.Admin), creds[at].Kind)):
	case w.What == replaceOne && !(creds[at].Counts() && replaces(creds[at].Kind) && slices.Contains(t.b.offered(t.s.Who.Admin), creds[at].Kind)):
	case w.What == reveal && creds[at].Address == "":
	default:
		return &creds[at]
	}
	return nil
}

// do carries a change out.
func (t *talk) do(w wanted) error {
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	if w.What == addOne {
		t.s.Adding = t.rec.Purpose == app.PurposeManage
		return t.take(w.Kind)
	}
	all, err := t.onFile()
	if err != nil {
		return err
	}
	c := t.one(all, w)
	if c == nil {
		return t.home()
	}
	switch w.What {
	case replaceOne:
		t.s.Adding, t.s.Old = true, c.ID
		delete(t.s.Attempts, c.Kind)
		return t.take(c.Kind)
	case setDefault:
		return t.setDefault(creds, *c)
	case deleteIt:
		return t.delete(creds, *c)
	case reveal:
		t.s.At, t.s.Shown = atRevealed, c.ID
		return t.audit(event{action: "manage.revealed", result: resultSucceeded, method: c.Kind})
	}
	t.s.At, t.s.Shown = atDelete, c.ID
	return nil
}

// setDefault sets the default method and tells its owner on every channel, if it was another one.
func (t *talk) setDefault(creds []port.CredentialRecord, chosen port.CredentialRecord) error {
	for _, c := range creds {
		if c.Default == (c.ID == chosen.ID) {
			continue
		}
		c.Default = c.ID == chosen.ID
		if err := t.tx.PutCredential(c); err != nil {
			return err
		}
	}
	if t.b.first(creds, t.s.Who.Admin) != chosen.ID {
		if _, err := t.tell(app.MessageDefaultSet, map[string]string{"kind": string(chosen.Kind)}, creds); err != nil {
			return err
		}
	}
	t.s.Notice = &app.Notice{Code: app.NoticeDefaultSet, Kind: chosen.Kind}
	if err := t.changed(); err != nil {
		return err
	}
	return t.home()
}

// delete deletes a credential for good and tells its owner on every channel there was, the deleted one among them.
func (t *talk) delete(creds []port.CredentialRecord, gone port.CredentialRecord) error {
	if err := t.tx.DeleteCredential(gone.ID); err != nil {
		return err
	}
	if t.b.settled(creds, t.s.Who.Admin) {
		for _, c := range creds {
			if c.Settled = true; c.ID == gone.ID {
				continue
			}
			if err := t.tx.PutCredential(c); err != nil {
				return err
			}
		}
	}
	if _, err := t.tell(app.MessageMethodRemoved, map[string]string{"kind": string(gone.Kind)}, creds); err != nil {
		return err
	}
	if err := t.audit(event{action: "manage.deleted", result: resultSucceeded, method: gone.Kind}); err != nil {
		return err
	}
	t.s.Notice = &app.Notice{Code: app.NoticeMethodRemoved, Kind: gone.Kind}
	if err := t.changed(); err != nil {
		return err
	}
	return t.home()
}

// changed voids what else is open for the account, a pass too: it was begun with other credentials.
func (t *talk) changed() error {
	if _, err := t.tx.EndFlows(t.rec.Account, t.rec.ID, t.now); err != nil {
		return err
	}
	_, err := t.tx.DeletePass(t.rec.Account)
	return err
}

// enrolled counts the registration of a method that is stronger than what was proven as a proof by it, of the same time:
// who registers the first methods is not asked at once for what they have just shown.
func (t *talk) enrolled(kind app.Kind) error {
	session, err := t.session()
	if err != nil || !kind.Verifies() || !stronger(kind, session.ProvenBy) {
		return err
	}
	session.ProvenBy = kind
	return t.tx.PutSession(session)
}

// settled reports whether the first registration is over: enough was registered once, and not all of it is gone. What is
// added from then on has to cool off.
func (b *Backend) settled(creds []port.CredentialRecord, admin bool) bool {
	return b.suffice(creds, admin) || slices.ContainsFunc(creds, func(c port.CredentialRecord) bool { return c.Settled })
}

// signOutEverywhere ends every session and every other flow. It takes no fresh proof: it opens nothing.
func (t *talk) signOutEverywhere() error {
	if _, err := t.tx.EndSessions(t.rec.Account, t.now); err != nil {
		return err
	}
	if err := t.changed(); err != nil {
		return err
	}
	t.s.Facts = []app.Fact{app.FactEverywhere}
	t.end(atDone)
	return t.audit(event{action: "session.end_all", result: resultSucceeded})
}

func (t *talk) showInfo(creds, all []port.CredentialRecord) app.SecurityInfo {
	info := app.SecurityInfo(t.showRegistered(creds))
	info.Have = t.owned(all)
	return info
}

// showOne shows the credential that is to be deleted or shown in full; where it is gone, the page that it came from.
func (t *talk) showOne(creds, all []port.CredentialRecord) app.Step {
	at := slices.IndexFunc(all, func(c port.CredentialRecord) bool { return c.ID == t.s.Shown })
	if at < 0 {
		return t.showInfo(creds, all)
	}
	shown := t.owned(all)[at]
	if t.s.At == atRevealed {
		return app.Revealed{Credential: shown, Value: app.NewSecret(all[at].Address)}
	}
	rest := entitled(counting(slices.Delete(slices.Clone(all), at, at+1)), t.s.Who.Admin)
	left := t.b.worth(rest, t.b.kinds(rest, t.s.Who.Admin), t.s.Who.Admin)
	return app.ConfirmDelete{Credential: shown, Left: left, Needed: t.b.needed(t.s.Who.Admin)}
}
