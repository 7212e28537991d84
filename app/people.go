package app

import "context"

// DirectoryPerson is somebody of a directory that Sparekey keeps itself.
type DirectoryPerson struct {
	Account     AccountID
	UserID      string
	Name        string   // display name
	Names       []string // given and family names
	Mail        string   // work mailbox, or empty
	Groups      []string
	Admin       bool
	Disabled    bool
	HasPassword bool // false: never had one
	Registered  int  // methods that count
}

// EnterPerson asks for somebody new.
type EnterPerson struct {
	UserID        string
	Name          string // empty: given and family names
	Given, Family string
	Mail          string
	Groups        []string
	Admin         bool
	By            string // who enters them, for the audit trail
}

// PeopleFile is a CSV file of people.
type PeopleFile struct {
	Content []byte
	// Columns say what a column is that is named otherwise: {"Login": "user_id"}.
	Columns      map[string]string
	From         string // the program whose export it is: "microsoft" for Microsoft 365 and Entra; or empty
	IgnoreOthers bool   // leave out columns that are not known
	DryRun       bool   // check, and write nothing
	SkipBad      bool   // enter the good rows although others are bad
	By           string // who enters them, for the audit trail
}

// PeopleEntered counts people.
type PeopleEntered struct {
	Added, Updated, Same int
	NewAdmins            int       // of those, who became administrators
	FormerAdmins         int       // of those, who are none any more
	Written              bool      // false: the counts are what would have been done
	Problems             []Problem // by line
}

// PersonChange is what an administrator does to somebody.
type PersonChange string

// The changes.
const (
	PersonDisable PersonChange = "disable" // neither signs in nor resets
	PersonEnable  PersonChange = "enable"  // after that
	PersonRemove  PersonChange = "remove"  // for good, with what they registered
)

// ChangePerson asks for a change.
type ChangePerson struct {
	UserID string
	What   PersonChange
	By     string // who asks, for the audit trail
}

// PersonChanged is what came of a change.
type PersonChanged struct {
	Person     Person
	Forgotten  int  // credentials that a removal deleted
	NoAdmin    bool // nobody is an administrator any more who may sign in
	DidNothing bool // it was so already
}

// People are those of a directory that Sparekey keeps itself. A Problem says what is refused: people_elsewhere where the
// directory is another one, which keeps them.
type People interface {
	// ListPeople lists all, by user ID.
	ListPeople(ctx context.Context) ([]DirectoryPerson, error)
	// AddPerson enters somebody who is not there yet, without a password. Problems say what is wrong, by column.
	AddPerson(ctx context.Context, p EnterPerson) (Person, error)
	// ImportPeople checks every row first; where one is wrong nothing is written unless SkipBad is set. Who is there already is
	// brought up to date; an empty field changes nothing.
	ImportPeople(ctx context.Context, file PeopleFile) (PeopleEntered, error)
	// ChangePerson does one thing to one person; the Problem unknown_person when there is none.
	ChangePerson(ctx context.Context, c ChangePerson) (PersonChanged, error)
}
