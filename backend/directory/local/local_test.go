package local_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
)

// clock stands still until it is told otherwise.
type clock struct{ micros atomic.Int64 }

func (c *clock) Now() time.Time          { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

// quick is argon2id that takes no time.
func quick() local.Hasher { return local.Argon2{Rand: rand.Reader, Memory: 8, Time: 1, Threads: 1} }

const right = "correct horse battery"

type fixture struct {
	*local.Directory
	clock *clock
	t     *testing.T
}

func open(t *testing.T, change func(*local.Config)) fixture {
	t.Helper()
	c := &clock{}
	c.micros.Store(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC).UnixMicro())
	config := local.Config{
		Clock: c, Hasher: quick(), Parallel: 2, Threshold: 3, LockFor: 10 * time.Minute, History: 3, MinLength: 8,
	}
	if change != nil {
		change(&config)
	}
	d, err := local.Open(t.Context(), local.InMemory, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	f := fixture{Directory: d, clock: c, t: t}
	f.put(local.Person{ID: "A1", UserID: "Ana@Harbour.example", Password: app.NewSecret(right)})
	return f
}

func (f fixture) put(p local.Person) {
	f.t.Helper()
	if err := f.Put(context.Background(), p); err != nil {
		f.t.Fatal(err)
	}
}

func (f fixture) verify(password string) error {
	return f.Verify(context.Background(), "A1", app.NewSecret(password))
}

func (f fixture) set(password string) error {
	return f.SetPassword(context.Background(), "A1", app.NewSecret(password))
}

func (f fixture) account() port.DirectoryAccount {
	f.t.Helper()
	a, err := f.Account(context.Background(), "A1")
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func (f fixture) want(what string, got, want error) {
	f.t.Helper()
	if !errors.Is(got, want) {
		f.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func (f fixture) refused(what string, err error, rule string) {
	f.t.Helper()
	var r *port.Refusal
	if !errors.As(err, &r) || r.Rule != rule {
		f.t.Errorf("%s: %v, want a refusal by %q", what, err, rule)
	}
}

func TestFind(t *testing.T) {
	f := open(t, nil)
	f.put(local.Person{
		ID: "A2", UserID: "bo@harbour.example", Name: "Bo Berg", Names: []string{"Bo", "Berg"}, Mail: "bo@harbour.example",
		Groups: []string{"staff", "crew"}, Admin: true, Disabled: true, Elsewhere: true,
		LockedUntil: f.clock.Now().Add(time.Hour),
	})
	got, err := f.Find(t.Context(), "BO@harbour.EXAMPLE")
	want := port.DirectoryAccount{
		ID: "A2", UserID: "bo@harbour.example", Name: "Bo Berg", Names: []string{"Bo", "Berg"}, Mail: "bo@harbour.example",
		Groups: []string{"staff", "crew"}, Admin: true, Disabled: true, Elsewhere: true,
		LockedUntil: f.clock.Now().Add(time.Hour), Threshold: 3, Stamp: "0", ShowsFailures: true,
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Find:\n got %+v, %v\nwant %+v", got, err, want)
	}
	if ana := f.account(); ana.UserID != "Ana@Harbour.example" || !ana.HasPassword {
		t.Errorf("Account = %+v", ana)
	}
	for _, userID := range []string{"", "bo", "bo@harbour.example ", "b_@harbour.example", "%", "bo@harbour.example\x00"} {
		_, err := f.Find(t.Context(), userID)
		f.want("find "+userID, err, port.ErrNotFound)
	}
	_, err = f.Account(t.Context(), "A9")
	f.want("unknown account", err, port.ErrNotFound)
}

func TestPut(t *testing.T) {
	f := open(t, nil)
	if err := f.Put(t.Context(), local.Person{ID: "A2", UserID: "ANA@harbour.example"}); err == nil {
		t.Error("two people share a user ID")
	}
	if err := f.Put(t.Context(), local.Person{UserID: "x"}); err == nil {
		t.Error("a person without an ID was taken")
	}
	stamp := f.account().Stamp
	f.put(local.Person{ID: "A1", UserID: "ana@new.example", Name: "Ana"})
	if a := f.account(); a.UserID != "ana@new.example" || a.Stamp != stamp {
		t.Errorf("replaced: %+v", a)
	}
	f.want("the password after a Put without one", f.verify(right), nil)
	f.put(local.Person{ID: "A1", UserID: "ana@new.example", Password: app.NewSecret("new")})
	f.want("the new password", f.verify("new"), nil)
	f.want("the old password", f.verify(right), port.ErrPassword)
}

func TestAdministrators(t *testing.T) {
	f := open(t, nil)
	f.put(local.Person{ID: "A2", UserID: "zoe", Admin: true})
	f.put(local.Person{ID: "A3", UserID: "Carl", Admin: true})
	f.put(local.Person{ID: "A4", UserID: "gone", Admin: true, Disabled: true})
	got, err := f.Administrators(t.Context())
	if err != nil || len(got) != 2 || got[0].ID != "A3" || got[1].ID != "A2" {
		t.Errorf("Administrators = %+v, %v", got, err)
	}
}

func TestVerifyErrors(t *testing.T) {
	f := open(t, nil)
	f.want("right", f.verify(right), nil)
	for _, wrong := range []string{"wrong", right + " ", "Correct horse battery", "correct horse batter\u00fd"} {
		f.want(wrong, f.verify(wrong), port.ErrPassword)
		f.want("right again", f.verify(right), nil)
	}
	f.want("unknown account", f.Verify(t.Context(), "A9", app.NewSecret(right)), port.ErrNotFound)
	f.put(local.Person{ID: "A2", UserID: "never"})
	f.want("never had one", f.Verify(t.Context(), "A2", app.NewSecret(right)), port.ErrNoPassword)
	f.put(local.Person{ID: "A3", UserID: "disabled", Disabled: true, Password: app.NewSecret(right)})
	f.want("disabled", f.Verify(t.Context(), "A3", app.NewSecret(right)), port.ErrDisabled)
	f.put(local.Person{ID: "A1", UserID: "ana", LockedUntil: f.clock.Now().Add(time.Second)})
	f.want("locked", f.verify(right), port.ErrLocked)
}

func TestLockout(t *testing.T) {
	f := open(t, nil)
	f.want("1", f.verify("wrong"), port.ErrPassword)
	f.want("2", f.verify("wrong"), port.ErrPassword)
	f.want("a success starts the count anew", f.verify(right), nil)
	for i := range 3 {
		f.want("wrong", f.verify("wrong"), port.ErrPassword)
		if i < 2 && !f.account().LockedUntil.IsZero() {
			t.Errorf("locked after %d failures", i+1)
		}
	}
	until := f.clock.Now().Add(10 * time.Minute)
	if got := f.account().LockedUntil; got != until {
		t.Errorf("LockedUntil = %v, want %v", got, until)
	}
	f.want("the right one while it is locked", f.verify(right), port.ErrLocked)
	f.clock.advance(10*time.Minute - time.Microsecond)
	f.want("the last instant", f.verify(right), port.ErrLocked)
	f.clock.advance(time.Microsecond)
	if got := f.account().LockedUntil; !got.IsZero() {
		t.Errorf("after the lock LockedUntil = %v", got)
	}
	f.want("a failure after the lock", f.verify("wrong"), port.ErrPassword)
	f.want("the right one after the lock", f.verify(right), nil)
}

func TestNoThresholdNoLock(t *testing.T) {
	f := open(t, func(c *local.Config) { c.Threshold = 0 })
	for range 20 {
		f.want("wrong", f.verify("wrong"), port.ErrPassword)
	}
	f.want("right", f.verify(right), nil)
}

func TestSetPassword(t *testing.T) {
	f := open(t, nil)
	for range 3 {
		_ = f.verify("wrong")
	}
	stamp := f.account().Stamp
	f.want("set while it is locked", f.set("a new password"), nil)
	a := f.account()
	if !a.LockedUntil.IsZero() || a.Stamp == stamp {
		t.Errorf("after SetPassword: locked until %v, stamp %q (was %q)", a.LockedUntil, a.Stamp, stamp)
	}
	f.want("new", f.verify("a new password"), nil)
	f.want("old", f.verify(right), port.ErrPassword)
	f.want("unknown account", f.SetPassword(t.Context(), "A9", app.NewSecret("a new password")), port.ErrNotFound)
	f.put(local.Person{ID: "A2", UserID: "never"})
	f.want("first password", f.SetPassword(t.Context(), "A2", app.NewSecret("first password")), nil)
	f.want("verify it", f.Verify(t.Context(), "A2", app.NewSecret("first password")), nil)
}

func TestRefusals(t *testing.T) {
	f := open(t, nil)
	for range 3 {
		_ = f.verify("wrong")
	}
	before := f.account()
	f.refused("short", f.set("1234567"), "length")
	f.refused("short in characters, long in bytes", f.set("ääääääü"), "length")
	f.refused("empty", f.set(""), "length")
	f.refused("the present one", f.set(right), "history")
	if got := f.account(); !reflect.DeepEqual(got, before) {
		t.Errorf("a refusal changed the account:\n got %+v\nwant %+v", got, before)
	}
	f.want("just long enough", f.set("ääääääüü"), nil)
	f.put(local.Person{ID: "A1", UserID: "ana", Elsewhere: true})
	f.refused("managed elsewhere", f.set("another password"), "")
	f.want("the password before", f.verify("ääääääüü"), nil)
}

func TestHistory(t *testing.T) {
	f := open(t, nil)
	if r, err := f.Rules(t.Context(), "A1"); err != nil || !reflect.DeepEqual(r, port.PasswordRules{MinLength: 8, History: 3}) {
		t.Errorf("Rules = %+v, %v", r, err)
	}
	f.want("second", f.set("password two"), nil)
	f.want("third", f.set("password three"), nil)
	for _, old := range []string{right, "password two", "password three"} {
		f.refused(old, f.set(old), "history")
	}
	f.want("fourth", f.set("password four"), nil)
	f.want("the first, three later", f.set(right), nil)
	f.refused("the third, two later", f.set("password three"), "history")
	none := open(t, func(c *local.Config) { c.History = 0 })
	none.want("the same again, where there is no history", none.set(right), nil)
}

// TestPasswordAsTyped: the directory hashes the bytes that were typed; composed and decomposed forms differ.
func TestPasswordAsTyped(t *testing.T) {
	f := open(t, nil)
	f.want("set", f.set("  p\u00e4ssword\x00tail "), nil)
	f.want("same bytes", f.verify("  p\u00e4ssword\x00tail "), nil)
	for _, other := range []string{"  pa\u0308ssword\x00tail ", "p\u00e4ssword\x00tail", "  p\u00e4ssword"} {
		f.want(fmt.Sprintf("%q", other), f.verify(other), port.ErrPassword)
		f.want("same bytes again", f.verify("  p\u00e4ssword\x00tail "), nil)
	}
}

func TestReopenKeepsPeopleAndLocks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a folder?with#odd names", "people.db")
	c := &clock{}
	config := local.Config{Clock: c, Hasher: quick(), Parallel: 1, Threshold: 1, LockFor: time.Hour}
	for _, want := range []error{nil, port.ErrLocked} {
		d, err := local.Open(t.Context(), path, config)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			if err := d.Put(t.Context(), local.Person{ID: "A1", UserID: "ana", Password: app.NewSecret(right)}); err != nil {
				t.Fatal(err)
			}
		}
		if got := d.Verify(t.Context(), "A1", app.NewSecret(right)); !errors.Is(got, want) {
			t.Errorf("Verify = %v, want %v", got, want)
		}
		_ = d.Verify(t.Context(), "A1", app.NewSecret("wrong")) // locks
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBadConfigIsRefused(t *testing.T) {
	if _, err := local.Open(t.Context(), local.InMemory, local.Config{Clock: &clock{}, Hasher: quick()}); err == nil {
		t.Error("opened with no hash at a time: every Verify would wait for ever")
	}
}

// TestSetPasswordsAtOnce: each is judged by the history as it is when it is set, not as it was when it was hashed.
func TestSetPasswordsAtOnce(t *testing.T) {
	f := open(t, func(c *local.Config) { c.History, c.Parallel = 20, 8 })
	var taken, refused atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			var refusal *port.Refusal
			switch err := f.set("the same password"); {
			case err == nil:
				taken.Add(1)
			case errors.As(err, &refusal) && refusal.Rule == "history":
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if taken.Load() != 1 || refused.Load() != 7 {
		t.Errorf("taken %d times and refused %d times, want 1 and 7", taken.Load(), refused.Load())
	}
	if got := f.account().Stamp; got != "2" {
		t.Errorf("stamp = %s after two passwords", got)
	}
}

func TestUnlockLiftsTheLockAndNothingElse(t *testing.T) {
	f := open(t, nil)
	before := f.account().Stamp
	for range 3 {
		f.want("a guess", f.verify("not this one"), port.ErrPassword)
	}
	f.want("locked", f.verify(right), port.ErrLocked)
	f.want("unlock", f.Unlock(t.Context(), "A1"), nil)
	if a := f.account(); a.Stamp != before || !a.LockedUntil.IsZero() {
		t.Errorf("after the unlock: %+v", a)
	}
	for range 2 {
		f.want("the count begins anew", f.verify("not this one"), port.ErrPassword)
	}
	f.want("unlocked", f.verify(right), nil)
	f.want("nothing to unlock", f.Unlock(t.Context(), "A1"), nil)
	f.want("nobody", f.Unlock(t.Context(), "A9"), port.ErrNotFound)
	f.put(local.Person{ID: "A1", UserID: "ana@harbour.example", Disabled: true})
	f.want("disabled by an administrator", f.Unlock(t.Context(), "A1"), nil)
	f.want("still disabled", f.verify(right), port.ErrDisabled)
}

func TestFailuresAreForgottenAfterAWhile(t *testing.T) {
	f := open(t, func(c *local.Config) { c.Window = time.Hour })
	for round := range 3 {
		for range 2 { // it locks at three
			if err := f.Verify(t.Context(), f.account().ID, app.NewSecret("not this one")); !errors.Is(err, port.ErrPassword) {
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if a := f.account(); a.Failures != 2 || !a.FailedAt.Equal(f.clock.Now()) || a.FailureWindow != time.Hour {
			t.Errorf("round %d: %+v", round, a)
		}
		f.clock.advance(time.Hour)
		if a := f.account(); a.Failures != 0 || !a.LockedUntil.IsZero() {
			t.Errorf("an hour later: %+v", a)
		}
	}
}

// TestAClosedDirectorySaysSo: those who ask while it is closed are answered, or told.
func TestAClosedDirectorySaysSo(t *testing.T) {
	f := open(t, nil)
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for {
				if _, err := f.Find(t.Context(), "ana@harbour.example"); err != nil {
					if app.CodeOf(err) != app.CodeUnavailable {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	for range 2 {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	asking.Wait()
}
