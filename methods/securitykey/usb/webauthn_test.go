//go:build linux && cgo && !nofido

package usb_test

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// account is go-webauthn's view of a person.
type account struct{ credentials []webauthn.Credential }

func (account) WebAuthnID() []byte                           { return []byte("ana's handle") }
func (account) WebAuthnName() string                         { return "ana" }
func (account) WebAuthnDisplayName() string                  { return "Ana Lopes" }
func (a account) WebAuthnCredentials() []webauthn.Credential { return a.credentials }

func relyingParty(t *testing.T) *webauthn.WebAuthn {
	t.Helper()
	return must[*webauthn.WebAuthn](t)(webauthn.New(&webauthn.Config{
		RPID: "harbour.example", RPDisplayName: "Harbour", RPOrigins: []string{"https://reset.harbour.example"},
	}))
}

// register makes a credential, which go-webauthn verifies.
func register(t *testing.T, d *usb.Driver, talk app.KeyTalk, change ...func(*app.KeyCreate)) *webauthn.Credential {
	t.Helper()
	use := create(change...)
	rp := relyingParty(t)
	options := []webauthn.RegistrationOption{webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
		UserVerification: protocol.UserVerificationRequirement(use.Create.Verification),
	})}
	asked, session, err := rp.BeginRegistration(account{}, options...)
	if err != nil {
		t.Fatal(err)
	}
	use.Create.Challenge = asked.Response.Challenge
	answer := must[app.KeyAnswer](t)(d.Run(t.Context(), use, talk))
	parsed, err := protocol.ParseCredentialCreationResponseBytes(must[[]byte](t)(answer.WebAuthn()))
	if err != nil {
		t.Fatal(err)
	}
	made, err := rp.CreateCredential(account{}, *session, parsed)
	if err != nil {
		t.Fatalf("%v: %+v", err, err)
	}
	return made
}

// login proves it, and go-webauthn verifies that.
func login(t *testing.T, d *usb.Driver, talk app.KeyTalk, made *webauthn.Credential, change ...func(*app.KeyGet)) *webauthn.Credential {
	t.Helper()
	rp := relyingParty(t)
	asked, session, err := rp.BeginLogin(account{[]webauthn.Credential{*made}})
	if err != nil {
		t.Fatal(err)
	}
	use := get(append([]func(*app.KeyGet){func(g *app.KeyGet) {
		g.Challenge, g.Allow = asked.Response.Challenge, [][]byte{made.ID}
	}}, change...)...)
	answer := must[app.KeyAnswer](t)(d.Run(t.Context(), use, talk))
	parsed, err := protocol.ParseCredentialRequestResponseBytes(must[[]byte](t)(answer.WebAuthn()))
	if err != nil {
		t.Fatal(err)
	}
	proved, err := rp.ValidateLogin(account{[]webauthn.Credential{*made}}, *session, parsed)
	if err != nil {
		t.Fatalf("%v: %+v", err, err)
	}
	return proved
}

func TestAKeyRegistersAndProves(t *testing.T) {
	for _, protocols := range [][]int{{1}, {2}, {2, 1}} {
		for _, algorithm := range []webauthncose.COSEAlgorithmIdentifier{webauthncose.AlgES256, webauthncose.AlgEdDSA} {
			for _, attested := range []bool{true, false} {
				t.Run(fmt.Sprint(protocols, algorithm, attested), func(t *testing.T) {
					aaguid := [16]byte{1, 2, 3, 15: 9}
					plug(t, ctaptest.New(ctaptest.Options{Protocols: protocols, AAGUID: aaguid}), 0)
					d := usb.New()
					key := known(t, d, 1)[0]
					if key.AAGUID != "01020300-0000-0000-0000-000000000009" || key.Product != "Sample Key" || key.Manufacturer != "Harbour" || key.HasPIN() {
						t.Errorf("got %+v", key)
					}
					talk := with("0815")
					made := register(t, d, talk, func(c *app.KeyCreate) {
						c.Attested, c.Algorithms = attested, []int{-257, int(algorithm), -7}
					})
					if len(talk.asked) != 1 || talk.asked[0].Want != app.KeyWantsNewPIN {
						t.Errorf("asked %+v, want for a new PIN", talk.asked)
					}
					if want := map[bool]string{true: "packed", false: "none"}[attested]; made.AttestationType == "" || made.AttestationFormat != want {
						t.Errorf("attested %q by %q, want %q", made.AttestationType, made.AttestationFormat, want)
					}
					if !made.Flags.UserVerified || !bytes.Equal(made.Authenticator.AAGUID, aaguid[:]) {
						t.Errorf("got flags %+v, model %x", made.Flags, made.Authenticator.AAGUID)
					}
					proved := login(t, d, with("0815"), made)
					if !proved.Flags.UserVerified || proved.Authenticator.CloneWarning || proved.Authenticator.SignCount <= made.Authenticator.SignCount {
						t.Errorf("got %+v after %+v", proved, made)
					}
				})
			}
		}
	}
}

func TestAKeyWithoutACertificateAttestsByItself(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{SelfAttest: true}), 0)
	made := register(t, usb.New(), with("0815"), func(c *app.KeyCreate) { c.Attested = true })
	if made.AttestationFormat != "packed" {
		t.Errorf("got %q", made.AttestationFormat)
	}
}

func TestAKeyVerifiesByFinger(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{Sensor: true})
	plug(t, k, 0)
	d := usb.New()
	id := known(t, d, 1)[0].ID
	pin := app.NewSecret("0815")
	if err := d.SetPIN(t.Context(), id, pin); err != nil {
		t.Fatal(err)
	}
	if _, err := d.EnrolFingerprint(t.Context(), app.KeyAccess{ID: id, PIN: pin}, "thumb", func(app.FingerSample) {}); err != nil {
		t.Fatal(err)
	}
	talk := with()
	made := register(t, d, talk)
	if !made.Flags.UserVerified {
		t.Error("not verified")
	}
	if s := <-talk.touched; s.Want != app.KeyWantsFinger {
		t.Errorf("the key wanted %q", s.Want)
	}
	var tries atomic.Int32
	k.Finger(func(context.Context) ctaptest.Outcome {
		if tries.Add(1) < 3 {
			return ctaptest.NoMatch
		}
		return ctaptest.Granted
	})
	login(t, d, with(), made)
	if n := tries.Load(); n != 3 {
		t.Errorf("%d tries", n)
	}
	k.Finger(ctaptest.Mismatching)
	talk = with("0815")
	login(t, d, talk, made)
	if len(talk.asked) != 1 || talk.asked[0].Want != app.KeyWantsPIN || talk.asked[0].Last == nil || talk.asked[0].Last.Code != app.CodeKeyUVBlocked {
		t.Errorf("asked %+v, want for the PIN since the sensor is blocked", talk.asked)
	}
}

func TestAnAccountIsChosenAmongSeveral(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{}), 0)
	d := usb.New()
	for _, name := range []string{"ana", "ben", "eva"} {
		register(t, d, with("0815"), func(c *app.KeyCreate) {
			c.Discoverable, c.UserID, c.UserName = true, []byte(name+"'s handle"), name
		})
	}
	talk := with("0815")
	talk.account = func(all []app.KeyAccount) int {
		for i, a := range all {
			if a.Name == "ana" {
				return i
			}
		}
		return -1
	}
	answer := must[app.KeyAnswer](t)(d.Run(t.Context(), get(), talk))
	if len(talk.accounts) != 3 || string(answer.UserHandle) != "ana's handle" {
		t.Errorf("chose %q of %+v", answer.UserHandle, talk.accounts)
	}
}
