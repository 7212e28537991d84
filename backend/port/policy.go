package port

import "time"

// PolicyVersion is a version of the policy document. One that was added is never changed or removed.
type PolicyVersion struct {
	Number   int // from 1, without gaps
	At       time.Time
	By       string // who applied it, as the operating system calls them; empty where the program did by itself
	Source   string // path of the file that it was read from, in whose folder lie the files that it names; empty: it came with the program
	Comment  string // what they said of it, or empty
	Document []byte // TOML, as it was given
	Hash     []byte // SHA-256 of the document
}

// PolicyTx keeps the versions of the policy. Their documents are not sealed: they hold no secret.
type PolicyTx interface {
	// NewestPolicy gives the version that was added last; ErrNotFound while there is none.
	NewestPolicy() (PolicyVersion, error)
	// Policy gives a version by its number; ErrNotFound.
	Policy(number int) (PolicyVersion, error)
	// Policies lists every version, newest first.
	Policies() ([]PolicyVersion, error)
	// AddPolicy adds a version. A number that is taken is refused.
	AddPolicy(v PolicyVersion) error
	// PolicyFile is the path of the file that manages the policy; empty where none does.
	PolicyFile() (string, error)
	// SetPolicyFile notes which file manages the policy; empty for none.
	SetPolicyFile(path string) error
}
