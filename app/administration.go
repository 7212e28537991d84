package app

import (
	"context"
	"time"
)

// Administration are the services of those who run Sparekey for an organisation. The backend implements them for real, and
// the client over HTTP. Each operation is RoleAdmin's, and most are RoleScript's too, where the scope of its token covers them.
// The caller's account or token, or By where a program acts for the person who runs it, is named in the audit trail.
type Administration struct {
	Policies Policies
	Contacts Contacts
	Passes   Passes
	Accounts Accounts
	Trail    Trail
	Stations Stations
	Tokens   Tokens
	Messages Messages
	People   People // nil where they can't be entered from here
}

// PolicyVersion is a version of the policy document.
type PolicyVersion struct {
	Number   int // from 1; 0 for none
	At       time.Time
	By       string // who applied it; empty: the program itself, or the file that manages the policy
	Source   string // path of the file that it came from; empty: the program
	Comment  string
	Document []byte // TOML; empty in a list
	Hash     []byte // SHA-256 of the document
}

// PolicyHistory is what there is to know of the versions of the policy, as of one moment.
type PolicyHistory struct {
	Versions []PolicyVersion // newest first, without their documents
	InForce  int             // the number of the version in force; 0 for none
	File     string          // that manages the policy; empty for none
}

// PolicyDraft is a policy document that somebody applies.
type PolicyDraft struct {
	Document []byte
	Source   string // path of its file
	By       string // who applies it
	Comment  string // one line of at most 200 characters, or empty
	After    int    // the newest version that they know of
	Strand   bool   // apply it even where people who can reset today could not any more
}

// PolicyVerdict is what applying a policy did, or would do.
type PolicyVerdict struct {
	Number   int       // of the version; 0 where nothing was applied
	Stranded int       // people who can reset today, and could not any more
	Problems []Problem // what is wrong in the document; where there is any, nothing was applied
}

// Policies are the versions of the policy.
type Policies interface {
	// History lists the versions.
	History(ctx context.Context) (PolicyHistory, error)
	// Version gives one with its document: by its number, or the one in force for 0. CodeNoVersion when there is none.
	Version(ctx context.Context, number int) (PolicyVersion, error)
	// CheckPolicy says what applying the draft would do.
	CheckPolicy(ctx context.Context, draft PolicyDraft) (PolicyVerdict, error)
	// ApplyPolicy adds a version, unless the document has problems or strands people and Strand is not set.
	// CodePolicyMoved when another one was applied meanwhile; CodePolicyManaged when a file manages the policy.
	ApplyPolicy(ctx context.Context, draft PolicyDraft) (PolicyVerdict, error)
}

// ContactsFile is what an administrator enters beforehand: the content of a CSV file.
type ContactsFile struct {
	Content []byte
	Region  string // ISO 3166-1 alpha-2, as of which numbers without a leading "+" are read; empty: they are refused
	// Columns say what a column is that is named otherwise: {"Mobile Phone": "mobile"}.
	Columns      map[string]string
	From         string // the program whose export it is: "microsoft" for Microsoft 365 and Entra; or empty
	IgnoreOthers bool   // leave out columns that are not known
	DryRun       bool   // check, and write nothing
	SkipBad      bool   // enter the good rows although others are bad
}

// ContactsEntered counts contacts: a number for texts and for calls is two.
type ContactsEntered struct {
	People   int // with at least one that is new or changed
	Added    int
	Updated  int       // were entered before and not confirmed, and are others now
	Same     int       // were entered before and not confirmed
	Kept     int       // stand aside: the person has registered or confirmed one in their place
	Written  bool      // false: the counts are what would have been done
	Problems []Problem // by line
	// Read are the numbers that stand in the file in another form than they are read in, by line; in a dry run alone.
	Read []NumberRead
}

// NumberRead is a telephone number as it stands in a file, and as it is read.
type NumberRead struct {
	Line   int // from 1
	Column string
	From   string
	As     string // E.164; with ";ext=" and digits for an extension (RFC 3966)
}

// Contacts enters people's numbers and addresses beforehand; they count once their owners have confirmed them.
type Contacts interface {
	// ImportContacts checks every row first; where one is wrong nothing is written unless SkipBad is set.
	ImportContacts(ctx context.Context, file ContactsFile) (ContactsEntered, error)
}

// TrailReport is what holding the audit trail against its chain and its signed heads found.
type TrailReport struct {
	Entries int64    // that were looked at
	Vouched int64    // for the first so many signed heads vouch
	Fault   *Problem // the first fault, by entry; nil where the trail holds
}

// Trail is the audit trail.
type Trail interface {
	VerifyTrail(ctx context.Context) (TrailReport, error)
}
