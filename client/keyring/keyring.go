// Package keyring keeps one short token in the operating system's keyring: Secret Service, Keychain or Credential
// Manager. What is kept there can be made again by signing in, since a keyring can be lost at any time: a password
// reset leaves the old login keyring locked, a kiosk has none. So a keyring that would have to ask for something is left
// alone: no dialog of its own ever takes the keyboard from the window.
package keyring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/zalando/go-keyring"
)

const (
	// Deadline bounds every call: a keyring that hangs never answers.
	Deadline = 3 * time.Second

	maxItem = 1 << 10 // bytes; Windows holds 2,560
)

// The ways in which a keyring fails that are not its own words.
var (
	ErrHung    = errors.New("keyring: no answer")
	ErrTooLong = errors.New("keyring: too long to be kept")
	ErrNotKept = errors.New("keyring: it gives back something else than was kept")
	ErrNoBus   = errors.New("keyring: no session bus to reach one on")
	ErrNone    = errors.New("keyring: there is none")
	ErrLocked  = errors.New("keyring: it is locked")
	ErrAsks    = errors.New("keyring: it would ask first")
)

// System is a keyring as go-keyring offers it; nil in a Keyring means the operating system's. Get and Delete give
// go-keyring's ErrNotFound where there is nothing.
type System interface {
	Set(service, user, password string) error
	Get(service, user string) (string, error)
	Delete(service, user string) error
}

// Keyring keeps one token under a service and an account. Any error of its methods means: go on without it.
type Keyring struct {
	Service string // "Sparekey", or "Sparekey trial"
	Account string // the server's base URL
	System  System

	hung atomic.Bool // a call is still waiting for an answer; another would wait as well
}

// item is what is stored.
type item struct {
	Refresh string `json:"refresh"`
}

// Save keeps the token in place of the one before, and reads it back: some keyrings call a write that was refused a
// success. Where it was not kept, the one before is removed if it can be: a token that was traded in is worse than none,
// since the server takes it for a stolen one.
func (k *Keyring) Save(ctx context.Context, token app.Secret) error {
	data, err := json.Marshal(item{token.Reveal()})
	if err != nil {
		return fmt.Errorf("keyring: %w", err)
	}
	if len(data) > maxItem {
		return ErrTooLong
	}
	_, err = k.within(ctx, func() (string, error) {
		err := k.keep(string(data))
		if err != nil {
			_ = k.system().Delete(k.Service, k.Account)
		}
		return "", err
	})
	return err
}

// keep sets what is stored, and makes sure that it is.
func (k *Keyring) keep(data string) error {
	if err := k.system().Set(k.Service, k.Account, data); err != nil {
		return err
	}
	switch kept, err := k.system().Get(k.Service, k.Account); {
	case errors.Is(err, keyring.ErrNotFound) || err == nil && kept != data:
		return ErrNotKept
	default:
		return err
	}
}

// Load gives the token, an empty one when there is none. What can't be read as ours counts as none.
func (k *Keyring) Load(ctx context.Context) (app.Secret, error) {
	data, err := k.within(ctx, func() (string, error) { return k.system().Get(k.Service, k.Account) })
	if errors.Is(err, keyring.ErrNotFound) {
		return app.Secret{}, nil
	}
	if err != nil {
		return app.Secret{}, err
	}
	var i item
	if len(data) > maxItem || json.Unmarshal([]byte(data), &i) != nil {
		return app.Secret{}, nil
	}
	return app.NewSecret(i.Refresh), nil
}

// Forget removes the token; it is no error when there is none.
func (k *Keyring) Forget(ctx context.Context) error {
	_, err := k.within(ctx, func() (string, error) { return "", k.system().Delete(k.Service, k.Account) })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}

// within runs f in a goroutine of its own and stops waiting at the deadline. While an earlier call still hangs it
// fails at once; when that one comes back, the keyring is used again.
func (k *Keyring) within(ctx context.Context, f func() (string, error)) (string, error) {
	if k.hung.Load() {
		return "", ErrHung
	}
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	done := make(chan outcome, 1)
	go func() {
		value, err := f()
		done <- outcome{value, err}
	}()
	select {
	case got := <-done:
		return got.value, got.err
	case <-ctx.Done():
		k.hung.Store(true)
		go func() {
			<-done
			k.hung.Store(false)
		}()
		return "", ErrHung
	}
}

type outcome struct {
	value string
	err   error
}

func (k *Keyring) system() System {
	if k.System != nil {
		return k.System
	}
	return operatingSystem{}
}
