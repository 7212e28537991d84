package wire

import "github.com/sparekey/sparekey/app"

// EnterPhone is the form of app.EnterPhone.
type EnterPhone struct {
	Type      string   `json:"type" const:"enter_phone"`
	Channel   string   `json:"channel"`
	Confirm   bool     `json:"confirm"`
	Uses      []string `json:"uses" nullable:"false"`
	Number    string   `json:"number,omitempty"`
	Extension string   `json:"extension,omitempty"`
	Use       string   `json:"use,omitempty"`
	TriesLeft int      `json:"tries_left,omitempty"`
}

func newEnterPhone(s app.EnterPhone) EnterPhone {
	return EnterPhone{
		Channel: string(s.Channel), Confirm: s.Confirm,
		Uses:   list(s.Uses, func(use app.PhoneUse) string { return string(use) }),
		Number: s.Number, Extension: s.Extension, Use: string(s.Use), TriesLeft: s.TriesLeft,
	}
}

func (w EnterPhone) domain() app.EnterPhone {
	return app.EnterPhone{
		Channel: app.Kind(w.Channel), Confirm: w.Confirm,
		Uses:   unlist(w.Uses, func(use string) app.PhoneUse { return app.PhoneUse(use) }),
		Number: w.Number, Extension: w.Extension, Use: app.PhoneUse(w.Use), TriesLeft: w.TriesLeft,
	}
}

// GivePhone is the form of app.GivePhone.
type GivePhone struct {
	Type      string `json:"type" const:"give_phone"`
	Number    string `json:"number" maxLength:"256"`
	Region    string `json:"region,omitempty" maxLength:"2"`
	Extension string `json:"extension,omitempty" maxLength:"32"`
	Use       string `json:"use,omitempty" enum:"mobile,alternate,office"`
}

func newGivePhone(in app.GivePhone) GivePhone {
	return GivePhone{Number: in.Number, Region: in.Region, Extension: in.Extension, Use: string(in.Use)}
}

func (w GivePhone) domain() app.GivePhone {
	return app.GivePhone{Number: w.Number, Region: w.Region, Extension: w.Extension, Use: app.PhoneUse(w.Use)}
}

// ConfirmOnPhone is the form of app.ConfirmOnPhone.
type ConfirmOnPhone struct {
	Type      string `json:"type" const:"confirm_on_phone"`
	Digits    string `json:"digits"`
	Masked    string `json:"masked,omitempty"`
	TriesLeft int    `json:"tries_left"`
	Expires   Time   `json:"expires,omitzero" format:"date-time"`
	ResendAt  Time   `json:"resend_at,omitzero" format:"date-time"`
	Over      bool   `json:"over,omitempty"`
	Delivery  string `json:"delivery,omitempty" enum:"on_its_way,late,taken,arrived,undelivered,given_up" doc:"what became of the call; left out where that is not told"`
	Handed    Time   `json:"handed,omitzero" format:"date-time" doc:"when a provider took it"`
}

func newConfirmOnPhone(s app.ConfirmOnPhone) ConfirmOnPhone {
	return ConfirmOnPhone{
		Digits: s.Digits, Masked: s.Masked, TriesLeft: s.TriesLeft,
		Expires: Time(s.Expires), ResendAt: Time(s.ResendAt), Over: s.Over,
		Delivery: string(s.Delivery), Handed: Time(s.Handed),
	}
}

func (w ConfirmOnPhone) domain() app.ConfirmOnPhone {
	return app.ConfirmOnPhone{
		Digits: w.Digits, Masked: w.Masked, TriesLeft: w.TriesLeft,
		Expires: w.Expires.domain(), ResendAt: w.ResendAt.domain(), Over: w.Over,
		Delivery: app.Delivery(w.Delivery), Handed: w.Handed.domain(),
	}
}
