package wire

import "github.com/sparekey/sparekey/app"

// The steps and inputs of the security info page, and the step that asks whether it is still right.

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
		Have: list(s.Have, newCredential), Needed: s.Needed, Missing: s.Missing,
		More: list(s.More, newChoice), Recommend: s.Recommend,
	}
}

func (w SecurityInfo) domain() app.SecurityInfo {
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

func newConfirmDelete(s app.ConfirmDelete) ConfirmDelete {
	return ConfirmDelete{Credential: newCredential(s.Credential), Left: s.Left, Needed: s.Needed}
}

func (w ConfirmDelete) domain() app.ConfirmDelete {
	return app.ConfirmDelete{Credential: w.Credential.domain(), Left: w.Left, Needed: w.Needed}
}

// Revealed is the form of app.Revealed: it carries a number or an address in full, for its owner.
type Revealed struct {
	Type       string     `json:"type" const:"revealed"`
	Credential Credential `json:"credential"`
	Value      string     `json:"value"`
}

func newRevealed(s app.Revealed) Revealed {
	return Revealed{Credential: newCredential(s.Credential), Value: s.Value.Reveal()}
}

func (w Revealed) domain() app.Revealed {
	return app.Revealed{Credential: w.Credential.domain(), Value: app.NewSecret(w.Value)}
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

// SetDefault is the form of app.SetDefault.
type SetDefault struct {
	Type       string `json:"type" const:"set_default"`
	Credential string `json:"credential" maxLength:"64"`
}

func newSetDefault(in app.SetDefault) SetDefault {
	return SetDefault{Credential: string(in.Credential)}
}

func (w SetDefault) domain() app.SetDefault {
	return app.SetDefault{Credential: app.CredentialID(w.Credential)}
}

// Replace is the form of app.Replace.
type Replace struct {
	Type       string `json:"type" const:"replace"`
	Credential string `json:"credential" maxLength:"64"`
}

func newReplace(in app.Replace) Replace {
	return Replace{Credential: string(in.Credential)}
}

func (w Replace) domain() app.Replace {
	return app.Replace{Credential: app.CredentialID(w.Credential)}
}

// Delete is the form of app.Delete.
type Delete struct {
	Type       string `json:"type" const:"delete"`
	Credential string `json:"credential" maxLength:"64"`
}

func newDelete(in app.Delete) Delete {
	return Delete{Credential: string(in.Credential)}
}

func (w Delete) domain() app.Delete {
	return app.Delete{Credential: app.CredentialID(w.Credential)}
}

// Reveal is the form of app.Reveal.
type Reveal struct {
	Type       string `json:"type" const:"reveal"`
	Credential string `json:"credential" maxLength:"64"`
}

func newReveal(in app.Reveal) Reveal {
	return Reveal{Credential: string(in.Credential)}
}

func (w Reveal) domain() app.Reveal {
	return app.Reveal{Credential: app.CredentialID(w.Credential)}
}

// SignOutEverywhere is the form of app.SignOutEverywhere.
type SignOutEverywhere struct {
	Type string `json:"type" const:"sign_out_everywhere"`
}

// CurrentPassword is the form of app.CurrentPassword.
type CurrentPassword struct {
	Type string `json:"type" const:"current_password"`
}

// GiveCurrentPassword is the form of app.GiveCurrentPassword.
type GiveCurrentPassword struct {
	Type     string `json:"type" const:"give_current_password"`
	Password string `json:"password" maxLength:"4096"`
}

func newGiveCurrentPassword(in app.GiveCurrentPassword) GiveCurrentPassword {
	return GiveCurrentPassword{Password: in.Password.Reveal()}
}

func (w GiveCurrentPassword) domain() app.GiveCurrentPassword {
	return app.GiveCurrentPassword{Password: app.NewSecret(w.Password)}
}
