//go:build linux && cgo && !nofido

// The tests run under a virtual USB, so that the driver finds nodes by the real libfido2; behind them is a key in
// software, and go-webauthn judges what it answers.
package usb_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

const starter = "../../../scripts/virtualusb"

// TestMain starts the tests again, on a virtual USB. Fuzzing needs none, and the descriptor for itself.
func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv(ctaptest.Variable) == "" && flag.Lookup("test.fuzz").Value.String() == "" {
		err := syscall.Exec(starter, append([]string{starter}, os.Args...), append(os.Environ(), ctaptest.Unhurried...))
		fmt.Fprintln(os.Stderr, "usb:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

var bus = sync.OnceValues(ctaptest.OpenBus)

// plug plugs a key in for the time of a test.
func plug(t testing.TB, k *ctaptest.Key, port int) *ctaptest.Socket {
	t.Helper()
	b, err := bus()
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.Plug(k, port)
	if err != nil {
		t.Fatal(err)
	}
	plugged[port] = s
	t.Cleanup(func() { out(t, s) })
	return s
}

// plugged are the keys that are, or were, plugged in.
var plugged [ctaptest.Ports]*ctaptest.Socket

func unplugAll(t testing.TB) {
	t.Helper()
	for _, s := range plugged {
		if s != nil {
			out(t, s)
		}
	}
}

// out takes it out.
func out(t testing.TB, s *ctaptest.Socket) {
	t.Helper()
	if err := s.Unplug(); err != nil {
		t.Error(err)
	}
	s.Wait()
}

// person is a KeyTalk that answers by itself.
type person struct {
	mu       sync.Mutex
	pins     []string // given one after the other, the last for ever
	choose   func(ctx context.Context, keys []app.KeyInfo) (int, error)
	account  func([]app.KeyAccount) int
	touched  chan app.KeyState // gets what Touch was told, when there is room
	asked    []app.KeyState    // for a PIN
	accounts []app.KeyAccount
}

func with(pins ...string) *person {
	return &person{pins: pins, touched: make(chan app.KeyState, 1)}
}

func (p *person) PIN(_ context.Context, s app.KeyState) (app.Secret, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pins) == 0 || len(p.asked) > 20 {
		return app.Secret{}, &app.Error{Code: app.CodeKeyCancelled}
	}
	pin := p.pins[min(len(p.asked), len(p.pins)-1)]
	p.asked = append(p.asked, s)
	return app.NewSecret(pin), nil
}

func (p *person) Touch(_ context.Context, s app.KeyState) {
	select {
	case p.touched <- s:
	default:
	}
}

func (p *person) Choose(ctx context.Context, keys []app.KeyInfo) (int, error) {
	if p.choose != nil {
		return p.choose(ctx, keys)
	}
	<-ctx.Done()
	return 0, ctx.Err()
}

func (p *person) Account(_ context.Context, accounts []app.KeyAccount) (int, error) {
	p.accounts = accounts
	if p.account == nil {
		return 0, nil
	}
	return p.account(accounts), nil
}

// known waits until the driver knows as many keys as there should be, and gives them.
func known(t testing.TB, d *usb.Driver, n int) []app.KeyInfo {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	for keys := range d.Watch(ctx) {
		ready := 0
		for _, k := range keys {
			if k.Ready {
				ready++
			}
		}
		if len(keys) == n && ready == n {
			return keys
		}
	}
	t.Fatalf("%d keys did not show", n)
	return nil
}

// creation and assertion are requests that lack only a challenge of the backend's.
func creation() app.KeyCreate {
	return app.KeyCreate{
		Challenge: []byte("a challenge of the backend's own"), RPID: "harbour.example", RPName: "Harbour",
		Origin: "https://reset.harbour.example", UserID: []byte("ana's handle"), UserName: "ana", DisplayName: "Ana Lopes",
		Algorithms: []int{-7, -8}, Verification: app.VerifyRequired, Timeout: 5 * time.Second,
	}
}

func create(change ...func(*app.KeyCreate)) app.UseKey {
	c := creation()
	for _, f := range change {
		f(&c)
	}
	return app.UseKey{Create: &c}
}

func get(change ...func(*app.KeyGet)) app.UseKey {
	g := app.KeyGet{
		Challenge: []byte("a challenge of the backend's own"), RPID: "harbour.example",
		Origin: "https://reset.harbour.example", Verification: app.VerifyRequired, Timeout: 5 * time.Second,
	}
	for _, f := range change {
		f(&g)
	}
	return app.UseKey{Get: &g}
}

// wants checks a refusal's code.
func wants(t testing.TB, err error, code app.Code) *app.Error {
	t.Helper()
	if app.CodeOf(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	e, _ := err.(*app.Error)
	return e
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
