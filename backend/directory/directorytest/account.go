package directorytest

import (
	"errors"
	"reflect"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func testFind(f fixture) {
	got, err := f.Find(f.t.Context(), "aNA@harbour.EXAMPLE")
	f.ok(err)
	if by := f.account(f.ana); !reflect.DeepEqual(got, by) {
		f.t.Errorf("found\n%+v by user ID, and by ID\n%+v", got, by)
	}
	want := port.DirectoryAccount{
		ID: f.ana, UserID: "Ana@harbour.example", Name: "Ana Reyes", Names: []string{"Ana", "Reyes"}, Mail: "ana@harbour.example",
		Groups: got.Groups, HasPassword: true, Threshold: got.Threshold, Stamp: got.Stamp,
		ShowsFailures: got.ShowsFailures, FailureWindow: got.FailureWindow, Cannot: f.cannot(),
	}
	if !reflect.DeepEqual(got, want) || !slices.Contains(got.Groups, "crew") || (got.Stamp == "") != f.lacks(NoStamp) {
		f.t.Errorf("found %+v", got)
	}
	for _, spelt := range f.Spellings("ana") {
		if got, err := f.Find(f.t.Context(), spelt); err != nil || got.ID != f.ana {
			f.t.Errorf("%q finds %+v, %v", spelt, got, err)
		}
	}
	for _, other := range []string{"", "an", "ana@", "ana@elsewhere.example", `ELSEWHERE\ana`, `\ana`, "Ana@harbour.example ", "*", "%", "an_@harbour.example", "Ana@harbour.example\x00", "Ana)(uid=*"} {
		if a, err := f.Find(f.t.Context(), other); !errors.Is(err, port.ErrNotFound) {
			f.t.Errorf("%q finds %+v, %v", other, a, err)
		}
	}
}

// testNobody: what a stranger could tell apart is the same for an account that there is not.
func testNobody(f fixture) {
	const nobody = "f3a1c0de-0000-4000-8000-000000000000"
	a, err := f.Find(f.t.Context(), "nobody@harbour.example")
	most := f.account(f.ana)
	want := port.DirectoryAccount{
		UserID: a.UserID, Threshold: most.Threshold, ShowsFailures: most.ShowsFailures, FailureWindow: most.FailureWindow, Cannot: most.Cannot,
	}
	if !errors.Is(err, port.ErrNotFound) || !reflect.DeepEqual(a, want) {
		f.t.Errorf("find: %+v, %v; want %+v", a, err, want)
	}
	for _, spelt := range f.Spellings("nobody") {
		if same, err := f.Find(f.t.Context(), spelt); !errors.Is(err, port.ErrNotFound) || same.UserID != a.UserID {
			f.t.Errorf("%q is %q, %v; want %q", spelt, same.UserID, err, a.UserID)
		}
	}
	if other, _ := f.Find(f.t.Context(), "nobody2@harbour.example"); other.UserID == a.UserID || a.UserID == "" {
		f.t.Errorf("two nobodies are %q", a.UserID)
	}
	if _, err := f.Account(f.t.Context(), nobody); !errors.Is(err, port.ErrNotFound) {
		f.t.Errorf("account: %v", err)
	}
	f.verify(nobody, right, port.ErrNotFound)
	var refusal *port.Refusal
	if err := f.set(nobody, second); err == nil || errors.As(err, &refusal) {
		f.t.Errorf("set: %v", err)
	}
	if err := f.Unlock(f.t.Context(), nobody); err == nil {
		f.t.Error("nobody was unlocked")
	}
}

func testAdministrators(f fixture) {
	greta := f.put(port.DirectoryAccount{ID: "greta", UserID: "greta@harbour.example", Admin: true}, right)
	f.put(port.DirectoryAccount{ID: "gone", UserID: "gone@harbour.example", Admin: true, Disabled: true}, right)
	all, err := f.Administrators(f.t.Context())
	f.ok(err)
	if len(all) != 1 || !reflect.DeepEqual(all[0], f.account(greta)) || !all[0].Admin {
		f.t.Errorf("administrators: %+v", all)
	}
}

func testDisabled(f fixture) {
	f.put(port.DirectoryAccount{ID: f.ana, UserID: "Ana@harbour.example", Disabled: true}, "")
	if !f.account(f.ana).Disabled {
		f.t.Error("the account is not disabled")
	}
	f.verify(f.ana, wrong, port.ErrPassword)
	f.verify(f.ana, right, f.toRight(port.ErrDisabled))
	_ = f.set(f.ana, second) // taken or refused: as the directory does
	if !f.account(f.ana).Disabled {
		f.t.Error("a new password lifted the disable")
	}
}

// toRight is what Verify says to the right password of an account that can't sign in.
func (f fixture) toRight(why error) error {
	f.t.Helper()
	if f.lacks(NoBlockedTold) {
		return port.ErrPassword
	}
	return why
}

func testExpired(f fixture) {
	f.put(port.DirectoryAccount{ID: f.ana, UserID: "Ana@harbour.example", Expired: true}, "")
	lacks := f.lacks(NoExpiry)
	if got := f.account(f.ana).Expired; got == lacks {
		f.t.Errorf("expired: %v", got)
	}
	if lacks {
		return
	}
	f.verify(f.ana, wrong, port.ErrPassword)
	f.verify(f.ana, right, f.toRight(port.ErrAccountExpired))
	_ = f.set(f.ana, second) // taken or refused: as the directory does
	f.ok(f.Unlock(f.t.Context(), f.ana))
	if !f.account(f.ana).Expired {
		f.t.Error("a new password or an unlock gave the account more time")
	}
}

func testProtected(f fixture) {
	f.put(port.DirectoryAccount{ID: f.ana, UserID: "Ana@harbour.example", Protected: true}, "")
	lacks := f.lacks(NoProtection)
	if got := f.account(f.ana).Protected; got == lacks {
		f.t.Errorf("protected: %v", got)
	}
	if lacks {
		return
	}
	f.refused(f.ana, second, "")
	f.verify(f.ana, right, nil)
}

func testMustChange(f fixture) {
	f.put(port.DirectoryAccount{ID: f.ana, UserID: "Ana@harbour.example", MustChange: true}, "")
	lacks := f.lacks(NoMustChange)
	if got := f.account(f.ana).MustChange; got == lacks {
		f.t.Errorf("must change: %v", got)
	}
	if lacks {
		return
	}
	f.verify(f.ana, wrong, port.ErrPassword)
	f.verify(f.ana, right, port.ErrMustChange)
	if !f.account(f.ana).MustChange {
		f.t.Error("asking ended it")
	}
	f.ok(f.set(f.ana, second))
	if f.account(f.ana).MustChange {
		f.t.Error("a new password has to be changed again")
	}
	f.verify(f.ana, second, nil)
}

// testAmbiguousMail: an address that two accounts have finds neither of them.
func testAmbiguousMail(f fixture) {
	const shared = "front.desk@harbour.example"
	ben := f.put(port.DirectoryAccount{ID: "ben", UserID: "ben@harbour.example", Mail: shared}, right)
	if got, err := f.Find(f.t.Context(), shared); err != nil || got.ID != ben {
		f.t.Errorf("an address of one: %+v, %v", got, err)
	}
	eve := f.put(port.DirectoryAccount{ID: "eve", UserID: "eve@harbour.example", Mail: shared}, second)
	if got, err := f.Find(f.t.Context(), shared); !errors.Is(err, port.ErrNotFound) {
		f.t.Errorf("an address of two: %+v, %v", got, err)
	}
	for userID, id := range map[string]app.AccountID{"ben@harbour.example": ben, "eve@harbour.example": eve} {
		if got, err := f.Find(f.t.Context(), userID); err != nil || got.ID != id {
			f.t.Errorf("%s: %+v, %v", userID, got, err)
		}
	}
}

// testNested: groups in groups are an account's too, also where they go in a circle.
func testNested(f fixture) {
	if f.lacks(NoNesting) {
		if f.Nest != nil {
			f.t.Error("it nests groups, and says that it doesn't")
		}
		return
	}
	f.ok(f.Nest(f.t.Context(), "crew", "staff"))
	f.ok(f.Nest(f.t.Context(), "staff", "everybody"))
	f.ok(f.Nest(f.t.Context(), "everybody", "crew"))
	groups := f.account(f.ana).Groups
	for _, name := range []string{"crew", "staff", "everybody"} {
		if !slices.Contains(groups, name) {
			f.t.Errorf("%s is not among %q", name, groups)
		}
	}
}

func testNeverHadOne(f fixture) {
	ines := f.put(port.DirectoryAccount{ID: "ines", UserID: "ines@harbour.example"}, "")
	before := f.account(ines)
	lacks, want := f.lacks(NoNeverTold), error(port.ErrNoPassword)
	if lacks {
		want = port.ErrPassword
	}
	if before.HasPassword != lacks {
		f.t.Errorf("who never had a password: %+v", before)
	}
	f.verify(ines, right, want)
	f.ok(f.set(ines, second))
	if after := f.account(ines); !after.HasPassword || !f.restamped(before, after) {
		f.t.Errorf("after the first password: %+v", after)
	}
	f.verify(ines, second, nil)
}

func testUnlock(f fixture) {
	if f.lacks(NoLock) {
		f.unsupported(f.Unlock(f.t.Context(), f.ana))
		return
	}
	f.ok(f.Unlock(f.t.Context(), f.ana)) // nothing was locked
	before := f.account(f.ana)
	f.lock(f.ana)
	f.verifyLocked(f.ana)
	for range 2 {
		f.ok(f.Unlock(f.t.Context(), f.ana))
		if after := f.account(f.ana); !reflect.DeepEqual(after, before) {
			f.t.Errorf("after the unlock:\n got %+v\nwant %+v", after, before)
		}
	}
	for range before.Threshold - 1 { // the count begins anew
		f.verify(f.ana, wrong, port.ErrPassword)
	}
	f.verify(f.ana, right, nil)
}

func testUnlockDisabled(f fixture) {
	if f.lacks(NoLock) {
		return
	}
	f.lock(f.ana)
	f.put(port.DirectoryAccount{ID: f.ana, UserID: "Ana@harbour.example", Disabled: true}, "")
	f.ok(f.Unlock(f.t.Context(), f.ana))
	if a := f.account(f.ana); !a.Disabled || !a.LockedUntil.IsZero() {
		f.t.Errorf("after the unlock: %+v", a)
	}
	f.verify(f.ana, right, f.toRight(port.ErrDisabled))
}
