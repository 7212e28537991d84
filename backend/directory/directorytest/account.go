package directorytest

import (
	"errors"
	"reflect"
	"slices"

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
		ShowsFailures: got.ShowsFailures, FailureWindow: got.FailureWindow,
	}
	if !reflect.DeepEqual(got, want) || !slices.Contains(got.Groups, "crew") || got.Stamp == "" {
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
	want := port.DirectoryAccount{UserID: a.UserID, Threshold: most.Threshold, ShowsFailures: most.ShowsFailures, FailureWindow: most.FailureWindow}
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
	f.verify(f.ana, right, port.ErrDisabled)
	_ = f.set(f.ana, second) // taken or refused: as the directory does
	if !f.account(f.ana).Disabled {
		f.t.Error("a new password lifted the disable")
	}
}

func testNeverHadOne(f fixture) {
	ines := f.put(port.DirectoryAccount{ID: "ines", UserID: "ines@harbour.example"}, "")
	before := f.account(ines)
	if before.HasPassword {
		f.t.Error("who never had a password has one")
	}
	f.verify(ines, right, port.ErrNoPassword)
	f.ok(f.set(ines, second))
	if after := f.account(ines); !after.HasPassword || after.Stamp == before.Stamp {
		f.t.Errorf("after the first password: %+v", after)
	}
	f.verify(ines, second, nil)
}

func testUnlock(f fixture) {
	f.ok(f.Unlock(f.t.Context(), f.ana)) // nothing was locked
	before := f.account(f.ana)
	f.lock(f.ana)
	f.verify(f.ana, right, port.ErrLocked)
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
	f.lock(f.ana)
	f.put(port.DirectoryAccount{ID: f.ana, UserID: "Ana@harbour.example", Disabled: true}, "")
	f.ok(f.Unlock(f.t.Context(), f.ana))
	if a := f.account(f.ana); !a.Disabled || !a.LockedUntil.IsZero() {
		f.t.Errorf("after the unlock: %+v", a)
	}
	f.verify(f.ana, right, port.ErrDisabled)
}
