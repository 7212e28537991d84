//go:build linux && cgo && !nofido

package usb_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// TestEachPluggingIsSeen, as a key of its own that gets ready, and each taking out.
func TestEachPluggingIsSeen(t *testing.T) {
	seen := usb.New().Watch(t.Context())
	if first := <-seen; len(first) != 0 {
		t.Fatalf("got %+v", first)
	}
	k := ctaptest.New(ctaptest.Options{})
	var before app.KeyID
	for range 3 {
		s := plug(t, k, 0)
		in := <-seen
		if len(in) != 1 || in[0].ID == before || in[0].Product != "Sample Key" {
			t.Fatalf("got %+v", in)
		}
		before = in[0].ID
		for !in[0].Ready {
			in = <-seen
		}
		out(t, s)
		for len(in) > 0 {
			in = <-seen
		}
	}
}

// TestPluggingIsSeenAtTheNextLook: one look finds a key, and one that it is gone, so that 300 ms hold two of them and as
// long again for the look itself. Where it takes a second look, the test waits for ever.
func TestPluggingIsSeenAtTheNextLook(t *testing.T) {
	if 2*usb.Look > 300*time.Millisecond {
		t.Errorf("a look every %v", usb.Look)
	}
	tick := make(chan time.Time)
	seen := usb.New().WatchBy(t.Context(), tick)
	if first := <-seen; len(first) != 0 {
		t.Fatalf("got %+v", first)
	}
	k := ctaptest.New(ctaptest.Options{})
	for range 3 {
		s := plug(t, k, 0)
		tick <- time.Time{}
		if in := <-seen; len(in) != 1 {
			t.Fatalf("in: got %+v", in)
		}
		out(t, s)
		tick <- time.Time{}
		if in := <-seen; len(in) != 0 {
			t.Fatalf("out: got %+v", in)
		}
	}
}

// TestAKeyThatTheSystemDoesNotKnowYet when it is first looked at is found later.
func TestAKeyThatTheSystemDoesNotKnowYet(t *testing.T) {
	tick := make(chan time.Time)
	seen := usb.New().WatchBy(t.Context(), tick)
	<-seen
	s := plug(t, ctaptest.New(ctaptest.Options{Undescribed: true}), 0)
	tick <- time.Time{}
	tick <- time.Time{} // the look before it is over
	if err := s.Describe(); err != nil {
		t.Fatal(err)
	}
	tick <- time.Time{}
	if in := <-seen; len(in) != 1 {
		t.Fatalf("got %+v", in)
	}
}

// TestWhatAKeySaysIsToldAtOnce, and not at the next look.
func TestWhatAKeySaysIsToldAtOnce(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{}), 0)
	seen := usb.New().WatchBy(t.Context(), nil) // which looks but once
	for in := <-seen; len(in) != 1 || !in[0].Ready; {
		in = <-seen
	}
}

// TestLooksGetRarerUntilSomethingChanges: a program that always watches costs nothing while nobody plugs anything in.
func TestLooksGetRarerUntilSomethingChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tick, changed := usb.Looks(t.Context())
		start := time.Now()
		often := func() time.Duration {
			first := <-tick
			return (<-tick).Sub(first)
		}
		if d := often(); d != usb.Look {
			t.Errorf("at first it looks every %v", d)
		}
		for time.Since(start) <= time.Minute {
			<-tick
		}
		if d := often(); d != time.Second {
			t.Errorf("when nothing has changed for a minute it looks every %v", d)
		}
		changed()
		if d := often(); d != usb.Look {
			t.Errorf("after a change it looks every %v", d)
		}
	})
}

func TestWatchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	seen := usb.New().Watch(ctx)
	cancel()
	for range seen { // until it is closed
	}
}

// forHours is a request's time that no test waits for: what ends such a request is something else.
func forHours(c *app.KeyCreate) { c.Timeout = 10 * time.Hour }

// TestUnpluggedWhileItWaits: taken out while it waits for a touch.
func TestUnpluggedWhileItWaits(t *testing.T) {
	s := newStage(t, 0)
	s.k.Touch(func(ctx context.Context) ctaptest.Outcome {
		go unplugAll(t)
		<-ctx.Done()
		return ctaptest.TimedOut
	})
	_, err := s.d.Run(t.Context(), create(forHours), with("0815"))
	wants(t, err, app.CodeKeyGone)
}

// slowly is a person who never answers.
type slowly struct {
	*person
	asked func()
}

func (s slowly) PIN(ctx context.Context, _ app.KeyState) (app.Secret, error) {
	s.asked()
	<-ctx.Done()
	return app.Secret{}, ctx.Err()
}

func TestUnpluggedAtThePIN(t *testing.T) {
	s := newStage(t, 0)
	_, err := s.d.Run(t.Context(), create(), slowly{with(), func() { unplugAll(t) }})
	wants(t, err, app.CodeKeyGone)
}

// TestCyclesLeaveNothingBehind: plugging in, using and taking out leaves no descriptor, goroutine or memory behind.
// SPAREKEY_CYCLES asks for more of them.
func TestCyclesLeaveNothingBehind(t *testing.T) {
	cycles := 40
	if n, err := strconv.Atoi(os.Getenv("SPAREKEY_CYCLES")); err == nil {
		cycles = n
	}
	d := usb.New()
	d.SetAhead(time.Minute, 0)
	seen := d.Watch(t.Context())
	k := ctaptest.New(ctaptest.Options{})
	b := must[*ctaptest.Bus](t)(bus())
	cycle := func() {
		s := must[*ctaptest.Socket](t)(b.Plug(k, 0)) // plug would keep them all for its cleaning up
		for keys := range seen {
			if len(keys) == 1 && keys[0].Ready {
				break
			}
		}
		d.ExpectNow()
		if _, err := d.Run(t.Context(), create(func(c *app.KeyCreate) { c.Discoverable = true }), with("0815")); err != nil {
			t.Fatal(err)
		}
		out(t, s)
		for keys := range seen {
			if len(keys) == 0 {
				break
			}
		}
	}
	for range 20 { // until the allocators have what they want
		cycle()
	}
	before := holdings(t)
	for range cycles {
		cycle()
	}
	now := holdings(t)
	t.Logf("%d cycles: %+v, before %+v", cycles, now, before)
	const (
		cSlack  = 16 << 10  // OpenSSL's random numbers: 3.6 KiB for each thread that came meanwhile
		goSlack = 256 << 10 // spans of Go's heap that hold little
		slack   = 2 << 20   // pages that the allocators hold on to
	)
	switch {
	case now.files > before.files:
		t.Error("descriptors are left")
	case now.routines > before.routines:
		t.Error("goroutines are left")
	case now.c > before.c+cSlack:
		t.Error("C's heap grows")
	case now.heap > before.heap+goSlack:
		t.Error("Go's heap grows")
	case now.resident > before.resident+slack:
		t.Error("the memory grows")
	}
}

// holding is what a process holds.
type holding struct {
	files, routines   int
	c, heap, resident int // bytes: in use on C's heap and on Go's, and in memory
}

// holdings counts after Go gave back what it does not use: what the first round frees goes with the second.
func holdings(t *testing.T) holding {
	t.Helper()
	debug.FreeOSMemory()
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return holding{
		files: descriptors(t), routines: runtime.NumGoroutine(), c: ctaptest.CHeap(), heap: int(m.HeapAlloc), resident: resident(t),
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	return len(must[[]os.DirEntry](t)(os.ReadDir("/proc/self/fd")))
}

// resident gives the memory in bytes.
func resident(t *testing.T) int {
	t.Helper()
	fields := strings.Fields(string(must[[]byte](t)(os.ReadFile("/proc/self/statm"))))
	return must[int](t)(strconv.Atoi(fields[1])) * os.Getpagesize()
}

const unprivileged = "SPAREKEY_TEST_UNPRIVILEGED"

// TestWithoutPermission starts itself again as nobody, to whom the node is closed.
func TestWithoutPermission(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // the test's own, above it
		t.Fatal(err)
	}
	var programs []string
	for _, name := range []string{"../../../build/virtualusb", os.Args[0]} {
		to := filepath.Join(dir, filepath.Base(name))
		if err := os.WriteFile(to, must[[]byte](t)(os.ReadFile(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		programs = append(programs, to)
	}
	cmd := exec.Command("umockdev-wrapper", append(programs, "-test.run=TestNobodyMayOpenIt", "-test.v")...)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), unprivileged+"=1", "UMOCKDEV_DIR=")
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if said, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(said), "--- PASS: TestNobodyMayOpenIt") {
		t.Errorf("%v\n%s", err, said)
	}
}

// TestNobodyMayOpenIt is the inside of TestWithoutPermission.
func TestNobodyMayOpenIt(t *testing.T) {
	if os.Getenv(unprivileged) == "" {
		return
	}
	s := plug(t, ctaptest.New(ctaptest.Options{}), 0)
	if err := s.Permit(0); err != nil {
		t.Fatal(err)
	}
	d := usb.New()
	_, err := d.Run(t.Context(), create(), with("0815"))
	wants(t, err, app.CodeKeyNoPermission)
	seen := d.Watch(t.Context())
	keys := <-seen
	for len(keys) != 1 || keys[0].Trouble == nil {
		keys = <-seen
	}
	e := wants(t, keys[0].Trouble, app.CodeKeyNoPermission)
	rule := `KERNEL=="hidraw*", SUBSYSTEM=="hidraw", ATTRS{idVendor}=="1209", ATTRS{idProduct}=="beee", TAG+="uaccess"`
	if e.Params["udev"] != rule || e.Params["file"] != "/etc/udev/rules.d/70-security-key.rules" {
		t.Errorf("got %+v", e.Params)
	}
	if keys[0].Product != "Sample Key" {
		t.Errorf("got %q", keys[0].Product)
	}
	if err := s.Permit(0o600); err != nil {
		t.Fatal(err)
	}
	for len(keys) != 1 || !keys[0].Ready || keys[0].Trouble != nil {
		keys = <-seen
	}
}
