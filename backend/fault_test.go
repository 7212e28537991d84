package backend_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// faults counts the calls of what a backend stands on, and lets one of them fail: before anything happened, or after
// all of it did and nobody heard. Or the server dies there, and nothing that it calls happens any more.
type faults struct {
	mu    sync.Mutex
	calls []string
	at    int // the call that fails, counted from 0; below 0: none
	after bool
	dies  func()            // is told of the server's death; nil: it lives
	came  func(call string) // is told of each call that went well, one after the other; nil: nobody is
}

// call carries a call out, or fails as it was told to.
func (f *faults) call(name string, do func() error) error {
	f.mu.Lock()
	hit := len(f.calls) == f.at
	dead := f.dies != nil && f.at >= 0 && len(f.calls) > f.at
	f.calls = append(f.calls, name)
	f.mu.Unlock()
	if !dead && (!hit || f.after) {
		err := do()
		if err == nil && f.came != nil {
			f.mu.Lock()
			f.came(name)
			f.mu.Unlock()
		}
		if !hit {
			return err
		} // nobody hears what came of it
	}
	if hit && f.dies != nil {
		f.dies()
	}
	return fmt.Errorf("%s: %w", name, context.DeadlineExceeded)
}

func (f *faults) made() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.calls)
}

// faulty puts the faults between the backend and what it stands on.
func (w *world) faulty(f *faults) {
	w.config.Directory = faultyDirectory{w.config.Directory, f}
	w.config.Store = faultyStore{w.config.Store, f}
	w.config.Deliverer = faultyPost{w.config.Deliverer, f}
	w.restart()
}

type faultyDirectory struct {
	port.Directory
	f *faults
}

func (d faultyDirectory) Find(ctx context.Context, userID string) (a port.DirectoryAccount, err error) {
	err = d.f.call("find", func() (err error) { a, err = d.Directory.Find(ctx, userID); return err })
	return known(a, err), err
}

func (d faultyDirectory) Account(ctx context.Context, id app.AccountID) (a port.DirectoryAccount, err error) {
	err = d.f.call("account", func() (err error) { a, err = d.Directory.Account(ctx, id); return err })
	return known(a, err), err
}

// known is what a directory gives beside an error: nothing, but where there is nobody.
func known(a port.DirectoryAccount, err error) port.DirectoryAccount {
	if err != nil && !errors.Is(err, port.ErrNotFound) {
		return port.DirectoryAccount{}
	}
	return a
}

func (d faultyDirectory) Verify(ctx context.Context, id app.AccountID, password app.Secret) error {
	return d.f.call("verify", func() error { return d.Directory.Verify(ctx, id, password) })
}

func (d faultyDirectory) SetPassword(ctx context.Context, id app.AccountID, password app.Secret) error {
	return d.f.call("set password", func() error { return d.Directory.SetPassword(ctx, id, password) })
}

func (d faultyDirectory) Unlock(ctx context.Context, id app.AccountID) error {
	return d.f.call("unlock", func() error { return d.Directory.Unlock(ctx, id) })
}

func (d faultyDirectory) Rules(ctx context.Context, id app.AccountID) (r port.PasswordRules, err error) {
	err = d.f.call("rules", func() (err error) { r, err = d.Directory.Rules(ctx, id); return err })
	return r, err
}

func (d faultyDirectory) ChangePassword(ctx context.Context, id app.AccountID, present, password app.Secret) error {
	return d.f.call("change password", func() error { return d.Directory.ChangePassword(ctx, id, present, password) })
}

type faultyStore struct {
	port.Store
	f *faults
}

func (s faultyStore) Update(ctx context.Context, do func(port.Tx) error) error {
	return s.f.call("commit", func() error { return s.Store.Update(ctx, do) })
}

func (s faultyStore) UpdateAhead(ctx context.Context, do func(port.Tx) error) error {
	return s.f.call("commit ahead", func() error { return s.Store.UpdateAhead(ctx, do) })
}

type faultyPost struct {
	port.Deliverer
	f *faults
}

func (p faultyPost) Deliver(ctx context.Context, m app.Message) error {
	return p.f.call("deliver", func() error { return p.Deliverer.Deliver(ctx, m) })
}
