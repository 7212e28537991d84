package flow

import (
	"errors"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// Managing what is registered. The account is that of the session which started the flow.
//
//	                  ┌────────────────────── Back ──────────────────────┐
//	                  ▼                                                  │
//	Start ──▶ info ──SetDefault, Replace, Delete, …──────▶ proven freshly? ──no──▶ gate of the strongest method (or two: gate_standin.go)
//	           ▲ │                                            │ yes                  │
//	           │ │                                            ▼                      │
//	           │ │     default set ─▶ info · delete? · revealed · method ◀───────────┘
//	           │ │                           │ Delete          (gate.go)
//	           │ │                           ▼                    │
//	           │ └─SignOutEverywhere─▶ done  deleted              ▼ added
//	           └──────────── Back ◀──────────┴────────────────────┘
//
// Subject holds no verification method has nothing stronger than the password: signing in again is the fresh proof.

// freshFor is how long a proof is fresh.
const freshFor = 10 * time.Minute

// pendingChange is a change that a fresh proof is asked for.
type pendingChange struct {
	What       change
	Credential app.CredentialID
	Kind       app.Kind // to add
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
func (f *flow) askDelete(id app.CredentialID) error {
	w := pendingChange{What: askDelete, Credential: id}
	if f.s.At == atDelete {
		if id != f.s.Shown {
			return &app.Error{Code: app.CodeNotNow}
		}
		w.What = deleteIt
	}
	return f.requireFreshProof(w)
}

// requireFreshProof does what is wanted, after a fresh proof by the strongest verification method where the last one is too old.
func (f *flow) requireFreshProof(w pendingChange) error {
	all, err := f.onFile()
	if err != nil {
		return err
	}
	if w.What != addOne && f.target(all, w) == nil {
		return &app.Error{Code: app.CodeNotNow}
	}
	creds := f.eligible(all)
	session, err := f.session()
	if err != nil {
		return err
	}
	if session.ByPass {
		return f.byPass(w)
	}
	if w.What == addOne && f.rules().NeedsPass(creds) {
		f.block(app.CodePassNeeded, noTime)
		return nil
	}
	strongest := f.rules().Strongest(creds)
	old := !limit.Within(freshFor, session.ProvenAt, f.now)
	switch {
	case len(strongest) == 0 && old:
		return &app.Error{Code: app.CodeSignedOut}
	case len(strongest) == 0 || !old && !rules.Stronger(strongest[0], session.ProvenBy):
		return f.apply(w)
	}
	if l, err := f.readLock(); err != nil || l.grade != lockOpen {
		f.block(f.locked(), l.until)
		return err
	}
	f.s.Pending, f.s.Adding, f.s.Gates, f.s.Passed, f.s.PassedBy, f.s.Attempts, f.s.At = &w, false, 1, nil, nil, nil, atChoose
	return f.begin(strongest[0])
}

// session is the one that started the flow, as long as it is good.
func (f *flow) session() (port.SessionRecord, error) {
	rec, err := f.tx.Session(f.s.Session)
	if errors.Is(err, port.ErrNotFound) || err == nil && (!f.op.Good(rec) || rec.Account != f.rec.Account) {
		return port.SessionRecord{}, &app.Error{Code: app.CodeSignedOut}
	}
	return rec, err
}

// target is the credential on file that a change means; nil where it can't be changed like that.
func (f *flow) target(creds rules.Credentials, w pendingChange) *port.CredentialRecord {
	c := creds.ByID(w.Credential)
	switch {
	case c == nil:
	case w.What == setDefault && !(c.Counts() && slices.Contains(f.rules().Verifying(creds.Confirmed()), c.Kind)):
	case w.What == replaceOne && !(c.Counts() && rules.Replaceable(c.Kind) && f.rules().Offers(c.Kind)):
	case w.What == reveal && c.Address == "":
	default:
		return c
	}
	return nil
}

// apply carries a change out.
func (f *flow) apply(w pendingChange) error {
	creds, err := f.credentials()
	if err != nil {
		return err
	}
	if w.What == addOne {
		f.s.Adding = f.purpose.manages()
		return f.take(w.Kind)
	}
	all, err := f.onFile()
	if err != nil {
		return err
	}
	c := f.target(all, w)
	if c == nil {
		return f.home()
	}
	switch w.What {
	case replaceOne:
		f.s.Adding, f.s.Replacing = true, c.ID
		delete(f.s.Attempts, c.Kind)
		return f.take(c.Kind)
	case setDefault:
		return f.setDefault(creds, *c)
	case deleteIt:
		return f.delete(creds, *c)
	case reveal:
		f.s.At, f.s.Shown = atRevealed, c.ID
		return f.audit(event{action: "manage.revealed", result: core.Succeeded, method: c.Kind})
	}
	f.s.At, f.s.Shown = atDelete, c.ID
	return nil
}

// setDefault sets the default method and tells its owner on every channel, if it was another one.
func (f *flow) setDefault(creds rules.Credentials, chosen port.CredentialRecord) error {
	for _, c := range creds {
		if c.Default == (c.ID == chosen.ID) {
			continue
		}
		c.Default = c.ID == chosen.ID
		if err := f.tx.PutCredential(c); err != nil {
			return err
		}
	}
	if f.rules().Default(creds) != chosen.ID {
		if _, err := f.notifyOwner(app.MessageDefaultSet, map[string]string{"kind": string(chosen.Kind)}, creds); err != nil {
			return err
		}
	}
	f.s.Notice = &app.Notice{Code: app.NoticeDefaultSet, Kind: chosen.Kind}
	if err := f.voidOthers(); err != nil {
		return err
	}
	return f.home()
}

// delete deletes a credential for good and tells its owner on every channel there was, the deleted one among them.
func (f *flow) delete(creds rules.Credentials, gone port.CredentialRecord) error {
	settled, err := f.tx.Settled(f.rec.Account, f.rules(), creds)
	if err != nil {
		return err
	}
	left := creds.Without(gone.ID)
	last := gone.Kind.Verifies() && len(f.rules().Verifying(left)) == 0
	if err := f.tx.DeleteCredential(gone, core.Deletion{Until: f.cooledOff(), Last: last}); err != nil {
		return err
	}
	for _, c := range left {
		if c.Settled = true; !settled {
			continue
		}
		if err := f.tx.PutCredential(c); err != nil {
			return err
		}
	}
	if _, err := f.notifyOwner(app.MessageMethodRemoved, map[string]string{"kind": string(gone.Kind)}, creds); err != nil {
		return err
	}
	if err := f.audit(event{action: "manage.deleted", result: core.Succeeded, method: gone.Kind}); err != nil {
		return err
	}
	f.s.Notice = &app.Notice{Code: app.NoticeMethodRemoved, Kind: gone.Kind}
	if err := f.voidOthers(); err != nil {
		return err
	}
	return f.home()
}

// voidOthers voids what else is open for the account, a pass too: it was begun with other credentials. One that was used stays
// on record: it says which session it opened.
func (f *flow) voidOthers() error {
	if _, err := f.tx.EndFlows(f.rec.Account, f.rec.ID, f.now); err != nil {
		return err
	}
	f.op.present.dropOthers(f.rec.Account, f.rec.ID)
	pass, err := f.tx.Pass(f.rec.Account)
	if errors.Is(err, port.ErrNotFound) || err == nil && !pass.Used.IsZero() {
		return nil
	}
	if err == nil {
		_, err = f.tx.DeletePass(f.rec.Account)
	}
	return err
}

// countAsProof counts the registration of a method that is stronger than what was proven as a proof by it, of the same time:
// who registers the first methods is not asked at once for what they have just shown.
func (f *flow) countAsProof(kind app.Kind) error {
	session, err := f.session()
	if err != nil || !kind.Verifies() || !rules.Stronger(kind, session.ProvenBy) {
		return err
	}
	session.ProvenBy = kind
	return f.raise(session)
}

// signOutEverywhere ends every session and every other flow. It takes no fresh proof: it opens nothing.
func (f *flow) signOutEverywhere() error {
	if _, err := f.tx.EndSessions(f.rec.Account, f.now); err != nil {
		return err
	}
	if err := f.voidOthers(); err != nil {
		return err
	}
	f.s.Facts = []app.Fact{app.FactEverywhere}
	f.end(atDone)
	return f.audit(event{action: "session.end_all", result: core.Succeeded})
}

func (f *flow) showInfo(creds, all rules.Credentials) app.SecurityInfo {
	info := app.SecurityInfo(f.showRegistered(creds))
	info.Have = f.showOwned(all)
	return info
}

// showOne shows the credential that is to be deleted or shown in full; where it is gone, the page that it came from.
func (f *flow) showOne(creds, all rules.Credentials) app.Step {
	at := slices.IndexFunc(all, func(c port.CredentialRecord) bool { return c.ID == f.s.Shown })
	if at < 0 {
		return f.showInfo(creds, all)
	}
	shown := f.showOwned(all)[at]
	if f.s.At == atRevealed {
		return app.Revealed{Credential: shown, Value: app.NewSecret(all[at].Address)}
	}
	rest := f.rules().ForSubject(all.Without(f.s.Shown).Confirmed())
	left := f.rules().GatesCovered(rest, f.rules().Kinds(rest))
	return app.ConfirmDelete{Credential: shown, Left: left, Needed: f.rules().Needed()}
}
