package wire

import (
	"net/http"

	"github.com/sparekey/sparekey/app"
)

// table says which HTTP status answers with which code. Of several codes with one status the first stands for it
// where a reply has no code, e.g. because a proxy wrote it.
var table = []struct {
	code   app.Code
	status int
}{
	{app.CodeBadRequest, http.StatusBadRequest},
	{app.CodeAppOld, http.StatusBadRequest},
	{app.CodeServerOld, http.StatusBadRequest},
	{app.CodeSignedOut, http.StatusUnauthorized},
	{app.CodeForbidden, http.StatusForbidden},
	{app.CodeNotManaged, http.StatusForbidden},
	{app.CodeNotEnabled, http.StatusForbidden},
	{app.CodeNotVerified, http.StatusForbidden},
	{app.CodeNoWayYet, http.StatusForbidden},
	{app.CodeDisabled, http.StatusForbidden},
	{app.CodeAccountExpired, http.StatusForbidden},
	{app.CodeFrozen, http.StatusForbidden},
	{app.CodeProtected, http.StatusForbidden},
	{app.CodeTooYoung, http.StatusForbidden},
	{app.CodeNoChange, http.StatusForbidden},
	{app.CodeSignInByPass, http.StatusForbidden},
	{app.CodePassAdmin, http.StatusForbidden},
	{app.CodePassOnly, http.StatusForbidden},
	{app.CodePassNeeded, http.StatusForbidden},
	{app.CodeRegister, http.StatusForbidden},
	{app.CodeStationSignature, http.StatusForbidden},
	{app.CodeStationClock, http.StatusForbidden},
	{app.CodeStationUnknown, http.StatusForbidden},
	{app.CodeStationPaused, http.StatusForbidden},
	{app.CodeStationRevoked, http.StatusForbidden},
	{app.CodeTokenScope, http.StatusForbidden},
	{app.CodeNoFlow, http.StatusNotFound},
	{app.CodeNoStation, http.StatusNotFound},
	{app.CodeNoToken, http.StatusNotFound},
	{app.CodeNoPass, http.StatusNotFound},
	{app.CodeNoObjection, http.StatusNotFound},
	{app.CodeNotFrozen, http.StatusConflict},
	{app.CodeNoVersion, http.StatusNotFound},
	{app.CodeMoved, http.StatusConflict},
	{app.CodeNotNow, http.StatusConflict},
	{app.CodeReused, http.StatusConflict},
	{app.CodeLimit, http.StatusConflict},
	{app.CodePolicyMoved, http.StatusConflict},
	{app.CodePolicyManaged, http.StatusConflict},
	{app.CodeProofOld, http.StatusForbidden},
	{app.CodeEnded, http.StatusGone},
	{app.CodeExpired, http.StatusGone},
	{app.CodeSignIn, http.StatusUnprocessableEntity},
	{app.CodeStationCode, http.StatusUnprocessableEntity},
	{app.CodeStationName, http.StatusUnprocessableEntity},
	{app.CodeTokenName, http.StatusUnprocessableEntity},
	{app.CodeFreezeReason, http.StatusUnprocessableEntity},
	{app.CodeTokenLife, http.StatusUnprocessableEntity},
	{app.CodeBadPass, http.StatusUnprocessableEntity},
	{app.CodeWrongPass, http.StatusUnprocessableEntity},
	{app.CodeUnknown, http.StatusUnprocessableEntity},
	{app.CodeWrongCode, http.StatusUnprocessableEntity},
	{app.CodeCodeExpired, http.StatusUnprocessableEntity},
	{app.CodeCodeUsed, http.StatusUnprocessableEntity},
	{app.CodeClock, http.StatusUnprocessableEntity},
	{app.CodeGateEnded, http.StatusUnprocessableEntity},
	{app.CodeWork, http.StatusUnprocessableEntity},
	{app.CodeBadCode, http.StatusUnprocessableEntity},
	{app.CodeBadUserID, http.StatusUnprocessableEntity},
	{app.CodeBadAddress, http.StatusUnprocessableEntity},
	{app.CodeOwnDomain, http.StatusUnprocessableEntity},
	{app.CodeWrongAddr, http.StatusUnprocessableEntity},
	{app.CodeBadPhone, http.StatusUnprocessableEntity},
	{app.CodePhoneUse, http.StatusUnprocessableEntity},
	{app.CodePhoneCountry, http.StatusUnprocessableEntity},
	{app.CodeWrongPhone, http.StatusUnprocessableEntity},
	{app.CodeBadAnswer, http.StatusUnprocessableEntity},
	{app.CodeWrongAnswer, http.StatusUnprocessableEntity},
	{app.CodePassword, http.StatusUnprocessableEntity},
	{app.CodeDirectory, http.StatusUnprocessableEntity},
	{app.CodeKeyAnswer, http.StatusUnprocessableEntity},
	{app.CodeKeyLate, http.StatusUnprocessableEntity},
	{app.CodeKeyNotAllowed, http.StatusUnprocessableEntity},
	{app.CodeKeyName, http.StatusUnprocessableEntity},
	{app.CodeKeyMissing, http.StatusUnprocessableEntity},
	{app.CodeKeyGone, http.StatusUnprocessableEntity},
	{app.CodeKeyNoPermission, http.StatusUnprocessableEntity},
	{app.CodeKeyUnsupported, http.StatusUnprocessableEntity},
	{app.CodeKeyFailed, http.StatusUnprocessableEntity},
	{app.CodeKeyRefused, http.StatusUnprocessableEntity},
	{app.CodeKeyDisturbed, http.StatusUnprocessableEntity},
	{app.CodeKeyBusy, http.StatusUnprocessableEntity},
	{app.CodeKeyAtWork, http.StatusUnprocessableEntity},
	{app.CodeKeyTimeout, http.StatusUnprocessableEntity},
	{app.CodeKeyCancelled, http.StatusUnprocessableEntity},
	{app.CodeKeyUntouched, http.StatusUnprocessableEntity},
	{app.CodeKeyNoPIN, http.StatusUnprocessableEntity},
	{app.CodeKeyPINWrong, http.StatusUnprocessableEntity},
	{app.CodeKeyPINShort, http.StatusUnprocessableEntity},
	{app.CodeKeyPINPolicy, http.StatusUnprocessableEntity},
	{app.CodeKeyPINChange, http.StatusUnprocessableEntity},
	{app.CodeKeyAuthBlocked, http.StatusUnprocessableEntity},
	{app.CodeKeyPINBlocked, http.StatusUnprocessableEntity},
	{app.CodeKeyFingerWrong, http.StatusUnprocessableEntity},
	{app.CodeKeyTakesNoPIN, http.StatusUnprocessableEntity},
	{app.CodeKeyUVBlocked, http.StatusUnprocessableEntity},
	{app.CodeKeyFingersFull, http.StatusUnprocessableEntity},
	{app.CodeKeyNoCredential, http.StatusUnprocessableEntity},
	{app.CodeKeyExcluded, http.StatusUnprocessableEntity},
	{app.CodeKeyFull, http.StatusUnprocessableEntity},
	{app.CodeKeyResetLate, http.StatusUnprocessableEntity},
	{app.CodeLocked, http.StatusLocked},
	{app.CodeRecovery, http.StatusLocked},
	{app.CodeProofLocked, http.StatusLocked},
	{app.CodeThrottled, http.StatusTooManyRequests},
	{app.CodeGuessesStopped, http.StatusTooManyRequests},
	{app.CodeUnlockLimit, http.StatusTooManyRequests},
	{app.CodeTooEarly, http.StatusTooManyRequests},
	{app.CodeInternal, http.StatusInternalServerError},
	{app.CodeUnavailable, http.StatusServiceUnavailable},
	{app.CodeBusy, http.StatusServiceUnavailable},
	{app.CodeUnavailable, http.StatusBadGateway},
	{app.CodeUnavailable, http.StatusGatewayTimeout},
	{app.CodeOffline, http.StatusServiceUnavailable},
}

// StatusOf gives the HTTP status that answers with code: 500 for one that is not in the table.
func StatusOf(code app.Code) int {
	for _, row := range table {
		if row.code == code {
			return row.status
		}
	}
	return http.StatusInternalServerError
}

// CodeOf gives the code that stands for an HTTP status of a failure. Statuses outside of the table: 4xx is
// CodeBadRequest, anything else CodeInternal.
func CodeOf(status int) app.Code {
	for _, row := range table {
		if row.status == status {
			return row.code
		}
	}
	if status >= 400 && status < 500 {
		return app.CodeBadRequest
	}
	return app.CodeInternal
}

// Codes lists every code that a reply may carry, in the order of the table.
func Codes() []app.Code {
	seen := map[app.Code]bool{}
	var codes []app.Code
	for _, row := range table {
		if !seen[row.code] {
			seen[row.code] = true
			codes = append(codes, row.code)
		}
	}
	return codes
}
