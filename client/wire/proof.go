package wire

import "github.com/sparekey/sparekey/app"

// The steps that set up or prove a method, or take the new password.

// ChooseMethod is the form of app.ChooseMethod.
type ChooseMethod struct {
	Type    string       `json:"type" const:"choose_method"`
	Enrol   bool         `json:"enrol"`
	Choices []Choice     `json:"choices" nullable:"false"`
	Have    []Credential `json:"have" nullable:"false"`
	Needed  int          `json:"needed,omitempty"`
	Missing int          `json:"missing,omitempty"`
	Gates   int          `json:"gates,omitempty"`
	Gate    int          `json:"gate,omitempty"`
}

func newChooseMethod(s app.ChooseMethod) ChooseMethod {
	return ChooseMethod{
		Enrol: s.Enrol, Choices: list(s.Choices, newChoice), Have: list(s.Have, newCredential),
		Needed: s.Needed, Missing: s.Missing, Gates: s.Gates, Gate: s.Gate,
	}
}

func (w ChooseMethod) domain() app.ChooseMethod {
	return app.ChooseMethod{
		Enrol: w.Enrol, Choices: unlist(w.Choices, Choice.domain), Have: unlist(w.Have, Credential.domain),
		Needed: w.Needed, Missing: w.Missing, Gates: w.Gates, Gate: w.Gate,
	}
}

// ShowSecret is the form of app.ShowSecret: the one step that carries a secret, which is shown once.
type ShowSecret struct {
	Type      string   `json:"type" const:"show_secret"`
	URI       string   `json:"uri"`
	Groups    []string `json:"groups" nullable:"false"`
	Issuer    string   `json:"issuer"`
	Account   string   `json:"account"`
	TriesLeft int      `json:"tries_left"`
}

func newShowSecret(s app.ShowSecret) ShowSecret {
	return ShowSecret{
		URI: s.URI.Reveal(), Groups: list(s.Groups, app.Secret.Reveal),
		Issuer: s.Issuer, Account: s.Account, TriesLeft: s.TriesLeft,
	}
}

func (w ShowSecret) domain() app.ShowSecret {
	return app.ShowSecret{
		URI: app.NewSecret(w.URI), Groups: unlist(w.Groups, app.NewSecret),
		Issuer: w.Issuer, Account: w.Account, TriesLeft: w.TriesLeft,
	}
}

// EnterAddress is the form of app.EnterAddress.
type EnterAddress struct {
	Type       string   `json:"type" const:"enter_address"`
	Confirm    bool     `json:"confirm"`
	OwnDomains []string `json:"own_domains" nullable:"false"`
	Address    string   `json:"address,omitempty"`
	TriesLeft  int      `json:"tries_left,omitempty"`
}

func newEnterAddress(s app.EnterAddress) EnterAddress {
	return EnterAddress{
		Confirm: s.Confirm, OwnDomains: list(s.OwnDomains, same),
		Address: s.Address, TriesLeft: s.TriesLeft,
	}
}

func (w EnterAddress) domain() app.EnterAddress {
	return app.EnterAddress{
		Confirm: w.Confirm, OwnDomains: unlist(w.OwnDomains, same), Address: w.Address, TriesLeft: w.TriesLeft,
	}
}

// EnterCode is the form of app.EnterCode.
type EnterCode struct {
	Type      string `json:"type" const:"enter_code"`
	Channel   string `json:"channel"`
	Masked    string `json:"masked,omitempty"`
	TriesLeft int    `json:"tries_left"`
	Expires   Time   `json:"expires,omitzero" format:"date-time"`
	ResendAt  Time   `json:"resend_at,omitzero" format:"date-time"`
	Delivery  string `json:"delivery,omitempty" enum:"on_its_way,late,taken,arrived,undelivered,given_up" doc:"what became of the message; left out where that is not told"`
	Handed    Time   `json:"handed,omitzero" format:"date-time" doc:"when a provider took it"`
}

func newEnterCode(s app.EnterCode) EnterCode {
	return EnterCode{
		Channel: string(s.Channel), Masked: s.Masked, TriesLeft: s.TriesLeft,
		Expires: Time(s.Expires), ResendAt: Time(s.ResendAt), Delivery: string(s.Delivery), Handed: Time(s.Handed),
	}
}

func (w EnterCode) domain() app.EnterCode {
	return app.EnterCode{
		Channel: app.Kind(w.Channel), Masked: w.Masked, TriesLeft: w.TriesLeft,
		Expires: w.Expires.domain(), ResendAt: w.ResendAt.domain(), Delivery: app.Delivery(w.Delivery), Handed: w.Handed.domain(),
	}
}

// NewPassword is the form of app.NewPassword.
type NewPassword struct {
	Type  string        `json:"type" const:"new_password"`
	Rules PasswordRules `json:"rules"`
	Renew bool          `json:"renew,omitempty"`
}

// PasswordRules is the form of app.PasswordRules.
type PasswordRules struct {
	MinLength  int      `json:"min_length"`
	MaxLength  int      `json:"max_length"`
	MinClasses int      `json:"min_classes,omitempty"`
	Forbidden  []string `json:"forbidden" nullable:"false"`
	Words      []string `json:"words,omitempty" nullable:"false"`
	Banned     bool     `json:"banned"`
	OwnTerms   bool     `json:"own_terms,omitempty"`
	Common     bool     `json:"common"`
	Breached   bool     `json:"breached,omitempty"`
	History    int      `json:"history,omitempty"`
}

func newNewPassword(s app.NewPassword) NewPassword {
	r := PasswordRules(s.Rules)
	r.Forbidden = list(r.Forbidden, same)
	return NewPassword{Rules: r, Renew: s.Renew}
}

func (w NewPassword) domain() app.NewPassword {
	r := app.PasswordRules(w.Rules)
	r.Forbidden, r.Words = unlist(r.Forbidden, same), unlist(r.Words, same)
	return app.NewPassword{Rules: r, Renew: w.Renew}
}

// Registered is the form of app.Registered.
type Registered struct {
	Type      string       `json:"type" const:"registered"`
	Have      []Credential `json:"have" nullable:"false"`
	Needed    int          `json:"needed"`
	Missing   int          `json:"missing"`
	More      []Choice     `json:"more" nullable:"false"`
	Recommend bool         `json:"recommend"`
}

func newRegistered(s app.Registered) Registered {
	return Registered{
		Have: list(s.Have, newCredential), Needed: s.Needed, Missing: s.Missing,
		More: list(s.More, newChoice), Recommend: s.Recommend,
	}
}

func (w Registered) domain() app.Registered {
	return app.Registered{
		Have: unlist(w.Have, Credential.domain), Needed: w.Needed, Missing: w.Missing,
		More: unlist(w.More, Choice.domain), Recommend: w.Recommend,
	}
}
