// Package securitykey is the backend half of security keys: it asks for WebAuthn credentials and proofs of them, and
// verifies both (W3C, Web Authentication Level 3, sections 7.1 and 7.2). A challenge works once: each answer is followed
// by a fresh one.
package securitykey

import (
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

// Method implements app.Method. Its zero value knows no models, so it works under no settings that want these proven.
type Method struct{ Metadata *Metadata }

var (
	_ app.Checked  = Method{}
	_ app.Doubling = Method{}
)

// Kind is app.KindSecurityKey.
func (Method) Kind() app.Kind { return app.KindSecurityKey }

// Check says why the method can't work under these settings.
func (m Method) Check(s app.MethodSettings) error {
	if _, err := party(s); err != nil {
		return err
	}
	if s.Key.Attestation == app.AttestDirect && m.Metadata == nil {
		return errors.New("securitykey: models are to be proven, and no metadata was read")
	}
	return nil
}

// Enrol asks a key for a new credential and registers it under the name that the person gives.
func (m Method) Enrol(t app.Turn, in app.Input) (app.Result, error) {
	registered, err := siblings(t)
	if err != nil {
		return app.Result{}, err
	}
	if in == nil {
		return begin(t, registered)
	}
	s, err := kept.ReadState[state](t, kept.Enrol)
	if err != nil {
		return app.Result{}, err
	}
	given, is := in.(app.GiveKey)
	if !is {
		return app.Result{}, &app.Error{Code: app.CodeNotNow}
	}
	name, err := nameOf(given.Name)
	if err != nil {
		return app.Result{}, err
	}
	answer, err := readNew(given.Answer)
	if err != nil {
		return app.Result{}, err
	}
	made, why := m.judgeNew(t, s, answer)
	if why == "" && slices.ContainsFunc(registered, func(c credential) bool { return c.is(made.ID) }) {
		why = app.CodeKeyExcluded
	}
	if why != "" {
		t.TriesLeft = max(t.TriesLeft-1, 0)
		r, err := s.askNew(t, registered)
		r.Verdict, r.Why = app.Wrong, why
		return r, err
	}
	secret, err := kept.Encode(credential{Owned: kept.By(t), Handle: s.Session.UserID, Key: *made})
	if err != nil {
		return app.Result{}, err
	}
	return app.Result{
		Verdict:    app.Proven,
		Credential: &app.NewCredential{Secret: secret, Unique: made.ID, Masked: name},
	}, nil
}

// Prove asks for any of the person's keys and verifies the answer by the one at hand.
func (m Method) Prove(t app.Turn, in app.Input) (app.Result, error) {
	c, err := readCredential(t, t.Credential)
	if err != nil {
		return app.Result{}, err
	}
	registered, err := siblings(t)
	if err != nil {
		return app.Result{}, err
	}
	if !slices.ContainsFunc(registered, func(one credential) bool { return one.is(c.Key.ID) }) {
		return app.Result{}, app.Errorf(app.CodeInternal, "securitykey: the credential is not among its siblings")
	}
	if in == nil {
		return newState(t, kept.Prove).ask(t, registered)
	}
	s, err := kept.ReadState[state](t, kept.Prove)
	if err != nil {
		return app.Result{}, err
	}
	given, is := in.(app.GiveKey)
	if !is {
		return app.Result{}, &app.Error{Code: app.CodeNotNow}
	}
	answer, err := read(given.Answer)
	if err != nil {
		return app.Result{}, err
	}
	proven, why := judge(t, s, c, answer)
	if why != "" {
		t.TriesLeft = max(t.TriesLeft-1, 0)
		r, err := s.ask(t, registered)
		r.Verdict, r.Why, r.Copied = app.Wrong, why, proven != nil
		return r, err
	}
	c.Key = *proven
	update, err := kept.Encode(c)
	if err != nil {
		return app.Result{}, err
	}
	r, err := kept.Result(newState(t, kept.Prove), nil) // its challenge is spent
	if err != nil {
		return app.Result{}, err
	}
	verified := answer.Response.AuthenticatorData.Flags.HasUserVerified()
	r.Verdict, r.Update, r.Double = app.Proven, update, verified && m.Double(t.Settings, t.Credential)
	return r, nil
}

// Double reports whether a credential may count as two gates: its key verified the person when it was registered, and
// its model is one that the policy allows; where models must be proven, it was, and nothing bad is known of it.
func (m Method) Double(s app.MethodSettings, secret []byte) bool {
	c, err := kept.Decode[credential](secret)
	if err != nil || !c.Key.Flags.UserVerified {
		return false
	}
	return allows(s.Key, c.Key.Authenticator.AAGUID) && (s.Key.Attestation != app.AttestDirect || m.Metadata.vouches(&c.Key))
}

// allows reports whether the policy takes a model.
func allows(s app.KeySettings, aaguid []byte) bool {
	model, err := uuid.FromBytes(aaguid)
	return err == nil && app.TakesModel(s.Allow, s.Deny, model.String())
}

// siblings reads all credentials of this kind.
func siblings(t app.Turn) ([]credential, error) {
	all := make([]credential, len(t.Siblings))
	for i, secret := range t.Siblings {
		var err error
		if all[i], err = readCredential(t, secret); err != nil {
			return nil, fmt.Errorf("securitykey: one of several: %w", err)
		}
	}
	return all, nil
}
