package app

import (
	"regexp"
	"slices"
	"strconv"
	"time"
)

// StationMode is what a station is used as.
type StationMode string

// The modes.
const (
	ModeKiosk   StationMode = "kiosk"   // on all day: its silence is a fault
	ModeLogon   StationMode = "logon"   // beside a logon screen, while somebody has it open
	ModeDesktop StationMode = "desktop" // the window at work, while it is open
)

// StationKeys says whether security keys can be used at a station.
type StationKeys string

// What may be said of them.
const (
	KeysUsable  StationKeys = "usable"
	KeysBarred  StationKeys = "barred"  // by the system, for the account that runs the program
	KeysMissing StationKeys = "missing" // the program was built without them
)

// StationReport is what a station says of itself: what the server can't know, and nothing of a person.
type StationReport struct {
	Version       string // of the program: 1 to 40 printable ASCII characters without a blank
	System        string // operating system, as Go names it: "linux"
	SystemVersion string // as that calls itself, "Debian GNU/Linux 12 (bookworm)": up to 80 printable ASCII characters; empty: it doesn't say
	Width, Height int    // of the screen, in pixels; 0 for none
	Scale         int    // of what is shown there, in percent; 0 where there is no screen
	Mode          StationMode
	Since         time.Time // when the program started
	Keys          StationKeys
	Trouble       Code      // the last one of StationTroubles; empty for none since it started
	TroubleAt     time.Time // zero for none
	Wiped         int       // conversations of the last StationUseDay that were taken away since nobody was there any more
	Away          int       // how often in the last StationUseDay the server began to be away
}

// StationTroubles are the codes that say something of a station, rather than of a person or of the server.
var StationTroubles = []Code{
	CodeAppOld, CodeServerOld, CodeStationSignature, CodeStationClock, CodeKeyNoPermission, CodeKeyBusy, CodeKeyAtWork,
}

// StationUse is how a station was used, as the server knows by the audit trail: numbers, and nothing of a person.
type StationUse struct {
	Begun     int // conversations
	Through   int // of them, those that came to what they were for: a new password, a lock lifted, a registration, a session
	Asked     int // that ended in a help request
	Cancelled int // by the person, or by the station since nobody was there
	Abandoned int // whose time ran out
}

// StationUseDay is how far back a station's use is counted.
const StationUseDay = 24 * time.Hour

// StationHealth is how an enrolled station is, as far as the server knows. Times are the server's.
type StationHealth struct {
	Report     StationReport // the last
	Reported   time.Time     // when it came; zero for never
	Server     string        // the server's own version then
	ClockAhead time.Duration // by how much the station's clock is ahead of the server's; negative: behind
	ClockAt    time.Time     // when that was seen last, to StationUseSpan; zero for never
	Use        StationUse    // of the last StationUseDay
	Faults     []StationFault
}

// StationFault is what may be wrong with a station.
type StationFault string

// The faults, the worst first.
const (
	FaultSilent  StationFault = "silent"        // a kiosk that neither reported nor sent anything else for StationSilentAfter
	FaultClock   StationFault = "clock_off"     // by StationClockOff or more
	FaultTrouble StationFault = "trouble"       // its last trouble is of the last day
	FaultOld     StationFault = "older_version" // than the server's
)

const (
	// StationReportEvery is how often a station reports.
	StationReportEvery = 5 * time.Minute
	// StationSilentAfter is six reports that did not come.
	StationSilentAfter = 30 * time.Minute
	// StationClockOff is a fifth of what has a signature refused.
	StationClockOff = time.Minute
)

// Heard is when the server heard of the station last: that it reported or, to StationUseSpan, that it sent anything else.
func (s Station) Heard() time.Time {
	if s.Health != nil && s.Health.Reported.After(s.Used) {
		return s.Health.Reported
	}
	return s.Used
}

// FaultsAt is what is wrong with the station at a time of the server's, the worst first. One that is not enrolled, is paused or revoked has no
// faults: nothing is expected of it.
func (s Station) FaultsAt(now time.Time) []StationFault {
	h := s.Health
	if h == nil || s.Enrolled.IsZero() || !s.Paused.IsZero() || !s.Revoked.IsZero() {
		return nil
	}
	var faults []StationFault
	for _, f := range []struct {
		fault StationFault
		is    bool
	}{
		{FaultSilent, !h.Reported.IsZero() && h.Report.Mode == ModeKiosk && now.Sub(s.Heard()) > StationSilentAfter},
		{FaultClock, h.ClockAhead.Abs() >= StationClockOff},
		{FaultTrouble, h.Report.Trouble != "" && now.Sub(h.Report.TroubleAt) < StationUseDay},
		{FaultOld, olderVersion(h.Report.Version, h.Server)},
	} {
		if f.is {
			faults = append(faults, f.fault)
		}
	}
	return faults
}

// released is the form of a version that was released, or is about to be: "1.4.0", "v1.4.0-rc.1". What is built between has another one.
var released = regexp.MustCompile(`^v?([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})(-(?:alpha|beta|rc)[.0-9]*)?$`)

// olderVersion reports whether a version stands before another; false where either has another form.
func olderVersion(one, other string) bool {
	a, b := readVersion(one), readVersion(other)
	return a != nil && b != nil && slices.Compare(a, b) < 0
}

// readVersion gives major, minor and patch, and 1 for the release itself, 0 for what comes before it; nil for another form.
func readVersion(version string) []int {
	found := released.FindStringSubmatch(version)
	if found == nil {
		return nil
	}
	var parts []int
	for _, digits := range found[1:4] {
		n, _ := strconv.Atoi(digits) // the form lets nothing else through
		parts = append(parts, n)
	}
	if found[4] != "" {
		return append(parts, 0)
	}
	return append(parts, 1)
}
