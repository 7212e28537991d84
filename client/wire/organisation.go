package wire

import "github.com/sparekey/sparekey/app"

// Organisation is the form of app.Organisation.
type Organisation struct {
	Name     string   `json:"name"`
	Colour   string   `json:"colour,omitempty"`
	Logo     []byte   `json:"logo,omitempty"`
	HelpDesk HelpDesk `json:"help_desk"`
	Reset    bool     `json:"reset"`
	Trial    bool     `json:"trial"`
	Gates    int      `json:"gates"`
	Needed   int      `json:"needed"`
}

// HelpDesk is the form of app.HelpDesk.
type HelpDesk struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
	Hours string `json:"hours,omitempty"`
	Link  string `json:"link,omitempty"`
}

// NewOrganisation gives the form of o.
func NewOrganisation(o app.Organisation) Organisation {
	return Organisation{
		Name: o.Name, Colour: o.Colour, Logo: o.Logo, HelpDesk: HelpDesk(o.HelpDesk),
		Reset: o.Reset, Trial: o.Trial, Gates: o.Gates, Needed: o.Needed,
	}
}

// Domain gives the organisation.
func (w Organisation) Domain() app.Organisation {
	o := app.Organisation{
		Name: w.Name, Colour: w.Colour, HelpDesk: app.HelpDesk(w.HelpDesk),
		Reset: w.Reset, Trial: w.Trial, Gates: w.Gates, Needed: w.Needed,
	}
	if len(w.Logo) > 0 {
		o.Logo = w.Logo
	}
	return o
}
