package ctaptest

// Manners are what keys by different makers do differently, all within what the specification allows or what keys that are
// sold do. The zero value says much, and answers as the specification's authors would.
type Manners struct {
	Terse        bool // tells of itself only what it must (section 6.4), as a key of the time before CTAP 2.1 was final
	ShortNames   bool // lists the first bytes of a relying party's ID only (section 6.8.7)
	EmptySuccess bool // answers with success and no body where a list is empty
	NoManaging   bool // has no credential management
	NoTotalRPs   bool // gives the first relying party without saying how many there are
	NoTotalOfRP  bool // likewise the first credential of a relying party
	NoMetadata   bool // doesn't count its credentials (section 6.8.2)
	WrongAtZero  bool // calls the wrong PIN or finger that uses up the last try no more than wrong
	NoCounters   bool // doesn't tell how many tries are left
	Pinless      bool // takes no PIN, and lacks the option for it
}

// TerseManners are those of a key that says as little as it may.
func TerseManners() Manners {
	return Manners{Terse: true, ShortNames: true, EmptySuccess: true, WrongAtZero: true}
}

// shortName is how many bytes of a relying party's ID a key keeps at least.
const shortName = 32

// listed is a relying party's ID as the key lists it.
func (m Manners) listed(rpID string) string {
	if m.ShortNames {
		return rpID[:min(len(rpID), shortName)]
	}
	return rpID
}

// none is the answer for an empty list, which others refuse with s.
func (m Manners) none(s status) (any, error) {
	if m.EmptySuccess {
		return nil, nil
	}
	return nil, s
}

// total is how many a list has, 0 where that is left out.
func total(n int, untold bool) int {
	if untold {
		return 0
	}
	return n
}

// permits is what a token may do that was asked for without permissions: before they came with CTAP 2.1, everything.
func (m Manners) permits() int {
	if m.Terse {
		return mayMake | mayGet | mayManage | mayEnrol
	}
	return mayMake | mayGet
}
