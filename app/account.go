package app

// AccountID identifies a person's account in the directory: stable, never shown.
type AccountID string

// Person is what a method or a message may know of the person whom it serves.
type Person struct {
	Account AccountID
	UserID  string // as the directory writes it, e.g. "ana@harbour.example"
	Name    string // display name
}
