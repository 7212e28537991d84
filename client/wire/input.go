package wire

import (
	"encoding/json"
	"fmt"

	"github.com/sparekey/sparekey/app"
)

// Input is an app.Input as a tagged union. Reading is strict: an unknown type or field is an error.
type Input struct{ app.Input }

// Inputs gives the JSON form of each type, for the API's description.
func Inputs() map[string]any { return zeros(inputs) }

var inputs = map[string]variant[app.Input]{
	"sign_in":               form[SignIn](true),
	"sign_in_with_pass":     form[SignInWithPass](true),
	"give_user_id":          form[GiveUserID](true),
	"give_work":             form[GiveWork](true),
	"give_reason":           form[GiveReason](true),
	"choose":                form[Choose](true),
	"give_code":             form[GiveCode](true),
	"give_address":          form[GiveAddress](true),
	"give_phone":            form[GivePhone](true),
	"give_answers":          form[GiveAnswers](true),
	"give_key":              form[GiveKey](true),
	"give_password":         form[GivePassword](true),
	"give_current_password": form[GiveCurrentPassword](true),
	"set_default":           form[SetDefault](true),
	"replace":               form[Replace](true),
	"delete":                form[Delete](true),
	"reveal":                form[Reveal](true),
	"sign_out_everywhere":   form[SignOutEverywhere](true),
	"give_unlock":           form[GiveUnlock](true),
	"resend":                form[Resend](true),
	"back":                  form[Back](true),
	"contact_admin":         form[ContactAdmin](true),
	"check_again":           form[CheckAgain](true),
	"finish":                form[Finish](true),
}

// UnmarshalJSON reads the form that "type" names.
func (i *Input) UnmarshalJSON(data []byte) (err error) {
	i.Input, err = readUnion(data, inputs)
	return err
}

// MarshalJSON writes the input with its secret, which is what the field is for.
func (i Input) MarshalJSON() ([]byte, error) {
	switch in := i.Input.(type) {
	case app.SignIn:
		return json.Marshal(SignIn{Type: "sign_in", UserID: in.UserID, Password: in.Password.Reveal()})
	case app.SignInWithPass:
		return json.Marshal(SignInWithPass{Type: "sign_in_with_pass", UserID: in.UserID, Pass: in.Pass.Reveal()})
	case app.GiveUserID:
		return json.Marshal(GiveUserID{Type: "give_user_id", UserID: in.UserID})
	case app.GiveWork:
		return json.Marshal(GiveWork{Type: "give_work", Nonce: in.Nonce})
	case app.GiveReason:
		return json.Marshal(GiveReason{Type: "give_reason", Reason: string(in.Reason)})
	case app.Choose:
		return json.Marshal(Choose{Type: "choose", Kind: string(in.Kind)})
	case app.GiveCode:
		return json.Marshal(GiveCode{Type: "give_code", Code: in.Digits.Reveal()})
	case app.GiveAddress:
		return json.Marshal(GiveAddress{Type: "give_address", Address: in.Address})
	case app.GivePhone:
		return json.Marshal(newGivePhone(in))
	case app.GiveAnswers:
		return json.Marshal(newGiveAnswers(in))
	case app.GiveKey:
		return json.Marshal(newGiveKey(in))
	case app.GivePassword:
		return json.Marshal(GivePassword{Type: "give_password", Password: in.Password.Reveal()})
	case app.Replace:
		return json.Marshal(Replace{Type: "replace", Credential: string(in.Credential)})
	case app.SetDefault:
		return json.Marshal(SetDefault{Type: "set_default", Credential: string(in.Credential)})
	case app.Delete:
		return json.Marshal(Delete{Type: "delete", Credential: string(in.Credential)})
	case app.Reveal:
		return json.Marshal(Reveal{Type: "reveal", Credential: string(in.Credential)})
	case app.SignOutEverywhere:
		return json.Marshal(SignOutEverywhere{Type: "sign_out_everywhere"})
	case app.GiveCurrentPassword:
		return json.Marshal(GiveCurrentPassword{Type: "give_current_password", Password: in.Password.Reveal()})
	case app.GiveUnlock:
		return json.Marshal(GiveUnlock{Type: "give_unlock", Only: in.Only})
	case app.Resend:
		return json.Marshal(Resend{Type: "resend"})
	case app.Back:
		return json.Marshal(Back{Type: "back"})
	case app.ContactAdmin:
		return json.Marshal(ContactAdmin{Type: "contact_admin"})
	case app.CheckAgain:
		return json.Marshal(CheckAgain{Type: "check_again"})
	case app.Finish:
		return json.Marshal(Finish{Type: "finish"})
	}
	return nil, fmt.Errorf("wire: no form for input %T", i.Input)
}

// SignIn is the form of app.SignIn.
type SignIn struct {
	Type     string `json:"type" const:"sign_in"`
	UserID   string `json:"user_id" maxLength:"1024"`
	Password string `json:"password" maxLength:"4096"`
}

// GiveUserID is the form of app.GiveUserID.
type GiveUserID struct {
	Type   string `json:"type" const:"give_user_id"`
	UserID string `json:"user_id" maxLength:"1024"`
}

// GiveReason is the form of app.GiveReason.
type GiveReason struct {
	Type   string `json:"type" const:"give_reason"`
	Reason string `json:"reason" enum:"forgot,locked,never"`
}

// Choose is the form of app.Choose.
type Choose struct {
	Type string `json:"type" const:"choose"`
	Kind string `json:"kind" enum:"securitykey,authapp,sms,voice,email,questions"`
}

// GiveCode is the form of app.GiveCode.
type GiveCode struct {
	Type string `json:"type" const:"give_code"`
	Code string `json:"code" maxLength:"1024"`
}

// GiveAddress is the form of app.GiveAddress.
type GiveAddress struct {
	Type    string `json:"type" const:"give_address"`
	Address string `json:"address" maxLength:"1024"`
}

// GivePassword is the form of app.GivePassword.
type GivePassword struct {
	Type     string `json:"type" const:"give_password"`
	Password string `json:"password" maxLength:"4096"`
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

func (w SignIn) domain() app.Input {
	return app.SignIn{UserID: w.UserID, Password: app.NewSecret(w.Password)}
}
func (w GiveUserID) domain() app.Input  { return app.GiveUserID{UserID: w.UserID} }
func (w GiveReason) domain() app.Input  { return app.GiveReason{Reason: app.Reason(w.Reason)} }
func (w Choose) domain() app.Input      { return app.Choose{Kind: app.Kind(w.Kind)} }
func (w GiveCode) domain() app.Input    { return app.GiveCode{Digits: app.NewSecret(w.Code)} }
func (w GiveAddress) domain() app.Input { return app.GiveAddress{Address: w.Address} }
func (w GivePassword) domain() app.Input {
	return app.GivePassword{Password: app.NewSecret(w.Password)}
}
func (w Resend) domain() app.Input       { return app.Resend{} }
func (w Back) domain() app.Input         { return app.Back{} }
func (w ContactAdmin) domain() app.Input { return app.ContactAdmin{} }
func (w CheckAgain) domain() app.Input   { return app.CheckAgain{} }
func (w Finish) domain() app.Input       { return app.Finish{} }
