package app

import "time"

// Step is what a flow wants now. The set is closed: a window that draws each of these can lead through any flow.
type Step interface{ step() }

// EnterSignIn wants a user ID and the password. Answer: SignIn, or SignInWithPass where Pass is set.
type EnterSignIn struct {
	UserID string
	Pass   bool // a pass is taken too
	// PassOnly says that there are people who sign in by pass alone: nobody here can verify their password.
	PassOnly bool
}

// SignedIn ends a sign-in; Sessions.Open turns it into a session.
type SignedIn struct {
	Name       string
	Registered bool // enough ways back in are registered
	Due        Due
}

// Due is what comes first once somebody has signed in; empty for nothing.
type Due string

// What may be due.
const (
	DueOffer     Due = "register_offered"  // to register enough; it may be put off
	DueRegister  Due = "register_required" // the same; nothing else can be done before
	DueReconfirm Due = "reconfirm"         // to look over what is registered
)

// EnterUserID wants to know who the person is. Answer: GiveUserID.
type EnterUserID struct{ UserID string }

// ProveWork wants some computing before an account is looked at: a number whose hash (argon2id over its 8 bytes, the most
// significant first, with Salt and one lane) begins with Bits zero bits. Package app/work finds it. Answer: GiveWork.
type ProveWork struct {
	Salt    []byte
	Memory  int // KiB
	Passes  int
	Bits    int
	Expires time.Time // later, a new one is set
}

// Triage wants to know what happened. Answer: GiveReason.
type Triage struct{ Reasons []Reason }

// Reason is what brought the person here.
type Reason string

// The reasons.
const (
	ReasonForgot Reason = "forgot"
	ReasonLocked Reason = "locked"
	ReasonNever  Reason = "never"
)

// ChooseMethod offers ways, to register one or to prove one. Answer: Choose.
type ChooseMethod struct {
	Enrol   bool // to register one; otherwise to pass a gate
	Choices []Choice
	Have    []Credential // registered so far (only while registering)
	Needed  int          // methods to register
	Missing int          // of those, how many are still missing (only while registering)
	Gates   int          // gates of a reset
	Gate    int          // the gate at hand, from 1 (only in a reset)
}

// ShowSecret shows a TOTP secret once, as an otpauth URI for a QR code and in groups for typing, and wants a code that
// proves it. Answer: GiveCode.
type ShowSecret struct {
	URI       Secret   // otpauth://totp/… (Key URI Format)
	Groups    []Secret // the base32 secret in groups of four
	Issuer    string
	Account   string
	TriesLeft int
}

// EnterAddress wants an email address. Answer: GiveAddress.
type EnterAddress struct {
	Confirm    bool     // a reset: type in full the address that is on file
	OwnDomains []string // addresses that can't serve, since they need the forgotten password
	Address    string   // what was typed before
	TriesLeft  int      // only with Confirm
}

// PhoneUse says what a number is for its owner: one of each may be registered.
type PhoneUse string

// The uses of a number.
const (
	PhoneMobile    PhoneUse = "mobile"
	PhoneAlternate PhoneUse = "alternate" // another mobile
	PhoneOffice    PhoneUse = "office"    // may have an extension; calls only
)

// EnterPhone wants a phone number. Answer: GivePhone.
type EnterPhone struct {
	Channel   Kind       // KindSMS or KindVoice
	Confirm   bool       // a reset: type in full a number that is on file
	Uses      []PhoneUse // what may still be registered; none with Confirm
	Number    string     // what was typed before, as the other two
	Extension string
	Use       PhoneUse
	TriesLeft int // only with Confirm
}

// Question is a security question: predefined ones have a text in each language under their ID, the administrator's
// own bring theirs.
type Question struct {
	ID    string
	Texts map[string]string // the administrator's own words by language (BCP 47), "" where none is named; nil for a predefined one
}

// PickQuestions wants questions chosen and answered. Answer: GiveAnswers with Choose different questions.
type PickQuestions struct {
	Questions            []Question
	Choose               int // how many, 3 to 5
	MinLength, MaxLength int // of an answer, characters
}

// AnswerQuestions wants the answers to these. Answer: GiveAnswers in the same order.
type AnswerQuestions struct {
	Questions []Question
	TriesLeft int
}

// EnterCode wants the code that an app shows or a message carries. Answer: GiveCode; Resend where ResendAt is set.
type EnterCode struct {
	Channel   Kind
	Masked    string // where it went, or empty
	TriesLeft int
	Expires   time.Time // zero when the code does not expire by itself
	ResendAt  time.Time // when Resend opens, zero when there is nothing to send
	// What became of the message: of the backend, not of a method. It changes without a new revision, so the flow is read again
	// meanwhile.
	Delivery Delivery
	Handed   time.Time // when a provider took it; zero until then
}

// ConfirmOnPhone waits for a telephone: whoever is called types the two digits there. The flow goes on by itself, so it
// is read again and again meanwhile. Answer: Resend, which calls again with other digits.
type ConfirmOnPhone struct {
	Digits    string // "10" to "99", for the screen: they are no secret
	Masked    string // the number that is called, or empty
	TriesLeft int
	Expires   time.Time
	ResendAt  time.Time // when Resend opens
	Over      bool      // other digits were typed, which ended the call
	Delivery  Delivery  // as of EnterCode
	Handed    time.Time
}

// CurrentPassword wants the password that the person has now, once more; in a reset it lifts the directory's lock. Answer:
// GiveCurrentPassword.
type CurrentPassword struct{}

// ChooseUnlock asks whoever was locked out and passed the gates of a reset whether to set a new password, or to keep the
// one they know and have the lock lifted. Answer: GiveUnlock.
type ChooseUnlock struct{}

// NewPassword wants a new password. Answer: GivePassword.
type NewPassword struct {
	Rules PasswordRules
	Renew bool // the present one has expired, or has to be changed before anything else
}

// PasswordRules are shown before typing, and judged by app/password on both sides.
type PasswordRules struct {
	MinLength  int      // characters (Unicode code points after NFC)
	MaxLength  int      // characters
	MinClasses int      // of lower case, upper case, digits, others; 0 for no such rule
	Forbidden  []string // the person's names and the organisation's: not contained, whatever the case
	Words      []string // what the directory itself refuses, as it stands, from 3 characters: the same
	Banned     bool     // refused when it is made of words that are easy to guess
	OwnTerms   bool     // the organisation bans words of its own, which only the server knows
	Common     bool     // refused when it is a commonly used password
	Breached   bool     // refused when it is in a list of leaked passwords, which only the server has
	History    int      // the directory refuses this many old ones; 0 when it doesn't say
}

// Confirming means that the directory was told the new password and has not confirmed it: nobody knows yet whether it
// holds. Answer: CheckAgain, which reads the directory again.
type Confirming struct{ Since time.Time }

// Registered is the wizard's last page: what there is and what it can do. Answer: Finish, or Choose for one more.
type Registered struct {
	Have    []Credential
	Needed  int      // different methods, for a reset; one that counts as two gates counts as two
	Missing int      // of those, how many are still missing
	More    []Choice // what else may be added, the recommendation first
	// Recommend is set while fewer than gates+1 are registered: one lost device must not lock the person out.
	Recommend bool
}

// Reconfirm asks whether what is registered is still right. Answer: Finish, which says so.
type Reconfirm struct {
	Have   []Credential
	Needed int
	Gates  int
}

// SecurityInfo is what the person has registered and may do with it. Answer: Choose (add one), SetDefault, Replace, Delete, Reveal
// or SignOutEverywhere. Where the last fresh proof is too old, a gate of the strongest verification method comes first.
type SecurityInfo struct {
	Have    []Credential
	Needed  int
	Missing int
	More    []Choice // what else may be added, the recommendation first
	// Recommend is set while fewer than gates+1 are registered: one lost device must not lock the person out.
	Recommend bool
}

// ConfirmDelete asks whether to delete a credential, which can't be undone. Answer: Delete of the same, or Back.
type ConfirmDelete struct {
	Credential Credential
	Left       int // different methods that are left then; one that counts as two gates counts as two
	Needed     int
}

// Revealed shows a number or an address in full. Answer: Back.
type Revealed struct {
	Credential Credential
	Value      Secret
}

// Blocked is a refusal that the person can't mend here. Answer: ContactAdmin where the flow allows it.
type Blocked struct {
	Code  Code
	Until time.Time // when it may be tried again; zero when time does not help
	Lifts bool      // with CodeFrozen: a reset by two methods that the person holds lifts it
}

// RequestSent says that an administrator was asked.
type RequestSent struct{ Receipt string }

// Done ends a flow: what happened, in facts that did happen.
type Done struct {
	Facts  []Fact
	OldFor time.Duration // with FactOldGoesOn: for how long at most
}

// Fact is one thing that happened.
type Fact string

// The facts.
const (
	FactPasswordSet   Fact = "password_set"
	FactOldGoesOn     Fact = "old_goes_on"    // the password before may open some doors for a while yet
	FactFirstPassword Fact = "first_password" // in place of FactPasswordSet, where there was none before
	FactUnlocked      Fact = "unlocked"
	FactNotLocked     Fact = "not_locked" // the lock was gone already
	FactSignedOut     Fact = "signed_out"
	FactTold          Fact = "told"
	FactConfirmed     Fact = "confirmed"
	FactRegistered    Fact = "registered"
	FactContacts      Fact = "contacts"              // what the organisation entered beforehand is confirmed and registered
	FactEverywhere    Fact = "signed_out_everywhere" // here too
)

func (EnterSignIn) step()     {}
func (SignedIn) step()        {}
func (EnterUserID) step()     {}
func (ProveWork) step()       {}
func (Triage) step()          {}
func (ChooseMethod) step()    {}
func (ShowSecret) step()      {}
func (EnterAddress) step()    {}
func (EnterCode) step()       {}
func (EnterPhone) step()      {}
func (ConfirmOnPhone) step()  {}
func (PickQuestions) step()   {}
func (AnswerQuestions) step() {}
func (UseKey) step()          {}
func (CurrentPassword) step() {}
func (ChooseUnlock) step()    {}
func (NewPassword) step()     {}
func (Confirming) step()      {}
func (Registered) step()      {}
func (Reconfirm) step()       {}
func (SecurityInfo) step()    {}
func (ConfirmDelete) step()   {}
func (Revealed) step()        {}
func (Blocked) step()         {}
func (RequestSent) step()     {}
func (Done) step()            {}
