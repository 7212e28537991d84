//go:build linux && cgo && !nofido

package usb_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// limit is the requests' time in the matrix: long enough that a busy machine does not run into it by itself.
const limit = 4 * time.Second

// faultAt makes a key go wrong at the at-th message from now, 0 being the first; -1 for never. It gives a counter of
// the messages.
func faultAt(k *ctaptest.Key, fault ctaptest.Fault, at int64) *atomic.Int64 {
	var n atomic.Int64
	k.Faults(func(m ctaptest.Message) ctaptest.Fault {
		if n.Add(1)-1 == at {
			return fault
		}
		return ctaptest.NoFault
	})
	return &n
}

// stage is a driver with one key that has a PIN, a finger and a credential.
type stage struct {
	d      *usb.Driver
	k      *ctaptest.Key
	access app.KeyAccess
	made   app.KeyAnswer
}

func newStage(t *testing.T, port int) *stage {
	t.Helper()
	s := &stage{d: usb.New(), k: ctaptest.New(ctaptest.Options{Sensor: true})}
	plug(t, s.k, port)
	s.access = app.KeyAccess{ID: known(t, s.d, 1)[0].ID, PIN: app.NewSecret("0815")}
	if err := s.d.SetPIN(t.Context(), s.access.ID, s.access.PIN); err != nil {
		t.Fatal(err)
	}
	s.made = must[app.KeyAnswer](t)(s.d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Discoverable = true }), with("0815")))
	return s
}

// acts are what a person can do with a key.
var acts = map[string]func(*testing.T, *stage) error{
	"create": func(t *testing.T, s *stage) error {
		_, err := s.d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Timeout = limit }), with("0815"))
		return err
	},
	"get": func(t *testing.T, s *stage) error {
		_, err := s.d.Run(t.Context(), get(func(g *app.KeyGet) {
			g.Timeout, g.Allow = limit, [][]byte{s.made.CredentialID}
		}), with("0815"))
		return err
	},
	"change the PIN": func(t *testing.T, s *stage) error {
		return s.d.ChangePIN(t.Context(), s.access, app.NewSecret("0815"))
	},
	"list credentials": func(t *testing.T, s *stage) error {
		_, err := s.d.Credentials(t.Context(), s.access)
		return err
	},
	"enrol a finger": func(t *testing.T, s *stage) error {
		defer s.k.ForgetFingers()
		_, err := s.d.EnrolFingerprint(t.Context(), s.access, "thumb", func(app.FingerSample) {})
		return err
	},
}

// TestEveryFaultAtEveryMessage: whatever goes wrong with whichever message, it ends soon, with a code that says what to
// do, and the key works again, once it is put back where it was taken out.
func TestEveryFaultAtEveryMessage(t *testing.T) {
	for what, act := range acts {
		for name, fault := range ctaptest.Faulty() {
			if strings.HasPrefix(name, "stall") {
				continue // slow, and below
			}
			t.Run(what+"/"+name, func(t *testing.T) {
				s := newStage(t, 0)
				n := faultAt(s.k, ctaptest.NoFault, -1)
				if err := act(t, s); err != nil {
					t.Fatal(err)
				}
				messages := n.Load()
				if messages < 4 {
					t.Fatalf("only %d messages", messages)
				}
				for at := int64(0); at < messages; at += stride(what, fault) {
					spoilt(t, s, fault, at, act)
				}
			})
		}
	}
}

// stride leaves out some of the squares: what looks after the key is long, and few of its messages differ. All of them
// are tried with SPAREKEY_CYCLES.
func stride(what string, fault ctaptest.Fault) int64 {
	if what == "create" || what == "get" || fault == ctaptest.Unplug || os.Getenv("SPAREKEY_CYCLES") != "" {
		return 1
	}
	return 3
}

// spoilt is one square of the matrix.
func spoilt(t *testing.T, s *stage, fault ctaptest.Fault, at int64, act func(*testing.T, *stage) error) {
	t.Helper()
	faultAt(s.k, fault, at)
	err := act(t, s)
	code := app.CodeOf(err)
	out := fault == ctaptest.Unplug || fault == ctaptest.UnplugHalfway || fault == ctaptest.UnplugAfter
	switch {
	case err == nil, out && code == app.CodeKeyGone, !out && code != app.CodeKeyGone && strings.HasPrefix(string(code), "key_"):
	default:
		t.Errorf("message %d: got %v", at, err)
	}
	s.k.Faults(func(ctaptest.Message) ctaptest.Fault { return ctaptest.NoFault })
	if out {
		unplugAll(t)
		plug(t, s.k, 0)
		s.access.ID = known(t, s.d, 1)[0].ID
	}
	if err := act(t, s); err != nil {
		t.Errorf("message %d: afterwards: %v", at, err)
	}
}

// TestAStalledKeyIsLeftBehind: it does not answer, with keepalives or without.
func TestAStalledKeyIsLeftBehind(t *testing.T) {
	for _, fault := range []ctaptest.Fault{ctaptest.Stall, ctaptest.StallKeepalive} {
		for at := range int64(5) {
			t.Run(fmt.Sprint(fault, at), func(t *testing.T) {
				s := newStage(t, 0)
				defer unplugAll(t)
				faultAt(s.k, fault, at)
				_, err := s.d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Timeout = 200 * time.Millisecond }), with("0815"))
				wants(t, err, app.CodeKeyTimeout)
				s.k.Faults(func(ctaptest.Message) ctaptest.Fault { return ctaptest.NoFault })
				if err := acts["create"](t, s); err != nil {
					t.Errorf("afterwards: %v", err)
				}
			})
		}
	}
}

// TestABrokenKeyShowsAsTrouble, and not as nothing.
func TestABrokenKeyShowsAsTrouble(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{})
	k.Faults(func(ctaptest.Message) ctaptest.Fault { return ctaptest.Refuse })
	plug(t, k, 0)
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	for keys := range usb.New().Watch(ctx) {
		if len(keys) == 1 && keys[0].Trouble != nil {
			wants(t, keys[0].Trouble, app.CodeKeyDisturbed)
			return
		}
	}
	t.Error("it showed no trouble")
}
