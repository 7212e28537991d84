package app

import "context"

// HelpDesk is the way out that every refusal names.
type HelpDesk struct {
	Name  string // "IT help desk"
	Phone string // as people dial it, e.g. "ext. 4400"
	Hours string // as people say them, e.g. "7:00 to 19:00"
	Link  string // another portal, or empty
}

// Organisation is what anyone may know before they said who they are.
type Organisation struct {
	Name     string
	Colour   string // primary colour "#RRGGBB", or empty for the product's own
	Logo     []byte // PNG or SVG, or empty for a monogram
	HelpDesk HelpDesk
	Reset    bool // whether the reset is turned on for anyone; where it is not, "I forgot my password" is not offered
	Trial    bool // the sample organisation
	Gates    int  // methods to pass to reset, 1 or 2
	Needed   int  // methods to register, 1 to 4
}

// Front is the organisation's front door: what the home page is made of.
type Front interface {
	Organisation(ctx context.Context) (Organisation, error)
}

// Services are what the window needs of the world.
type Services struct {
	Front    Front
	Flows    Flows
	Sessions Sessions
}
