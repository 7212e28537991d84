package local_test

import (
	"reflect"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
)

func (f fixture) enter(all ...port.DirectoryAccount) error { return f.Enter(f.t.Context(), all) }

func TestEnterIsAllOrNothing(t *testing.T) {
	f := open(t, nil)
	if err := f.enter(port.DirectoryAccount{ID: "A2", UserID: "bo"}, port.DirectoryAccount{ID: "A3", UserID: "ANA@harbour.example"}); err == nil {
		t.Error("two people share a user ID")
	}
	if all, err := f.People(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("afterwards: %+v, %v", all, err)
	}
}

// TestEnterLeavesWhatIsThePersonsOwn: the password, the lock, the count of failures, and that they are disabled.
func TestEnterLeavesWhatIsThePersonsOwn(t *testing.T) {
	f := open(t, nil)
	for range 3 {
		_ = f.verify("wrong")
	}
	f.want("disable", f.Disable(t.Context(), "A1", true), nil)
	want := f.account()
	want.UserID, want.Name, want.Names, want.Mail, want.Groups, want.Admin = "ana@new.example", "Ana Reyes", []string{"Ana", "Reyes"}, "a@new.example", []string{"crew"}, true
	f.want("enter", f.enter(port.DirectoryAccount{
		ID: "A1", UserID: want.UserID, Name: want.Name, Names: want.Names, Mail: want.Mail, Groups: want.Groups, Admin: true,
	}, port.DirectoryAccount{ID: "A2", UserID: "bo"}), nil)
	if got := f.account(); got.LockedUntil.IsZero() || !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
	if all, err := f.People(t.Context()); err != nil || len(all) != 2 || all[1].HasPassword || all[1].Disabled || all[1].UserID != "bo" {
		t.Errorf("all: %+v, %v", all, err)
	}
}

func TestDisableAndEnable(t *testing.T) {
	f := open(t, nil)
	f.want("disable", f.Disable(t.Context(), "A1", true), nil)
	f.want("the right password", f.verify(right), port.ErrDisabled)
	f.want("enable", f.Disable(t.Context(), "A1", false), nil)
	f.want("the right password", f.verify(right), nil)
	f.want("nobody", f.Disable(t.Context(), "A9", true), port.ErrNotFound)
}

// TestRemoveTakesThePasswordsAlong, old ones too: who gets the name has none of them.
func TestRemoveTakesThePasswordsAlong(t *testing.T) {
	f := open(t, nil)
	f.want("another password", f.set("a new password"), nil)
	f.want("remove", f.Remove(t.Context(), "A1"), nil)
	f.want("again", f.Remove(t.Context(), "A1"), port.ErrNotFound)
	f.put(local.Person{ID: "A1", UserID: "Ana@harbour.example"})
	f.want("without a password", f.verify("a new password"), port.ErrNoPassword)
	for _, old := range []app.Secret{app.NewSecret(right), app.NewSecret("a new password")} {
		f.want("one that the person before had", f.SetPassword(t.Context(), "A1", old), nil)
		f.want("remove", f.Remove(t.Context(), "A1"), nil)
		f.put(local.Person{ID: "A1", UserID: "ana"})
	}
}
