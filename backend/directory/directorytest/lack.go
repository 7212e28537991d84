package directorytest

import (
	"slices"
	"testing"

	"github.com/sparekey/sparekey/backend/port"
)

// Lack is something that a directory can't do, or doesn't say. A subject declares what it lacks; the suite says so in its log, and
// fails where the directory has it after all.
type Lack string

// The lacks.
const (
	// NoLength: Rules doesn't say how long a password must be.
	NoLength Lack = "it doesn't say how long a password must be"
	// NoRuleNamed: a refusal doesn't say which rule it is by, or says "simple".
	NoRuleNamed Lack = "a refusal doesn't name the rule"
	// NoHistoryOnReset: what an administrator sets may have been there before.
	NoHistoryOnReset Lack = "a reset isn't held against the history"
	// NoMinimumAge: a password may be changed again at once. Subject.MinimumAge is nil.
	NoMinimumAge Lack = "it has no minimum age of passwords"
	// NoStamp: nothing tells that a password was set.
	NoStamp Lack = "accounts have no stamp"
	// NoFailures: the count of failures is not shown.
	NoFailures Lack = "it doesn't show its count of failures"
	// NoLockedTold: a locked account's right password is answered as a wrong one is.
	NoLockedTold Lack = "Verify doesn't tell that an account is locked"
	// NoLockedToWrong: that an account is locked is told to its right password alone.
	NoLockedToWrong Lack = "Verify doesn't tell a wrong password that the account is locked"
	// NoBlockedTold: the right password of an account that is disabled, or whose time is over, is answered as a wrong one is.
	NoBlockedTold Lack = "Verify doesn't tell that an account is disabled or expired"
	// NoNeverTold: who never had a password looks like anybody.
	NoNeverTold Lack = "it doesn't tell who never had a password"
	// NoEndOfOld: the password before goes on signing in for a while, and Rules says how long.
	NoEndOfOld Lack = "the password before goes on for a while"
	// NoElsewhere: there are no accounts whose password is managed elsewhere.
	NoElsewhere Lack = "no account's password is managed elsewhere"
	// NoExpiry: an account's time is never over.
	NoExpiry Lack = "accounts don't expire"
	// NoProtection: there are no accounts whose password nobody may reset.
	NoProtection Lack = "no account is protected"
	// NoMustChange: no password has to be changed.
	NoMustChange Lack = "no password has to be changed"
	// NoVerify: Verify and ChangePassword answer port.ErrUnsupported, and accounts say so (Cannot). Subject.Holds says what Verify would.
	NoVerify Lack = "it verifies no password, so that nobody changes theirs by the present one"
	// NoLock: no lock is shown, Unlock answers port.ErrUnsupported, and accounts say so (Cannot).
	NoLock Lack = "it neither shows a lock nor lifts one"
	// NoNesting: a group can't be a member of another. Subject.Nest is nil.
	NoNesting Lack = "groups aren't nested"
)

var everyLack = []Lack{
	NoLength, NoRuleNamed, NoHistoryOnReset, NoMinimumAge, NoStamp, NoFailures, NoLockedTold, NoLockedToWrong, NoBlockedTold,
	NoNeverTold, NoEndOfOld, NoElsewhere, NoExpiry, NoProtection, NoMustChange, NoVerify, NoLock, NoNesting,
}

// lacks reports whether the subject declares a lack, and notes that a test asked.
func (f fixture) lacks(l Lack) bool {
	f.t.Helper()
	f.asked[l] = true
	if !slices.Contains(f.Lacks, l) {
		return false
	}
	f.t.Logf("declared: %s", l)
	return true
}

// cannot is what an account has to say that the directory can't do.
func (f fixture) cannot() port.Cannot {
	f.t.Helper()
	return port.Cannot{Verify: f.lacks(NoVerify), Unlock: f.lacks(NoLock)}
}

// checkLacks fails where a declared lack isn't one of the closed set, or no test asked about it.
func checkLacks(t *testing.T, declared []Lack, asked map[Lack]bool) {
	t.Helper()
	for i, l := range declared {
		switch {
		case !slices.Contains(everyLack, l):
			t.Errorf("%q is no lack that the contract knows", l)
		case slices.Contains(declared[:i], l):
			t.Errorf("declared twice: %s", l)
		case !asked[l]:
			t.Errorf("declared, and no test asked: %s", l)
		}
	}
}
