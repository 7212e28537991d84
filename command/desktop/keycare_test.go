//go:build linux && cgo && !nofido

package desktop

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
)

// TestTheKeyPageChangesARealKey through the real driver and the real libfido2; the key is software, on a virtual USB.
func TestTheKeyPageChangesARealKey(t *testing.T) {
	if os.Getenv(ctaptest.Variable) == "" {
		again := exec.CommandContext(t.Context(), "../../scripts/virtualusb", os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.count", "1")
		if said, err := again.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		return
	}
	p := newKeyPage(t)
	p.tap("home.keycare")
	p.plug()
	p.tap("keycare.pin")
	p.fill("keycare.pin.new", "0815")
	p.fill("keycare.pin.again", "0815")
	p.tap("page.next")
	p.see("The PIN is set.")
	if !p.key.HasPIN() {
		t.Fatal("the key has no PIN")
	}
	p.register()

	p.tap("keycare.stored")
	p.fill("keycare.unlock", "4711")
	p.tap("page.next")
	p.see("7 tries left")
	p.fill("keycare.unlock", "0815")
	p.tap("page.next")
	p.see("harbour.example")
	p.tap("keycare.credential.1")
	p.tap("keycare.delete")
	p.see("The key keeps no sign-in.")
	if p.key.Credentials() != 0 {
		t.Error("the sign-in is still on the key")
	}
	p.tap("page.back")

	p.tap("keycare.fingers")
	p.fill("keycare.unlock", "0815")
	p.tap("page.next")
	p.tap("keycare.add_finger")
	p.tap("page.next")
	p.see("The key knows Finger 1 now.")
	p.tap("keycare.finger.1")
	p.tap("keycare.delete_finger")
	p.tap("keycare.delete")
	p.see("The key knows no finger yet.")
	p.tap("page.back")

	p.tap("keycare.reset")
	p.fill("keycare.reset_word", "RESET")
	p.tap("keycare.reset_begin")
	p.see("Take it out now.")
	p.unplug()
	p.see("Put it back.")
	p.plug()
	p.see("The key is as new")
	p.see("Set a PIN before you use it.")
	if p.key.HasPIN() {
		t.Error("the key has its PIN still")
	}
}

// keyPage is a window with a key beside it. The test is its UI thread.
type keyPage struct {
	t      *testing.T
	w      *ui.Window
	driver *usb.Driver
	bus    *ctaptest.Bus
	key    *ctaptest.Key
	socket *ctaptest.Socket
	back   chan func()
}

func newKeyPage(t *testing.T) *keyPage {
	bus, err := ctaptest.OpenBus()
	if err != nil {
		t.Fatal(err)
	}
	p := &keyPage{t: t, bus: bus, driver: usb.New(), back: make(chan func(), 100), key: ctaptest.New(ctaptest.Options{Sensor: true})}
	p.w = ui.New(test.NewTempApp(t), test.NewTempWindow(t, nil), ui.Options{
		Keys: p.driver, KeyCare: p.driver, Run: p,
		Try: func(context.Context) (app.Services, *ui.Trial, error) { return app.Services{}, nil, nil },
	})
	t.Cleanup(p.w.Close)
	return p
}

func (p *keyPage) Run(work func() func()) {
	go func() {
		if then := work(); then != nil {
			p.back <- then
		}
	}()
}

func (p *keyPage) After(time.Duration, func()) (stop func()) { return func() {} }

func (p *keyPage) Await(context.Context, <-chan struct{}, func()) {}

func (p *keyPage) Follow(work func(tell func(func()))) { go work(func(f func()) { p.back <- f }) }

// until does what comes back to the UI, until cond holds.
func (p *keyPage) until(what string, cond func() bool) {
	p.t.Helper()
	late := time.After(20 * time.Second)
	for !cond() {
		select {
		case f := <-p.back:
			f()
		case <-late:
			p.t.Fatalf("%s did not happen; page %s says %q", what, p.w.Page(), kit.Texts(p.w.Root()))
		}
	}
}

func (p *keyPage) tap(key string) {
	p.t.Helper()
	p.until("tapping "+key, func() bool {
		o, can := kit.Find(p.w.Root(), key).(fyne.Tappable)
		if off, is := o.(fyne.Disableable); !can || p.w.Busy() || is && off.Disabled() {
			return false
		}
		o.Tapped(&fyne.PointEvent{})
		return true
	})
}

func (p *keyPage) fill(key, words string) {
	p.t.Helper()
	p.until("typing into "+key, func() bool {
		f, is := kit.Find(p.w.Root(), key).(*kit.Field)
		if !is || p.w.Busy() {
			return false
		}
		f.SetText("")
		test.Type(f.Entry(), words)
		return true
	})
}

func (p *keyPage) see(words string) {
	p.t.Helper()
	p.until("seeing "+words, func() bool {
		return slices.ContainsFunc(kit.Texts(p.w.Root()), func(text string) bool { return strings.Contains(text, words) })
	})
}

func (p *keyPage) plug() {
	var err error
	if p.socket, err = p.bus.Plug(p.key, 0); err != nil {
		p.t.Fatal(err)
	}
}

func (p *keyPage) unplug() {
	if err := p.socket.Unplug(); err != nil {
		p.t.Error(err)
	}
	p.socket.Wait()
}

// register puts a sign-in onto the key.
func (p *keyPage) register() {
	_, err := p.driver.Run(p.t.Context(), app.UseKey{Create: &app.KeyCreate{
		Challenge: []byte("a challenge of the backend's own"), RPID: "harbour.example", RPName: "Harbour", Origin: "https://harbour.example",
		UserID: []byte("ana's handle"), UserName: "ana", DisplayName: "Ana Lopes", Algorithms: []int{-7},
		Verification: app.VerifyRequired, Discoverable: true, Timeout: 5 * time.Second,
	}}, keyOwner("0815"))
	if err != nil {
		p.t.Fatal(err)
	}
}

// keyOwner knows the key's PIN.
type keyOwner string

func (o keyOwner) PIN(context.Context, app.KeyState) (app.Secret, error) {
	return app.NewSecret(string(o)), nil
}

func (keyOwner) Touch(context.Context, app.KeyState) {}

func (keyOwner) Choose(context.Context, []app.KeyInfo) (int, error) { return 0, nil }

func (keyOwner) Account(context.Context, []app.KeyAccount) (int, error) { return 0, nil }
