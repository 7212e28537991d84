//go:build linux && cgo && !nofido

package usb_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// TestWrongPINsToTheEnd: three in a row block the PIN until the key is put back, eight in all for good.
func TestWrongPINsToTheEnd(t *testing.T) {
	s := newStage(t, 0)
	ends := []struct {
		tries int
		code  app.Code
	}{{3, app.CodeKeyAuthBlocked}, {3, app.CodeKeyAuthBlocked}, {2, app.CodeKeyPINBlocked}}
	left := 8
	for round, end := range ends {
		talk := with("9999")
		_, err := s.d.Run(t.Context(), create(), talk)
		wants(t, err, end.code)
		if len(talk.asked) != end.tries {
			t.Fatalf("round %d: asked %d times, want %d", round, len(talk.asked), end.tries)
		}
		for i, state := range talk.asked[1:] {
			left--
			if state.Last == nil || state.Last.Code != app.CodeKeyPINWrong || state.Last.TriesLeft != left {
				t.Errorf("round %d, try %d: told %+v, want %d left", round, i, state.Last, left)
			}
		}
		left--
		if left != s.k.Retries() {
			t.Errorf("round %d: %d left, the key says %d", round, left, s.k.Retries())
		}
		// the right PIN does not help now
		_, err = s.d.Run(t.Context(), create(), with("0815"))
		wants(t, err, end.code)
		unplugAll(t)
		plug(t, s.k, 0)
		if i := known(t, s.d, 1)[0]; i.PINRetries != left {
			t.Errorf("round %d: shown %d left, want %d", round, i.PINRetries, left)
		}
	}
	_, err := s.d.Run(t.Context(), create(), with("0815"))
	wants(t, err, app.CodeKeyPINBlocked)
}

func TestAPINThatCanBeNoneCostsNoTry(t *testing.T) {
	s := newStage(t, 0)
	talk := with("081", "0815\x00", "0815")
	if _, err := s.d.Run(t.Context(), create(), talk); err != nil {
		t.Fatal(err)
	}
	if len(talk.asked) != 3 || talk.asked[1].Last.Code != app.CodeKeyPINShort || talk.asked[1].Last.Params["min"] != "4" ||
		talk.asked[2].Last.Code != app.CodeKeyPINPolicy || s.k.Retries() != 8 {
		t.Errorf("asked %+v", talk.asked)
	}
}

func TestAPINIsTheSameHoweverItIsTyped(t *testing.T) {
	s := newStage(t, 0)
	composed, apart := "caf\u00e9s", "cafe\u0301s"
	if err := s.d.ChangePIN(t.Context(), s.access, app.NewSecret(composed)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.d.Run(t.Context(), create(), with(apart)); err != nil {
		t.Error(err)
	}
}

func TestAPINIsChangedWhenTheKeyWantsIt(t *testing.T) {
	s := newStage(t, 0)
	s.k.RequirePIN(6, true)
	unplugAll(t)
	plug(t, s.k, 0)
	if i := known(t, s.d, 1)[0]; !i.ForcePINChange || i.MinPINLength != 6 {
		t.Errorf("got %+v", i)
	}
	talk := with("0815", "081500", "081500")
	if _, err := s.d.Run(t.Context(), create(), talk); err != nil {
		t.Fatal(err)
	}
	if len(talk.asked) != 2 || talk.asked[0].Want != app.KeyWantsPIN || talk.asked[1].Want != app.KeyWantsNewPIN {
		t.Errorf("asked %+v", talk.asked)
	}
	_, err := s.d.Credentials(t.Context(), app.KeyAccess{ID: known(t, s.d, 1)[0].ID, PIN: app.NewSecret("081500")})
	if err != nil {
		t.Error(err)
	}
}

func TestANewPINFollowsTheKeysRules(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{})
	k.RequirePIN(8, false)
	plug(t, k, 0)
	talk := with("0815", "08150815")
	if _, err := usb.New().Run(t.Context(), create(), talk); err != nil {
		t.Fatal(err)
	}
	if len(talk.asked) != 2 || talk.asked[1].Last.Code != app.CodeKeyPINShort || talk.asked[1].Last.Params["min"] != "8" {
		t.Errorf("asked %+v", talk.asked)
	}
}
