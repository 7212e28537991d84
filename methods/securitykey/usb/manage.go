//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
)

// setPIN sets the first PIN, or changes old into next. It takes both over.
func (k *key) setPIN(ctx context.Context, old, next *pin) error {
	err := k.talk(ctx, job{limit: brisk, pins: []*pin{old, next}, do: func(l *line) error { return l.setPIN(old, next) }})
	k.relearn(ctx)
	return err
}

// relearn reads what the key says of itself after something changed it; what goes wrong there shows at the next use.
func (k *key) relearn(ctx context.Context) {
	if k.present() {
		_ = k.learn(ctx)
	}
}

// SetPIN sets the first PIN.
func (d *Driver) SetPIN(ctx context.Context, id app.KeyID, secret app.Secret) error {
	k, err := d.key(id)
	if err != nil {
		return err
	}
	if err := k.takesPIN(); err != nil {
		return err
	}
	p, err := newPIN(secret, k.told().MinPINLength)
	if err != nil {
		return err
	}
	return k.setPIN(ctx, nil, p)
}

// ChangePIN changes the PIN.
func (d *Driver) ChangePIN(ctx context.Context, access app.KeyAccess, secret app.Secret) error {
	k, err := d.key(access.ID)
	if err != nil {
		return err
	}
	old, err := k.opening(access)
	if err != nil {
		return err
	}
	next, err := newPIN(secret, k.told().MinPINLength)
	if err != nil {
		freeAll([]*pin{old})
		return err
	}
	return k.setPIN(ctx, old, next)
}

// open has a conversation that the PIN opens; what a key can't do it says by "no such command".
func (d *Driver) open(ctx context.Context, access app.KeyAccess, limit time.Duration, do func(*line, *pin) error) error {
	k, err := d.key(access.ID)
	if err != nil {
		return err
	}
	p, err := k.opening(access)
	if err != nil {
		return err
	}
	err = k.talk(ctx, job{limit: limit, pins: []*pin{p}, do: func(l *line) error { return do(l, p) }})
	k.relearn(ctx) // the tries that are left, and what was changed
	return toChange(err)
}

// toChange says that the PIN must be changed first: that is all that a key may mean by its policy where no PIN is set
// (CTAP 2.1, section 6.5.5.7.1), whether it tells so in getInfo or not.
func toChange(err error) error {
	if isCode(err, app.CodeKeyPINPolicy) {
		return &app.Error{Code: app.CodeKeyPINChange, Cause: err}
	}
	return err
}

// Reset makes the key as it came from the factory.
func (d *Driver) Reset(ctx context.Context, id app.KeyID, touch func(context.Context)) error {
	k, err := d.key(id)
	if err != nil {
		return err
	}
	waiting, done := context.WithCancel(ctx)
	defer done()
	touch(waiting)
	err = k.talk(ctx, job{limit: usual, do: func(l *line) error {
		err := check(C.fido_dev_reset(l.dev))
		if err == status(C.FIDO_ERR_NOT_ALLOWED) {
			err = &app.Error{Code: app.CodeKeyResetLate, Cause: err}
		}
		return err
	}})
	k.relearn(ctx)
	return err
}
