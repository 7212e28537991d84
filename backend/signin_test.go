package backend_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

func try(p trial.Person, password string) app.SignIn {
	return app.SignIn{UserID: p.UserID, Password: secret(password)}
}

// highThreshold lets our own lock be the first to act.
func highThreshold(p *policy.Policy) { p.SignIn.BelowDirectory = -100 }

func TestSignIn(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	k := w.start(app.PurposeSignIn, app.Caller{})
	wrong := k.refused(try(ana, "something else"), app.CodeSignIn)
	unknown := k.refused(app.SignIn{UserID: "nobody@harbour.example", Password: secret("x")}, app.CodeSignIn)
	if wrong.Field != unknown.Field || !wrong.RetryAt.Equal(unknown.RetryAt) || len(unknown.Params) != len(wrong.Params) {
		t.Errorf("a wrong password is told from an unknown name: %+v, %+v", wrong, unknown)
	}
	if got := at[app.EnterSignIn](k); got.UserID != "nobody@harbour.example" {
		t.Errorf("what was typed is gone: %q", got.UserID)
	}
	if got := at[app.SignedIn](k.must(try(ana, ana.Password))); got.Name != ana.Name || got.Registered {
		t.Errorf("signed in: %+v", got)
	}
	never := someone(trial.Never)
	w.start(app.PurposeSignIn, app.Caller{}).refused(try(never, "guess"), app.CodeSignIn)
	w.start(app.PurposeSignIn, app.Caller{}).refused(try(someone(trial.Locked), "guess"), app.CodeLocked)
}

// TestALockThatStaysHasNoEnd: who has to be unlocked is not told to come back at the end of time.
func TestALockThatStaysHasNoEnd(t *testing.T) {
	w := newWorld(t)
	locked := someone(trial.Locked)
	refused := w.start(app.PurposeSignIn, app.Caller{}).refused(try(locked, "guess"), app.CodeLocked)
	if refused.RetryAt.IsZero() {
		t.Error("a lock that ends is told without its end")
	}
	w.becomes(locked, func(a *port.DirectoryAccount) { a.LockedUntil = port.LockedForGood })
	if refused := w.start(app.PurposeSignIn, app.Caller{}).refused(try(locked, "guess 2"), app.CodeLocked); !refused.RetryAt.IsZero() {
		t.Errorf("it opens at %v", refused.RetryAt)
	}
}

func TestMalformedUserIDs(t *testing.T) {
	w := newWorld(t)
	for _, typed := range []string{"", "   ", "a\x00b", "line\nbreak", strings.Repeat("é", 321), "bad \xff bytes"} {
		for _, c := range []struct {
			purpose app.Purpose
			in      app.Input
		}{
			{app.PurposeSignIn, app.SignIn{UserID: typed, Password: secret("x")}},
			{app.PurposeReset, app.GiveUserID{UserID: typed}},
		} {
			if got := w.start(c.purpose, app.Caller{}).refused(c.in, app.CodeBadUserID); got.Field != "user_id" {
				t.Errorf("%q: field %q", typed, got.Field)
			}
		}
	}
	longest := strings.Repeat("é", 320)
	w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: longest})
}

func TestTenFailuresPauseSigningIn(t *testing.T) {
	w, ana := newWorld(t, highThreshold), someone(trial.Ready)
	account, err := w.dir.Account(t.Context(), ana.ID)
	w.ok(err)
	k := w.start(app.PurposeSignIn, app.Caller{})
	for i := range 10 {
		k.refused(try(ana, fmt.Sprint("guess ", i)), app.CodeSignIn)
		w.ok(w.dir.Put(t.Context(), account, app.Secret{})) // the directory itself forgets
	}
	for _, pause := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		open := w.clock.Now().Add(pause)
		w.restart()
		k = w.start(app.PurposeSignIn, app.Caller{})
		if got := k.refused(try(ana, ana.Password), app.CodeThrottled); !got.RetryAt.Equal(open) {
			t.Fatalf("after ten failures the next try is at %v, want %v", got.RetryAt, open)
		}
		w.clock.pass(pause - time.Second)
		k.refused(try(ana, ana.Password), app.CodeThrottled)
		w.clock.pass(time.Second)
		k.refused(try(ana, fmt.Sprint("guess after ", pause)), app.CodeSignIn)
		w.ok(w.dir.Put(t.Context(), account, app.Secret{}))
	}
	w.clock.pass(8 * time.Minute)
	k = w.start(app.PurposeSignIn, app.Caller{})
	k.must(try(ana, ana.Password))
	w.start(app.PurposeSignIn, app.Caller{}).refused(try(ana, "one more"), app.CodeSignIn)
}

func TestNobodyLocksTheDirectoryThroughUs(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	for i := range 8 { // its threshold is ten
		w.start(app.PurposeSignIn, app.Caller{}).refused(try(ana, fmt.Sprint("guess ", i)), app.CodeSignIn)
	}
	got := w.start(app.PurposeSignIn, app.Caller{}).refused(try(ana, "guess 9"), app.CodeGuessesStopped)
	if open := w.clock.Now().Add(time.Hour); !got.RetryAt.Equal(open) {
		t.Errorf("two below the threshold the next try is at %v, want %v", got.RetryAt, open)
	}
	account, err := w.dir.Account(t.Context(), ana.ID)
	w.ok(err)
	if !account.LockedUntil.IsZero() || w.dir.verify != 8 {
		t.Errorf("the directory was asked %d times and locked until %v", w.dir.verify, account.LockedUntil)
	}
}

func TestTheSameWrongPasswordCountsOnce(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	for range 20 {
		w.start(app.PurposeSignIn, app.Caller{}).refused(try(ana, "an old password"), app.CodeSignIn)
	}
	if w.dir.verify != 1 {
		t.Errorf("the directory was asked %d times about one password", w.dir.verify)
	}
	w.clock.pass(10 * time.Minute)
	w.start(app.PurposeSignIn, app.Caller{}).refused(try(ana, "an old password"), app.CodeSignIn)
	if w.dir.verify != 2 {
		t.Error("a wrong password is remembered for longer than some minutes")
	}
	account, err := w.dir.Account(t.Context(), ana.ID)
	w.ok(err)
	w.ok(w.dir.Put(t.Context(), account, secret("an old password")))
	if !w.signsIn(ana, "an old password") {
		t.Error("a password that became right is still taken for wrong")
	}
}

func TestGuessesAtOnceAreCountedOneByOne(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	talks := make([]*talk, 100)
	for i := range talks {
		talks[i] = w.start(app.PurposeSignIn, app.Caller{})
	}
	var n atomic.Int32
	results := together(talks, func(k *talk) error {
		in := try(ana, fmt.Sprint("guess ", n.Add(1)))
		_, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev, "same-key-for-each-of-them", in)
		return err
	})
	if results[app.CodeSignIn] != 8 || results[app.CodeGuessesStopped] != 92 || w.dir.verify != 8 {
		t.Errorf("100 guesses at once: %v, the directory was asked %d times", results, w.dir.verify)
	}
}

func TestANetworkAddressIsThrottled(t *testing.T) {
	w := newWorld(t)
	from := app.Origin{Network: "192.0.2.7"}
	submit := func(i int) error {
		k := w.start(app.PurposeSignIn, app.Caller{})
		ctx := app.WithCaller(t.Context(), app.Caller{Role: app.RoleFlow, Flow: k.flow.ID, Origin: from})
		_, err := w.Submit(ctx, k.flow.ID, 0, w.key(), app.SignIn{UserID: fmt.Sprint("user", i), Password: secret("x")})
		return err
	}
	for i := range 60 {
		if err := submit(i); app.CodeOf(err) != app.CodeSignIn {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	err := submit(60)
	if app.CodeOf(err) != app.CodeThrottled || !err.(*app.Error).RetryAt.Equal(w.clock.Now().Add(2*time.Second)) {
		t.Errorf("the 61st try from one address: %v", err)
	}
	w.clock.pass(2 * time.Second)
	if err := submit(61); app.CodeOf(err) != app.CodeSignIn {
		t.Errorf("two seconds later: %v", err)
	}
}

// Threat: whose password is not asked about is probed without end, by passwords that need no asking.
func TestANetworkAddressIsThrottledWhateverThePassword(t *testing.T) {
	for name, password := range map[string]string{"none": "", "too long": strings.Repeat("x", 5000)} {
		t.Run(name, func(t *testing.T) {
			w, codes := newWorld(t), map[app.Code]int{}
			for i := range 70 {
				k := w.start(app.PurposeSignIn, app.Caller{})
				ctx := app.WithCaller(t.Context(), w.from("192.0.2.7", k.flow.ID))
				_, err := w.Submit(ctx, k.flow.ID, 0, w.key(), app.SignIn{UserID: fmt.Sprint("user", i), Password: secret(password)})
				codes[app.CodeOf(err)]++
			}
			if codes[app.CodeSignIn] != 60 || codes[app.CodeThrottled] != 10 {
				t.Errorf("70 tries from one address: %v, want 60 answers", codes)
			}
		})
	}
}

func TestADirectoryThatIsAwayCountsNothing(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	k := w.start(app.PurposeSignIn, app.Caller{})
	w.dir.down = errTimeout
	key := w.key()
	if _, err := w.Submit(k.ctx, k.flow.ID, 0, key, try(ana, ana.Password)); app.CodeOf(err) != app.CodeUnavailable {
		t.Fatalf("without a directory: %v", err)
	}
	w.dir.down = nil
	flow, err := w.Submit(k.ctx, k.flow.ID, 0, key, try(ana, ana.Password))
	if _, in := flow.Now.(app.SignedIn); err != nil || !in {
		t.Errorf("the same try again: %v at %T", err, flow.Now)
	}
}
