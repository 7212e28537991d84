package directorytest

import (
	"context"
	"errors"
	"reflect"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func testVerify(f fixture) {
	before := f.account(f.ana)
	f.verify(f.ana, right, nil)
	for _, other := range []string{wrong, right + " ", " " + right, "correct-horse 7 battery", right[:len(right)-1]} {
		f.verify(f.ana, other, port.ErrPassword)
		f.verify(f.ana, right, nil) // so that failures don't add up
	}
	if after := f.account(f.ana); !reflect.DeepEqual(after, before) {
		f.t.Errorf("asking changed the account:\n got %+v\nwant %+v", after, before)
	}
}

// testEmptyPassword: an LDAP server takes a bind without a password for one of nobody's, and says yes (RFC 4513, 5.1.2).
func testEmptyPassword(f fixture) {
	ines := f.put(port.DirectoryAccount{ID: "ines", UserID: "ines@harbour.example"}, "")
	for range f.account(f.ana).Threshold + 1 {
		f.verify(f.ana, "", port.ErrPassword)
		f.verify(ines, "", port.ErrPassword)
	}
	f.verify(f.ana, right, nil) // nothing was asked, so nothing was counted
	var refusal *port.Refusal
	if err := f.set(f.ana, ""); !errors.As(err, &refusal) {
		f.t.Errorf("an empty password: %v, want a refusal", err)
	}
	f.verify(f.ana, right, nil)
}

// testFailures: a count that is shown is the one that locks.
func testFailures(f fixture) {
	lacks := f.lacks(NoFailures)
	if got := f.account(f.ana).ShowsFailures; got == lacks {
		f.t.Errorf("shows failures: %v", got)
	}
	if lacks {
		return
	}
	for n := range f.account(f.ana).Threshold - 1 {
		if a := f.account(f.ana); a.Failures != n || a.FailedAt.IsZero() != (n == 0) {
			f.t.Errorf("after %d failures it shows %d, the last one at %v", n, a.Failures, a.FailedAt)
		}
		f.verify(f.ana, wrong, port.ErrPassword)
	}
	f.verify(f.ana, right, nil)
	if a := f.account(f.ana); a.Failures != 0 {
		f.t.Errorf("after the right password it shows %d failures", a.Failures)
	}
	f.verify(f.ana, wrong, port.ErrPassword)
	f.ok(f.set(f.ana, second))
	if a := f.account(f.ana); a.Failures != 0 {
		f.t.Errorf("after a new password it shows %d failures", a.Failures)
	}
	f.verify(f.ana, wrong, port.ErrPassword)
	f.ok(f.Unlock(f.t.Context(), f.ana))
	if a := f.account(f.ana); a.Failures != 0 {
		f.t.Errorf("after an unlock it shows %d failures", a.Failures)
	}
}

func testLockout(f fixture) {
	if f.lacks(NoLock) {
		if a := f.account(f.ana); a.Threshold != 0 || !a.LockedUntil.IsZero() {
			f.t.Errorf("it shows a lock: %+v", a)
		}
		return
	}
	for range f.account(f.ana).Threshold - 1 {
		f.verify(f.ana, wrong, port.ErrPassword)
	}
	f.verify(f.ana, right, nil) // which starts the count anew
	f.lock(f.ana)
	f.verifyLocked(f.ana)
	toWrong := error(port.ErrLocked)
	if f.lacks(NoLockedToWrong) || f.lacks(NoLockedTold) {
		toWrong = port.ErrPassword
	}
	f.verify(f.ana, wrong, toWrong)
	ben := f.put(port.DirectoryAccount{ID: "ben", UserID: "ben@harbour.example"}, right)
	f.verify(ben, right, nil)
}

// verifyLocked fails unless the right password of a locked account is refused.
func (f fixture) verifyLocked(id app.AccountID) {
	f.t.Helper()
	if f.lacks(NoLock) {
		return
	}
	want := error(port.ErrLocked)
	if f.lacks(NoLockedTold) {
		want = port.ErrPassword
	}
	f.verify(id, right, want)
}

// restamped reports whether the stamps tell that a password was set.
func (f fixture) restamped(before, after port.DirectoryAccount) bool {
	f.t.Helper()
	if f.lacks(NoStamp) {
		return before.Stamp == "" && after.Stamp == ""
	}
	return after.Stamp != "" && after.Stamp != before.Stamp
}

func testSetPassword(f fixture) {
	f.lock(f.ana)
	before := f.account(f.ana)
	f.ok(f.set(f.ana, second))
	after := f.account(f.ana)
	if !after.LockedUntil.IsZero() || !f.restamped(before, after) || !after.HasPassword {
		f.t.Errorf("after a new password: %+v, before it %+v", after, before)
	}
	f.verify(f.ana, second, nil)
	f.replaced(f.ana, right)
	f.verify(f.ana, second, nil)
	if again := f.account(f.ana); again.Stamp != after.Stamp {
		f.t.Error("a stamp changes without a new password")
	}
}

func testRefusal(f fixture) {
	f.refused(f.ana, short, "length")
	f.verify(f.ana, right, nil)
	f.lock(f.ana)
	f.refused(f.ana, short, "length") // both or neither: the lock stays as well
	f.verifyLocked(f.ana)
}

func testElsewhere(f fixture) {
	f.put(port.DirectoryAccount{ID: f.ana, UserID: "Ana@harbour.example", Elsewhere: true}, "")
	lacks := f.lacks(NoElsewhere)
	if got := f.account(f.ana).Elsewhere; got == lacks {
		f.t.Errorf("managed elsewhere: %v", got)
	}
	if !lacks {
		f.refused(f.ana, second, "")
	}
}

func testHistory(f fixture) {
	n := f.rules(f.ana).History
	if n == 0 {
		return
	}
	if f.lacks(NoHistoryOnReset) {
		f.ok(f.set(f.ana, right))
		f.verify(f.ana, right, nil)
		return
	}
	f.refused(f.ana, right, "history")
	f.ok(f.set(f.ana, second))
	if n > 1 {
		f.refused(f.ana, right, "history")
	}
	f.verify(f.ana, second, nil)
}

// testDone: who does not wait any more gets an error that claims nothing, and nothing happens.
func testDone(f fixture) {
	f.lock(f.ana)
	before := f.account(f.ana)
	ctx, cancel := context.WithCancel(f.t.Context())
	cancel()
	found, findErr := f.Find(ctx, "Ana@harbour.example")
	held, accountErr := f.Account(ctx, f.ana)
	_, adminsErr := f.Administrators(ctx)
	_, rulesErr := f.Rules(ctx, f.ana)
	if found.ID != "" || held.ID != "" {
		f.t.Errorf("beside an error: %+v, %+v", found, held)
	}
	for name, err := range map[string]error{
		"find": findErr, "account": accountErr, "administrators": adminsErr, "rules": rulesErr,
		"verify": f.Verify(ctx, f.ana, app.NewSecret(right)), "set": f.SetPassword(ctx, f.ana, app.NewSecret(second)),
		"change": f.ChangePassword(ctx, f.ana, app.NewSecret(right), app.NewSecret(second)), "unlock": f.Unlock(ctx, f.ana),
	} {
		if err == nil {
			f.t.Errorf("%s: it claims to have answered", name)
		}
		var refusal *port.Refusal
		for _, word := range []error{port.ErrNotFound, port.ErrPassword, port.ErrLocked, port.ErrDisabled, port.ErrNoPassword, port.ErrAccountExpired, port.ErrMustChange} {
			if errors.Is(err, word) || errors.As(err, &refusal) {
				f.t.Errorf("%s: %v", name, err)
			}
		}
	}
	if after := f.account(f.ana); !reflect.DeepEqual(after, before) {
		f.t.Errorf("something happened:\n got %+v\nwant %+v", after, before)
	}
}
