// Package trial is the sample organisation: Harbour Hospital, its policy, its people (one in each state that matters),
// and the tray that catches what it would have sent. Their passwords and secrets are public: never use them elsewhere.
package trial

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
)

const (
	domain = "harbour.example"
	group  = "Password self-service"
)

// Policy is the sample organisation's.
func Policy() policy.Policy {
	p := policy.Default()
	p.Organisation = policy.Organisation{Name: "Harbour Hospital", Domains: []string{domain}}
	p.HelpDesk = policy.HelpDesk{
		Name:  "IT help desk",
		Phone: "ext. 4400",
		Hours: "7:00 to 19:00",
		Mail:  "helpdesk@" + domain,
	}
	p.Methods.Allowed = []app.Kind{app.KindSecurityKey, app.KindAuthApp, app.KindSMS, app.KindVoice, app.KindEmail, app.KindQuestions}
	p.Questions.Own = []policy.Words{{
		"en": "Which ward or office did you work in first at the hospital?",
		"de": "Auf welcher Station oder in welchem Büro haben Sie im Krankenhaus angefangen?",
		"fr": "Dans quel service ou bureau avez-vous commencé à l'hôpital ?",
	}}
	p.Questions.Register = 3
	p.SecurityKey.RPID, p.SecurityKey.Origin = domain, "https://"+domain
	p.Feature.Disclosure = policy.Helpful // the error cases are there to be seen
	p.Feature.ProofOfWork = policy.WorkOff
	p.Feature.Reset = policy.ForGroups
	p.Feature.Groups = []string{group}
	p.Feature.Unlock = true
	p.Registration.CoolingOff = 0 // what one adds can be tried at once
	return p
}

// State says what a sample person is good for.
type State string

// The states.
const (
	Ready      State = "ready"       // may register, has nothing registered
	Registered State = "registered"  // an authenticator app and a private email
	One        State = "one"         // an authenticator app only, which is not enough
	NotEnabled State = "not_enabled" // not in the group
	Elsewhere  State = "elsewhere"   // the password is managed elsewhere
	Locked     State = "locked"      // locked out by the directory, registered with two
	Admin      State = "admin"       // an administrator, registered with two
	Never      State = "never"       // never had a password; both contacts were entered beforehand
	New        State = "new"         // begins today: no password yet, nothing registered
	Stale      State = "stale"       // registered with two, and has not looked at it for long
)

// The states that only an organisation's own directory has; who is in one is registered with two.
const (
	MustChange State = "must_change" // has to choose another password at the next sign-in
	Disabled   State = "disabled"    // switched off by administrators
	Expired    State = "expired"     // the account's time is over
	Protected  State = "protected"   // administers the domain: nobody else sets the password
)

// Person is one of the sample organisation.
type Person struct {
	State     State
	ID        app.AccountID
	UserID    string
	Name      string
	Names     []string // given and family name
	Password  string   // empty: never had one
	AppSecret string   // base32, of the authenticator app; empty without one
	Mail      string   // private mailbox; empty without one
	Mobile    string   // number, E.164; empty without one
}

// People lists them, in the order of a tour.
func People() []Person {
	return complete([]Person{
		{State: Ready, Names: []string{"Ana", "Reyes"}, Password: "lantern-tide-copper-41"},
		{State: Registered, Names: []string{"Ben", "Okafor"}, Password: "walnut-ferry-violet-27", Mail: "ben.okafor@mail.example"},
		{State: One, Names: []string{"Chiara", "Lindqvist"}, Password: "maple-signal-amber-63"},
		{State: NotEnabled, Names: []string{"Dmitri", "Halloran"}, Password: "pebble-orchard-indigo-58"},
		{State: Elsewhere, Names: []string{"Esme", "Tanaka"}, Password: "willow-anchor-saffron-19"},
		{State: Locked, Names: []string{"Farid", "Moreau"}, Password: "quarry-meadow-scarlet-74", Mail: "farid.moreau@mail.example"},
		{State: Admin, Names: []string{"Greta", "Nwosu"}, Password: "harvest-pilot-cobalt-36", Mail: "greta.nwosu@mail.example"},
		{State: Never, Names: []string{"Hugo", "Castellan"}, Mail: "hugo.castellan@mail.example", Mobile: "+61491570110"},
		{State: New, Names: []string{"Ines", "Varga"}},
		{State: Stale, Names: []string{"Jonas", "Adeyemi"}, Password: "thistle-harbor-bronze-82", Mail: "jonas.adeyemi@mail.example"},
	})
}

// DirectoryPeople lists them where the organisation has a directory of its own: those of the trial, and one in each state more.
func DirectoryPeople() []Person {
	return append(People(), complete([]Person{
		{State: MustChange, Names: []string{"Kofi", "Brandt"}, Password: "gravel-comet-crimson-95", Mail: "kofi.brandt@mail.example"},
		{State: Disabled, Names: []string{"Leila", "Sorensen"}, Password: "timber-canal-ochre-31", Mail: "leila.sorensen@mail.example"},
		{State: Expired, Names: []string{"Mateo", "Winther"}, Password: "saddle-breeze-teal-46", Mail: "mateo.winther@mail.example"},
		{State: Protected, Names: []string{"Nadia", "Ferrant"}, Password: "kettle-glacier-maroon-72", Mail: "nadia.ferrant@mail.example"},
	})...)
}

// complete fills in what follows from the names and the state.
func complete(people []Person) []Person {
	for i := range people {
		p := &people[i]
		p.ID = app.AccountID("trial-" + string(p.State))
		p.Name = p.Names[0] + " " + p.Names[1]
		p.UserID = userID(p.Names)
		if p.hasApp() {
			p.AppSecret = appSecret(p.ID)
		}
	}
	return people
}

func (p Person) hasApp() bool { return p.State == One || p.Mail != "" && p.State != Never }
