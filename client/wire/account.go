package wire

import "github.com/sparekey/sparekey/app"

// Standing is the form of app.Standing.
type Standing struct {
	Person     Person  `json:"person"`
	Admin      bool    `json:"admin"`
	Registered int     `json:"registered" doc:"methods that count"`
	Freeze     *Freeze `json:"freeze,omitempty" doc:"self-service is frozen"`
}

// Freeze is the form of app.Freeze.
type Freeze struct {
	Since  Time   `json:"since" format:"date-time"`
	Event  string `json:"event" doc:"the notice that its owner objected to"`
	Before Time   `json:"before,omitzero" format:"date-time" doc:"methods that were registered before then can lift it; without it none can"`
}

// NewStanding gives the form of s.
func NewStanding(s app.Standing) Standing {
	w := Standing{Person: newPerson(s.Person), Admin: s.Admin, Registered: s.Registered}
	if f := s.Freeze; f != nil {
		w.Freeze = &Freeze{Since: Time(f.Since), Event: string(f.Event), Before: Time(f.Before)}
	}
	return w
}

// Domain gives how they stand.
func (w Standing) Domain() app.Standing {
	s := app.Standing{Person: w.Person.domain(), Admin: w.Admin, Registered: w.Registered}
	if f := w.Freeze; f != nil {
		s.Freeze = &app.Freeze{Since: f.Since.domain(), Event: app.MessageID(f.Event), Before: f.Before.domain()}
	}
	return s
}

// LookUp is the body that asks how a user ID stands.
type LookUp struct {
	UserID string `json:"user_id" maxLength:"1024"`
}

// Unfreeze is the form of app.Unfreeze, without who asks: the server knows who calls.
type Unfreeze struct {
	UserID string `json:"user_id" maxLength:"1024"`
	Reason string `json:"reason" maxLength:"1024" doc:"for the audit trail: one line of 1 to 200 characters"`
}

// NewUnfreeze gives the form of u.
func NewUnfreeze(u app.Unfreeze) Unfreeze { return Unfreeze{UserID: u.UserID, Reason: u.Reason} }

// Domain gives the order as a caller gives it.
func (w Unfreeze) Domain(by app.AccountID) app.Unfreeze {
	return app.Unfreeze{UserID: w.UserID, Reason: w.Reason, By: string(by)}
}

// Unfrozen is whose freeze was lifted.
type Unfrozen struct {
	Person Person `json:"person"`
}

// NewUnfrozen gives the form of p.
func NewUnfrozen(p app.Person) Unfrozen { return Unfrozen{Person: newPerson(p)} }

// Domain gives the person.
func (w Unfrozen) Domain() app.Person { return w.Person.domain() }
