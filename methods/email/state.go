package email

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sparekey/sparekey/app"
)

// The uses of a state: one made for the other is refused.
const (
	useEnrol = "enrol"
	useProve = "prove"
)

// state is what the method keeps between two turns. An address that was typed and a code that was sent outlive a step
// back.
type state struct {
	Owner   app.AccountID    `json:"owner"`
	Use     string           `json:"use"`
	Asked   bool             `json:"asked,omitempty"` // a code is wanted now, otherwise the address
	Used    bool             `json:"used,omitempty"`  // the code did its work and is dead
	Address address          `json:"address,omitzero"`
	Masked  string           `json:"masked,omitempty"` // what the page may show
	Code    *app.OneTimeCode `json:"code,omitempty"`
}

// send draws a code, which replaces the one before, and hands the message over.
func (s state) send(t app.Turn, notice app.NoticeCode) (app.Result, error) {
	code, digits, err := app.NewOneTimeCode(t.Rand, t.Now, t.Settings.CodeLife)
	if err != nil {
		return app.Result{}, fmt.Errorf("email: %w", err)
	}
	s.Code = &code
	r, err := result(s, s.enterCode(t))
	r.Notice = &app.Notice{Code: notice, Kind: app.KindEmail}
	r.Send = []app.Message{{
		Channel:  app.KindEmail,
		To:       s.Address.Mailbox,
		Template: app.MessageCode,
		Params:   map[string]string{"minutes": minutes(t.Settings.CodeLife)},
		Code:     digits,
		At:       t.Now,
	}}
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
	if !s.Asked {
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
		t.TriesLeft = max(t.TriesLeft-1, 0)
		r, err := result(s, s.enterCode(t))
		r.Verdict, r.Why = app.Wrong, why
		return r, err
	}
	s.Used = true
	r, err := result(s, nil)
	if err != nil {
		return app.Result{}, err
	}
	r.Verdict = app.Proven
	return r, nil
}

// resendAt is when a new code may be sent: the zero time while none was.
func (s state) resendAt(t app.Turn) time.Time {
	if s.Code == nil {
		return time.Time{}
	}
	return s.Code.Sent.Add(t.Settings.ResendAfter)
}

func (s state) enterCode(t app.Turn) app.EnterCode {
	return app.EnterCode{
		Channel:   app.KindEmail,
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
		return app.Result{}, fmt.Errorf("email: keep the state: %w", err)
	}
	return app.Result{State: kept, Step: step}, nil
}

// readState takes the turn's state, made for the same person and the same use.
func readState(t app.Turn, use string) (state, error) {
	if t.State == nil {
		return state{}, &app.Error{Code: app.CodeNotNow}
	}
	var s state
	if err := decode(t.State, &s); err != nil {
		return state{}, err
	}
	if s.Owner != t.Person.Account || s.Use != use {
		return state{}, app.Errorf(app.CodeInternal, "email: not this conversation's state")
	}
	if s.Asked && (s.Code == nil || !s.Address.valid()) {
		return state{}, app.Errorf(app.CodeInternal, "email: no code was sent")
	}
	return s, nil
}

// decode reads what this package wrote, and nothing else. The cause names no content.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(into) != nil || d.InputOffset() != int64(len(data)) {
		return app.Errorf(app.CodeInternal, "email: malformed state or credential")
	}
	return nil
}
