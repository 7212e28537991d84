//go:build linux && cgo && !nofido

package usb_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// opening is what a key hears when it is opened.
var opening = []string{"init", "info"}

// opens waits until a key is being opened.
func opens(t *testing.T, asked <-chan string) {
	t.Helper()
	if got := []string{<-asked, <-asked}; !slices.Equal(got, opening) {
		t.Fatalf("the key was asked %v", got)
	}
}

func touchOnly(c *app.KeyCreate) { c.Verification = app.VerifyDiscouraged }

// TestAnExpectedKeyIsOpenAlready when the request comes, which is carried out on what was opened.
func TestAnExpectedKeyIsOpenAlready(t *testing.T) {
	for _, c := range []struct {
		pin  string
		use  app.UseKey
		asks []string
	}{{"", create(touchOnly), []string{"make"}}, {"0815", create(), []string{"pin", "pin", "make"}}} {
		k := ctaptest.New(ctaptest.Options{})
		s := plug(t, k, 0)
		d := usb.New()
		id := known(t, d, 1)[0].ID
		if c.pin != "" {
			if err := d.SetPIN(t.Context(), id, app.NewSecret(c.pin)); err != nil {
				t.Fatal(err)
			}
		}
		asked := overhear(k)
		d.Expect()
		opens(t, asked)
		must[app.KeyAnswer](t)(d.Run(t.Context(), c.use, with(c.pin)))
		if got := heard(asked); !slices.Equal(got, c.asks) {
			t.Errorf("PIN %q: the key was asked %v, needed is %v", c.pin, got, c.asks)
		}
		must[app.KeyAnswer](t)(d.Run(t.Context(), c.use, with(c.pin)))
		if got, want := heard(asked), slices.Concat(opening, c.asks); !slices.Equal(got, want) {
			t.Errorf("PIN %q: nothing was expected, and the key was asked %v, needed is %v", c.pin, got, want)
		}
		out(t, s)
	}
}

// TestAnExpectationEnds: a key that nothing is asked of is closed again.
func TestAnExpectationEnds(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{})
	plug(t, k, 0)
	d := usb.New()
	known(t, d, 1)
	d.SetAhead(time.Minute, 0)
	asked := overhear(k)
	d.ExpectNow()
	opens(t, asked)
	must[app.KeyAnswer](t)(d.Run(t.Context(), create(touchOnly), with()))
	if got, want := heard(asked), append(slices.Clone(opening), "make"); !slices.Equal(got, want) {
		t.Errorf("the key was asked %v, needed is %v", got, want)
	}
}

// TestAnExpectedKeyHasTheTimeOfTheRequest, which is longer than that of opening it.
func TestAnExpectedKeyHasTheTimeOfTheRequest(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{})
	plug(t, k, 0)
	d := usb.New()
	known(t, d, 1)
	d.SetAhead(200*time.Millisecond, time.Minute)
	asked := overhear(k)
	d.Expect()
	opens(t, asked)
	p := with()
	k.Touch(func(context.Context) ctaptest.Outcome {
		<-p.touched // which comes after twice as long
		return ctaptest.Granted
	})
	must[app.KeyAnswer](t)(d.Run(t.Context(), create(touchOnly, forHours), p))
}

// TestAKeyThatCouldNotBeOpenedBeforehand is opened when the request comes.
func TestAKeyThatCouldNotBeOpenedBeforehand(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{})
	plug(t, k, 0)
	d := usb.New()
	known(t, d, 1)
	var refused atomic.Int32
	k.Faults(func(ctaptest.Message) ctaptest.Fault {
		refused.Add(1)
		return ctaptest.Refuse
	})
	d.ExpectNow()
	if refused.Load() == 0 {
		t.Error("it was not tried")
	}
	overhear(k) // and refuse nothing
	must[app.KeyAnswer](t)(d.Run(t.Context(), create(touchOnly), with()))
}

// TestANewKeyIsMetWhileItIsExpected though nobody watches.
func TestANewKeyIsMetWhileItIsExpected(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{})
	asked := overhear(k)
	plug(t, k, 0)
	usb.New().Expect()
	opens(t, asked)
}

// TestNoKeyIsOpenedInVain: one that is at work, or one of several, of which nobody knows which it will be.
func TestNoKeyIsOpenedInVain(t *testing.T) {
	k, other := ctaptest.New(ctaptest.Options{}), ctaptest.New(ctaptest.Options{})
	plug(t, k, 0)
	d := usb.New()
	d.SetAhead(time.Minute, 0)
	known(t, d, 1)
	asked := overhear(k)
	k.Touch(func(context.Context) ctaptest.Outcome {
		d.ExpectNow() // it would wait for ever
		return ctaptest.Granted
	})
	must[app.KeyAnswer](t)(d.Run(t.Context(), create(touchOnly, forHours), with()))
	heard(asked)
	plug(t, other, 1)
	known(t, d, 2)
	others := overhear(other)
	d.ExpectNow()
	if got := slices.Concat(heard(asked), heard(others)); got != nil {
		t.Errorf("the keys were asked %v", got)
	}
}

// TestAnExpectedKeyThatIsTakenOut holds up neither the same key, put back, nor another request.
func TestAnExpectedKeyThatIsTakenOut(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{})
	s := plug(t, k, 0)
	d := usb.New()
	known(t, d, 1)
	asked := overhear(k)
	d.Expect()
	opens(t, asked)
	out(t, s)
	_, err := d.Run(t.Context(), create(touchOnly), with())
	wants(t, err, app.CodeKeyMissing)
	plug(t, k, 0)
	known(t, d, 1)
	must[app.KeyAnswer](t)(d.Run(t.Context(), create(touchOnly), with()))
}
