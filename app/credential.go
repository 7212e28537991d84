package app

import "time"

// CredentialID identifies one registered credential.
type CredentialID string

// Credential is a registered way back in, as its owner may see it: nothing in it helps to use it.
type Credential struct {
	ID       CredentialID
	Kind     Kind
	Variant  string    // a PhoneUse where there may be one for each, or empty
	Masked   string    // masked address or number, empty where there is none
	Added    time.Time // UTC
	LastUsed time.Time // zero when never
	Default  bool      // what signing in asks for first
	UsableAt time.Time // while it cools off: when it may first serve a reset; zero otherwise
	Entered  bool      // by the organisation, and no code has confirmed it yet: it counts for nothing
}

// Choice offers a kind, strongest first.
type Choice struct {
	Kind        Kind
	Recommended bool // the page marks it
	Have        bool // already registered (only while registering)
	Double      bool // counts as two gates, so that this one is enough (only in a reset that wants two more)
}
