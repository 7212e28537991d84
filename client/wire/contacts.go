package wire

import "github.com/sparekey/sparekey/app"

// MaxContacts is how many bytes a file of contacts may have.
const MaxContacts = 16 << 20

// ContactsFile is the form of app.ContactsFile.
type ContactsFile struct {
	Content []byte `json:"content,omitempty" maxLength:"22369624" doc:"CSV, at most 16 MiB"`
	Region  string `json:"region,omitempty" maxLength:"2" doc:"as of which numbers without a leading + are read"`
	// Columns has a bound of its own beside that of the body.
	Columns      map[string]string `json:"columns,omitempty" maxProperties:"100" doc:"what a column is that is named otherwise: {\"Mobile Phone\": \"mobile\"}"`
	From         string            `json:"from,omitempty" enum:"microsoft" doc:"the program whose export it is; other columns are left out then"`
	IgnoreOthers bool              `json:"ignore_others,omitempty" doc:"leave out columns that are not known"`
	DryRun       bool              `json:"dry_run" doc:"check, and write nothing"`
	SkipBad      bool              `json:"skip_bad" doc:"enter the good rows although others are bad"`
}

// NewContactsFile gives the form of f.
func NewContactsFile(f app.ContactsFile) ContactsFile { return ContactsFile(f) }

// Domain gives the file.
func (w ContactsFile) Domain() app.ContactsFile { return app.ContactsFile(w) }

// ContactsEntered is the form of app.ContactsEntered.
type ContactsEntered struct {
	People   int          `json:"people" doc:"with at least one contact that is new or changed"`
	Added    int          `json:"added"`
	Updated  int          `json:"updated"`
	Same     int          `json:"same"`
	Kept     int          `json:"kept" doc:"stand aside for what the person registered or confirmed"`
	Written  bool         `json:"written" doc:"false: the counts are what would have been done"`
	Problems []Fault      `json:"problems" nullable:"false" doc:"by line"`
	Read     []NumberRead `json:"read,omitempty" nullable:"false" doc:"in a dry run: the numbers that are read in another form than they were sent in"`
}

// NumberRead is the form of app.NumberRead.
type NumberRead struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	From   string `json:"from"`
	As     string `json:"as"`
}

// NewContactsEntered gives the form of e.
func NewContactsEntered(e app.ContactsEntered) ContactsEntered {
	return ContactsEntered{
		People: e.People, Added: e.Added, Updated: e.Updated, Same: e.Same, Kept: e.Kept, Written: e.Written,
		Problems: list(e.Problems, newFault),
		Read:     list(e.Read, func(n app.NumberRead) NumberRead { return NumberRead(n) }),
	}
}

// Domain gives the counts.
func (w ContactsEntered) Domain() app.ContactsEntered {
	return app.ContactsEntered{
		People: w.People, Added: w.Added, Updated: w.Updated, Same: w.Same, Kept: w.Kept, Written: w.Written,
		Problems: unlist(w.Problems, Fault.domain),
		Read:     unlist(w.Read, func(n NumberRead) app.NumberRead { return app.NumberRead(n) }),
	}
}
