//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import (
	"bytes"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/text/unicode/norm"

	"github.com/sparekey/sparekey/app"
)

const (
	leastPIN   = 4  // characters (CTAP 2.1, section 6.5.1)
	longestPIN = 63 // bytes
)

// newPIN makes a PIN for libfido2: in Unicode's NFC, as CTAP wants it. What can be no PIN costs no try.
func newPIN(secret app.Secret, least int) (*pin, error) {
	least = max(least, leastPIN)
	var made *pin
	var err error
	secret.Lend(func(value []byte) {
		// a copy of our own, which nothing grows: Bytes may give value itself
		composed := norm.NFC.Append(make([]byte, 0, 4*len(value)+utf8.UTFMax), value...)
		defer clear(composed)
		switch {
		case utf8.RuneCount(composed) < least:
			err = &app.Error{Code: app.CodeKeyPINShort, Params: map[string]string{"min": strconv.Itoa(least)}}
		case len(composed) > longestPIN, !utf8.Valid(composed), bytes.IndexByte(composed, 0) >= 0:
			err = &app.Error{Code: app.CodeKeyPINPolicy}
		default:
			size := C.size_t(len(composed) + 1)
			made = &pin{text: (*C.char)(C.malloc(size)), size: size}
			at := unsafe.Slice((*byte)(unsafe.Pointer(made.text)), int(size))
			at[copy(at, composed)] = 0
		}
	})
	return made, err
}

// setPIN sets the first PIN, or changes old into new.
func (l *line) setPIN(old, next *pin) error {
	return check(C.fido_dev_set_pin(l.dev, next.pointer(), old.pointer()))
}

// clone copies a PIN, which is freed by itself; nil for none.
func (p *pin) clone() *pin {
	if p == nil {
		return nil
	}
	c := &pin{text: (*C.char)(C.malloc(p.size)), size: p.size}
	C.memcpy(unsafe.Pointer(c.text), unsafe.Pointer(p.text), p.size)
	return c
}

// takesPIN refuses what needs a PIN with a key that can have none.
func (k *key) takesPIN() error {
	if k.told().PIN == app.PINNever {
		return &app.Error{Code: app.CodeKeyTakesNoPIN}
	}
	return nil
}

// opening makes the PIN that opens the key, which has one.
func (k *key) opening(access app.KeyAccess) (*pin, error) {
	if k.told().PIN == app.PINUnset {
		return nil, &app.Error{Code: app.CodeKeyNoPIN}
	}
	if err := k.takesPIN(); err != nil {
		return nil, err
	}
	return newPIN(access.PIN, 0)
}
