// Package authapp is the authenticator app: time-based one-time passwords (RFC 6238) with SHA-1, six digits and 30
// seconds, which is what every app reads. A code works once: the last used time step is kept with the seed.
package authapp

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

// Method implements app.Method. Its zero value is ready.
type Method struct{}

var _ app.Method = Method{}

// Kind is app.KindAuthApp.
func (Method) Kind() app.Kind { return app.KindAuthApp }

// state is what the method keeps between two turns.
type state struct {
	kept.Owned
	kept.For
	Seed seed `json:"seed,omitempty"` // only while enrolling
}

// credential is the secret part of a registered app.
type credential struct {
	kept.Owned
	Seed seed  `json:"seed"`
	Last int64 `json:"last"` // the newest time step whose code was used
}

// Enrol shows a fresh secret and registers it once a code proves that an app holds it.
func (m Method) Enrol(t app.Turn, in app.Input) (app.Result, error) {
	if in == nil {
		return m.draw(t)
	}
	s, err := kept.ReadState[state](t, kept.Enrol)
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
	step, matched, err := s.Seed.match(t.Now, skew, digits)
	if err != nil {
		return app.Result{}, err
	}
	if !matched {
		if err := s.Seed.explain(t.Now, digits); err != nil {
			return app.Result{}, err
		}
		t.TriesLeft = max(t.TriesLeft-1, 0)
		return app.Result{State: t.State, Step: showSecret(t, s.Seed), Verdict: app.Wrong, Why: app.CodeWrongCode}, nil
	}
	secret, err := kept.Encode(credential{Owned: kept.By(t), Seed: s.Seed, Last: step})
	if err != nil {
		return app.Result{}, err
	}
	return app.Result{Verdict: app.Proven, Credential: &app.NewCredential{Secret: secret}}, nil
}

// draw begins an enrolment with a seed of its own.
func (Method) draw(t app.Turn) (app.Result, error) {
	secret, err := drawSeed(t.Rand)
	if err != nil {
		return app.Result{}, err
	}
	s := state{Owned: kept.By(t), For: kept.For{Use: kept.Enrol}, Seed: secret}
	return kept.Result(s, showSecret(t, secret))
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
	c, err := kept.ReadCredential[credential](t, t.Credential)
	if err != nil {
		return app.Result{}, err
	}
	if len(c.Seed) != seedSize {
		return app.Result{}, app.Errorf(app.CodeInternal, "authapp: seed of %d bytes", len(c.Seed))
	}
	if in == nil {
		return kept.Result(state{Owned: kept.By(t), For: kept.For{Use: kept.Prove}}, enterCode(t.TriesLeft))
	}
	if _, err := kept.ReadState[state](t, kept.Prove); err != nil {
		return app.Result{}, err
	}
	digits, err := digitsOf(in)
	if err != nil {
		return app.Result{}, err
	}
	step, matched, err := c.Seed.match(t.Now, skew, digits)
	if err != nil {
		return app.Result{}, err
	}
	if why := refusal(matched, step, c.Last); why != "" {
		return app.Result{State: t.State, Step: enterCode(max(t.TriesLeft-1, 0)), Verdict: app.Wrong, Why: why}, nil
	}
	c.Last = step
	update, err := kept.Encode(c)
	if err != nil {
		return app.Result{}, err
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
