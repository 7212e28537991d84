package wire

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// Session is the form of app.Session.
type Session struct {
	ID         string  `json:"id"`
	Person     Person  `json:"person"`
	Admin      bool    `json:"admin"`
	Registered bool    `json:"registered"`
	Due        app.Due `json:"due,omitempty"`
	ByPass     bool    `json:"by_pass"`
	NoChange   bool    `json:"no_change,omitempty" doc:"the directory takes no change of the password by the present one"`
	Expires    Time    `json:"expires,omitzero" format:"date-time"`
}

// Person is the form of app.Person.
type Person struct {
	Account string `json:"account"`
	UserID  string `json:"user_id"`
	Name    string `json:"name"`
}

func newPerson(p app.Person) Person {
	return Person{Account: string(p.Account), UserID: p.UserID, Name: p.Name}
}

func (w Person) domain() app.Person {
	return app.Person{Account: app.AccountID(w.Account), UserID: w.UserID, Name: w.Name}
}

// NewSession gives the form of s; whether the client could keep it is the client's own affair.
func NewSession(s app.Session) Session {
	return Session{
		ID: string(s.ID), Person: newPerson(s.Person), Admin: s.Admin, Registered: s.Registered, Due: s.Due, ByPass: s.ByPass,
		NoChange: s.NoChange, Expires: Time(s.Expires),
	}
}

// Domain gives the session.
func (w Session) Domain() app.Session {
	return app.Session{
		ID: app.SessionID(w.ID), Person: w.Person.domain(), Admin: w.Admin, Registered: w.Registered, Due: w.Due, ByPass: w.ByPass,
		NoChange: w.NoChange, Expires: w.Expires.domain(),
	}
}

// Grant is the form of app.Grant.
type Grant struct {
	Session        Session `json:"session"`
	At             Time    `json:"at" format:"date-time" doc:"the backend's clock: lifetimes count from here"`
	Access         string  `json:"access"`
	AccessExpires  Time    `json:"access_expires" format:"date-time"`
	Refresh        string  `json:"refresh"`
	RefreshExpires Time    `json:"refresh_expires" format:"date-time"`
}

// NewGrant gives the form of g, replied at the given time.
func NewGrant(g app.Grant, at time.Time) Grant {
	return Grant{
		Session: NewSession(g.Session), At: Time(at),
		Access: g.Access.Reveal(), AccessExpires: Time(g.AccessExpires),
		Refresh: g.Refresh.Reveal(), RefreshExpires: Time(g.RefreshExpires),
	}
}

// Domain gives the grant.
func (w Grant) Domain() app.Grant {
	return app.Grant{
		Session: w.Session.Domain(),
		Access:  app.NewSecret(w.Access), AccessExpires: w.AccessExpires.domain(),
		Refresh: app.NewSecret(w.Refresh), RefreshExpires: w.RefreshExpires.domain(),
	}
}

// Renewal is the body that trades a refresh token for a new grant.
type Renewal struct {
	Refresh string `json:"refresh" minLength:"1" maxLength:"512"`
}
