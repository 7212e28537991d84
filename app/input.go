package app

// Input is what a person answers to a Step. The set is closed.
type Input interface{ input() }

// SignIn answers EnterSignIn.
type SignIn struct {
	UserID   string
	Password Secret
}

// SignInWithPass answers EnterSignIn where it offers that.
type SignInWithPass struct {
	UserID string
	Pass   Secret // as typed, with or without separators, in any case
}

// GiveUserID answers EnterUserID.
type GiveUserID struct{ UserID string }

// GiveWork answers ProveWork; the number is not negative.
type GiveWork struct{ Nonce int64 }

// GiveReason answers Triage.
type GiveReason struct{ Reason Reason }

// Choose takes a way: from ChooseMethod, from Registered and SecurityInfo (one more), or from a flow's Others at any step.
type Choose struct{ Kind Kind }

// GiveCode answers EnterCode and ShowSecret: six digits, spaces allowed.
type GiveCode struct{ Digits Secret }

// GiveAddress answers EnterAddress.
type GiveAddress struct{ Address string }

// GivePhone answers EnterPhone.
type GivePhone struct {
	Number    string // as typed; without a leading "+" it is read as of Region
	Region    string // ISO 3166-1 alpha-2, from the workstation's locale; empty where that names none
	Extension string // office only
	Use       PhoneUse
}

// Answer is an answer to a security question.
type Answer struct {
	Question string // its ID
	Answer   Secret
}

// GiveAnswers answers PickQuestions and AnswerQuestions.
type GiveAnswers struct{ Answers []Answer }

// GivePassword answers NewPassword.
type GivePassword struct{ Password Secret }

// GiveKey answers UseKey with what the key made. A new credential gets a Name, by which its owner knows the key.
type GiveKey struct {
	Answer KeyAnswer
	Name   string // 1 to 40 characters with Create, empty with Get
}

// SetDefault makes the credential, which must be a verification method's, the one that signing in asks for first.
type SetDefault struct{ Credential CredentialID }

// Replace sets up anew, in place of a registered one, what there may be one of: a number, an address, security questions.
// The old one serves until the new one is proven.
type Replace struct{ Credential CredentialID }

// Delete deletes a credential: from SecurityInfo it is asked once more, from ConfirmDelete it is done.
type Delete struct{ Credential CredentialID }

// Reveal shows the number or address of a credential in full.
type Reveal struct{ Credential CredentialID }

// SignOutEverywhere ends every session of the person, this one too.
type SignOutEverywhere struct{}

// GiveCurrentPassword answers CurrentPassword.
type GiveCurrentPassword struct{ Password Secret }

// GiveUnlock answers ChooseUnlock: Only keeps the password and lifts the lock; otherwise a new password is wanted.
type GiveUnlock struct{ Only bool }

// Resend asks for a new code; the old one is dead then, and the tries stay counted.
type Resend struct{}

// Back goes to the step before, where the flow says that it can.
type Back struct{}

// ContactAdmin asks an administrator for help, where the flow says that it can.
type ContactAdmin struct{}

// CheckAgain answers Confirming.
type CheckAgain struct{}

// Finish answers Registered and Reconfirm.
type Finish struct{}

func (SignIn) input()              {}
func (SignInWithPass) input()      {}
func (GiveUserID) input()          {}
func (GiveWork) input()            {}
func (GiveReason) input()          {}
func (Choose) input()              {}
func (GiveCode) input()            {}
func (GiveAddress) input()         {}
func (GivePassword) input()        {}
func (GivePhone) input()           {}
func (GiveAnswers) input()         {}
func (GiveKey) input()             {}
func (SetDefault) input()          {}
func (Replace) input()             {}
func (Delete) input()              {}
func (Reveal) input()              {}
func (SignOutEverywhere) input()   {}
func (GiveCurrentPassword) input() {}
func (GiveUnlock) input()          {}
func (Resend) input()              {}
func (Back) input()                {}
func (ContactAdmin) input()        {}
func (CheckAgain) input()          {}
func (Finish) input()              {}
