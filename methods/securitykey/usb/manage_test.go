//go:build linux && cgo && !nofido

package usb_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

func TestThePINIsSetAndChanged(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{})
	plug(t, k, 0)
	d := usb.New()
	id := known(t, d, 1)[0].ID
	old, next := app.NewSecret("0815"), app.NewSecret("a longer one")
	_, err := d.Credentials(t.Context(), app.KeyAccess{ID: id, PIN: old})
	wants(t, err, app.CodeKeyNoPIN)
	wants(t, d.SetPIN(t.Context(), id, app.NewSecret("123")), app.CodeKeyPINShort)
	if err := d.SetPIN(t.Context(), id, old); err != nil {
		t.Fatal(err)
	}
	if i := known(t, d, 1)[0]; !i.HasPIN() || i.PINRetries != 8 {
		t.Errorf("got %+v", i)
	}
	if err := d.ChangePIN(t.Context(), app.KeyAccess{ID: id, PIN: old}, next); err != nil {
		t.Fatal(err)
	}
	e := wants(t, d.ChangePIN(t.Context(), app.KeyAccess{ID: id, PIN: old}, next), app.CodeKeyPINWrong)
	if e.TriesLeft != 7 {
		t.Errorf("%d tries left", e.TriesLeft)
	}
	if i := known(t, d, 1)[0]; i.PINRetries != 7 {
		t.Errorf("shown %d tries", i.PINRetries)
	}
	if old.Empty() || old.Reveal() != "0815" {
		t.Error("the caller's secret was touched")
	}
}

// TestTheTriesLeftAreShownAfterAWrongPIN whatever the PIN was for, and again once it was right.
func TestTheTriesLeftAreShownAfterAWrongPIN(t *testing.T) {
	s := newStage(t, 0)
	wrong := app.KeyAccess{ID: s.access.ID, PIN: app.NewSecret("4711")}
	_, err := s.d.Credentials(t.Context(), wrong)
	wants(t, err, app.CodeKeyPINWrong)
	if i := known(t, s.d, 1)[0]; i.PINRetries != 7 {
		t.Errorf("shown %d tries", i.PINRetries)
	}
	if _, err := s.d.Credentials(t.Context(), s.access); err != nil {
		t.Fatal(err)
	}
	if i := known(t, s.d, 1)[0]; i.PINRetries != 8 {
		t.Errorf("shown %d tries", i.PINRetries)
	}
}

func TestCredentialsAreListedAndDeleted(t *testing.T) {
	s := newStage(t, 0)
	if _, err := s.d.Run(t.Context(), create(func(c *app.KeyCreate) {
		c.RPID, c.Discoverable, c.UserName = "elsewhere.example", true, "ben"
	}), with("0815")); err != nil {
		t.Fatal(err)
	}
	all := must[[]app.KeyCredential](t)(s.d.Credentials(t.Context(), s.access))
	if len(all) != 2 || all[0].RPID != "harbour.example" || all[0].UserName != "ana" || all[0].DisplayName != "Ana Lopes" ||
		!bytes.Equal(all[0].ID, s.made.CredentialID) || all[1].UserName != "ben" {
		t.Fatalf("got %+v", all)
	}
	for range all {
		if err := s.d.DeleteCredential(t.Context(), s.access, all[0].ID); err != nil {
			t.Fatal(err)
		}
		wants(t, s.d.DeleteCredential(t.Context(), s.access, all[0].ID), app.CodeKeyNoCredential)
		all = all[1:]
	}
	if all := must[[]app.KeyCredential](t)(s.d.Credentials(t.Context(), s.access)); len(all) != 0 || s.k.Credentials() != 0 {
		t.Errorf("left: %+v", all)
	}
	wants(t, s.d.DeleteCredential(t.Context(), s.access, nil), app.CodeKeyNoCredential)
}

func TestFingersAreEnrolledNamedAndDeleted(t *testing.T) {
	s := newStage(t, 0)
	if all := must[[]app.Fingerprint](t)(s.d.Fingerprints(t.Context(), s.access)); len(all) != 0 {
		t.Errorf("got %+v", all)
	}
	n := 0
	s.k.Finger(func(context.Context) ctaptest.Outcome {
		n++
		return map[int]ctaptest.Outcome{2: ctaptest.NoMatch, 3: ctaptest.TimedOut}[n]
	})
	var told []app.FingerSample
	made := must[app.Fingerprint](t)(s.d.EnrolFingerprint(t.Context(), s.access, "thumb", func(f app.FingerSample) { told = append(told, f) }))
	want := []app.FingerSample{
		{}, {Left: 3, Last: app.SampleGood}, {Left: 3, Last: app.SamplePoor}, {Left: 3, Last: app.SampleNobody},
		{Left: 2, Last: app.SampleGood}, {Left: 1, Last: app.SampleGood},
	}
	if len(told) != len(want) {
		t.Fatalf("told %+v", told)
	}
	for i := range want {
		if told[i] != want[i] {
			t.Errorf("sample %d: told %+v, want %+v", i, told[i], want[i])
		}
	}
	if i := known(t, s.d, 1)[0]; !i.Fingers || !i.Sensor || i.UVRetries != 3 {
		t.Errorf("got %+v", i)
	}
	if err := s.d.NameFingerprint(t.Context(), s.access, app.Fingerprint{ID: made.ID, Name: "left thumb"}); err != nil {
		t.Fatal(err)
	}
	all := must[[]app.Fingerprint](t)(s.d.Fingerprints(t.Context(), s.access))
	if len(all) != 1 || all[0].Name != "left thumb" || !bytes.Equal(all[0].ID, made.ID) {
		t.Errorf("got %+v", all)
	}
	if err := s.d.DeleteFingerprint(t.Context(), s.access, made.ID); err != nil {
		t.Fatal(err)
	}
	if i := known(t, s.d, 1)[0]; i.Fingers {
		t.Error("the finger is still known")
	}
}

func TestEnrollingAFingerIsCancelled(t *testing.T) {
	s := newStage(t, 0)
	ctx, cancel := context.WithCancel(t.Context())
	s.k.Finger(func(ctx context.Context) ctaptest.Outcome {
		cancel()
		return ctaptest.Never(ctx)
	})
	_, err := s.d.EnrolFingerprint(ctx, s.access, "thumb", func(app.FingerSample) {})
	wants(t, err, app.CodeKeyCancelled)
	s.k.Finger(ctaptest.Granting)
	if _, err := s.d.EnrolFingerprint(t.Context(), s.access, "thumb", func(app.FingerSample) {}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestAKeyWithoutASensorEnrolsNothing(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{}), 0)
	d := usb.New()
	id, pin := known(t, d, 1)[0].ID, app.NewSecret("0815")
	if err := d.SetPIN(t.Context(), id, pin); err != nil {
		t.Fatal(err)
	}
	_, err := d.EnrolFingerprint(t.Context(), app.KeyAccess{ID: id, PIN: pin}, "thumb", func(app.FingerSample) {})
	wants(t, err, app.CodeKeyUnsupported)
}

func TestAFactoryReset(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{})
	plug(t, k, 0)
	d := usb.New()
	register(t, d, with("0815"))
	id := known(t, d, 1)[0].ID
	k.Age(time.Minute)
	wants(t, d.Reset(t.Context(), id, func(context.Context) {}), app.CodeKeyResetLate)
	if !k.HasPIN() {
		t.Error("it was reset all the same")
	}
	unplugAll(t)
	plug(t, k, 0)
	id = known(t, d, 1)[0].ID
	k.Touch(ctaptest.Refusing)
	wants(t, d.Reset(t.Context(), id, func(context.Context) {}), app.CodeKeyUntouched)
	k.Touch(ctaptest.Granting)
	told := 0
	if err := d.Reset(t.Context(), id, func(context.Context) { told++ }); err != nil {
		t.Fatal(err)
	}
	if i := known(t, d, 1)[0]; i.HasPIN() || k.HasPIN() || k.Credentials() != 0 || told != 1 {
		t.Errorf("got %+v, told %d times", i, told)
	}
}

// TestAKeyThatKnowsNoFactoryReset says so, and stays as it is; one that wants no touch is as new at once.
func TestAKeyThatKnowsNoFactoryReset(t *testing.T) {
	const reset, unknown = 0x07, 0x01
	for code, o := range map[app.Code]ctaptest.Options{
		app.CodeKeyUnsupported: {Statuses: map[byte]byte{reset: unknown}}, "": {ResetsAlone: true},
	} {
		k := ctaptest.New(o)
		k.Touch(ctaptest.Never)
		s := plug(t, k, 0)
		d := usb.New()
		id := known(t, d, 1)[0].ID
		if err := d.SetPIN(t.Context(), id, app.NewSecret("0815")); err != nil {
			t.Fatal(err)
		}
		err := d.Reset(t.Context(), id, func(context.Context) {})
		if app.CodeOf(err) != code || k.HasPIN() != (code != "") {
			t.Errorf("got %v, want %q; it has a PIN: %v", err, code, k.HasPIN())
		}
		out(t, s)
	}
}

// TestManagingAKeyOfTheFinalCommandsOnly: what this libfido2 can't say to it is refused in words.
func TestManagingAKeyOfTheFinalCommandsOnly(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{NoPreview: true}), 0)
	d := usb.New()
	register(t, d, with("0815"))
	_, err := d.Credentials(t.Context(), app.KeyAccess{ID: known(t, d, 1)[0].ID, PIN: app.NewSecret("0815")})
	if err != nil {
		wants(t, err, app.CodeKeyUnsupported)
	}
}
