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

// Reconfirm is the form of app.Reconfirm.
type Reconfirm struct {
	Type   string       `json:"type" const:"reconfirm"`
	Have   []Credential `json:"have" nullable:"false"`
	Needed int          `json:"needed"`
	Gates  int          `json:"gates"`
}

func newReconfirm(s app.Reconfirm) Reconfirm {
	return Reconfirm{Have: list(s.Have, newCredential), Needed: s.Needed, Gates: s.Gates}
}

func (w Reconfirm) domain() app.Reconfirm {
	return app.Reconfirm{Have: unlist(w.Have, Credential.domain), Needed: w.Needed, Gates: w.Gates}
}
