package keycare_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/keycare"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// loop is a Runner like the real one: work goes on beside the test, and what it brings back is done when the test looks.
type loop struct {
	*uitest.Stage
	back chan func()
}

func (l *loop) Run(work func() func()) {
	go func() {
		if then := work(); then != nil {
			l.back <- then
		}
	}()
}

func (l *loop) Follow(work func(func(func()))) { go work(func(f func()) { l.back <- f }) }

// fakeKeys is a drawer of keys, and does with them what it is told to.
type fakeKeys struct {
	news chan []app.KeyInfo

	mu       sync.Mutex
	calls    []string
	pins     []string     // as they were given
	secrets  []app.Secret // the same, as they were lent
	fails    map[string]error
	creds    []app.KeyCredential
	fingers  []app.Fingerprint
	samples  []app.FingerSample
	nameless bool          // the key takes no name for a finger
	hold     chan struct{} // calls wait for it; nil when they don't
	began    chan string   // gets the name of each call that waits
	ctx      context.Context
}

func (f *fakeKeys) Watch(ctx context.Context) <-chan []app.KeyInfo { return f.news }

func (f *fakeKeys) Expect() {}

func (f *fakeKeys) Run(context.Context, app.UseKey, app.KeyTalk) (app.KeyAnswer, error) {
	return app.KeyAnswer{}, &app.Error{Code: app.CodeKeyUnsupported}
}

// does writes a call down, and is how it ends.
func (f *fakeKeys) does(ctx context.Context, call string, secrets ...app.Secret) error {
	f.mu.Lock()
	f.calls = append(f.calls, call)
	f.secrets = append(f.secrets, secrets...)
	for _, s := range secrets {
		f.pins = append(f.pins, s.Reveal())
	}
	f.ctx = ctx
	hold, err := f.hold, f.fails[call]
	f.mu.Unlock()
	if hold != nil {
		f.began <- call
		<-hold
	}
	return err
}

func (f *fakeKeys) SetPIN(ctx context.Context, _ app.KeyID, pin app.Secret) error {
	return f.does(ctx, "set", pin)
}

func (f *fakeKeys) ChangePIN(ctx context.Context, a app.KeyAccess, pin app.Secret) error {
	return f.does(ctx, "change", a.PIN, pin)
}

func (f *fakeKeys) Credentials(ctx context.Context, a app.KeyAccess) (creds []app.KeyCredential, err error) {
	err = f.does(ctx, "credentials", a.PIN)
	f.alone(func() { creds = slices.Clone(f.creds) })
	return creds, err
}

func (f *fakeKeys) DeleteCredential(ctx context.Context, a app.KeyAccess, id []byte) error {
	f.alone(func() {
		f.creds = slices.DeleteFunc(f.creds, func(c app.KeyCredential) bool { return string(c.ID) == string(id) })
	})
	return f.does(ctx, "delete "+string(id), a.PIN)
}

func (f *fakeKeys) Fingerprints(ctx context.Context, a app.KeyAccess) (fingers []app.Fingerprint, err error) {
	err = f.does(ctx, "fingers", a.PIN)
	f.alone(func() { fingers = slices.Clone(f.fingers) })
	return fingers, err
}

func (f *fakeKeys) EnrolFingerprint(ctx context.Context, a app.KeyAccess, name string, tell func(app.FingerSample)) (app.Fingerprint, error) {
	for _, s := range f.samples {
		tell(s)
	}
	made := app.Fingerprint{ID: []byte(name), Name: name}
	err := f.does(ctx, "enrol "+name, a.PIN)
	if f.nameless {
		made.Name = ""
	}
	if err == nil {
		f.alone(func() { f.fingers = append(f.fingers, made) })
	}
	return made, err
}

func (f *fakeKeys) NameFingerprint(ctx context.Context, a app.KeyAccess, finger app.Fingerprint) error {
	f.alone(func() { f.fingers = []app.Fingerprint{finger} })
	return f.does(ctx, "name "+finger.Name, a.PIN)
}

func (f *fakeKeys) DeleteFingerprint(ctx context.Context, a app.KeyAccess, id []byte) error {
	f.alone(func() { f.fingers = nil })
	return f.does(ctx, "delete finger "+string(id), a.PIN)
}

// alone changes or reads what is on the keys: a call that was given up may end beside the next one.
func (f *fakeKeys) alone(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
}

func (f *fakeKeys) Reset(ctx context.Context, id app.KeyID, touch func(context.Context)) error {
	touch(ctx)
	return f.does(ctx, "reset "+string(id))
}

// bench is a window at "My security key", with the drawer.
type bench struct {
	*loop
	*fakeKeys
	t *testing.T
	w *shell.Window
}

func newBench(t *testing.T, keys ...app.KeyInfo) *bench {
	t.Helper()
	s := uitest.NewStage(t)
	b := &bench{t: t, loop: &loop{Stage: s, back: make(chan func(), 100)},
		fakeKeys: &fakeKeys{news: make(chan []app.KeyInfo, 8), fails: map[string]error{}, began: make(chan string, 1)}}
	b.w = s.OpenWindow(func(o *ui.Options) { o.Keys, o.KeyCare = b.fakeKeys, b.fakeKeys })
	b.w.Run = b.loop
	t.Cleanup(b.w.Close)
	b.w.Go(shell.Route{Place: shell.PlaceKeyCare})
	b.plug(keys...)
	return b
}

// step does one thing that work brought back.
func (b *bench) step() {
	b.t.Helper()
	select {
	case then := <-b.back:
		then()
	case <-time.After(10 * time.Second):
		b.t.Fatalf("nothing came back; page %q", b.w.Page())
	}
}

// plug tells which keys are plugged in now.
func (b *bench) plug(keys ...app.KeyInfo) {
	b.t.Helper()
	b.news <- keys
	b.step()
}

// at waits for a page that is at rest.
func (b *bench) at(page string) {
	b.t.Helper()
	for b.w.Page() != page || b.w.Busy() {
		b.step()
	}
}

// settle waits until the page is at rest.
func (b *bench) settle() {
	b.t.Helper()
	for b.w.Busy() {
		b.step()
	}
}

func (b *bench) tap(key string) { b.t.Helper(); uitest.Tap(b.t, b.w, key) }

func (b *bench) says(words string) { b.t.Helper(); uitest.MustSay(b.t, b.w, words) }

// fill types into a field that may hold something.
func (b *bench) fill(key, words string) {
	b.t.Helper()
	f := uitest.Field(b.t, b.w, key)
	f.SetText("")
	test.Type(f.Entry(), words)
}

// error is what stands beside a field.
func (b *bench) error(key, want string) {
	b.t.Helper()
	if got := uitest.Field(b.t, b.w, key).Error(); got != want {
		b.t.Errorf("beside %s stands %q, want %q", key, got, want)
	}
}

// did checks the calls since the last time.
func (b *bench) did(want ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.Equal(b.calls, want) {
		b.t.Errorf("the keys were told %q, want %q", b.calls, want)
	}
	b.calls = nil
}

// wiped checks that no PIN is left, neither lent nor kept.
func (b *bench) wiped() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, s := range b.secrets {
		if !s.Empty() {
			b.t.Errorf("the PIN lent for call %d is still there", i)
		}
	}
	if pin := keycare.KeptPIN(b.w); !pin.Empty() {
		b.t.Error("the PIN is kept")
	}
}

// unlock types the PIN for what lies behind a row.
func (b *bench) unlock(row, page string) {
	b.t.Helper()
	b.tap(row)
	b.at("keycare_unlock")
	b.fill("keycare.unlock", "0815")
	b.tap("page.next")
	b.at(page)
}

// careKey can do everything.
func careKey(change ...func(*app.KeyInfo)) app.KeyInfo {
	k := app.KeyInfo{ID: "k1", Product: "Sample Key", Manufacturer: "Sample Makers", Ready: true, AAGUID: "a", Firmware: "5.4.3",
		PIN: app.PINSet, PINRetries: 8, MinPINLength: 4, Sensor: true, Fingers: true, UVRetries: 3, Manages: true, Room: 24}
	for _, f := range change {
		f(&k)
	}
	return k
}

func noPIN(k *app.KeyInfo) { k.PIN, k.PINRetries = app.PINUnset, 0 }
