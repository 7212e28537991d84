//go:build cgo && !nofido

package usb

/*
#include "glue.h"
*/
import "C"

// answered reports whether the key answered, if only by a refusal or in a form that libfido2 can't read: the line works, and
// what else is asked may be answered.
func answered(err error) bool {
	switch s, _ := err.(status); s {
	case C.FIDO_ERR_INVALID_COMMAND, C.FIDO_ERR_INVALID_PARAMETER, C.FIDO_ERR_RX_NOT_CBOR, C.FIDO_ERR_RX_INVALID_CBOR:
		return true
	case C.FIDO_ERR_KEEPALIVE_CANCEL:
		return false
	default:
		return s > C.FIDO_ERR_INVALID_CHANNEL // the ones up to there are the channel's (section 11.2.9.1.6)
	}
}

// aboutPart reports whether the key answered, and its refusal is about what was asked for, not about the PIN.
func aboutPart(err error) bool {
	s, _ := err.(status)
	return answered(err) && (s < C.FIDO_ERR_PIN_INVALID || s > C.FIDO_ERR_UNAUTHORIZED_PERM || s == invalidSubcommand)
}
