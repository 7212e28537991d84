package backend_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// A server that dies leaves behind what it wrote; where the power fails, what was on the disk by then.

// fsyncs are the calls that return with their database on the disk: the store's, and the local directory's, whose Verify doesn't
// (TestGuessesWaitForNoDisk there).
var fsyncs = map[string]string{"commit": "store.db", "set password": "people.db", "change password": "people.db", "unlock": "people.db"}

// mortalWorld is one with all that it keeps in files, and the disk under them.
func mortalWorld(t *testing.T, f *faults, power bool) (*world, *disk) {
	w := newWorldOn(t, "people.db", local.Config{Threshold: 10, LockFor: time.Hour, Window: time.Hour}, everyContact)
	d := &disk{w: w, power: power, flushed: map[string][]byte{}}
	f.came = func(name string) {
		if database := fsyncs[name]; power && database != "" {
			d.flush(database)
		}
	}
	return w, d
}

// disk holds what of a world was flushed.
type disk struct {
	w       *world
	power   bool              // fails
	flushed map[string][]byte // by file
}

// flush has a database on the disk, with its log. Nobody but this process has the files open, which loses SQLite's locks by that.
func (d *disk) flush(database string) {
	d.w.t.Helper()
	for _, file := range []string{database, database + "-wal"} {
		content, err := os.ReadFile(filepath.Join(d.w.folder, file))
		d.w.ok(err)
		d.flushed[file] = content
	}
}

// revive has another server go on with what the one that died left behind.
func (d *disk) revive() {
	w := d.w
	w.t.Helper()
	w.config.Store = w.config.Store.(faultyStore).Store
	if d.power {
		folder := w.t.TempDir()
		for file, content := range d.flushed {
			w.ok(os.WriteFile(filepath.Join(folder, file), content, 0o600))
		}
		w.config.Store = w.openStore(filepath.Join(folder, "store.db"))
		w.dir.Directory = w.people(filepath.Join(folder, "people.db"))
	}
	w.config.Directory, w.config.Deliverer = w.dir, w.post
	w.restart()
	w.ok(w.StartWorker(w.t.Context()))
	w.ok(w.Close())
	w.restart()
}

// notices counts what people were told in the end, beside codes. What a server had on its way that died comes again, as the same one.
func (w *world) notices() int {
	w.t.Helper()
	w.messages()
	w.clock.pass(time.Minute) // its lease is over
	told := map[string]bool{}
	for _, m := range w.messages() {
		if m.Code == "" {
			told[m.ID] = true
		}
	}
	return len(told)
}

// TestAServerThatDiesAtEveryCall has the server killed, and the power fail, after each call by which a flow changes something, when
// nobody was answered yet: its person goes on with the same intent, the flow comes to its end, and what it claims has happened, once,
// and was told once.
func TestAServerThatDiesAtEveryCall(t *testing.T) {
	exhaustive(t)
	t.Parallel()
	changes := append(slices.Collect(maps.Keys(fsyncs)), "commit ahead", "verify")
	for _, flow := range faultFlows {
		none := &faults{at: -1}
		undisturbed := flow.drive(newWorld(t, everyContact))
		undisturbed.w.faulty(none)
		undisturbed.begin()
		undisturbed.goOn()
		calls := slices.Clone(none.calls)
		told := undisturbed.w.notices()
		if !slices.Contains(calls, "commit ahead") {
			t.Errorf("%s waits for every fsync: %v", flow.name, calls)
		}
		for at, call := range calls {
			if !slices.Contains(changes, call) {
				continue
			}
			for _, power := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s, call %d, the power fails %v", flow.name, call, at, power), func(t *testing.T) {
					f := &faults{at: at, after: true}
					w, disk := mortalWorld(t, f, power)
					d := flow.drive(w)
					d.revive, f.dies = disk.revive, d.die
					disk.flush("store.db")
					disk.flush("people.db")
					w.faulty(f)
					d.begin()
					d.goOn()
					if n := w.notices(); n != told {
						t.Errorf("%d notices went out, want %d", n, told)
					}
				})
			}
		}
	}
}

// TestThePowerFailsAfterTheAnswer: what was answered is found anew, told and entered once, and the sessions have ended.
func TestThePowerFailsAfterTheAnswer(t *testing.T) {
	f, ben := &faults{at: -1}, someone(trial.Registered)
	w, disk := mortalWorld(t, f, true)
	session := w.signIn(ben)
	k := w.toPassword(ben)
	w.faulty(f)
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
	if _, err := w.caller(session.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("done, and a session goes on: %v", err)
	}
	disk.revive()
	at[app.Done](k.again())
	if _, err := w.caller(session.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a session goes on: %v", err)
	}
	if n := w.audited("reset.write", "succeeded"); n != 1 || w.heard(app.MessagePasswordChanged, ben.Mail) != 1 {
		t.Errorf("%d entries, and %d messages", n, w.heard(app.MessagePasswordChanged, ben.Mail))
	}
	if w.signsIn(ben, ben.Password) || !w.signsIn(ben, newPassword) {
		t.Error("not just the new password is taken")
	}
}

// TestNoAnswerWaitsForManyFsyncs: for two at most, of the store and of a local directory; for three where a lock is lifted first.
func TestNoAnswerWaitsForManyFsyncs(t *testing.T) {
	var calls []string
	f := &faults{at: -1, came: func(call string) { calls = append(calls, call) }}
	waits := func(what string, most int, ask func()) {
		t.Helper()
		calls = nil
		ask()
		n := 0
		for _, call := range calls {
			if fsyncs[call] != "" {
				n++
			}
		}
		if n > most {
			t.Errorf("%s: %d fsyncs, want %d at most: %v", what, n, most, calls)
		}
	}
	for _, flow := range faultFlows {
		d := flow.drive(newWorld(t, everyContact))
		d.w.faulty(f)
		waits(flow.name, 1, d.begin)
		for !d.over() {
			in, most := d.answer(), 2
			if _, known := in.(app.GiveCurrentPassword); known && flow.state == trial.Locked {
				most = 3
			}
			waits(fmt.Sprintf("%s: %T", flow.name, in), most, func() { d.must(in) })
		}
	}
	w, ben := newWorld(t), someone(trial.Registered)
	w.faulty(f)
	reset, change := w.toPassword(ben), w.toChange(ben).must(typed(ben.Password))
	signIn := w.start(app.PurposeSignIn, app.Caller{})
	waits("a wrong password", 2, func() { signIn.refused(try(ben, "a guess"), app.CodeSignIn) })
	waits("a password from before", 2, func() { reset.refused(app.GivePassword{Password: secret(ben.Password)}, app.CodeDirectory) })
	w.setElsewhere(ben, "another-good-one-17-lamps")
	waits("one from before in a change", 2, func() { at[app.CurrentPassword](change.must(app.GivePassword{Password: secret(newPassword)})) })
}

// unflushed is a store whose disk takes its time once it is slow.
type unflushed struct {
	port.Store
	slow         atomic.Bool
	entered, let chan struct{}
	fails        error
}

func (s *unflushed) Flush() error {
	if s.slow.CompareAndSwap(true, false) {
		close(s.entered)
		<-s.let
	}
	return errors.Join(s.fails, s.Store.Flush())
}

// Threat: a message goes out, and a head of the audit trail is signed, of what a power failure takes back.
func TestNothingLeavesBeforeItIsDurable(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.toPassword(ben)
	w.ok(w.Deliver(t.Context()))
	came := make(chan string, 10)
	s := &unflushed{Store: w.config.Store, entered: make(chan struct{}), let: make(chan struct{})}
	w.config.Store, w.config.Deliverer = s, newArrivals(func(_ context.Context, m app.Message) error {
		came <- m.ID
		return nil
	})
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	s.slow.Store(true)
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)})) // the answer doesn't wait
	<-s.entered
	if n := len(came); n > 0 {
		t.Errorf("%d messages left before", n)
	}
	close(s.let)
	for range 2 {
		select {
		case <-came:
		case <-time.After(20 * time.Second):
			t.Fatal("two notices did not go out")
		}
	}
	w.ok(w.Close())

	heads := &headList{}
	s.fails, w.config.Heads = errors.New("the disk is full"), heads
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	w.ok(w.Close())
	if len(heads.seqs) > 0 {
		t.Errorf("heads are signed at %v, and nobody knows whether that is on the disk", heads.seqs)
	}
	s.fails = nil
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	w.ok(w.Close())
	if len(heads.seqs) == 0 {
		t.Error("no head is signed")
	}
}
