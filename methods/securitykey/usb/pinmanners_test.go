//go:build linux && cgo && !nofido

package usb_test

import (
	"context"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// guess tries a wrong PIN, and gives the refusal.
func (s *stage) guess(t *testing.T) *app.Error {
	t.Helper()
	_, err := s.d.Credentials(t.Context(), app.KeyAccess{ID: s.access.ID, PIN: app.NewSecret("4711")})
	e, _ := err.(*app.Error)
	if e == nil {
		t.Fatalf("a wrong PIN: %v", err)
	}
	return e
}

// TestNoTriesLeftIsBlocked whatever the key calls it, and not "0 tries left".
func TestNoTriesLeftIsBlocked(t *testing.T) {
	for name, manners := range map[string]ctaptest.Manners{"blocked": {}, "invalid": {WrongAtZero: true}} {
		t.Run(name, func(t *testing.T) {
			s, _ := mannered(t, ctaptest.Options{Manners: manners})
			for left := 7; left > 0; left-- {
				e := s.guess(t)
				if e.Code == app.CodeKeyPINWrong && e.TriesLeft != left {
					t.Errorf("told %d tries, want %d", e.TriesLeft, left)
				}
				if e.Code == app.CodeKeyAuthBlocked {
					s.putBack(t)
				}
			}
			wants(t, s.guess(t), app.CodeKeyPINBlocked)
			if i := known(t, s.d, 1)[0]; !i.PINBlocked() {
				t.Errorf("shown %+v", i)
			}
		})
	}
}

// TestNoTriesLeftIsBlockedInARowToo: the third wrong PIN in a row may be the last one.
func TestNoTriesLeftIsBlockedInARowToo(t *testing.T) {
	s, _ := mannered(t, ctaptest.Options{Manners: ctaptest.Manners{WrongAtZero: true}})
	for _, in := range []int{2, 3} { // a row of two, then three more
		for range in {
			s.guess(t)
		}
		s.putBack(t)
	}
	for range 2 {
		wants(t, s.guess(t), app.CodeKeyPINWrong)
	}
	wants(t, s.guess(t), app.CodeKeyPINBlocked)
}

// putBack takes the key out and puts it back.
func (s *stage) putBack(t *testing.T) {
	t.Helper()
	unplugAll(t)
	plug(t, s.k, 0)
	s.access.ID = known(t, s.d, 1)[0].ID
}

// TestNoFingerLeftIsBlocked likewise: the PIN is asked for then.
func TestNoFingerLeftIsBlocked(t *testing.T) {
	s, _ := mannered(t, ctaptest.Options{Sensor: true, Manners: ctaptest.Manners{WrongAtZero: true}})
	if _, err := s.d.EnrolFingerprint(t.Context(), s.access, "thumb", func(app.FingerSample) {}); err != nil {
		t.Fatal(err)
	}
	s.k.Finger(ctaptest.Mismatching)
	talk := &listener{person: with("0815")}
	if _, err := s.d.Run(t.Context(), create(), talk); err != nil {
		t.Fatal(err)
	}
	for _, state := range talk.told {
		if state.Last != nil && state.Last.TriesLeft == 0 {
			t.Errorf("a finger is asked for after %+v", state.Last)
		}
	}
	if len(talk.asked) != 1 || talk.asked[0].Last == nil || talk.asked[0].Last.Code != app.CodeKeyUVBlocked {
		t.Errorf("asked %+v", talk.asked)
	}
}

// listener is a person who keeps all that is said of touches.
type listener struct {
	*person
	told []app.KeyState
}

func (l *listener) Touch(_ context.Context, s app.KeyState) { l.told = append(l.told, s) }

// TestACounterThatCantBeReadIsNoNumber, and no fault of the key.
func TestACounterThatCantBeReadIsNoNumber(t *testing.T) {
	s, i := mannered(t, ctaptest.Options{Sensor: true, Manners: ctaptest.Manners{NoCounters: true}})
	if i.PINRetries != app.Untold || i.PINBlocked() {
		t.Errorf("shown %+v", i)
	}
	if e := wants(t, s.guess(t), app.CodeKeyPINWrong); e.TriesLeft != 0 {
		t.Errorf("told %d tries", e.TriesLeft)
	}
	if _, err := s.d.EnrolFingerprint(t.Context(), s.access, "thumb", func(app.FingerSample) {}); err != nil {
		t.Fatal(err)
	}
	if i := known(t, s.d, 1)[0]; i.UVRetries != app.Untold || !i.Fingers {
		t.Errorf("shown %+v", i)
	}
	talk := with() // the finger will do
	if _, err := s.d.Run(t.Context(), create(), talk); err != nil || len(talk.asked) != 0 {
		t.Errorf("asked %+v: %v", talk.asked, err)
	}
}

// TestAKeyThatTakesNoPINIsNeverAskedForOne, nor to set one.
func TestAKeyThatTakesNoPINIsNeverAskedForOne(t *testing.T) {
	s, i := mannered(t, ctaptest.Options{Manners: ctaptest.Manners{Pinless: true}})
	if i.PIN != app.PINNever {
		t.Errorf("shown %+v", i)
	}
	talk := with("0815")
	_, err := s.d.Run(t.Context(), create(), talk)
	wants(t, err, app.CodeKeyTakesNoPIN)
	for _, verification := range []app.Verification{app.VerifyPreferred, app.VerifyDiscouraged} {
		made := must[app.KeyAnswer](t)(s.d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Verification = verification }), talk))
		prove := func(v app.Verification) error {
			_, err := s.d.Run(t.Context(), get(func(g *app.KeyGet) { g.Verification, g.Allow = v, [][]byte{made.CredentialID} }), talk)
			return err
		}
		if err := prove(verification); err != nil {
			t.Error(err)
		}
		wants(t, prove(app.VerifyRequired), app.CodeKeyTakesNoPIN)
	}
	if len(talk.asked) != 0 {
		t.Errorf("asked %+v", talk.asked)
	}
	wants(t, s.d.SetPIN(t.Context(), s.access.ID, s.access.PIN), app.CodeKeyTakesNoPIN)
	wants(t, s.d.ChangePIN(t.Context(), s.access, s.access.PIN), app.CodeKeyTakesNoPIN)
	_, err = s.d.Credentials(t.Context(), s.access)
	wants(t, err, app.CodeKeyTakesNoPIN)
}

// TestAPINToBeChangedIsToldWhetherTheKeySaysSoOrNot before it is used, by each act that the PIN opens.
func TestAPINToBeChangedIsToldWhetherTheKeySaysSoOrNot(t *testing.T) {
	for name, c := range map[string]struct {
		manners ctaptest.Manners
		typed   []string
	}{
		"in many words": {ctaptest.Manners{}, []string{"0815", "081500"}},
		"in few words":  {ctaptest.TerseManners(), []string{"0815", "0815", "081500"}}, // the PIN is tried before it is changed
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := mannered(t, ctaptest.Options{Sensor: true, Manners: c.manners})
			s.k.RequirePIN(4, true)
			_, err := s.d.Credentials(t.Context(), s.access)
			wants(t, err, app.CodeKeyPINChange)
			_, err = s.d.EnrolFingerprint(t.Context(), s.access, "thumb", func(app.FingerSample) {})
			wants(t, err, app.CodeKeyPINChange)
			if _, err := s.d.Run(t.Context(), create(), with(c.typed...)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAKeySaysWhetherItHasAPIN in three states.
func TestAKeySaysWhetherItHasAPIN(t *testing.T) {
	for name, manners := range map[string]ctaptest.Manners{"in many words": {}, "in few words": ctaptest.TerseManners()} {
		t.Run(name, func(t *testing.T) {
			s, i := mannered(t, ctaptest.Options{Manners: manners})
			if i.PIN != app.PINSet || i.PINRetries != 8 {
				t.Errorf("shown %+v", i)
			}
			s.putBack(t)
			if err := s.d.Reset(t.Context(), s.access.ID, func(context.Context) {}); err != nil {
				t.Fatal(err)
			}
			if i := known(t, s.d, 1)[0]; i.PIN != app.PINUnset {
				t.Errorf("shown %+v", i)
			}
		})
	}
}
