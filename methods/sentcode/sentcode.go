// Package sentcode is the conversation of a code that is sent: it is drawn and sent, sent anew when its time has come,
// typed back, and dead once it was right. Where it goes, and what a page shows of that, is the method's own.
package sentcode

import (
	"fmt"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

// Code is a code that was sent, as it is kept; see [app.OneTimeCode].
type Code struct {
	Salt    []byte    `json:"salt"`
	Hash    []byte    `json:"hash"`
	Sent    time.Time `json:"sent"`
	Expires time.Time `json:"expires"`
}

// Blank is a code that no digits match: the times of a message that carries none.
func Blank(t app.Turn) *Code { return &Code{Sent: t.Now, Expires: t.Now.Add(t.Settings.CodeLife)} }

// Stage is how far a conversation has come. The method's state embeds it.
type Stage struct {
	Asked bool `json:"asked,omitempty"` // a code is wanted now, otherwise where it shall go
	Used  bool `json:"used,omitempty"`  // the code did its work and is dead
}

func (s *Stage) stage() *Stage { return s }

// Sent is what was sent. The method's state embeds it: a code outlives a step back.
type Sent struct {
	Masked string `json:"masked,omitempty"` // where to, as the page may show it
	Code   *Code  `json:"code,omitempty"`
}

func (s *Sent) sent() *Sent { return s }

// ResendAt is when a new code may be sent: the zero time while none was.
func (s *Sent) ResendAt(t app.Turn) time.Time {
	if s.Code == nil {
		return time.Time{}
	}
	return s.Code.Sent.Add(t.Settings.ResendAfter)
}

// OnItsWay reports whether a code was sent, and none may be sent yet in its place.
func (s *Sent) OnItsWay(t app.Turn) bool { return t.Now.Before(s.ResendAt(t)) }

// EnterCode is the step that wants the code.
func (s *Sent) EnterCode(t app.Turn, channel app.Kind) app.EnterCode {
	return app.EnterCode{
		Channel: channel, Masked: s.Masked, TriesLeft: t.TriesLeft, Expires: s.Code.Expires, ResendAt: s.ResendAt(t),
	}
}

// State is a method's state, in a struct that embeds Stage and Sent beside what package kept wants.
type State interface {
	kept.State
	stage() *Stage
	sent() *Sent
	// Destination is a message without its content: the channel, and where it goes.
	Destination() app.Message
	// WantProof is the step that wants the proof: the code, or what a message without one asks for.
	WantProof(t app.Turn) app.Step
}

// Send draws a code, which replaces the one before, and sends it.
func Send(t app.Turn, s State, notice app.NoticeCode) (app.Result, error) {
	code, digits, err := app.NewOneTimeCode(t.Rand, t.Now, t.Settings.CodeLife)
	if err != nil {
		return app.Result{}, fmt.Errorf("%s: %w", s.Destination().Channel, err)
	}
	drawn := Code(code)
	s.sent().Code = &drawn
	return Deliver(t, s, notice, app.Message{Template: app.MessageCode, Code: digits})
}

// Deliver sends a message with this content (Template, Code, Call), and goes on to the proof that it asks for.
func Deliver(t app.Turn, s State, notice app.NoticeCode, content app.Message) (app.Result, error) {
	m := s.Destination()
	m.Template, m.Code, m.Call, m.At = content.Template, content.Code, content.Call, t.Now
	m.Params = map[string]string{"minutes": minutes(t.Settings.CodeLife)}
	r, err := kept.Result(s, s.WantProof(t))
	if err != nil {
		return app.Result{}, err
	}
	r.Notice, r.Send = &app.Notice{Code: notice, Kind: m.Channel}, []app.Message{m}
	return r, nil
}

// MayResend refuses a new code before its time.
func MayResend(t app.Turn, s State) error {
	if !s.stage().Asked || s.stage().Used {
		return &app.Error{Code: app.CodeNotNow}
	}
	if at := s.sent().ResendAt(t); t.Now.Before(at) {
		return &app.Error{Code: app.CodeTooEarly, RetryAt: at}
	}
	return nil
}

// Check takes the code. A right one is dead afterwards.
func Check(t app.Turn, s State, in app.GiveCode) (app.Result, error) {
	if !s.stage().Asked {
		return app.Result{}, &app.Error{Code: app.CodeNotNow}
	}
	digits, err := app.NormalDigits(in.Digits.Reveal())
	if err != nil {
		return app.Result{}, err
	}
	why := app.OneTimeCode(*s.sent().Code).Check(t.Now, digits)
	if s.stage().Used {
		why = app.CodeCodeUsed
	}
	if why != "" {
		return Wrong(t, s, why)
	}
	return Right(s)
}

// Right ends the conversation: what proved it is dead.
func Right(s State) (app.Result, error) {
	s.stage().Used = true
	r, err := kept.Result(s, nil)
	if err != nil {
		return app.Result{}, err
	}
	r.Verdict = app.Proven
	return r, nil
}

// Wrong takes a try away, and wants the proof again.
func Wrong(t app.Turn, s State, why app.Code) (app.Result, error) {
	t.TriesLeft = max(t.TriesLeft-1, 0)
	r, err := kept.Result(s, s.WantProof(t))
	if err != nil {
		return app.Result{}, err
	}
	r.Verdict, r.Why = app.Wrong, why
	return r, nil
}

// minutes is a lifetime as a message says it, rounded down so that it promises nothing, and at least 1.
func minutes(life time.Duration) string {
	return fmt.Sprint(max(int(life/time.Minute), 1))
}
