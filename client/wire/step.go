package wire

import (
	"encoding/json"
	"fmt"

	"github.com/sparekey/sparekey/app"
)

// Step is an app.Step as a tagged union. An unknown type is an error; an unknown field is not, so that a newer server
// may say more.
type Step struct{ app.Step }

// Steps gives the JSON form of each type, for the API's description.
func Steps() map[string]any { return zeros(steps) }

var steps = map[string]variant[app.Step]{
	"enter_sign_in":    form[EnterSignIn](false),
	"signed_in":        form[SignedIn](false),
	"enter_user_id":    form[EnterUserID](false),
	"prove_work":       form[ProveWork](false),
	"triage":           form[Triage](false),
	"choose_method":    form[ChooseMethod](false),
	"show_secret":      form[ShowSecret](false),
	"enter_address":    form[EnterAddress](false),
	"enter_code":       form[EnterCode](false),
	"enter_phone":      form[EnterPhone](false),
	"confirm_on_phone": form[ConfirmOnPhone](false),
	"pick_questions":   form[PickQuestions](false),
	"answer_questions": form[AnswerQuestions](false),
	"use_key":          form[UseKey](false),
	"choose_unlock":    form[ChooseUnlock](false),
	"new_password":     form[NewPassword](false),
	"confirming":       form[Confirming](false),
	"registered":       form[Registered](false),
	"reconfirm":        form[Reconfirm](false),
	"current_password": form[CurrentPassword](false),
	"security_info":    form[SecurityInfo](false),
	"confirm_delete":   form[ConfirmDelete](false),
	"revealed":         form[Revealed](false),
	"blocked":          form[Blocked](false),
	"request_sent":     form[RequestSent](false),
	"done":             form[Done](false),
}

// UnmarshalJSON reads the form that "type" names.
func (s *Step) UnmarshalJSON(data []byte) (err error) {
	s.Step, err = readUnion(data, steps)
	return err
}

// MarshalJSON writes the step in its form.
func (s Step) MarshalJSON() ([]byte, error) {
	w := newStep(s.Step)
	if w == nil {
		return nil, fmt.Errorf("wire: no form for step %T", s.Step)
	}
	return json.Marshal(w)
}

func newStep(step app.Step) any {
	switch s := step.(type) {
	case app.EnterSignIn:
		return EnterSignIn{Type: "enter_sign_in", UserID: s.UserID, Pass: s.Pass}
	case app.SignedIn:
		return SignedIn{Type: "signed_in", Name: s.Name, Registered: s.Registered, Due: s.Due}
	case app.EnterUserID:
		return EnterUserID{Type: "enter_user_id", UserID: s.UserID}
	case app.ProveWork:
		return newProveWork(s)
	case app.Triage:
		return Triage{Type: "triage", Reasons: list(s.Reasons, same)}
	case app.ChooseMethod:
		return newChooseMethod(s)
	case app.ShowSecret:
		return newShowSecret(s)
	case app.EnterAddress:
		return newEnterAddress(s)
	case app.EnterCode:
		return newEnterCode(s)
	case app.EnterPhone:
		return newEnterPhone(s)
	case app.ConfirmOnPhone:
		return newConfirmOnPhone(s)
	case app.PickQuestions:
		return newPickQuestions(s)
	case app.AnswerQuestions:
		return newAnswerQuestions(s)
	case app.UseKey:
		return newUseKey(s)
	case app.ChooseUnlock:
		return ChooseUnlock{Type: "choose_unlock"}
	case app.NewPassword:
		return newNewPassword(s)
	case app.Confirming:
		return Confirming{Type: "confirming", Since: Time(s.Since)}
	case app.Registered:
		return newRegistered(s)
	case app.Reconfirm:
		return newReconfirm(s)
	case app.CurrentPassword:
		return CurrentPassword{Type: "current_password"}
	case app.SecurityInfo:
		return newSecurityInfo(s)
	case app.ConfirmDelete:
		return ConfirmDelete{Type: "confirm_delete", Credential: newCredential(s.Credential), Left: s.Left, Needed: s.Needed}
	case app.Revealed:
		return Revealed{Type: "revealed", Credential: newCredential(s.Credential), Value: s.Value.Reveal()}
	case app.Blocked:
		return Blocked{Type: "blocked", Code: string(s.Code), Until: Time(s.Until)}
	case app.RequestSent:
		return RequestSent{Type: "request_sent", Receipt: s.Receipt}
	case app.Done:
		return Done{Type: "done", Facts: list(s.Facts, same)}
	}
	return nil
}

// EnterSignIn is the form of app.EnterSignIn.
type EnterSignIn struct {
	Type   string `json:"type" const:"enter_sign_in"`
	UserID string `json:"user_id,omitempty"`
	Pass   bool   `json:"pass"`
}

func (w EnterSignIn) domain() app.Step { return app.EnterSignIn{UserID: w.UserID, Pass: w.Pass} }

// SignedIn is the form of app.SignedIn.
type SignedIn struct {
	Type       string  `json:"type" const:"signed_in"`
	Name       string  `json:"name"`
	Registered bool    `json:"registered"`
	Due        app.Due `json:"due,omitempty"`
}

func (w SignedIn) domain() app.Step {
	return app.SignedIn{Name: w.Name, Registered: w.Registered, Due: w.Due}
}

// EnterUserID is the form of app.EnterUserID.
type EnterUserID struct {
	Type   string `json:"type" const:"enter_user_id"`
	UserID string `json:"user_id,omitempty"`
}

func (w EnterUserID) domain() app.Step { return app.EnterUserID{UserID: w.UserID} }

// Triage is the form of app.Triage.
type Triage struct {
	Type    string       `json:"type" const:"triage"`
	Reasons []app.Reason `json:"reasons" nullable:"false"`
}

func (w Triage) domain() app.Step { return app.Triage{Reasons: unlist(w.Reasons, same)} }

// Confirming is the form of app.Confirming.
type Confirming struct {
	Type  string `json:"type" const:"confirming"`
	Since Time   `json:"since,omitzero" format:"date-time"`
}

func (w Confirming) domain() app.Step { return app.Confirming{Since: w.Since.domain()} }

// Blocked is the form of app.Blocked.
type Blocked struct {
	Type  string `json:"type" const:"blocked"`
	Code  string `json:"code"`
	Until Time   `json:"until,omitzero" format:"date-time"`
}

func (w Blocked) domain() app.Step {
	return app.Blocked{Code: app.Code(w.Code), Until: w.Until.domain()}
}

// RequestSent is the form of app.RequestSent.
type RequestSent struct {
	Type    string `json:"type" const:"request_sent"`
	Receipt string `json:"receipt"`
}

func (w RequestSent) domain() app.Step { return app.RequestSent{Receipt: w.Receipt} }

// Done is the form of app.Done.
type Done struct {
	Type  string     `json:"type" const:"done"`
	Facts []app.Fact `json:"facts" nullable:"false"`
}

func (w Done) domain() app.Step { return app.Done{Facts: unlist(w.Facts, same)} }
