package limit

import (
	"encoding/hex"

	"github.com/sparekey/sparekey/app"
)

// Counter names what is counted. The zero value names nothing.
type Counter struct{ name string }

// The counters. Recovery, EndedGates and WrongTries stand for the gates of a reset; their AfterPassword is that of the gate
// after a password.
var (
	Recovery      = Counter{"recovery"}       // the lock itself
	EndedGates    = Counter{"ended_gates"}    //
	WrongTries    = Counter{"wrong_tries"}    // those that may close the soft lock
	AllWrongTries = Counter{"all_wrong"}      // those that may close the hard one
	WrongInARow   = Counter{"wrong_in_a_row"} // since the last success
	Starts        = Counter{"starts"}         // of resets
	SignIns       = Counter{"sign_in"}        // wrong passwords
	OurGuesses    = Counter{"guess"}          // that the directory counts
	OtherGuesses  = Counter{"guess.other"}    // that it counts, and were made elsewhere
	OpenGuesses   = Counter{"guess.open"}     // that it has not answered yet
	Passes        = Counter{"pass"}           // wrong passes
	PassTries     = Counter{"pass.tries"}     // wrong ones at a pass, from all clients together
	Unlocks       = Counter{"unlock"}         // without a new password
	Mails         = Counter{"mail"}           // to a mailbox, however its address is spelt
	EnrolSends    = Counter{"enrol"}          // of an account, to what it is about to register: mails, texts and calls together
	SessionEnrols = Counter{"enrol.session"}  // the same of one session
	WrongEnrols   = Counter{"wrong_enrols"}   // wrong answers of an account while it registers
	Sends         = Counter{"number"}         // to a number: texts and calls apart
	AccountSends  = Counter{"phone"}          // to an account's numbers, texts and calls together
	CountrySends  = Counter{"phone.country"}  //
	StationSends  = Counter{"phone.station"}  //
	NetworkSends  = Counter{"phone.network"}  // for a network address
	DaySends      = Counter{"phone.day"}      // all of them
)

// afterPassword and strangers mark counters of their own beside others.
const (
	afterPassword = "proof."
	strangers     = "strangers."
)

// AfterPassword is the counter that stands for the gate after a password.
func (c Counter) AfterPassword() Counter { return Counter{afterPassword + c.name} }

// OfStrangers is the part of a budget that is kept for those who have proven nothing.
func (c Counter) OfStrangers() Counter { return Counter{strangers + c.name} }

// ToldWhy counts how often an account's owner and the help desk were told a reason.
func ToldWhy(why app.Code) Counter { return Counter{"told_why." + string(why)} }

// DecoyUpdates counts the changes of a decoy of a kind.
func DecoyUpdates(kind app.Kind) Counter { return Counter{"decoy_updates." + string(kind)} }

// Key is where the store keeps the counter of a subject, of which subjectHash is a keyed hash: "0f3a…:recovery". A subject's
// counters lie side by side, and so, most often, on one page. It panics where the counter has no name: nothing would be counted
// apart.
func (c Counter) Key(subjectHash []byte) string {
	if c.name == "" {
		panic("limit: a counter without a name")
	}
	return hex.EncodeToString(subjectHash[:16]) + ":" + c.name
}
