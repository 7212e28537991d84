//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sparekey/sparekey/app"
)

// codes are what CTAP's refusals mean to a person. What is not here is CodeKeyFailed.
var codes = map[status]app.Code{
	C.FIDO_ERR_INVALID_COMMAND:       app.CodeKeyUnsupported,
	C.FIDO_ERR_TIMEOUT:               app.CodeKeyTimeout,
	C.FIDO_ERR_CHANNEL_BUSY:          app.CodeKeyBusy,
	C.FIDO_ERR_LIMIT_EXCEEDED:        app.CodeKeyUnsupported,
	C.FIDO_ERR_UNSUPPORTED_EXTENSION: app.CodeKeyUnsupported,
	C.FIDO_ERR_FP_DATABASE_FULL:      app.CodeKeyFingersFull,
	C.FIDO_ERR_CREDENTIAL_EXCLUDED:   app.CodeKeyExcluded,
	C.FIDO_ERR_UNSUPPORTED_ALGORITHM: app.CodeKeyUnsupported,
	C.FIDO_ERR_OPERATION_DENIED:      app.CodeKeyTouchRefused,
	C.FIDO_ERR_KEY_STORE_FULL:        app.CodeKeyFull,
	C.FIDO_ERR_UNSUPPORTED_OPTION:    app.CodeKeyUnsupported,
	C.FIDO_ERR_INVALID_OPTION:        app.CodeKeyUnsupported,
	C.FIDO_ERR_KEEPALIVE_CANCEL:      app.CodeKeyCancelled,
	C.FIDO_ERR_NO_CREDENTIALS:        app.CodeKeyNoCredential,
	C.FIDO_ERR_INVALID_CREDENTIAL:    app.CodeKeyNoCredential,
	C.FIDO_ERR_USER_ACTION_TIMEOUT:   app.CodeKeyTimeout,
	C.FIDO_ERR_NOT_ALLOWED:           app.CodeKeyUnsupported,
	C.FIDO_ERR_PIN_INVALID:           app.CodeKeyPINWrong,
	C.FIDO_ERR_PIN_BLOCKED:           app.CodeKeyPINBlocked,
	C.FIDO_ERR_PIN_AUTH_BLOCKED:      app.CodeKeyAuthBlocked,
	C.FIDO_ERR_PIN_NOT_SET:           app.CodeKeyNoPIN,
	C.FIDO_ERR_PIN_REQUIRED:          codePINNeeded,
	C.FIDO_ERR_PIN_POLICY_VIOLATION:  app.CodeKeyPINPolicy,
	C.FIDO_ERR_ACTION_TIMEOUT:        app.CodeKeyTimeout,
	C.FIDO_ERR_UV_BLOCKED:            app.CodeKeyUVBlocked,
	C.FIDO_ERR_UV_INVALID:            app.CodeKeyFingerWrong,
}

// codePINNeeded never leaves this package: the conversation asks for the PIN then.
const codePINNeeded app.Code = "key_pin_needed"

// settling is how long the system may take to notice that a key was taken out, after its line broke.
const settling = 250 * time.Millisecond

// explain says what ended a conversation: nil, a refusal by the key, or what became of the key or of ctx. l is nil when
// the conversation was left behind.
func (k *key) explain(ctx context.Context, l *line, err error) error {
	var s status
	var ours *app.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &s) && s > 0 && s != C.FIDO_ERR_KEEPALIVE_CANCEL:
		return refused(l, s)
	case k.isGone():
		return &app.Error{Code: app.CodeKeyGone, Cause: err}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &app.Error{Code: app.CodeKeyTimeout, Cause: err}
	case ctx.Err() != nil, s == C.FIDO_ERR_KEEPALIVE_CANCEL:
		return &app.Error{Code: app.CodeKeyCancelled, Cause: err}
	case !accessible(k.path):
		return k.noPermission()
	}
	return &app.Error{Code: app.CodeKeyFailed, Cause: err}
}

// refused says what a refusal by the key means.
func refused(l *line, s status) error {
	code, known := codes[s]
	if !known {
		code = app.CodeKeyFailed
	}
	e := &app.Error{Code: code, Cause: s}
	if l != nil {
		l.judge(e)
	}
	return e
}

// isGone waits a moment for the system to notice.
func (k *key) isGone() bool {
	for end := time.Now().Add(settling); ; time.Sleep(settling / 10) {
		if !k.present() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// noPermission names the rule that lets the person at this computer open this model of key.
func (k *key) noPermission() *app.Error {
	rule := fmt.Sprintf(`KERNEL=="hidraw*", SUBSYSTEM=="hidraw", ATTRS{idVendor}=="%04x", ATTRS{idProduct}=="%04x", TAG+="uaccess"`,
		k.vendor, k.product)
	return &app.Error{Code: app.CodeKeyNoPermission, Params: map[string]string{
		"udev": rule, "file": "/etc/udev/rules.d/70-security-key.rules",
	}}
}

// isCode says whether err has the code.
func isCode(err error, code app.Code) bool { return app.CodeOf(err) == code }
