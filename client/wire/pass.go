package wire

import "github.com/sparekey/sparekey/app"

// SignInWithPass is the form of app.SignInWithPass.
type SignInWithPass struct {
	Type   string `json:"type" const:"sign_in_with_pass"`
	UserID string `json:"user_id" maxLength:"1024"`
	Pass   string `json:"pass" maxLength:"1024"`
}

func newSignInWithPass(in app.SignInWithPass) SignInWithPass {
	return SignInWithPass{UserID: in.UserID, Pass: in.Pass.Reveal()}
}

func (w SignInWithPass) domain() app.SignInWithPass {
	return app.SignInWithPass{UserID: w.UserID, Pass: app.NewSecret(w.Pass)}
}

// IssuePass is the form of app.IssuePass, without who issues it: the server knows who calls.
type IssuePass struct {
	UserID string `json:"user_id" maxLength:"1024"`
	Desk   bool   `json:"desk" doc:"handed over where the person sits down at once: it lives shorter"`
}

// NewIssuePass gives the form of p.
func NewIssuePass(p app.IssuePass) IssuePass { return IssuePass{UserID: p.UserID, Desk: p.Desk} }

// Domain gives the order as a caller gives it.
func (w IssuePass) Domain(by app.AccountID) app.IssuePass {
	return app.IssuePass{UserID: w.UserID, Desk: w.Desk, By: string(by)}
}

// RevokePass is the body that voids the pass of a user ID.
type RevokePass struct {
	UserID string `json:"user_id" maxLength:"1024"`
}

// Pass is the form of app.Pass: it carries the pass itself, once, to the administrator who hands it over.
type Pass struct {
	Code    string `json:"code"`
	Person  Person `json:"person"`
	Expires Time   `json:"expires,omitzero" format:"date-time"`
	First   bool   `json:"first" doc:"the person never had a password"`
}

// NewPass gives the form of p.
func NewPass(p app.Pass) Pass {
	return Pass{Code: p.Code.Reveal(), Person: newPerson(p.Person), Expires: Time(p.Expires), First: p.First}
}

// Domain gives the pass.
func (w Pass) Domain() app.Pass {
	return app.Pass{Code: app.NewSecret(w.Code), Person: w.Person.domain(), Expires: w.Expires.domain(), First: w.First}
}
