package flow

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// SignedIn is what a flow that stands at app.SignedIn gives to the session that it opens.
type SignedIn struct {
	Flow       app.FlowID
	Account    app.AccountID
	Subject    rules.Subject
	At         time.Time
	ProvenAt   time.Time
	ProvenBy   app.Kind
	ByPass     bool
	Registered bool
	Due        app.Due
	Stamp      string              // of the password that was given; empty where it is to be taken from the directory
	Raised     *port.SessionRecord // the session whose tokens the flow gives anew; nil where it opens one

	flow *flow
}

// SignedIn reads a flow that stands at app.SignedIn, or one of a session whose level it raised, though it may have ended.
// CodeNoFlow, CodeEnded, CodeExpired and CodeNotNow say why it is neither.
func (s *Flows) SignedIn(op *core.Operation, tx *core.Tx, id app.FlowID) (SignedIn, error) {
	f, err := s.within(op).loadFor(tx, submission{caller: op.Caller(), id: id})
	switch {
	case errors.Is(err, port.ErrNotFound):
		return SignedIn{}, &app.Error{Code: app.CodeNoFlow}
	case err != nil:
		return SignedIn{}, err
	}
	raised, err := f.raised()
	switch {
	case err != nil:
		return SignedIn{}, err
	case raised == nil && !f.rec.Ended.IsZero():
		return SignedIn{}, &app.Error{Code: app.CodeEnded}
	case f.expired():
		return SignedIn{}, &app.Error{Code: app.CodeExpired}
	case raised == nil && f.s.At != atSignedIn:
		return SignedIn{}, &app.Error{Code: app.CodeNotNow}
	}
	creds, err := f.credentials()
	if err != nil {
		return SignedIn{}, err
	}
	due, err := f.due(creds)
	return SignedIn{
		Flow: f.rec.ID, Account: f.rec.Account, Subject: f.s.Subject, At: f.now,
		ProvenAt: f.s.ProvenAt, ProvenBy: f.s.ProvenBy, ByPass: f.s.ByPass,
		Registered: f.rules().Registered(creds), Due: due, Stamp: f.s.Stamp, Raised: raised, flow: f,
	}, err
}

// LogOpened says in the audit trail that the flow opened a session, or gave it new tokens.
func (s SignedIn) LogOpened() error {
	action := "session.open"
	if s.Raised != nil {
		action = "session.renew"
	}
	return s.flow.audit(event{action: action, result: core.Succeeded})
}

// Over ends a flow that signed in: the tokens of the session that it opened have arrived, so nobody needs it for another
// answer. A flow that is none, or has ended, stays as it is.
func (s *Flows) Over(tx *core.Tx, id app.FlowID) error {
	rec, err := tx.Flow(id)
	if errors.Is(err, port.ErrNotFound) || err == nil && (rec.Purpose != app.PurposeSignIn || !rec.Ended.IsZero()) {
		return nil
	}
	if err != nil {
		return err
	}
	rec.Ended = s.core.Now()
	return tx.PutFlow(rec)
}

// Writing reports whether a password of the account is being written: what the directory says of it is not settled yet.
func (s *Flows) Writing(tx *core.Tx, account app.AccountID) (bool, error) {
	pending, err := tx.PendingFlowsOf(account)
	return len(pending) > 0, err
}

// raise notes a proof that raises the level of the flow's session. Who holds its tokens may be somebody else, who has not
// proven anything: from now on they are dead, and the flow gives new ones.
func (f *flow) raise(session port.SessionRecord) error {
	session.AccessHash, session.RefreshHash, session.PreviousHash = nil, nil, nil
	session.Used, session.Owed = false, f.rec.ID
	return f.tx.PutSession(session)
}

// raised is the session whose new tokens the flow gives; nil where nobody waits for any.
func (f *flow) raised() (*port.SessionRecord, error) {
	if f.s.Session == "" {
		return nil, nil
	}
	session, err := f.tx.Session(f.s.Session)
	switch {
	case errors.Is(err, port.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case session.Owed != f.rec.ID || session.Account != f.rec.Account || !f.op.Good(session):
		return nil, nil
	}
	return &session, nil
}

// Refuse audits and stamps a refusal of a call about a flow that came before the flow was looked at.
func (s *Flows) Refuse(ctx context.Context, op *core.Operation, id app.FlowID, err error) error {
	return s.within(op).refuse(ctx, submission{caller: op.Caller(), id: id}, err)
}
