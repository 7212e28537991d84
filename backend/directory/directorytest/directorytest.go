// Package directorytest is the contract of a port.Directory as tests: whatever keeps the accounts, it passes these.
package directorytest

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Subject is a directory under test. It locks after a few failures, refuses passwords of fewer than 8 characters, and has no
// minimum age of passwords until it is given one.
type Subject struct {
	port.Directory
	// Lacks is what the directory can't do: the tests of that assert that it really can't.
	Lacks []Lack
	// Put makes an account, or replaces the one with its ID, and gives the ID that it has. What the account says of stamps,
	// failures and locks is left out, and so are states that the directory lacks; an empty password leaves the present one, or
	// none.
	Put func(ctx context.Context, a port.DirectoryAccount, password app.Secret) (app.AccountID, error)
	// Spellings are the ways to write name@harbour.example that the directory takes for the same, beside that one: the name
	// alone, behind the domain's (DOMAIN\name), in another case.
	Spellings func(name string) []string
	// Nest makes a group a member of another; nil with NoNesting.
	Nest func(ctx context.Context, member, group string) error
	// MinimumAge sets a minimum age of a day for passwords that are set from then on; nil with NoMinimumAge.
	MinimumAge func(ctx context.Context) error
	// Holds says whether an account has a password, by the directory itself; nil but with NoVerify.
	Holds func(id app.AccountID, password app.Secret) bool
	// Now is the directory's clock; nil for the system's.
	Now func() time.Time
}

// Run runs the contract. open gives an empty directory each time, and closes it when the test ends.
func Run(t *testing.T, open func(t *testing.T) Subject) {
	contract := []struct {
		name string
		test func(f fixture)
	}{
		{"find", testFind},
		{"a mail address of two", testAmbiguousMail},
		{"nested groups", testNested},
		{"nobody", testNobody},
		{"administrators", testAdministrators},
		{"verify", testVerify},
		{"an empty password", testEmptyPassword},
		{"who never had a password", testNeverHadOne},
		{"disabled", testDisabled},
		{"expired", testExpired},
		{"protected", testProtected},
		{"must change", testMustChange},
		{"lockout", testLockout},
		{"the count of failures", testFailures},
		{"set a password", testSetPassword},
		{"a refusal changes nothing", testRefusal},
		{"managed elsewhere", testElsewhere},
		{"unlock", testUnlock},
		{"unlock leaves a disable", testUnlockDisabled},
		{"rules", testRules},
		{"history", testHistory},
		{"a change by the person", testChange},
		{"a change that is refused", testChangeRefused},
		{"a change of a locked account's", testChangeLocked},
		{"the minimum age", testMinimumAge},
		{"a context that is done", testDone},
	}
	asked := make(map[Lack]bool)
	var declared []Lack
	ran := 0
	for _, c := range contract {
		t.Run(c.name, func(t *testing.T) {
			ran++
			f := fixture{Subject: open(t), t: t, asked: asked}
			declared = f.Lacks
			f.ana = f.put(port.DirectoryAccount{
				ID: "ana", UserID: "Ana@harbour.example", Name: "Ana Reyes", Names: []string{"Ana", "Reyes"},
				Mail: "ana@harbour.example", Groups: []string{"crew"},
			}, right)
			c.test(f)
		})
	}
	if ran == len(contract) {
		checkLacks(t, declared, asked)
	}
}

// Passwords that every rule of complexity takes.
const (
	right  = "Correct-horse 7 battery"
	second = "Lantern-tide 41 copper"
	wrong  = "Not-this-one 99"
	short  = "Sh0rt-x" // too short, and nothing else
)

type fixture struct {
	Subject
	t     *testing.T
	ana   app.AccountID // has the password right
	asked map[Lack]bool // by the tests so far
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
	if password != "" && f.lacks(NoVerify) {
		f.unverified(id, password, want)
		return
	}
	err := f.Verify(f.t.Context(), id, app.NewSecret(password))
	if !errors.Is(err, want) {
		f.t.Errorf("verify: %v, want %v", err, want)
	}
	f.silent(err, password)
}

// unverified fails unless a directory that verifies no password says so, and has the password where verifying would say that.
func (f fixture) unverified(id app.AccountID, password string, want error) {
	f.t.Helper()
	err := f.Verify(f.t.Context(), id, app.NewSecret(password))
	f.unsupported(err)
	f.silent(err, password)
	wrong := errors.Is(want, port.ErrPassword)
	if (want == nil || wrong) && f.Holds(id, app.NewSecret(password)) == wrong {
		f.t.Errorf("verify: the directory has that password: %v, want %v", wrong, want)
	}
}

// unsupported fails unless an answer is that the directory can't do it.
func (f fixture) unsupported(err error) {
	f.t.Helper()
	if !errors.Is(err, port.ErrUnsupported) {
		f.t.Errorf("what it lacks is answered with %v", err)
	}
}

func (f fixture) set(id app.AccountID, password string) error {
	f.t.Helper()
	err := f.SetPassword(f.t.Context(), id, app.NewSecret(password))
	f.silent(err, password)
	return err
}

func (f fixture) change(id app.AccountID, present, password string) error {
	f.t.Helper()
	err := f.ChangePassword(f.t.Context(), id, app.NewSecret(present), app.NewSecret(password))
	f.silent(err, present)
	f.silent(err, password)
	return err
}

func (f fixture) rules(id app.AccountID) port.PasswordRules {
	f.t.Helper()
	r, err := f.Rules(f.t.Context(), id)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

func (f fixture) now() time.Time {
	if f.Now == nil {
		return time.Now()
	}
	return f.Now()
}

// replaced fails unless the password before is over, or goes on for as long as the rules say.
func (f fixture) replaced(id app.AccountID, before string) {
	f.t.Helper()
	if !f.lacks(NoEndOfOld) {
		f.verify(id, before, port.ErrPassword)
		return
	}
	if f.rules(id).OldFor <= 0 {
		f.t.Error("the password before goes on, and the rules don't say how long")
	}
	f.verify(id, before, nil)
}

func (f fixture) silent(err error, password string) {
	f.t.Helper()
	if err != nil && password != "" && strings.Contains(err.Error(), password) {
		f.t.Errorf("an error holds the password: %v", err)
	}
}

// refused fails unless the password is refused, by the rule, and nothing but the refusal came of it.
func (f fixture) refused(id app.AccountID, password, rule string) {
	f.t.Helper()
	before := f.account(id)
	f.refusal(f.set(id, password), rule)
	if after := f.account(id); !reflect.DeepEqual(after, before) {
		f.t.Errorf("a refusal changed the account:\n got %+v\nwant %+v", after, before)
	}
}

// refusal fails unless an answer is one, by the rule.
func (f fixture) refusal(err error, rule string) {
	f.t.Helper()
	var refusal *port.Refusal
	switch {
	case !errors.As(err, &refusal):
		f.t.Errorf("set: %v, want a refusal", err)
	case refusal.Rule == rule:
	case rule == "" || !f.lacks(NoRuleNamed) || refusal.Rule != "" && refusal.Rule != "simple":
		f.t.Errorf("refused by the rule %q, want %q", refusal.Rule, rule)
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
	if f.lacks(NoLock) {
		return
	}
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
