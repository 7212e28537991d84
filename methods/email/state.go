package email

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
	"github.com/sparekey/sparekey/methods/sentcode"
)

// state is what the method keeps between two turns. An address that was typed and a code that was sent outlive a step
// back.
type state struct {
	kept.Owned
	kept.For
	sentcode.Stage
	Address address `json:"address,omitzero"`
	sentcode.Sent
}

var _ sentcode.State = &state{}

func newState(t app.Turn, use kept.Use) *state {
	return &state{Owned: kept.By(t), For: kept.For{Use: use}}
}

// Destination implements sentcode.State.
func (s *state) Destination() app.Message {
	return app.Message{Channel: app.KindEmail, To: s.Address.Mailbox}
}

// WantProof implements sentcode.State.
func (s *state) WantProof(t app.Turn) app.Step { return s.EnterCode(t, app.KindEmail) }

// resend sends a new code, not before its time.
func (s *state) resend(t app.Turn) (app.Result, error) {
	if err := sentcode.MayResend(t, s); err != nil {
		return app.Result{}, err
	}
	return sentcode.Send(t, s, app.NoticeCodeResent)
}

// readState takes the turn's state, made for the same person and the same use.
func readState(t app.Turn, use kept.Use) (*state, error) {
	s, err := kept.ReadState[state](t, use)
	if err != nil {
		return nil, err
	}
	if s.Asked && (s.Code == nil || !s.Address.valid()) {
		return nil, app.Errorf(app.CodeInternal, "email: no code was sent")
	}
	return &s, nil
}
