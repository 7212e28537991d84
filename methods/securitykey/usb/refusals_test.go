//go:build linux && cgo && !nofido

package usb_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

func TestAKeyThatIsRegisteredIsRecognised(t *testing.T) {
	s := newStage(t, 0)
	strangers := make([][]byte, 20)
	for i := range strangers {
		strangers[i] = make([]byte, 48)
		strangers[i][0] = byte(i + 1)
	}
	lists := map[string][][]byte{
		"alone": {s.made.CredentialID}, "among seven strangers": append(strangers[:7:7], s.made.CredentialID),
		"in a list too long for the key": append(strangers[:20:20], s.made.CredentialID),
	}
	for name, list := range lists {
		t.Run(name, func(t *testing.T) {
			_, err := s.d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Exclude = list }), with("0815"))
			wants(t, err, app.CodeKeyExcluded)
			if _, err := s.d.Run(t.Context(), get(func(g *app.KeyGet) { g.Allow = list }), with("0815")); err != nil {
				t.Error(err)
			}
		})
	}
	if _, err := s.d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Exclude = strangers }), with("0815")); err != nil {
		t.Error(err)
	}
	for name, list := range map[string][][]byte{"one": strangers[:1], "many": strangers} {
		_, err := s.d.Run(t.Context(), get(func(g *app.KeyGet) { g.Allow = list }), with("0815"))
		if app.CodeOf(err) != app.CodeKeyNoCredential {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAKeyWithNothingForUsSaysSo(t *testing.T) {
	s := newStage(t, 0)
	_, err := s.d.Run(t.Context(), get(func(g *app.KeyGet) { g.RPID = "elsewhere.example" }), with("0815"))
	wants(t, err, app.CodeKeyNoCredential)
}

// TestNoPINIsSetInVain: a key without one is asked first whether it is the one that is wanted.
func TestNoPINIsSetInVain(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{})
	plug(t, k, 0)
	d := usb.New()
	made := must[app.KeyAnswer](t)(d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Verification = app.VerifyDiscouraged }), with()))
	stranger := make([]byte, 48)
	talk := with("0815")
	_, err := d.Run(t.Context(), get(func(g *app.KeyGet) { g.Allow = [][]byte{stranger} }), talk)
	wants(t, err, app.CodeKeyNoCredential)
	if len(talk.asked) != 0 || k.HasPIN() {
		t.Errorf("asked %+v", talk.asked)
	}
	_, err = d.Run(t.Context(), get(func(g *app.KeyGet) { g.Allow = [][]byte{stranger, made.CredentialID} }), talk)
	if err != nil || len(talk.asked) != 1 || talk.asked[0].Want != app.KeyWantsNewPIN || !k.HasPIN() {
		t.Errorf("asked %+v: %v", talk.asked, err)
	}
}

func TestAFullKeySaysSo(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{Room: 1}), 0)
	d := usb.New()
	for i, want := range []app.Code{"", app.CodeKeyFull} {
		_, err := d.Run(t.Context(), create(func(c *app.KeyCreate) {
			c.Discoverable, c.UserID = true, []byte{byte(i)}
		}), with("0815"))
		if app.CodeOf(err) != want {
			t.Fatalf("credential %d: got %v, want %q", i, err, want)
		}
	}
}

func TestAnAlgorithmThatTheKeyLacks(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{}), 0)
	_, err := usb.New().Run(t.Context(), create(func(c *app.KeyCreate) { c.Algorithms = []int{-257} }), with("0815"))
	wants(t, err, app.CodeKeyUnsupported)
}

func TestWhatComesOfTouches(t *testing.T) {
	s := newStage(t, 0)
	for name, c := range map[string]struct {
		gate ctaptest.Gate
		code app.Code
	}{
		"refused": {ctaptest.Refusing, app.CodeKeyUntouched}, "the key gave up": {ctaptest.TimingOut, app.CodeKeyUntouched},
		"nobody came": {ctaptest.Never, app.CodeKeyUntouched},
	} {
		t.Run(name, func(t *testing.T) {
			s.k.Touch(c.gate)
			defer s.k.Touch(ctaptest.Granting)
			_, err := s.d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Timeout = time.Second }), with("0815"))
			wants(t, err, c.code)
		})
	}
	if _, err := s.d.Run(t.Context(), create(), with("0815")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestASlowTouch: the person is told after a moment, and it works.
func TestASlowTouch(t *testing.T) {
	s := newStage(t, 0)
	waiting, touch := make(chan struct{}, 1), make(chan struct{})
	s.k.Touch(ctaptest.Slow(waiting, touch))
	talk := with("0815")
	go func() {
		<-waiting
		told := <-talk.touched
		if told.Want == app.KeyWantsTouch && told.Key.ID == s.access.ID {
			touch <- struct{}{}
		}
	}()
	if _, err := s.d.Run(t.Context(), create(), talk); err != nil {
		t.Error(err)
	}
}

// TestCancelling ends it at once, and tells the key.
func TestCancelling(t *testing.T) {
	s := newStage(t, 0)
	waiting, told := make(chan struct{}), make(chan error, 1)
	s.k.Touch(func(ctx context.Context) ctaptest.Outcome {
		close(waiting)
		<-ctx.Done()
		told <- ctx.Err()
		return ctaptest.TimedOut
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-waiting
		cancel()
	}()
	_, err := s.d.Run(ctx, create(forHours), with("0815"))
	wants(t, err, app.CodeKeyCancelled)
	<-told
	s.k.Touch(ctaptest.Granting)
	if _, err := s.d.Run(t.Context(), create(), with("0815")); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestAKeyInUseIsAtWork: a second conversation waits for the first, but not for ever, and works after it.
func TestAKeyInUseIsAtWork(t *testing.T) {
	s := newStage(t, 0)
	waiting, touch := make(chan struct{}, 1), make(chan struct{})
	s.k.Touch(ctaptest.Slow(waiting, touch))
	first := make(chan error, 1)
	go func() {
		_, err := s.d.Run(context.Background(), create(func(c *app.KeyCreate) { c.Timeout = 20 * time.Second }), with("0815"))
		first <- err
	}()
	<-waiting
	_, err := s.d.Credentials(t.Context(), s.access)
	wants(t, err, app.CodeKeyAtWork)
	second := make(chan error, 1)
	go func() {
		_, err := s.d.Credentials(context.Background(), s.access)
		second <- err
	}()
	touch <- struct{}{}
	if err := <-first; err != nil {
		t.Error(err)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
}

func TestCancellingAtThePIN(t *testing.T) {
	s := newStage(t, 0)
	_, err := s.d.Run(t.Context(), create(), with())
	wants(t, err, app.CodeKeyCancelled)
	if s.k.Retries() != 8 {
		t.Error("it cost a try")
	}
}

func TestNoKey(t *testing.T) {
	_, err := usb.New().Run(t.Context(), create(), with("0815"))
	wants(t, err, app.CodeKeyMissing)
	wants(t, usb.New().SetPIN(t.Context(), "no such key", app.NewSecret("0815")), app.CodeKeyGone)
}

// TestTwoKeysAtOnce: the one that is touched is used, or the one that is chosen.
func TestTwoKeysAtOnce(t *testing.T) {
	first, second := ctaptest.New(ctaptest.Options{Name: "First"}), ctaptest.New(ctaptest.Options{Name: "Second"})
	plug(t, first, 0)
	plug(t, second, 1)
	d := usb.New()
	d.SetClock(everySecond())
	known(t, d, 2)
	for name, c := range map[string]struct {
		talk func() *person
		want *ctaptest.Key
	}{
		"touched": {func() *person { return with("0815") }, second},
		"chosen": {func() *person {
			p := with("0815")
			p.choose = func(context.Context, []app.KeyInfo) (int, error) { return 0, nil }
			return p
		}, first},
	} {
		t.Run(name, func(t *testing.T) {
			first.Touch(ctaptest.Never)
			second.Touch(ctaptest.Granting)
			if c.want == first {
				second.Touch(ctaptest.Never)
				first.Touch(ctaptest.Granting)
			}
			before := c.want.Credentials()
			if _, err := d.Run(t.Context(), create(), c.talk()); err != nil {
				t.Fatal(err)
			}
			if c.want.Credentials() != before+1 {
				t.Error("the other key was used")
			}
		})
	}
	outer := t
	t.Run("one is taken out", func(t *testing.T) {
		first.Touch(ctaptest.Never)
		second.Touch(ctaptest.Never)
		ctx, cancel := context.WithCancel(t.Context())
		p := with("0815")
		p.choose = func(ctx context.Context, _ []app.KeyInfo) (int, error) {
			out(t, plugged[1])
			cancel()
			<-ctx.Done()
			return 0, ctx.Err()
		}
		_, err := d.Run(ctx, create(), p)
		wants(t, err, app.CodeKeyCancelled)
		plug(outer, second, 1)
		known(t, d, 2)
	})
	t.Run("neither", func(t *testing.T) {
		first.Touch(ctaptest.Never)
		second.Touch(ctaptest.Never)
		p := with("0815")
		gone := errors.New("the window closed")
		p.choose = func(context.Context, []app.KeyInfo) (int, error) { return 0, gone }
		if _, err := d.Run(t.Context(), create(), p); !errors.Is(err, gone) {
			t.Errorf("got %v", err)
		}
		_, err := d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Timeout = limit }), with("0815"))
		wants(t, err, app.CodeKeyUntouched)
	})
}

func TestAMalformedRequestReachesNoKey(t *testing.T) {
	d := usb.New()
	for name, use := range map[string]app.UseKey{
		"nothing": {}, "both": {Create: create().Create, Get: get().Get},
		"no challenge":    create(func(c *app.KeyCreate) { c.Challenge = nil }),
		"no user":         create(func(c *app.KeyCreate) { c.UserID = nil }),
		"no algorithm":    create(func(c *app.KeyCreate) { c.Algorithms = nil }),
		"a NUL":           create(func(c *app.KeyCreate) { c.RPID = "harbour.example\x00.evil" }),
		"an empty ID":     get(func(g *app.KeyGet) { g.Allow = [][]byte{{}} }),
		"no relying part": get(func(g *app.KeyGet) { g.RPID = "" }),
	} {
		if _, err := d.Run(t.Context(), use, with("0815")); app.CodeOf(err) != app.CodeBadRequest {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
