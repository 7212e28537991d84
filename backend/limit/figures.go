package limit

import (
	"time"

	"github.com/sparekey/sparekey/backend/policy"
)

// unlocksPerDay is how often an account is unlocked without a new password: what locks it again needs another cure.
const unlocksPerDay = 2

const (
	tenMinutes = 10 * time.Minute
	day        = 24 * time.Hour
)

// Figures gives each sliding window the figures of the policy in force.
type Figures struct{ Policy *policy.Policy }

// EndedGates closes the soft lock of recovery.
func (f Figures) EndedGates() SlidingWindow {
	return SlidingWindow{N: f.Policy.Recovery.EndedGates, Span: f.Policy.Recovery.Window}
}

// WrongTries closes it too: as many as the ended gates would have taken.
func (f Figures) WrongTries() SlidingWindow {
	return SlidingWindow{N: f.Policy.Recovery.EndedGates * f.Policy.Codes.Tries, Span: f.Policy.Recovery.Window}
}

// AllWrongTries counts all wrong tries, over the soft lock too, and closes the hard one.
func (f Figures) AllWrongTries() SlidingWindow {
	return SlidingWindow{N: f.Policy.Recovery.MostWrongTries, Span: f.Policy.Recovery.Window}
}

// WrongInARow bounds the wrong tries since the last success.
func (f Figures) WrongInARow() Row { return Row{N: f.Policy.Recovery.WrongInARow} }

// Starts bounds how often a reset is begun for an account, or for a name that nobody has.
func (f Figures) Starts() SlidingWindow {
	return SlidingWindow{N: f.Policy.Recovery.StartsPerHour, Span: time.Hour}
}

// EnrolSends bounds what an account has sent to addresses and numbers that are not its own yet.
func (f Figures) EnrolSends() SlidingWindow { return PerDay(f.Policy.Registration.SendsPerAccount) }

// SessionEnrols is the part of it that one session may use: who got hold of one leaves the owner something.
func (f Figures) SessionEnrols() SlidingWindow {
	return PerDay(Half(f.Policy.Registration.SendsPerAccount))
}

// WrongEnrols bounds the wrong answers of an account while it registers, whatever it begins anew: as many as would lock
// recovery.
func (f Figures) WrongEnrols() SlidingWindow { return f.WrongTries() }

// Mails bounds the mails to a mailbox.
func (f Figures) Mails() SlidingWindow {
	return SlidingWindow{N: f.Policy.Recovery.MailsPerAddress, Span: tenMinutes}
}

// Sends bounds the texts, or the calls, to a number.
func (f Figures) Sends() SlidingWindow {
	return SlidingWindow{N: f.Policy.Recovery.SendsPerNumber, Span: tenMinutes}
}

// AccountSends bounds the texts and calls of an account.
func (f Figures) AccountSends() SlidingWindow { return PerDay(f.Policy.Recovery.SendsPerAccount) }

// Unlocks bounds the unlocks of an account without a new password.
func (f Figures) Unlocks() SlidingWindow { return PerDay(unlocksPerDay) }

// PerDay is a window of n in 24 hours.
func PerDay(n int) SlidingWindow { return SlidingWindow{N: n, Span: day} }

// mostPassTries is how many wrong tries a pass bears, from wherever they come (NIST SP 800-63B-4, 3.2.2).
const mostPassTries = 100

// PassTries bounds the wrong tries at one pass in a day, from all clients together: with so many it is good no more.
func (f Figures) PassTries() SlidingWindow { return PerDay(mostPassTries) }

// Half is the part of a budget that strangers may use: the rest is kept for those who have proven something, so that
// nobody who only names people can keep everybody from signing in.
func Half(n int) int { return (n + 1) / 2 }
