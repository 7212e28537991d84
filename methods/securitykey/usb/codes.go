//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

import "github.com/sparekey/sparekey/app"

// Statuses of CTAP 2.2 (section 8.2) that libfido2 has no name for.
const (
	integrityFailure  status = 0x3d
	invalidSubcommand status = 0x3e
)

// codes are what CTAP's statuses and libfido2's own mean to a person.
var codes = map[status]app.Code{
	// The key can't do what it was asked, or not as it was asked.
	C.FIDO_ERR_INVALID_COMMAND:       app.CodeKeyUnsupported,
	C.FIDO_ERR_INVALID_PARAMETER:     app.CodeKeyUnsupported,
	C.FIDO_ERR_CBOR_UNEXPECTED_TYPE:  app.CodeKeyUnsupported,
	C.FIDO_ERR_INVALID_CBOR:          app.CodeKeyUnsupported,
	C.FIDO_ERR_MISSING_PARAMETER:     app.CodeKeyUnsupported,
	C.FIDO_ERR_LIMIT_EXCEEDED:        app.CodeKeyUnsupported,
	C.FIDO_ERR_UNSUPPORTED_EXTENSION: app.CodeKeyUnsupported,
	C.FIDO_ERR_UNSUPPORTED_ALGORITHM: app.CodeKeyUnsupported,
	C.FIDO_ERR_UNSUPPORTED_OPTION:    app.CodeKeyUnsupported,
	C.FIDO_ERR_INVALID_OPTION:        app.CodeKeyUnsupported,
	C.FIDO_ERR_NOT_ALLOWED:           app.CodeKeyUnsupported,
	C.FIDO_ERR_REQUEST_TOO_LARGE:     app.CodeKeyUnsupported,
	C.FIDO_ERR_UNAUTHORIZED_PERM:     app.CodeKeyUnsupported,
	C.FIDO_ERR_INVALID_PARAM:         app.CodeKeyUnsupported,
	C.FIDO_ERR_INVALID_ARGUMENT:      app.CodeKeyUnsupported,
	invalidSubcommand:                app.CodeKeyUnsupported,

	// Nobody came. A key without a screen can't be refused, so that it denies when nobody touched it (CTAP 2.1, section
	// 6.1.2).
	C.FIDO_ERR_OPERATION_DENIED:       app.CodeKeyUntouched,
	C.FIDO_ERR_USER_ACTION_TIMEOUT:    app.CodeKeyUntouched,
	C.FIDO_ERR_ACTION_TIMEOUT:         app.CodeKeyUntouched,
	C.FIDO_ERR_UP_REQUIRED:            app.CodeKeyUntouched,
	C.FIDO_ERR_USER_PRESENCE_REQUIRED: app.CodeKeyUntouched,
	C.FIDO_ERR_KEEPALIVE_CANCEL:       app.CodeKeyCancelled,

	// Somebody else is with the key, or this program still is.
	C.FIDO_ERR_CHANNEL_BUSY:        app.CodeKeyBusy,
	C.FIDO_ERR_LOCK_REQUIRED:       app.CodeKeyBusy,
	C.FIDO_ERR_PROCESSING:          app.CodeKeyAtWork,
	C.FIDO_ERR_USER_ACTION_PENDING: app.CodeKeyAtWork,
	C.FIDO_ERR_OPERATION_PENDING:   app.CodeKeyAtWork,
	C.FIDO_ERR_TIMEOUT:             app.CodeKeyTimeout,

	// The conversation lost its thread: reports went astray, or another program's words came between.
	C.FIDO_ERR_INVALID_LENGTH:       app.CodeKeyDisturbed,
	C.FIDO_ERR_INVALID_SEQ:          app.CodeKeyDisturbed,
	C.FIDO_ERR_INVALID_CHANNEL:      app.CodeKeyDisturbed,
	C.FIDO_ERR_NO_OPERATIONS:        app.CodeKeyDisturbed,
	C.FIDO_ERR_NOT_BUSY:             app.CodeKeyDisturbed,
	C.FIDO_ERR_NO_OPERATION_PENDING: app.CodeKeyDisturbed,
	C.FIDO_ERR_PIN_AUTH_INVALID:     app.CodeKeyDisturbed,
	C.FIDO_ERR_PIN_TOKEN_EXPIRED:    app.CodeKeyDisturbed,
	C.FIDO_ERR_TX:                   app.CodeKeyDisturbed,
	C.FIDO_ERR_RX:                   app.CodeKeyDisturbed,
	C.FIDO_ERR_INTERNAL:             app.CodeKeyDisturbed,

	// What it answers makes no sense.
	C.FIDO_ERR_RX_NOT_CBOR:     app.CodeKeyFailed,
	C.FIDO_ERR_RX_INVALID_CBOR: app.CodeKeyFailed,
	C.FIDO_ERR_INVALID_SIG:     app.CodeKeyFailed,
	C.FIDO_ERR_COMPRESS:        app.CodeKeyFailed,
	integrityFailure:           app.CodeKeyFailed,

	// What is on the key.
	C.FIDO_ERR_CREDENTIAL_EXCLUDED:    app.CodeKeyExcluded,
	C.FIDO_ERR_INVALID_CREDENTIAL:     app.CodeKeyNoCredential,
	C.FIDO_ERR_NO_CREDENTIALS:         app.CodeKeyNoCredential,
	C.FIDO_ERR_NOTFOUND:               app.CodeKeyNoCredential,
	C.FIDO_ERR_KEY_STORE_FULL:         app.CodeKeyFull,
	C.FIDO_ERR_LARGEBLOB_STORAGE_FULL: app.CodeKeyFull,
	C.FIDO_ERR_FP_DATABASE_FULL:       app.CodeKeyFingersFull,

	// The PIN, and fingers.
	C.FIDO_ERR_PIN_INVALID:          app.CodeKeyPINWrong,
	C.FIDO_ERR_PIN_BLOCKED:          app.CodeKeyPINBlocked,
	C.FIDO_ERR_PIN_AUTH_BLOCKED:     app.CodeKeyAuthBlocked,
	C.FIDO_ERR_PIN_NOT_SET:          app.CodeKeyNoPIN,
	C.FIDO_ERR_PIN_REQUIRED:         codePINNeeded,
	C.FIDO_ERR_PIN_POLICY_VIOLATION: app.CodeKeyPINPolicy,
	C.FIDO_ERR_UV_BLOCKED:           app.CodeKeyUVBlocked,
	C.FIDO_ERR_UV_INVALID:           app.CodeKeyFingerWrong,

	// ERR_OTHER, those of extensions and of makers, and what came later.
	C.FIDO_ERR_ERR_OTHER: app.CodeKeyRefused,
	C.FIDO_ERR_SPEC_LAST: app.CodeKeyRefused,
}

// codePINNeeded never leaves this package: the conversation asks for the PIN then.
const codePINNeeded app.Code = "key_pin_needed"

// codeOf gives what a status means. One that has no row is a refusal of the key's own where the key said it, and a line
// that broke where libfido2 did.
func codeOf(s status) app.Code {
	switch code, known := codes[s]; {
	case known:
		return code
	case s > 0:
		return app.CodeKeyRefused
	}
	return app.CodeKeyDisturbed
}
