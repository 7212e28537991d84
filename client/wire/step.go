package wire

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// Step is an app.Step as a tagged union. An unknown type is an error; an unknown field is not, so that a newer server
// may say more.
type Step struct{ app.Step }

// Steps gives the JSON form of each type, for the API's description.
func Steps() map[string]any { return steps.forms() }

// steps has one row for each type of step: the form that it is written in, and how that is read.
var steps = newUnion(false,
	step(newEnterSignIn, EnterSignIn.domain),
	step(newSignedIn, SignedIn.domain),
	step(newEnterUserID, EnterUserID.domain),
	step(newProveWork, ProveWork.domain),
	step(newTriage, Triage.domain),
	step(newChooseMethod, ChooseMethod.domain),
	step(newShowSecret, ShowSecret.domain),
	step(newEnterAddress, EnterAddress.domain),
	step(newEnterCode, EnterCode.domain),
	step(newEnterPhone, EnterPhone.domain),
	step(newConfirmOnPhone, ConfirmOnPhone.domain),
	step(newPickQuestions, PickQuestions.domain),
	step(newAnswerQuestions, AnswerQuestions.domain),
	step(newUseKey, UseKey.domain),
	step(bare[app.ChooseUnlock, ChooseUnlock], bare),
	step(newNewPassword, NewPassword.domain),
	step(newConfirming, Confirming.domain),
	step(newRegistered, Registered.domain),
	step(newReconfirm, Reconfirm.domain),
	step(bare[app.CurrentPassword, CurrentPassword], bare),
	step(newSecurityInfo, SecurityInfo.domain),
	step(newConfirmDelete, ConfirmDelete.domain),
	step(newRevealed, Revealed.domain),
	step(newBlocked, Blocked.domain),
	step(newRequestSent, RequestSent.domain),
	step(newDone, Done.domain),
)

func step[D app.Step, W any](write func(D) W, read func(W) D) variant[app.Step] {
	return newVariant(write, read, func(s D) app.Step { return s })
}

// UnmarshalJSON reads the form that "type" names.
func (s *Step) UnmarshalJSON(data []byte) (err error) {
	s.Step, err = steps.unmarshal(data)
	return err
}

// MarshalJSON writes the step in its form.
func (s Step) MarshalJSON() ([]byte, error) { return steps.marshal(s.Step) }

// EnterSignIn is the form of app.EnterSignIn.
type EnterSignIn struct {
	Type   string `json:"type" const:"enter_sign_in"`
	UserID string `json:"user_id,omitempty"`
	Pass   bool   `json:"pass"`

	PassOnly bool `json:"pass_only,omitempty" doc:"there are people who sign in by pass alone"`
}

func newEnterSignIn(s app.EnterSignIn) EnterSignIn {
	return EnterSignIn{UserID: s.UserID, Pass: s.Pass, PassOnly: s.PassOnly}
}

func (w EnterSignIn) domain() app.EnterSignIn {
	return app.EnterSignIn{UserID: w.UserID, Pass: w.Pass, PassOnly: w.PassOnly}
}

// SignedIn is the form of app.SignedIn.
type SignedIn struct {
	Type       string  `json:"type" const:"signed_in"`
	Name       string  `json:"name"`
	Registered bool    `json:"registered"`
	Due        app.Due `json:"due,omitempty"`
}

func newSignedIn(s app.SignedIn) SignedIn {
	return SignedIn{Name: s.Name, Registered: s.Registered, Due: s.Due}
}

func (w SignedIn) domain() app.SignedIn {
	return app.SignedIn{Name: w.Name, Registered: w.Registered, Due: w.Due}
}

// EnterUserID is the form of app.EnterUserID.
type EnterUserID struct {
	Type   string `json:"type" const:"enter_user_id"`
	UserID string `json:"user_id,omitempty"`
}

func newEnterUserID(s app.EnterUserID) EnterUserID {
	return EnterUserID{UserID: s.UserID}
}

func (w EnterUserID) domain() app.EnterUserID { return app.EnterUserID{UserID: w.UserID} }

// Triage is the form of app.Triage.
type Triage struct {
	Type    string       `json:"type" const:"triage"`
	Reasons []app.Reason `json:"reasons" nullable:"false"`
}

func newTriage(s app.Triage) Triage {
	return Triage{Reasons: list(s.Reasons, same)}
}

func (w Triage) domain() app.Triage { return app.Triage{Reasons: unlist(w.Reasons, same)} }

// Confirming is the form of app.Confirming.
type Confirming struct {
	Type  string `json:"type" const:"confirming"`
	Since Time   `json:"since,omitzero" format:"date-time"`
}

func newConfirming(s app.Confirming) Confirming {
	return Confirming{Since: Time(s.Since)}
}

func (w Confirming) domain() app.Confirming { return app.Confirming{Since: w.Since.domain()} }

// Blocked is the form of app.Blocked.
type Blocked struct {
	Type  string `json:"type" const:"blocked"`
	Code  string `json:"code"`
	Until Time   `json:"until,omitzero" format:"date-time"`
	Lifts bool   `json:"lifts,omitempty" doc:"a reset by two methods that the person holds lifts it"`
}

func newBlocked(s app.Blocked) Blocked {
	return Blocked{Code: string(s.Code), Until: Time(s.Until), Lifts: s.Lifts}
}

func (w Blocked) domain() app.Blocked {
	return app.Blocked{Code: app.Code(w.Code), Until: w.Until.domain(), Lifts: w.Lifts}
}

// RequestSent is the form of app.RequestSent.
type RequestSent struct {
	Type    string `json:"type" const:"request_sent"`
	Receipt string `json:"receipt"`
}

func newRequestSent(s app.RequestSent) RequestSent {
	return RequestSent{Receipt: s.Receipt}
}

func (w RequestSent) domain() app.RequestSent { return app.RequestSent{Receipt: w.Receipt} }

// Done is the form of app.Done.
type Done struct {
	Type  string     `json:"type" const:"done"`
	Facts []app.Fact `json:"facts" nullable:"false"`
	// OldFor is in seconds.
	OldFor int `json:"old_for,omitempty"`
}

func newDone(s app.Done) Done {
	return Done{Facts: list(s.Facts, same), OldFor: int((s.OldFor + time.Second - 1) / time.Second)}
}

func (w Done) domain() app.Done {
	return app.Done{Facts: unlist(w.Facts, same), OldFor: time.Duration(w.OldFor) * time.Second}
}
