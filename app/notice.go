package app

// NoticeCode says what happened on the way to a step; the window has a text for each.
type NoticeCode string

// The notices.
const (
	NoticeCodeSent       NoticeCode = "code_sent"        // a code is on its way
	NoticeCodeResent     NoticeCode = "code_resent"      // a new code is on its way; the old one is dead
	NoticeCallWrong      NoticeCode = "call_wrong"       // other digits were typed on the telephone: that call is over
	NoticePasswordSet    NoticeCode = "password_set"     // the first one
	NoticeRenewed        NoticeCode = "password_renewed" // in place of one that had to be changed
	NoticeCurrentAgain   NoticeCode = "current_again"    // the present password is asked for once more; nothing was changed
	NoticeMethodAdded    NoticeCode = "method_added"     // Kind was registered
	NoticeMethodReplaced NoticeCode = "method_replaced"  // Kind was registered in place of the old one
	NoticeMethodRemoved  NoticeCode = "method_removed"   // Kind was deleted
	NoticeDefaultSet     NoticeCode = "default_set"      // Kind is asked for first when signing in
	NoticeGatePassed     NoticeCode = "gate_passed"      // the first gate is passed
	NoticeGateEnded      NoticeCode = "gate_ended"       // five wrong tries: another way, or this one again
	NoticeKeyOnly        NoticeCode = "key_only"         // recovery is locked: a security key alone leads on
	NoticeTwoForKey      NoticeCode = "two_for_key"      // this way and another one stand in for the security key
	NoticeNotWritten     NoticeCode = "not_written"      // the directory did not take the password: choose one again
	NoticeUnlocked       NoticeCode = "unlocked"         // the account is unlocked; the password is still to be typed
	NoticeFrozen         NoticeCode = "account_frozen"   // self-service is frozen: two methods that are older than what was objected to lift that
	NoticeUnfrozen       NoticeCode = "unfrozen"         // they did
	NoticeOldRequest     NoticeCode = "request_stood"    // a request was open already; its receipt is shown
)

// Notice is something good to know, beside a step.
type Notice struct {
	Code NoticeCode
	Kind Kind // the method it is about, or empty
}
