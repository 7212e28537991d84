package phone

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
	"github.com/sparekey/sparekey/methods/sentcode"
)

// state is what the method keeps between two turns. A number that was typed and a code that was sent outlive a step
// back.
type state struct {
	kept.Owned
	Channel app.Kind `json:"channel"`
	kept.For
	sentcode.Stage
	Number number `json:"number,omitzero"` // where the code went
	Typed  string `json:"typed,omitempty"` // the number as its owner wrote it
	sentcode.Sent
	Call *call `json:"call,omitempty"` // where the telephone is to answer, in place of a code
}

var _ sentcode.State = &state{}

func (c Channel) newState(t app.Turn, use kept.Use) *state {
	return &state{Owned: kept.By(t), Channel: c.Kind, For: kept.For{Use: use}}
}

// Destination implements sentcode.State.
func (s *state) Destination() app.Message {
	return app.Message{Channel: s.Channel, To: s.Number.dial(), Country: s.Number.country()}
}

// WantProof implements sentcode.State: it asks for the code, or for two digits on the telephone.
func (s *state) WantProof(t app.Turn) app.Step {
	if s.Call != nil {
		return s.confirmOnPhone(t)
	}
	return s.EnterCode(t, s.Channel)
}

// elsewhere reports whether the code went to another of the person's numbers than n.
func (s *state) elsewhere(n number) bool { return s.Asked && !same(s.Number.dial(), n.dial()) }

// send sends a code or calls. A number that was registered before its country was shut out gets nothing any more; in private,
// where nobody learns that, its message has no receiver.
func (s *state) send(t app.Turn, notice app.NoticeCode) (app.Result, error) {
	open := t.Settings.Countries
	out := len(open) > 0 && !slices.Contains(open, s.Number.country())
	if out && !t.Private {
		return app.Result{}, &app.Error{Code: app.CodePhoneCountry, Field: "number"}
	}
	r, err := s.message(t, notice)
	for i := range r.Send {
		if out {
			r.Send[i].To = ""
		}
	}
	return r, err
}

// message makes the message of a code or of a call.
func (s *state) message(t app.Turn, notice app.NoticeCode) (app.Result, error) {
	if s.Channel == app.KindVoice && t.Settings.CallConfirms {
		return s.ring(t, notice)
	}
	s.Call = nil
	return sentcode.Send(t, s, notice)
}

// resend sends a new code, not before its time.
func (s *state) resend(t app.Turn) (app.Result, error) {
	if err := sentcode.MayResend(t, s); err != nil {
		return app.Result{}, err
	}
	return s.send(t, app.NoticeCodeResent)
}

// check takes the code, where one was sent.
func (s *state) check(t app.Turn, in app.GiveCode) (app.Result, error) {
	if s.Call != nil {
		return app.Result{}, &app.Error{Code: app.CodeNotNow}
	}
	return sentcode.Check(t, s, in)
}

// wrong takes a try away, and ends a call.
func (s *state) wrong(t app.Turn, why app.Code) (app.Result, error) {
	if s.Call != nil {
		s.Call.Over = true
	}
	return sentcode.Wrong(t, s, why)
}

// readState takes the turn's state, made for the same person, the same channel and the same use.
func (c Channel) readState(t app.Turn, use kept.Use) (*state, error) {
	s, err := kept.ReadState[state](t, use)
	if err != nil {
		return nil, err
	}
	if s.Channel != c.Kind {
		return nil, app.Errorf(app.CodeInternal, "phone: made for another channel")
	}
	if s.Asked && (s.Code == nil || !s.Number.valid()) {
		return nil, app.Errorf(app.CodeInternal, "phone: no code was sent")
	}
	return &s, nil
}
