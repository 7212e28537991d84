package backend

import (
	"context"
	"errors"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Registering. The account is that of the session which started the flow.
//
//	Start ─┬─ not for this person ──────────────────────────▶ blocked ──ContactAdmin──▶ sent
//	       ├─ the first ones, and the policy asks for a pass ─▶ blocked
//	       ├─ enough, long ago ──▶ reconfirm ──Finish──▶ done
//	       ├─ enough registered ────────────▶ registered ──Finish──▶ done
//	       └─▶ choose ──Choose──▶ method ──▶ added ──┬─ enough ──▶ registered ─┐
//	              ▲                  │                └─ not yet ──▶ choose     │
//	              └─ Back, 5th wrong ┘               method ◀──Choose one more─┘
//
// From registered, Back and the end of an attempt lead to registered again. Choose passes through [talk.guarded]: where a
// verification method is registered, a fresh proof by it comes first.

// meet makes the first state of a flow that belongs to a session out of what the directory says.
func (b *Backend) meet(ctx context.Context, caller app.Caller) (state, error) {
	account, err := b.account(ctx, caller.Account)
	if err != nil {
		return state{}, unavailable(err)
	}
	history, err := b.history(ctx, account.ID)
	if err != nil {
		return state{}, unavailable(err)
	}
	s := state{Who: whoIs(account, history), Typed: account.UserID, Session: caller.Session, Blocked: b.allowed(account)}
	if s.Blocked != "" {
		s.At = atBlocked
	}
	return s, nil
}

// openOwn leads a new flow to its first page.
func (t *talk) openOwn() error {
	switch {
	case t.s.At == atBlocked:
		return nil
	case t.changing():
		t.s.At = atCurrent
		return nil
	}
	if t.rec.Purpose == app.PurposeRegister {
		return t.openRegister()
	}
	return t.home()
}

// home leads to the page that fits what is registered.
func (t *talk) home() error {
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	if t.s.Wanted != nil { // a gate that was left
		t.s.Attempts = nil
	}
	if t.s.Old != "" { // it was asked for in place of another
		delete(t.s.Attempts, t.s.Kind)
	}
	t.s.Kind, t.s.Wanted, t.s.Adding, t.s.Old, t.s.Shown = "", nil, false, "", ""
	if t.rec.Purpose == app.PurposeManage {
		t.s.At = atInfo
		return nil
	}
	t.s.At = atChoose
	if t.b.registered(creds, t.s.Who.Admin) {
		t.s.At = atRegistered
	}
	return nil
}

// enrol lets the method at hand register a credential.
func (t *talk) enrol(in app.Input) error {
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	r, err := t.b.method(t.s.Kind).Enrol(t.asTurn(creds), in)
	switch {
	case err != nil:
		return methodFailure(err)
	case r.Verdict == app.Wrong:
		return t.wrong(r)
	case r.Verdict == app.Undecided:
		return t.goOn(r)
	case r.Credential == nil:
		return app.Errorf(app.CodeInternal, "a method proved nothing to register")
	}
	return t.add(*r.Credential)
}

// add registers a credential and tells its owner on every channel there was before.
func (t *talk) add(c app.NewCredential) error {
	kind := t.s.Kind
	if _, err := t.session(); err != nil { // before anything is written: a refusal undoes nothing
		return err
	}
	creds, err := t.credentials()
	if err != nil {
		return err
	}
	delete(t.s.Attempts, kind)
	handle, old := t.b.handle(kind, c.Unique), t.replaced(creds)
	known, err := t.known(handle)
	switch {
	case err != nil:
		return err
	case known: // somebody else's
		return t.tooLate(app.CodeKeyExcluded)
	case t.s.Old != "" && (old == nil || old.Variant != c.Variant), // another window was faster
		t.s.Old == "" && (full(creds, kind) || has(creds, kind, c.Variant)):
		return t.tooLate(app.CodeLimit)
	}
	id, err := t.b.newID()
	if err != nil {
		return err
	}
	settled, err := t.cools(creds)
	if err != nil {
		return err
	}
	record := port.CredentialRecord{
		ID:       app.CredentialID(id),
		Account:  t.rec.Account,
		Kind:     kind,
		Variant:  c.Variant,
		Secret:   c.Secret,
		Handle:   handle,
		Masked:   c.Masked,
		Address:  c.Address,
		Added:    t.now,
		UsableAt: t.now,
		Settled:  settled,
		Own:      true,
	}
	if settled {
		record.UsableAt = t.now.Add(t.b.policy().Registration.CoolingOff)
	}
	if err := t.supersede(record); err != nil {
		return err
	}
	told, what, notice := app.MessageMethodAdded, ".added", app.NoticeMethodAdded
	if old != nil {
		record.ID, record.Default = old.ID, old.Default
		told, what, notice = app.MessageMethodReplaced, ".replaced", app.NoticeMethodReplaced
	}
	if err := t.tx.PutCredential(record); err != nil {
		return err
	}
	if err := t.freeze(kind); err != nil {
		return err
	}
	if err := t.changed(); err != nil {
		return err
	}
	if err := t.enrolled(kind); err != nil {
		return err
	}
	if _, err := t.tell(told, map[string]string{"kind": string(kind)}, creds); err != nil {
		return err
	}
	if err := t.audit(event{action: string(t.rec.Purpose) + what, result: resultSucceeded, method: kind}); err != nil {
		return err
	}
	t.s.Notice = &app.Notice{Code: notice, Kind: kind}
	return t.home()
}

// tooLate refuses what was proven but can't be added, and goes back to where it was begun.
func (t *talk) tooLate(why app.Code) error {
	t.counted = true
	if err := t.home(); err != nil {
		return err
	}
	return &app.Error{Code: why}
}

// known reports whether somebody has registered this already.
func (t *talk) known(handle []byte) (bool, error) {
	if handle == nil {
		return false, nil
	}
	_, err := t.tx.CredentialByHandle(handle)
	if errors.Is(err, port.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// replaces reports whether a kind is one of those that can be set up anew in place of a registered one. Of what one may
// have several of, a new one is added.
func replaces(kind app.Kind) bool {
	return kind == app.KindSMS || kind == app.KindVoice || kind == app.KindEmail || kind == app.KindQuestions
}

// replaced is the credential in whose place one is added; nil for none.
func (t *talk) replaced(creds []port.CredentialRecord) *port.CredentialRecord {
	at := slices.IndexFunc(creds, func(c port.CredentialRecord) bool { return t.s.Old != "" && c.ID == t.s.Old })
	if at < 0 {
		return nil
	}
	return &creds[at]
}

// finish ends the registration, or the look over what is registered.
func (t *talk) finish() error {
	t.s.Facts = []app.Fact{app.FactRegistered}
	if t.s.At == atReconfirm {
		if err := t.confirm(); err != nil {
			return err
		}
	}
	if err := t.endByPass(); err != nil {
		return err
	}
	t.end(atDone)
	return nil
}
