package wire

import "github.com/sparekey/sparekey/app"

// The steps and inputs of the security info page.

// SecurityInfo is the form of app.SecurityInfo.
type SecurityInfo struct {
	Type      string       `json:"type" const:"security_info"`
	Have      []Credential `json:"have" nullable:"false"`
	Needed    int          `json:"needed"`
	Missing   int          `json:"missing"`
	More      []Choice     `json:"more" nullable:"false"`
	Recommend bool         `json:"recommend"`
}

func newSecurityInfo(s app.SecurityInfo) SecurityInfo {
	return SecurityInfo{
		Type: "security_info", Have: list(s.Have, newCredential), Needed: s.Needed, Missing: s.Missing,
		More: list(s.More, newChoice), Recommend: s.Recommend,
	}
}

func (w SecurityInfo) domain() app.Step {
	return app.SecurityInfo{
		Have: unlist(w.Have, Credential.domain), Needed: w.Needed, Missing: w.Missing,
		More: unlist(w.More, Choice.domain), Recommend: w.Recommend,
	}
}

// ConfirmDelete is the form of app.ConfirmDelete.
type ConfirmDelete struct {
	Type       string     `json:"type" const:"confirm_delete"`
	Credential Credential `json:"credential"`
	Left       int        `json:"left"`
	Needed     int        `json:"needed"`
}

func (w ConfirmDelete) domain() app.Step {
	return app.ConfirmDelete{Credential: w.Credential.domain(), Left: w.Left, Needed: w.Needed}
}

// Revealed is the form of app.Revealed: it carries a number or an address in full, for its owner.
type Revealed struct {
	Type       string     `json:"type" const:"revealed"`
	Credential Credential `json:"credential"`
	Value      string     `json:"value"`
}

func (w Revealed) domain() app.Step {
	return app.Revealed{Credential: w.Credential.domain(), Value: app.NewSecret(w.Value)}
}

// SetDefault is the form of app.SetDefault.
type SetDefault struct {
	Type       string `json:"type" const:"set_default"`
	Credential string `json:"credential" maxLength:"64"`
}

// Replace is the form of app.Replace.
type Replace struct {
	Type       string `json:"type" const:"replace"`
	Credential string `json:"credential" maxLength:"64"`
}

// Delete is the form of app.Delete.
type Delete struct {
	Type       string `json:"type" const:"delete"`
	Credential string `json:"credential" maxLength:"64"`
}

// Reveal is the form of app.Reveal.
type Reveal struct {
	Type       string `json:"type" const:"reveal"`
	Credential string `json:"credential" maxLength:"64"`
}

// SignOutEverywhere is the form of app.SignOutEverywhere.
type SignOutEverywhere struct {
	Type string `json:"type" const:"sign_out_everywhere"`
}

func (w SetDefault) domain() app.Input {
	return app.SetDefault{Credential: app.CredentialID(w.Credential)}
}
func (w Replace) domain() app.Input { return app.Replace{Credential: app.CredentialID(w.Credential)} }
func (w Delete) domain() app.Input  { return app.Delete{Credential: app.CredentialID(w.Credential)} }
func (w Reveal) domain() app.Input  { return app.Reveal{Credential: app.CredentialID(w.Credential)} }

func (w SignOutEverywhere) domain() app.Input { return app.SignOutEverywhere{} }

// CurrentPassword is the form of app.CurrentPassword.
type CurrentPassword struct {
	Type string `json:"type" const:"current_password"`
}

func (w CurrentPassword) domain() app.Step { return app.CurrentPassword{} }

// GiveCurrentPassword is the form of app.GiveCurrentPassword.
type GiveCurrentPassword struct {
	Type     string `json:"type" const:"give_current_password"`
	Password string `json:"password" maxLength:"4096"`
}

func (w GiveCurrentPassword) domain() app.Input {
	return app.GiveCurrentPassword{Password: app.NewSecret(w.Password)}
}
