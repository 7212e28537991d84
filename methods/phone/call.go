package phone

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/sentcode"
)

// call is a call that asks for the two digits that the page shows. They are no secret: the proof is that the person
// at the telephone types what stands on the screen, which a bare "press #" would not show.
type call struct {
	Ref    string `json:"ref"`    // names the call in the report of what was typed
	Digits string `json:"digits"` // 10 to 99
	Over   bool   `json:"over,omitempty"`
}

func newCall(random io.Reader) (*call, error) {
	n, err := rand.Int(random, big.NewInt(90))
	if err != nil {
		return nil, fmt.Errorf("phone: draw two digits: %w", err)
	}
	ref := make([]byte, 16)
	if _, err := io.ReadFull(random, ref); err != nil {
		return nil, fmt.Errorf("phone: name a call: %w", err)
	}
	return &call{Ref: base64.RawURLEncoding.EncodeToString(ref), Digits: fmt.Sprint(10 + n.Int64())}, nil
}

// ring calls and asks for two digits; the call before is over.
func (s *state) ring(t app.Turn, notice app.NoticeCode) (app.Result, error) {
	c, err := newCall(t.Rand)
	if err != nil {
		return app.Result{}, err
	}
	s.Call, s.Code = c, sentcode.Blank(t)
	return sentcode.Deliver(t, s, notice, app.Message{Template: app.MessageCall, Call: c.Ref})
}

// keyed takes the digits that were typed on the telephone. Wrong ones end the call; those of a call that is over, or of
// another call, are refused.
func (s *state) keyed(t app.Turn, in app.Keyed) (app.Result, error) {
	if !s.Asked || s.Call == nil || s.Call.Ref != in.Call || s.Call.Over || s.Used {
		return app.Result{}, &app.Error{Code: app.CodeNotNow}
	}
	switch {
	case t.Now.After(s.Code.Expires), t.Now.Before(s.Code.Sent): // the latter: the clock was put back
		return s.wrong(t, app.CodeCodeExpired)
	case subtle.ConstantTimeCompare([]byte(s.Call.Digits), []byte(in.Digits.Reveal())) != 1:
		return s.wrong(t, app.CodeWrongCode)
	}
	return sentcode.Right(s)
}

func (s *state) confirmOnPhone(t app.Turn) app.ConfirmOnPhone {
	return app.ConfirmOnPhone{
		Digits:    s.Call.Digits,
		Masked:    s.Masked,
		TriesLeft: t.TriesLeft,
		Expires:   s.Code.Expires,
		ResendAt:  s.ResendAt(t),
		Over:      s.Call.Over,
	}
}
