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

	flow *flow
}

// SignedIn reads a flow that stands at app.SignedIn. CodeNoFlow, CodeEnded, CodeExpired and CodeNotNow say why it doesn't.
func (s *Flows) SignedIn(op *core.Operation, tx *core.Tx, id app.FlowID) (SignedIn, error) {
	f, err := s.within(op).loadFor(tx, submission{caller: op.Caller(), id: id})
	switch {
	case errors.Is(err, port.ErrNotFound):
		return SignedIn{}, &app.Error{Code: app.CodeNoFlow}
	case err != nil:
		return SignedIn{}, err
	case !f.rec.Ended.IsZero():
		return SignedIn{}, &app.Error{Code: app.CodeEnded}
	case f.expired():
		return SignedIn{}, &app.Error{Code: app.CodeExpired}
	case f.s.At != atSignedIn:
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
		Registered: f.rules().Registered(creds), Due: due, flow: f,
	}, err
}

// LogOpened says in the audit trail that the flow opened a session.
func (s SignedIn) LogOpened() error {
	return s.flow.audit(event{action: "session.open", result: core.Succeeded})
}

// Refuse audits and stamps a refusal of a call about a flow that came before the flow was looked at.
func (s *Flows) Refuse(ctx context.Context, op *core.Operation, id app.FlowID, err error) error {
	return s.within(op).refuse(ctx, submission{caller: op.Caller(), id: id}, err)
}
