package wire

import "github.com/sparekey/sparekey/app"

// Input is an app.Input as a tagged union. Reading is strict: an unknown type or field is an error. It is written with
// its secret, for which the field is made.
type Input struct{ app.Input }

// Inputs gives the JSON form of each type, for the API's description.
func Inputs() map[string]any { return inputs.forms() }

// inputs has one row for each type of input: the form that it is written in, and how that is read.
var inputs = newUnion(true,
	input(newSignIn, SignIn.domain),
	input(newSignInWithPass, SignInWithPass.domain),
	input(newGiveUserID, GiveUserID.domain),
	input(newGiveWork, GiveWork.domain),
	input(newGiveReason, GiveReason.domain),
	input(newChoose, Choose.domain),
	input(newGiveCode, GiveCode.domain),
	input(newGiveAddress, GiveAddress.domain),
	input(newGivePhone, GivePhone.domain),
	input(newGiveAnswers, GiveAnswers.domain),
	input(newGiveKey, GiveKey.domain),
	input(newGivePassword, GivePassword.domain),
	input(newGiveCurrentPassword, GiveCurrentPassword.domain),
	input(newSetDefault, SetDefault.domain),
	input(newReplace, Replace.domain),
	input(newDelete, Delete.domain),
	input(newReveal, Reveal.domain),
	input(bare[app.SignOutEverywhere, SignOutEverywhere], bare),
	input(newGiveUnlock, GiveUnlock.domain),
	input(bare[app.Resend, Resend], bare),
	input(bare[app.Back, Back], bare),
	input(bare[app.ContactAdmin, ContactAdmin], bare),
	input(bare[app.CheckAgain, CheckAgain], bare),
	input(bare[app.Finish, Finish], bare),
)

func input[D app.Input, W any](write func(D) W, read func(W) D) variant[app.Input] {
	return newVariant(write, read, func(in D) app.Input { return in })
}

// UnmarshalJSON reads the form that "type" names.
func (i *Input) UnmarshalJSON(data []byte) (err error) {
	i.Input, err = inputs.unmarshal(data)
	return err
}

// MarshalJSON writes the input in its form.
func (i Input) MarshalJSON() ([]byte, error) { return inputs.marshal(i.Input) }

// SignIn is the form of app.SignIn.
type SignIn struct {
	Type     string `json:"type" const:"sign_in"`
	UserID   string `json:"user_id" maxLength:"1024"`
	Password string `json:"password" maxLength:"4096"`
}

func newSignIn(in app.SignIn) SignIn {
	return SignIn{UserID: in.UserID, Password: in.Password.Reveal()}
}

func (w SignIn) domain() app.SignIn {
	return app.SignIn{UserID: w.UserID, Password: app.NewSecret(w.Password)}
}

// GiveUserID is the form of app.GiveUserID.
type GiveUserID struct {
	Type   string `json:"type" const:"give_user_id"`
	UserID string `json:"user_id" maxLength:"1024"`
}

func newGiveUserID(in app.GiveUserID) GiveUserID {
	return GiveUserID{UserID: in.UserID}
}

func (w GiveUserID) domain() app.GiveUserID {
	return app.GiveUserID{UserID: w.UserID}
}

// GiveReason is the form of app.GiveReason.
type GiveReason struct {
	Type   string `json:"type" const:"give_reason"`
	Reason string `json:"reason" enum:"forgot,locked,never"`
}

func newGiveReason(in app.GiveReason) GiveReason {
	return GiveReason{Reason: string(in.Reason)}
}

func (w GiveReason) domain() app.GiveReason {
	return app.GiveReason{Reason: app.Reason(w.Reason)}
}

// Choose is the form of app.Choose.
type Choose struct {
	Type string `json:"type" const:"choose"`
	Kind string `json:"kind" enum:"securitykey,authapp,sms,voice,email,questions"`
}

func newChoose(in app.Choose) Choose {
	return Choose{Kind: string(in.Kind)}
}

func (w Choose) domain() app.Choose {
	return app.Choose{Kind: app.Kind(w.Kind)}
}

// GiveCode is the form of app.GiveCode.
type GiveCode struct {
	Type string `json:"type" const:"give_code"`
	Code string `json:"code" maxLength:"1024"`
}

func newGiveCode(in app.GiveCode) GiveCode {
	return GiveCode{Code: in.Digits.Reveal()}
}

func (w GiveCode) domain() app.GiveCode {
	return app.GiveCode{Digits: app.NewSecret(w.Code)}
}

// GiveAddress is the form of app.GiveAddress.
type GiveAddress struct {
	Type    string `json:"type" const:"give_address"`
	Address string `json:"address" maxLength:"1024"`
}

func newGiveAddress(in app.GiveAddress) GiveAddress {
	return GiveAddress{Address: in.Address}
}

func (w GiveAddress) domain() app.GiveAddress {
	return app.GiveAddress{Address: w.Address}
}

// GivePassword is the form of app.GivePassword.
type GivePassword struct {
	Type     string `json:"type" const:"give_password"`
	Password string `json:"password" maxLength:"4096"`
}

func newGivePassword(in app.GivePassword) GivePassword {
	return GivePassword{Password: in.Password.Reveal()}
}

func (w GivePassword) domain() app.GivePassword {
	return app.GivePassword{Password: app.NewSecret(w.Password)}
}

// Resend is the form of app.Resend.
type Resend struct {
	Type string `json:"type" const:"resend"`
}

// Back is the form of app.Back.
type Back struct {
	Type string `json:"type" const:"back"`
}

// ContactAdmin is the form of app.ContactAdmin.
type ContactAdmin struct {
	Type string `json:"type" const:"contact_admin"`
}

// CheckAgain is the form of app.CheckAgain.
type CheckAgain struct {
	Type string `json:"type" const:"check_again"`
}

// Finish is the form of app.Finish.
type Finish struct {
	Type string `json:"type" const:"finish"`
}
