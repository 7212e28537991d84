//go:build linux && cgo && !nofido

package usb_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// everySecond is a clock by which a second goes by between two looks at it.
func everySecond() func() time.Time {
	var looks atomic.Int64
	return func() time.Time { return time.Unix(looks.Add(1), 0) }
}

// TestAKeyThatAnswersByItselfWasNotTouched: of two that answer sooner than a finger can, the one that is chosen in the
// window is used.
func TestAKeyThatAnswersByItselfWasNotTouched(t *testing.T) {
	first, second := ctaptest.New(ctaptest.Options{Hasty: true}), ctaptest.New(ctaptest.Options{Hasty: true})
	plug(t, first, 0)
	plug(t, second, 1)
	d := usb.New()
	known(t, d, 2)
	var looks atomic.Int64
	judged := make(chan struct{})
	d.SetClock(func() time.Time {
		if looks.Add(1) == 4 { // when each was asked, and when each had answered
			close(judged)
		}
		return time.Unix(0, 0)
	})
	talk := with("0815")
	talk.choose = func(ctx context.Context, _ []app.KeyInfo) (int, error) {
		select {
		case <-judged:
			return 1, nil
		case <-ctx.Done():
			t.Error("a key that answered by itself was taken")
			return 0, ctx.Err()
		}
	}
	if _, err := d.Run(t.Context(), create(), talk); err != nil {
		t.Fatal(err)
	}
	if first.Credentials() != 0 || second.Credentials() != 1 {
		t.Error("the other key was used")
	}
}

// TestAKeyNamesItsPort, by which two of one model are told apart.
func TestAKeyNamesItsPort(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{}), 0)
	plug(t, ctaptest.New(ctaptest.Options{}), 1)
	keys := known(t, usb.New(), 2)
	if keys[0].Port == "" || keys[0].Port == keys[1].Port {
		t.Errorf("got %q and %q", keys[0].Port, keys[1].Port)
	}
	for target, want := range map[string]string{
		"../../devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4.2/1-4.2:1.0/0003:1050:0407.0012/hidraw/hidraw3": "1-4.2",
		"../../devices/pci0000:00/0000:00:14.0/usb3/3-10/3-10:1.1/0003:1050:0407.0012/hidraw/hidraw0":       "3-10",
		"../../devices/virtual/misc/uhid/0003:1050:0407.0012/hidraw/hidraw3":                                "",
	} {
		if got := usb.PortOf(target); got != want {
			t.Errorf("%s: got %q", target, got)
		}
	}
}
