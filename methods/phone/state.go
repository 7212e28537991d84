package phone

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
)

// The uses of a state: one made for the other is refused.
const (
	useEnrol = "enrol"
	useProve = "prove"
)

// state is what the method keeps between two turns. A number that was typed and a code that was sent outlive a step
// back.
type state struct {
	Owner   app.AccountID    `json:"owner"`
	Channel app.Kind         `json:"channel"`
	Use     string           `json:"use"`
	Asked   bool             `json:"asked,omitempty"` // a code is wanted now, otherwise the number
	Used    bool             `json:"used,omitempty"`  // the code did its work and is dead
	Number  number           `json:"number,omitzero"` // where the code went
	Typed   string           `json:"typed,omitempty"` // the number as its owner wrote it
	Masked  string           `json:"masked,omitempty"`
	Code    *app.OneTimeCode `json:"code,omitempty"`
	Call    *call            `json:"call,omitempty"` // where the telephone is to answer, in place of a code
}

// elsewhere reports whether the code went to another number of the person's: this one's turn it is not.
func (s state) elsewhere(n number) bool { return s.Asked && !same(s.Number.dial(), n.dial()) }

// send draws a code, which replaces the one before, and hands the message over. A number that was registered before its
// country was shut out gets nothing any more.
func (s state) send(t app.Turn, notice app.NoticeCode) (app.Result, error) {
	if open := t.Settings.Countries; len(open) > 0 && !slices.Contains(open, s.Number.country()) {
		return app.Result{}, &app.Error{Code: app.CodePhoneCountry, Field: "number"}
	}
	if s.Channel == app.KindVoice && t.Settings.CallConfirms {
		return s.ring(t, notice)
	}
	code, digits, err := app.NewOneTimeCode(t.Rand, t.Now, t.Settings.CodeLife)
	if err != nil {
		return app.Result{}, fmt.Errorf("phone: %w", err)
	}
	s.Code, s.Call = &code, nil
	return s.sent(t, notice, app.Message{Template: app.MessageCode, Code: digits})
}

// sent is the turn that sends a message to the number.
func (s state) sent(t app.Turn, notice app.NoticeCode, m app.Message) (app.Result, error) {
	m.Channel, m.To, m.Country, m.At = s.Channel, s.Number.dial(), s.Number.country(), t.Now
	m.Params = map[string]string{"minutes": minutes(t.Settings.CodeLife)}
	r, err := result(s, s.proof(t))
	r.Notice, r.Send = &app.Notice{Code: notice, Kind: s.Channel}, []app.Message{m}
	return r, err
}

// resend sends a new code, not before its time.
func (s state) resend(t app.Turn) (app.Result, error) {
	if !s.Asked || s.Used {
		return app.Result{}, &app.Error{Code: app.CodeNotNow}
	}
	if at := s.resendAt(t); t.Now.Before(at) {
		return app.Result{}, &app.Error{Code: app.CodeTooEarly, RetryAt: at}
	}
	return s.send(t, app.NoticeCodeResent)
}

// check takes the code. A right one is dead afterwards.
func (s state) check(t app.Turn, in app.GiveCode) (app.Result, error) {
	if !s.Asked || s.Call != nil {
		return app.Result{}, &app.Error{Code: app.CodeNotNow}
	}
	digits, err := app.NormalDigits(in.Digits.Reveal())
	if err != nil {
		return app.Result{}, err
	}
	why := s.Code.Check(t.Now, digits)
	if s.Used {
		why = app.CodeCodeUsed
	}
	if why != "" {
		return s.wrong(t, why)
	}
	return s.right()
}

// right ends the conversation: what proved it is dead.
func (s state) right() (app.Result, error) {
	s.Used = true
	r, err := result(s, nil)
	if err != nil {
		return app.Result{}, err
	}
	r.Verdict = app.Proven
	return r, nil
}

// wrong takes a try away, and ends a call.
func (s state) wrong(t app.Turn, why app.Code) (app.Result, error) {
	t.TriesLeft = max(t.TriesLeft-1, 0)
	if s.Call != nil {
		over := *s.Call
		over.Over = true
		s.Call = &over
	}
	r, err := result(s, s.proof(t))
	r.Verdict, r.Why = app.Wrong, why
	return r, err
}

// resendAt is when a new code may be sent: the zero time while none was.
func (s state) resendAt(t app.Turn) time.Time {
	if s.Code == nil {
		return time.Time{}
	}
	return s.Code.Sent.Add(t.Settings.ResendAfter)
}

// proof is the step that wants the proof: the code, or two digits on the telephone.
func (s state) proof(t app.Turn) app.Step {
	if s.Call != nil {
		return s.confirmOnPhone(t)
	}
	return app.EnterCode{
		Channel:   s.Channel,
		Masked:    s.Masked,
		TriesLeft: t.TriesLeft,
		Expires:   s.Code.Expires,
		ResendAt:  s.resendAt(t),
	}
}

// result is a turn that goes on with step.
func result(s state, step app.Step) (app.Result, error) {
	kept, err := json.Marshal(s)
	if err != nil {
		return app.Result{}, fmt.Errorf("phone: keep the state: %w", err)
	}
	return app.Result{State: kept, Step: step}, nil
}

// readState takes the turn's state, made for the same person, the same channel and the same use.
func (c Channel) readState(t app.Turn, use string) (state, error) {
	if t.State == nil {
		return state{}, &app.Error{Code: app.CodeNotNow}
	}
	var s state
	if err := decode(t.State, &s); err != nil {
		return state{}, err
	}
	if s.Owner != t.Person.Account || s.Channel != c.Kind || s.Use != use {
		return state{}, app.Errorf(app.CodeInternal, "phone: not this conversation's state")
	}
	if s.Asked && (s.Code == nil || !s.Number.valid()) {
		return state{}, app.Errorf(app.CodeInternal, "phone: no code was sent")
	}
	return s, nil
}

// decode reads what this package wrote, and nothing else. The cause names no content.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(into) != nil || d.InputOffset() != int64(len(data)) {
		return app.Errorf(app.CodeInternal, "phone: malformed state or credential")
	}
	return nil
}
