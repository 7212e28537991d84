//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import (
	"errors"

	"github.com/sparekey/sparekey/app"
)

// counted is a counter that a key keeps of its tries.
type counted func(dev *C.fido_dev_t, n *C.int) C.int

func pinCounter(dev *C.fido_dev_t, n *C.int) C.int { return C.fido_dev_get_retry_count(dev, n) }

func uvCounter(dev *C.fido_dev_t, n *C.int) C.int { return C.fido_dev_get_uv_retry_count(dev, n) }

// tries reads a counter: app.Untold when the key answers, but doesn't tell.
func (l *line) tries(counter counted) (int, error) {
	var n C.int
	err := check(counter(l.dev, &n))
	if answered(err) {
		return app.Untold, nil
	}
	return int(n), err
}

// count reads how many tries are left after a wrong PIN or finger.
func (l *line) count(err error) {
	var s status
	if !errors.As(err, &s) {
		return
	}
	read := err
	switch s {
	case C.FIDO_ERR_PIN_INVALID, C.FIDO_ERR_PIN_AUTH_BLOCKED:
		l.left, read = l.tries(pinCounter)
	case C.FIDO_ERR_UV_INVALID:
		l.left, read = l.tries(uvCounter)
	}
	if read != nil {
		l.left = app.Untold
	}
}

// judge says in a refusal how many tries are left, where the key tells. None left is a block, whatever the key called it.
func (l *line) judge(e *app.Error) {
	switch {
	case l.left == 0 && (e.Code == app.CodeKeyPINWrong || e.Code == app.CodeKeyAuthBlocked):
		e.Code = app.CodeKeyPINBlocked
	case l.left == 0 && e.Code == app.CodeKeyFingerWrong:
		e.Code = app.CodeKeyUVBlocked
	case l.left > 0 && (e.Code == app.CodeKeyPINWrong || e.Code == app.CodeKeyFingerWrong):
		e.TriesLeft = l.left
	}
}
