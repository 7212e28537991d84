package app

import (
	"errors"
	"fmt"
	"time"
)

// Code is a stable name of what went wrong. The window has a sentence and a next step for each; the API answers with
// the code alone.
type Code string

// The codes. docs/api.md explains each; the window's texts are keyed "error.<code>".
const (
	// The three cases of an account that can't be helped here.
	CodeNotManaged     Code = "password_not_managed" // the directory says that the password is managed elsewhere
	CodeNotEnabled     Code = "not_enabled"          // the feature is off for the organisation or this person
	CodeNotVerified    Code = "could_not_verify"     // enabled, but not (enough) registered
	CodeNoWayYet       Code = "no_way_yet"           // there was never a password, and no contact that could prove who they are
	CodeUnlockLimit    Code = "unlock_limit"         // unlocked too often without a new password; RetryAt
	CodeUnknown        Code = "unknown_account"      // no such user ID (helpful disclosure)
	CodeDisabled       Code = "account_disabled"     // administratively disabled
	CodeAccountExpired Code = "account_expired"      // the account's time is over
	CodeFrozen         Code = "account_frozen"       // its owner said "this wasn't me": self-service rests until two older methods, or the help desk, lift that
	CodeProtected      Code = "account_protected"    // the directory lets nobody but administrators set this account's password
	CodeNoChange       Code = "change_elsewhere"     // the directory takes a change of this password from its owner alone, at its own door
	CodeSignInByPass   Code = "sign_in_by_pass"      // the directory lets nobody here verify this account's password (helpful disclosure)
	CodeTooYoung       Code = "password_too_young"   // the directory wants the present password to be older before there is another; Until, RetryAt
	CodeRecovery       Code = "recovery_locked"      // too many ended gates; Until says when it opens
	CodeProofLocked    Code = "proof_locked"         // too many wrong answers after the password; Until says when it opens
	CodeExpired        Code = "flow_expired"         // the conversation took too long; start again
	CodeEnded          Code = "flow_ended"           // it was finished or cancelled
	CodeMoved          Code = "flow_moved"           // another input came first; read the flow again
	CodeNoFlow         Code = "no_such_flow"         //
	CodeNotNow         Code = "not_now"              // this input does not answer the step at hand
	CodeGuessesStopped Code = "sign_in_paused"       // one more wrong password might lock the directory account; RetryAt, unless waiting does not help
	CodeThrottled      Code = "too_many"             // RetryAt says when the next try is allowed
	CodeSignIn         Code = "sign_in_wrong"        // user ID or password not right
	CodeLocked         Code = "account_locked"       // the directory has locked the account
	CodeSignedOut      Code = "signed_out"           // no session, or it ended
	CodeForbidden      Code = "forbidden"            // the role does not allow this
	CodeWrongCode      Code = "code_wrong"           // TriesLeft says how many are left
	CodeCodeExpired    Code = "code_expired"         // ask for a new one
	CodeCodeUsed       Code = "code_used"            // a code works once: wait for the next
	CodeClock          Code = "code_clock"           // the app's clock is off; Params["side"]: ahead, behind; Params["seconds"]: by about how many; no try is gone
	CodeGateEnded      Code = "gate_ended"           // no tries left at this gate
	CodeWork           Code = "work_refused"         // the work is not done, or too late: a new puzzle is set
	CodeBadCode        Code = "code_malformed"       // not six digits
	CodeBadUserID      Code = "user_id_malformed"    //
	CodeBadAddress     Code = "address_malformed"    //
	CodeOwnDomain      Code = "address_own_domain"   // the organisation's own mail needs the forgotten password
	CodeWrongAddr      Code = "address_wrong"        // not the address on file; TriesLeft
	CodeBadPhone       Code = "phone_malformed"      // not a number that exists; Params["why"] is a PhoneFault
	CodePhoneUse       Code = "phone_use"            // this kind of number can't serve here; Params["why"] is a PhoneFault
	CodePhoneCountry   Code = "phone_country"        // numbers in this country can't be used here
	CodeWrongPhone     Code = "phone_wrong"          // not the number on file; TriesLeft
	CodeBadAnswer      Code = "answer_malformed"     // Params["why"]: short, long, twice, in_question, user_id, question; Params["index"] from 0
	CodeWrongAnswer    Code = "answer_wrong"         // not all are right; TriesLeft
	CodePassword       Code = "password_refused"     // Params["rule"] names the rule (app/password.Rule)
	CodeDirectory      Code = "directory_refused"    // the directory's own rules; Params["rule"] when it said which
	CodeTooEarly       Code = "too_early"            // Resend before ResendAt; RetryAt
	CodeLimit          Code = "limit_reached"        // no more of this kind may be registered
	CodeBadRequest     Code = "bad_request"          // malformed on the wire
	CodeReused         Code = "idempotency_reused"   // the same key with another input
	CodeBusy           Code = "busy"                 // too many at once: nothing was looked at; RetryAt says when to come back
	CodeUnavailable    Code = "dependency_down"      // the directory, the store or the network: nothing was changed
	CodeOffline        Code = "offline"              // the client could not reach the server; Params["reason"] says why (package client)
	CodeAppOld         Code = "version_app_old"      // the server no longer speaks, or not only, as this old app does: the app must be updated
	CodeServerOld      Code = "version_server_old"   // the app no longer speaks as this old server does: the server must be updated
	CodeInternal       Code = "internal"             //

	// Passes, and what signing in asks for.
	CodeBadPass    Code = "pass_malformed"        // not twelve characters of the alphabet
	CodeWrongPass  Code = "pass_wrong"            // not a pass that is good: wrong, used, over, or nobody's
	CodeNoPass     Code = "pass_none"             // there is none to revoke
	CodePassAdmin  Code = "pass_administrator"    // an administrator's takes two people, who can't be asked yet
	CodePassOnly   Code = "pass_registers_only"   // signed in by a pass: good for registering and nothing else
	CodePassNeeded Code = "pass_needed"           // the first registration takes a pass
	CodeRegister   Code = "registration_required" // nothing else before enough is registered

	// What administrators do.
	CodeNoVersion     Code = "no_such_version" // the policy has no such version
	CodePolicyMoved   Code = "policy_moved"    // another version was applied meanwhile; read the history again
	CodePolicyManaged Code = "policy_managed"  // a file manages the policy: nobody applies another one
	CodeProofOld      Code = "proof_too_old"   // the administrator's last proof is too long ago: sign in again

	CodeNotFrozen    Code = "not_frozen"    // the account's self-service is not frozen
	CodeFreezeReason Code = "freeze_reason" // why a freeze is lifted: one line of 1 to 200 characters

	// What a link in a notice stands for.
	CodeNoObjection Code = "no_such_link" // none, or one whose time is over

	// Stations: what one signs, how one enrols, and what administrators do with them.
	CodeStationSignature Code = "station_signature" // the request is not as the station signed it, or was sent before
	CodeStationClock     Code = "station_clock"     // it was signed too long ago or ahead: the computer's clock is off; Params["side"]: ahead, behind; Params["seconds"]: by about how many
	CodeStationUnknown   Code = "station_unknown"   // signed by a station that the server does not know
	CodeStationPaused    Code = "station_paused"    // an administrator paused the station
	CodeStationRevoked   Code = "station_revoked"   // an administrator revoked the station: it must be enrolled again
	CodeStationCode      Code = "station_code"      // not a one-time code that is good: wrong, used or over
	CodeNoStation        Code = "no_such_station"   // for administrators
	CodeStationName      Code = "station_name"      // a name of 1 to 64 printable characters that no other station has

	// Tokens for scripts.
	CodeTokenScope Code = "token_scope"   // the token may not do this; Params["scope"] says which scope would let it
	CodeTokenName  Code = "token_name"    // a name of 1 to 64 printable characters that no other good token has
	CodeTokenLife  Code = "token_life"    // shorter or longer than a token lives; Params["minutes"]: at least, Params["days"]: at most
	CodeNoToken    Code = "no_such_token" // or it has ended

	// Security keys, by the backend.
	CodeKeyAnswer     Code = "key_answer_wrong"   // what the key made does not prove itself; TriesLeft
	CodeKeyLate       Code = "key_answer_late"    // it was asked too long ago, and is asked anew; TriesLeft
	CodeKeyNotAllowed Code = "key_not_allowed"    // a kind of key that the policy does not take; TriesLeft
	CodeKeyName       Code = "key_name_malformed" // not 1 to 40 characters

	// Security keys, on the workstation. Of these the backend answers with CodeKeyFailed and CodeKeyExcluded alone.
	CodeKeyMissing      Code = "key_missing"          // none is plugged in
	CodeKeyGone         Code = "key_gone"             // it was taken out in the middle
	CodeKeyNoPermission Code = "key_no_permission"    // this user may not open it; Params["udev"] is the rule that helps, Params["file"] where it goes
	CodeKeyUnsupported  Code = "key_unsupported"      // the key, or this program, can't do that
	CodeKeyFailed       Code = "key_failed"           // its answer made no sense
	CodeKeyRefused      Code = "key_refused"          // it refuses, for a reason of its own; Params["status"] is CTAP's
	CodeKeyDisturbed    Code = "key_disturbed"        // the conversation broke off
	CodeKeyBusy         Code = "key_busy"             // another program uses it
	CodeKeyAtWork       Code = "key_at_work"          // what this program asked of it before has not ended
	CodeKeyTimeout      Code = "key_timeout"          // it does not answer
	CodeKeyUntouched    Code = "key_untouched"        // nobody touched it in time, or the person refused at the key
	CodeKeyCancelled    Code = "key_cancelled"        // the person cancelled
	CodeKeyNoPIN        Code = "key_no_pin"           // it has no PIN, and one is needed
	CodeKeyTakesNoPIN   Code = "key_takes_no_pin"     // it can have none, and one is needed
	CodeKeyPINWrong     Code = "key_pin_wrong"        // TriesLeft says how many are left until only a factory reset helps; 0 when the key doesn't say
	CodeKeyPINShort     Code = "key_pin_short"        // Params["min"] says how many characters it takes
	CodeKeyPINPolicy    Code = "key_pin_policy"       // too long, the old one again, or against the key's own rules
	CodeKeyPINChange    Code = "key_pin_change"       // the key wants its PIN changed before it does anything
	CodeKeyAuthBlocked  Code = "key_pin_auth_blocked" // too many wrong PINs in a row: take it out and put it back
	CodeKeyPINBlocked   Code = "key_pin_blocked"      // too many wrong PINs: only a factory reset helps
	CodeKeyFingerWrong  Code = "key_finger_wrong"     // TriesLeft says how many are left until it wants the PIN; 0 when the key doesn't say
	CodeKeyUVBlocked    Code = "key_uv_blocked"       // too many wrong fingers: the PIN opens it again
	CodeKeyFingersFull  Code = "key_fingers_full"     // no room for another finger
	CodeKeyNoCredential Code = "key_no_credentials"   // nothing on it for this organisation
	CodeKeyExcluded     Code = "key_excluded"         // registered already
	CodeKeyFull         Code = "key_full"             // no room for another credential
	CodeKeyResetLate    Code = "key_reset_late"       // a factory reset only works right after plugging in
)

// Error is a refusal or a failure: a stable code and what the page needs to say the next step. It never carries a
// secret; its cause stays on this side of the wire.
type Error struct {
	Code      Code
	Field     string            // the input's field that caused it ("code", "address", "number", "extension", "answers", "user_id", "password", "name", "pass"), or empty
	At        time.Time         // the backend's clock when it answered
	RetryAt   time.Time         // when the next try is allowed; zero when time does not matter
	TriesLeft int               // with CodeWrongCode and its like
	Params    map[string]string // safe values for the sentence
	Support   string            // code that finds the audit trail
	Cause     error             // foreign error, for the log of this side only
}

// Error is for logs and tests; people get the window's sentence.
func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %v", e.Code, e.Cause)
	}
	return string(e.Code)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// CodeOf names err: its code, CodeInternal for anything foreign, empty for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// Errorf makes an Error with a cause that the log may see.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Cause: fmt.Errorf(format, args...)}
}
