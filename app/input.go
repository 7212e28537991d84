package app

// Input is what a person answers to a Step. The set is closed.
type Input interface{ input() }

// SignIn answers EnterSignIn.
type SignIn struct {
	UserID   string
	Password Secret
}

// GiveUserID answers EnterUserID.
type GiveUserID struct{ UserID string }

// GiveReason answers Triage.
type GiveReason struct{ Reason Reason }

// Choose takes a way: from ChooseMethod, from Registered (one more), or from a flow's Others at any step.
type Choose struct{ Kind Kind }

// GiveCode answers EnterCode and ShowSecret: six digits, spaces allowed.
type GiveCode struct{ Digits Secret }

// GiveAddress answers EnterAddress.
type GiveAddress struct{ Address string }

// GivePassword answers NewPassword.
type GivePassword struct{ Password Secret }

// Resend asks for a new code; the old one is dead then, and the tries stay counted.
type Resend struct{}

// Back goes to the step before, where the flow says that it can.
type Back struct{}

// ContactAdmin asks an administrator for help, where the flow says that it can.
type ContactAdmin struct{}

// CheckAgain answers Confirming.
type CheckAgain struct{}

// Finish answers Registered.
type Finish struct{}

func (SignIn) input()       {}
func (GiveUserID) input()   {}
func (GiveReason) input()   {}
func (Choose) input()       {}
func (GiveCode) input()     {}
func (GiveAddress) input()  {}
func (GivePassword) input() {}
func (Resend) input()       {}
func (Back) input()         {}
func (ContactAdmin) input() {}
func (CheckAgain) input()   {}
func (Finish) input()       {}
