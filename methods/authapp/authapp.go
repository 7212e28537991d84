// Package authapp is the authenticator app: time-based one-time passwords (RFC 6238) with SHA-1, six digits and 30
// seconds, which is what every app reads. A code works once: the last used time step is kept with the seed.
package authapp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/sparekey/sparekey/app"
)

// Method implements app.Method. Its zero value is ready.
type Method struct{}

var _ app.Method = Method{}

// Kind is app.KindAuthApp.
func (Method) Kind() app.Kind { return app.KindAuthApp }

// The uses of a state: one made for the other is refused.
const (
	useEnrol = "enrol"
	useProve = "prove"
)

// state is what the method keeps between two turns.
type state struct {
	Owner app.AccountID `json:"owner"`
	Use   string        `json:"use"`
	Seed  seed          `json:"seed,omitempty"` // only while enrolling
}

// credential is the secret part of a registered app.
type credential struct {
	Owner app.AccountID `json:"owner"`
	Seed  seed          `json:"seed"`
	Last  int64         `json:"last"` // the newest time step whose code was used
}

// Enrol shows a fresh secret and registers it once a code proves that an app holds it.
func (m Method) Enrol(t app.Turn, in app.Input) (app.Result, error) {
	if in == nil {
		return m.draw(t)
	}
	s, err := readState(t, useEnrol)
	if err != nil {
		return app.Result{}, err
	}
	if len(s.Seed) != seedSize {
		return app.Result{}, app.Errorf(app.CodeInternal, "authapp: seed of %d bytes", len(s.Seed))
	}
	digits, err := digitsOf(in)
	if err != nil {
		return app.Result{}, err
	}
	step, matched, err := s.Seed.match(t.Now, digits)
	if err != nil {
		return app.Result{}, err
	}
	if !matched {
		t.TriesLeft = max(t.TriesLeft-1, 0)
		return app.Result{State: t.State, Step: showSecret(t, s.Seed), Verdict: app.Wrong, Why: app.CodeWrongCode}, nil
	}
	secret, err := json.Marshal(credential{Owner: t.Person.Account, Seed: s.Seed, Last: step})
	if err != nil {
		return app.Result{}, fmt.Errorf("authapp: keep the credential: %w", err)
	}
	return app.Result{Verdict: app.Proven, Credential: &app.NewCredential{Secret: secret}}, nil
}

// draw begins an enrolment with a seed of its own.
func (Method) draw(t app.Turn) (app.Result, error) {
	secret := make(seed, seedSize)
	if _, err := io.ReadFull(t.Rand, secret); err != nil {
		return app.Result{}, fmt.Errorf("authapp: draw a seed: %w", err)
	}
	kept, err := json.Marshal(state{Owner: t.Person.Account, Use: useEnrol, Seed: secret})
	if err != nil {
		return app.Result{}, fmt.Errorf("authapp: keep the state: %w", err)
	}
	return app.Result{State: kept, Step: showSecret(t, secret)}, nil
}

func showSecret(t app.Turn, secret seed) app.ShowSecret {
	issuer, account := label(t.Settings.Organisation), label(t.Person.UserID)
	return app.ShowSecret{
		URI:       app.NewSecret(keyURI(issuer, account, secret)),
		Groups:    secret.groups(),
		Issuer:    issuer,
		Account:   account,
		TriesLeft: t.TriesLeft,
	}
}

// Prove asks for the code that the app shows and takes each only once.
func (Method) Prove(t app.Turn, in app.Input) (app.Result, error) {
	var c credential
	if err := decode(t.Credential, &c); err != nil {
		return app.Result{}, err
	}
	if c.Owner != t.Person.Account || len(c.Seed) != seedSize {
		return app.Result{}, app.Errorf(app.CodeInternal, "authapp: not this person's credential")
	}
	if in == nil {
		kept, err := json.Marshal(state{Owner: t.Person.Account, Use: useProve})
		if err != nil {
			return app.Result{}, fmt.Errorf("authapp: keep the state: %w", err)
		}
		return app.Result{State: kept, Step: enterCode(t.TriesLeft)}, nil
	}
	if _, err := readState(t, useProve); err != nil {
		return app.Result{}, err
	}
	digits, err := digitsOf(in)
	if err != nil {
		return app.Result{}, err
	}
	step, matched, err := c.Seed.match(t.Now, digits)
	if err != nil {
		return app.Result{}, err
	}
	if why := refusal(matched, step, c.Last); why != "" {
		return app.Result{State: t.State, Step: enterCode(max(t.TriesLeft-1, 0)), Verdict: app.Wrong, Why: why}, nil
	}
	c.Last = step
	update, err := json.Marshal(c)
	if err != nil {
		return app.Result{}, fmt.Errorf("authapp: keep the credential: %w", err)
	}
	return app.Result{State: t.State, Verdict: app.Proven, Update: update}, nil
}

// refusal says why a code is not taken; empty when it is. A step up to the last used one was used, or was overtaken
// (RFC 6238, 5.2: accept a code no more than once).
func refusal(matched bool, step, last int64) app.Code {
	switch {
	case !matched:
		return app.CodeWrongCode
	case step <= last:
		return app.CodeCodeUsed
	}
	return ""
}

func enterCode(tries int) app.EnterCode {
	return app.EnterCode{Channel: app.KindAuthApp, TriesLeft: tries}
}

func digitsOf(in app.Input) (string, error) {
	given, ok := in.(app.GiveCode)
	if !ok {
		return "", &app.Error{Code: app.CodeNotNow}
	}
	return app.NormalDigits(given.Digits.Reveal())
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
		return state{}, app.Errorf(app.CodeInternal, "authapp: not this conversation's state")
	}
	return s, nil
}

// decode reads what this package wrote, and nothing else. The cause names no content.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(into) != nil || d.InputOffset() != int64(len(data)) {
		return app.Errorf(app.CodeInternal, "authapp: malformed state or credential")
	}
	return nil
}
