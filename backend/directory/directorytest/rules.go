package directorytest

import (
	"errors"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// testRules: what the directory wants is said before anybody types, and is what it then refuses by.
func testRules(f fixture) {
	r := f.rules(f.ana)
	want := 8
	if f.lacks(NoLength) {
		want = 0
	}
	if r.MinLength != want {
		f.t.Errorf("the least length is %d, want %d", r.MinLength, want)
	}
	if r.MaxLength < 0 || r.MaxLength > 0 && r.MaxLength < len(right) || r.MinClasses < 0 || r.MinClasses > 4 || r.History < 0 || r.OldFor < 0 {
		f.t.Errorf("the rules are %+v", r)
	}
	if r.ChangeFrom.After(f.now()) || r.ResetFrom.After(f.now()) {
		f.t.Errorf("without a minimum age: %+v", r)
	}
	if r.MinClasses > 1 {
		f.refused(f.ana, "onlylowercaseletters", "complexity")
	}
	if (r.OldFor > 0) != f.lacks(NoEndOfOld) {
		f.t.Errorf("the password before goes on for %v", r.OldFor)
	}
	if _, err := f.Rules(f.t.Context(), "f3a1c0de-0000-4000-8000-000000000000"); !errors.Is(err, port.ErrNotFound) {
		f.t.Errorf("the rules for nobody: %v", err)
	}
}

func testChange(f fixture) {
	if f.lacks(NoVerify) {
		f.unsupported(f.change(f.ana, right, second))
		f.verify(f.ana, right, nil)
		return
	}
	before := f.account(f.ana)
	f.ok(f.change(f.ana, right, second))
	if after := f.account(f.ana); !f.restamped(before, after) || after.MustChange {
		f.t.Errorf("after a change: %+v, before it %+v", after, before)
	}
	f.verify(f.ana, second, nil)
	f.replaced(f.ana, right)
	f.verify(f.ana, second, nil)
}

// testChangeRefused: a wrong present password may count as a failure; a refusal changes nothing.
func testChangeRefused(f fixture) {
	if f.lacks(NoVerify) {
		return
	}
	before := f.account(f.ana)
	for _, present := range []string{wrong, "", second} {
		if err := f.change(f.ana, present, second); !errors.Is(err, port.ErrPassword) {
			f.t.Errorf("with a wrong present password: %v", err)
		}
		f.verify(f.ana, right, nil) // so that failures don't add up
	}
	f.refusal(f.change(f.ana, right, short), "length")
	if f.rules(f.ana).History > 0 {
		f.refusal(f.change(f.ana, right, right), "history")
	}
	var refusal *port.Refusal
	if err := f.change("f3a1c0de-0000-4000-8000-000000000000", right, second); err == nil || errors.As(err, &refusal) {
		f.t.Errorf("nobody's: %v", err)
	}
	f.verify(f.ana, right, nil)
	if after := f.account(f.ana); after.Stamp != before.Stamp {
		f.t.Errorf("a refusal set a password: %+v, before it %+v", after, before)
	}
}

// testChangeLocked: who knows the password doesn't lift a lock by changing it.
func testChangeLocked(f fixture) {
	if f.lacks(NoLock) || f.lacks(NoVerify) {
		return
	}
	f.lock(f.ana)
	before := f.account(f.ana)
	if err := f.change(f.ana, right, second); err == nil {
		f.t.Error("a locked account's password was changed")
	}
	if after := f.account(f.ana); after.Stamp != before.Stamp || after.LockedUntil.IsZero() {
		f.t.Errorf("after the change: %+v, before it %+v", after, before)
	}
	f.ok(f.Unlock(f.t.Context(), f.ana))
	f.verify(f.ana, right, nil)
}

func testMinimumAge(f fixture) {
	if f.lacks(NoMinimumAge) {
		if f.MinimumAge != nil {
			f.t.Error("it has a minimum age, and says that it hasn't")
		}
		return
	}
	f.ok(f.MinimumAge(f.t.Context()))
	ben := f.put(port.DirectoryAccount{ID: "ben", UserID: "ben@harbour.example"}, right)
	r := f.rules(ben)
	if wait := r.ChangeFrom.Sub(f.now()); wait < 23*time.Hour || wait > 25*time.Hour {
		f.t.Errorf("a password that was just set may be changed in %v", wait)
	}
	f.refusal(f.change(ben, right, second), "age")
	f.verify(ben, right, nil)
	if r.ResetFrom.After(f.now()) {
		f.refused(ben, second, "age")
		return
	}
	f.ok(f.set(ben, second))
	f.verify(ben, second, nil)
}
