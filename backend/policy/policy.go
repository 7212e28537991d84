// Package policy is the administrator's word on how Sparekey behaves: one TOML document, read and checked as a whole,
// with a line and a reason for each thing that is wrong. docs/policy.md lists each setting.
package policy

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// Policy is a checked policy. Durations are written as "5m", "24h".
type Policy struct {
	Profile      string       `toml:"profile"` // "nist": what NIST SP 800-63B-4 asks for is demanded; or empty
	Organisation Organisation `toml:"organisation"`
	HelpDesk     HelpDesk     `toml:"help_desk"`
	Feature      Feature      `toml:"feature"`
	Methods      Methods      `toml:"methods"`
	Questions    Questions    `toml:"questions"`
	SecurityKey  SecurityKey  `toml:"security_key"`
	Codes        Codes        `toml:"codes"`
	Calls        Calls        `toml:"calls"`
	Flows        Flows        `toml:"flows"`
	Registration Registration `toml:"registration"`
	Pass         Pass         `toml:"pass"`
	Recovery     Recovery     `toml:"recovery"`
	SignIn       SignIn       `toml:"sign_in"`
	Sessions     Sessions     `toml:"sessions"`
	Password     Password     `toml:"password"`
}

// Organisation is how the organisation shows itself.
type Organisation struct {
	Name    string   `toml:"name"`
	Colour  string   `toml:"colour"`  // "#RRGGBB", or empty
	Logo    string   `toml:"logo"`    // PNG or SVG file, relative to the policy's folder, or empty
	Domains []string `toml:"domains"` // its own mail domains, which can't serve as a private email
}

// HelpDesk is the way out.
type HelpDesk struct {
	Name  string `toml:"name"`
	Phone string `toml:"phone"`
	Hours string `toml:"hours"`
	Link  string `toml:"link"`
	Mail  string `toml:"mail"` // where help requests go; without one to every administrator, at most 100
}

// Audience says for whom the feature is on.
type Audience string

// The audiences.
const (
	ForNobody Audience = "nobody"
	ForGroups Audience = "groups"
	ForAll    Audience = "all"
)

// Feature turns the reset on.
type Feature struct {
	Reset           Audience    `toml:"reset"`
	Groups          []string    `toml:"groups"` // with "groups": nested ones count
	Disclosure      Disclosure  `toml:"disclosure"`
	HelpfulNetworks []string    `toml:"helpful_networks"` // in CIDR notation; with "private": where it is "helpful" all the same
	ProofOfWork     ProofOfWork `toml:"proof_of_work"`
	Unlock          bool        `toml:"unlock"` // whoever is locked out and knows the password may keep it
}

// Disclosure says what somebody who only gave a user ID learns of the account.
type Disclosure string

// The disclosures.
const (
	Helpful Disclosure = "helpful" // why the account can't be helped here
	Private Disclosure = "private" // nothing
)

// ProofOfWork says where a start has to be paid for with some computing.
type ProofOfWork string

// Where work is asked for.
const (
	WorkOff       ProofOfWork = "off"
	WorkUntrusted ProofOfWork = "untrusted" // outside the helpful networks
)

// Methods says what may be used.
type Methods struct {
	Allowed  []app.Kind `toml:"allowed"`
	Register int        `toml:"register"` // methods to register, 1-4, never fewer than the gates
	Gates    int        `toml:"gates"`    // methods to pass to reset, 1-2; administrators always 2
}

// Questions are the security questions.
type Questions struct {
	Own      []Words `toml:"own"`      // the administrator's own, beside the predefined ones
	Register int     `toml:"register"` // how many to choose and answer, 3-5
	Ask      int     `toml:"ask"`      // how many of these are asked at a gate, 3-5
}

// Words are a text in several languages: by BCP 47 tag, or "" where the policy names no language.
type Words map[string]string

// SecurityKey is about security keys (FIDO2, WebAuthn).
type SecurityKey struct {
	RPID           string           `toml:"rp_id"`             // domain that keys are registered for, A-labels
	Origin         string           `toml:"origin"`            // "https://" and that domain, or a subdomain of it
	Algorithms     []string         `toml:"algorithms"`        // of "ES256", "EdDSA", "RS256", the best first
	Verification   app.Verification `toml:"user_verification"` // "required", "preferred" or "discouraged"
	Attestation    app.Attestation  `toml:"attestation"`       // "none", "indirect" or "direct"
	Metadata       string           `toml:"metadata"`          // the FIDO Alliance's list, relative to the policy's folder, or empty
	Allow          []string         `toml:"allow"`             // models by AAGUID; empty: all that are not denied
	Deny           []string         `toml:"deny"`
	BackupEligible bool             `toml:"backup_eligible"` // take keys whose secrets may be copied elsewhere
	CountsAsTwo    bool             `toml:"counts_as_two"`   // gates of a reset
}

// Codes are the one-time codes.
type Codes struct {
	Lifetime           time.Duration `toml:"lifetime"`     // at most 10m
	Tries              int           `toml:"tries"`        // wrong tries that end a gate
	ResendAfter        time.Duration `toml:"resend_after"` // before "Send again" opens
	ConfirmDestination bool          `toml:"confirm_destination"`
}

// CallConfirm says how a call proves that somebody holds the telephone.
type CallConfirm string

// The ways.
const (
	SpokenCode CallConfirm = "spoken_code" // the call says a code, which is typed on the page
	TwoDigits  CallConfirm = "two_digits"  // the page shows two digits, which are typed on the telephone
)

// Calls are the text messages and calls.
type Calls struct {
	Confirm         CallConfirm `toml:"confirm"`
	Countries       []string    `toml:"countries"`         // whose numbers may be used, ISO 3166-1 alpha-2; none: all
	SendsPerCountry int         `toml:"sends_per_country"` // texts and calls in 24 hours, as the others
	SendsPerStation int         `toml:"sends_per_station"`
	SendsPerNetwork int         `toml:"sends_per_network"` // address
	SendsPerDay     int         `toml:"sends_per_day"`     // all together
}

// Registration is about when people register, and what they register later.
type Registration struct {
	Mode  Mode  `toml:"mode"`
	First Proof `toml:"first"` // what the first registration takes
	// ReconfirmAfter is how old a confirmation of what is registered may be; 0 for any age, at most 730 days.
	ReconfirmAfter time.Duration `toml:"reconfirm_after"`
	// CoolingOff is how long a method that is added later can't serve a reset; 0 for at once, at most 72h.
	CoolingOff time.Duration `toml:"cooling_off"`
	// ContactsMayReset lets contacts that were entered beforehand, and never confirmed, serve a reset too; otherwise they
	// serve a first password only.
	ContactsMayReset bool `toml:"contacts_may_reset"`
	// SendsPerAccount is how many mails, texts and calls an account may have sent to what it is about to register, in 24 hours;
	// one session half of them.
	SendsPerAccount int `toml:"sends_per_account"`
}

// Mode says what signing in asks of people who have not registered enough.
type Mode string

// The modes.
const (
	ModeOff      Mode = "off"      // nothing
	ModeOffered  Mode = "offered"  // to register, or not now
	ModeRequired Mode = "required" // to register, before anything else
)

// Proof is what the first registration takes.
type Proof string

// The proofs.
const (
	FirstPassword Proof = "password" // signing in with the password
	FirstPass     Proof = "pass"     // signing in with a Temporary Access Pass
)

// Pass is about Temporary Access Passes.
type Pass struct {
	Lifetime     time.Duration `toml:"lifetime"`      // of one from the help desk; at most 8h
	DeskLifetime time.Duration `toml:"desk_lifetime"` // of one that is handed over at a setup desk
}

// Flows are the conversations.
type Flows struct {
	Lifetime time.Duration `toml:"lifetime"` // at most 60m
}

// Recovery throttles and locks the reset.
type Recovery struct {
	StartsPerHour   int           `toml:"starts_per_hour"`   // per account, in which something is sent or proven
	EndedGates      int           `toml:"ended_gates"`       // that lock recovery
	MostWrongTries  int           `toml:"most_wrong_tries"`  // that lock it for security keys, too
	WrongInARow     int           `toml:"wrong_in_a_row"`    // that lock it until a success, or until the help desk issues a pass
	Window          time.Duration `toml:"window"`            // in which ended gates and most_wrong_tries count
	Lock            time.Duration `toml:"lock"`              // from the last ended gate, or the last of so many wrong tries
	MailsPerAddress int           `toml:"mails_per_address"` // in 10 minutes
	SendsPerNumber  int           `toml:"sends_per_number"`  // texts, and calls, in 10 minutes
	SendsPerAccount int           `toml:"sends_per_account"` // texts and calls in 24 hours
}

// SignIn throttles signing in.
type SignIn struct {
	Failures       int           `toml:"failures"`        // then a pause, growing
	Pause          time.Duration `toml:"pause"`           // the first one; doubles up to an hour
	BelowDirectory int           `toml:"below_directory"` // stops this many failures below the directory's own threshold
}

// Sessions are the signed-in ones.
type Sessions struct {
	Access   time.Duration `toml:"access"`   // lifetime of an access token
	Refresh  time.Duration `toml:"refresh"`  // lifetime of a refresh token, and of the session without a renewal
	Lifetime time.Duration `toml:"lifetime"` // of the session, however often it is renewed
}

// Password is the rule for new passwords.
type Password struct {
	Mode      string   `toml:"mode"`       // "nist" or "classic" (3 of 4 classes)
	MinLength int      `toml:"min_length"` // characters
	MaxLength int      `toml:"max_length"`
	Forbidden []string `toml:"forbidden"` // the organisation's terms, not to be contained
	Banned    []string `toml:"banned"`    // its easy words, scored beside the built-in ones
	Breached  string   `toml:"breached"`  // filter file of leaked passwords, relative to the policy's folder, or empty
}

// Default is the policy of an organisation that said no more than who it is.
func Default() Policy {
	return Policy{
		Feature:      Feature{Reset: ForNobody, Disclosure: Private, ProofOfWork: WorkUntrusted},
		Methods:      Methods{Allowed: []app.Kind{app.KindAuthApp, app.KindEmail}, Register: 2, Gates: 2},
		Questions:    Questions{Register: 5, Ask: 3},
		SecurityKey:  SecurityKey{Algorithms: []string{"ES256", "EdDSA"}, Verification: app.VerifyRequired, Attestation: app.AttestNone, CountsAsTwo: true},
		Codes:        Codes{Lifetime: 5 * time.Minute, Tries: 5, ResendAfter: 30 * time.Second, ConfirmDestination: true},
		Calls:        Calls{Confirm: SpokenCode, SendsPerCountry: 200, SendsPerStation: 50, SendsPerNetwork: 200, SendsPerDay: 1000},
		Registration: Registration{Mode: ModeOffered, First: FirstPassword, ReconfirmAfter: 180 * 24 * time.Hour, CoolingOff: 24 * time.Hour, SendsPerAccount: 20},
		Pass:         Pass{Lifetime: time.Hour, DeskLifetime: 10 * time.Minute},
		Flows:        Flows{Lifetime: 15 * time.Minute},
		Recovery:     Recovery{StartsPerHour: 5, EndedGates: 5, MostWrongTries: 50, WrongInARow: 100, Window: 24 * time.Hour, Lock: 24 * time.Hour, MailsPerAddress: 10, SendsPerNumber: 10, SendsPerAccount: 30},
		SignIn:       SignIn{Failures: 10, Pause: time.Minute, BelowDirectory: 2},
		Sessions:     Sessions{Access: 10 * time.Minute, Refresh: 12 * time.Hour, Lifetime: 12 * time.Hour},
		Password:     Password{Mode: "nist", MinLength: 15, MaxLength: 256},
	}
}
