// Package directorytest is the contract of a port.Directory as tests: whatever keeps the accounts, it passes these.
package directorytest

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Subject is a directory under test. It locks after a few failures, and refuses passwords of fewer than 8 characters.
type Subject struct {
	port.Directory
	// Put makes an account, or replaces the one with its ID, and gives the ID that it has. What the account says of
	// passwords and stamps is left out; an empty password leaves the present one, or none.
	Put func(ctx context.Context, a port.DirectoryAccount, password app.Secret) (app.AccountID, error)
	// Spellings are the ways to write name@harbour.example that the directory takes for the same, beside that one: the name
	// alone, behind the domain's (DOMAIN\name), in another case.
	Spellings func(name string) []string
}

// Run runs the contract. open gives an empty directory each time, and closes it when the test ends.
func Run(t *testing.T, open func(t *testing.T) Subject) {
	for _, c := range []struct {
		name string
		test func(f fixture)
	}{
		{"find", testFind},
		{"nobody", testNobody},
		{"administrators", testAdministrators},
		{"verify", testVerify},
		{"an empty password", testEmptyPassword},
		{"who never had a password", testNeverHadOne},
		{"disabled", testDisabled},
		{"lockout", testLockout},
		{"the count of failures", testFailures},
		{"set a password", testSetPassword},
		{"a refusal changes nothing", testRefusal},
		{"managed elsewhere", testElsewhere},
		{"unlock", testUnlock},
		{"unlock leaves a disable", testUnlockDisabled},
		{"history", testHistory},
		{"a context that is done", testDone},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := fixture{Subject: open(t), t: t}
			f.ana = f.put(port.DirectoryAccount{
				ID: "ana", UserID: "Ana@harbour.example", Name: "Ana Reyes", Names: []string{"Ana", "Reyes"},
				Mail: "ana@harbour.example", Groups: []string{"crew"},
			}, right)
			c.test(f)
		})
	}
}

// Passwords that every rule of complexity takes.
const (
	right  = "Correct-horse 7 battery"
	second = "Lantern-tide 41 copper"
	wrong  = "Not-this-one 99"
)

type fixture struct {
	Subject
	t   *testing.T
	ana app.AccountID // has the password right
}

func (f fixture) put(a port.DirectoryAccount, password string) app.AccountID {
	f.t.Helper()
	id, err := f.Put(f.t.Context(), a, app.NewSecret(password))
	if err != nil {
		f.t.Fatal(err)
	}
	return id
}

func (f fixture) account(id app.AccountID) port.DirectoryAccount {
	f.t.Helper()
	a, err := f.Account(f.t.Context(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

// verify fails unless the password is judged like this. No error may hold a password.
func (f fixture) verify(id app.AccountID, password string, want error) {
	f.t.Helper()
	err := f.Verify(f.t.Context(), id, app.NewSecret(password))
	if !errors.Is(err, want) {
		f.t.Errorf("verify: %v, want %v", err, want)
	}
	f.silent(err, password)
}

func (f fixture) set(id app.AccountID, password string) error {
	f.t.Helper()
	err := f.SetPassword(f.t.Context(), id, app.NewSecret(password))
	f.silent(err, password)
	return err
}

func (f fixture) silent(err error, password string) {
	f.t.Helper()
	if err != nil && password != "" && strings.Contains(err.Error(), password) {
		f.t.Errorf("an error holds the password: %v", err)
	}
}

// refused fails unless the password is refused, and nothing but the refusal came of it.
func (f fixture) refused(id app.AccountID, password string) {
	f.t.Helper()
	before := f.account(id)
	var refusal *port.Refusal
	if err := f.set(id, password); !errors.As(err, &refusal) {
		f.t.Errorf("set: %v, want a refusal", err)
	}
	if after := f.account(id); !reflect.DeepEqual(after, before) {
		f.t.Errorf("a refusal changed the account:\n got %+v\nwant %+v", after, before)
	}
}

func (f fixture) ok(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// lock guesses until the account is locked.
func (f fixture) lock(id app.AccountID) {
	f.t.Helper()
	threshold := f.account(id).Threshold
	if threshold < 2 {
		f.t.Fatalf("the directory under test locks after %d failures", threshold)
	}
	for range threshold {
		f.verify(id, wrong, port.ErrPassword)
	}
	if f.account(id).LockedUntil.IsZero() {
		f.t.Fatalf("not locked after %d failures", threshold)
	}
}
