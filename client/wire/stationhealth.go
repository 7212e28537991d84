package wire

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// StationReport is the form of app.StationReport as a station sends it: times are spans back from now, since its clock may be wrong.
type StationReport struct {
	Version       string `json:"version" pattern:"^[!-~]{1,40}$" doc:"of the program"`
	System        string `json:"system" pattern:"^[a-z0-9]{1,16}$" doc:"operating system, as Go names it: linux, windows, darwin"`
	SystemVersion string `json:"system_version,omitempty" maxLength:"80" pattern:"^[ -~]*$" doc:"as the system calls itself"`
	Width         int    `json:"width,omitempty" minimum:"0" maximum:"100000" doc:"of the screen, in pixels; left out: there is none"`
	Height        int    `json:"height,omitempty" minimum:"0" maximum:"100000"`
	Scale         int    `json:"scale,omitempty" minimum:"0" maximum:"10000" doc:"of what is shown there, in percent"`
	Mode          string `json:"mode" enum:"kiosk,logon,desktop"`
	Runs          int64  `json:"runs,omitempty" minimum:"0" maximum:"1000000000" doc:"for how many seconds the program has been running"`
	Keys          string `json:"keys" enum:"usable,barred,missing" doc:"whether security keys can be used: barred by the system, missing in this build"`
	Trouble       string `json:"trouble,omitempty" maxLength:"40" pattern:"^[a-z_]*$" doc:"code of the last trouble of the station itself"`
	TroubleAgo    int64  `json:"trouble_ago,omitempty" minimum:"0" maximum:"1000000000" doc:"seconds"`
	Wiped         int    `json:"wiped,omitempty" minimum:"0" maximum:"1000000" doc:"conversations of the last 24 hours that were taken away since nobody was there any more"`
	Away          int    `json:"away,omitempty" minimum:"0" maximum:"1000000" doc:"how often in the last 24 hours the server began to be away"`
}

// NewStationReport gives the form of r at now, by the clock that its times are of.
func NewStationReport(r app.StationReport, now time.Time) StationReport {
	w := StationReport{
		Version: r.Version, System: r.System, SystemVersion: r.SystemVersion, Width: r.Width, Height: r.Height, Scale: r.Scale,
		Mode: string(r.Mode), Runs: ago(r.Since, now), Keys: string(r.Keys), Wiped: r.Wiped, Away: r.Away,
	}
	if r.Trouble != "" {
		w.Trouble, w.TroubleAgo = string(r.Trouble), ago(r.TroubleAt, now)
	}
	return w
}

// Domain gives the report as it came at now: its times are of the clock that this is of.
func (w StationReport) Domain(now time.Time) app.StationReport {
	r := app.StationReport{
		Version: w.Version, System: w.System, SystemVersion: w.SystemVersion, Width: w.Width, Height: w.Height, Scale: w.Scale,
		Mode: app.StationMode(w.Mode), Since: back(now, w.Runs), Keys: app.StationKeys(w.Keys), Wiped: w.Wiped, Away: w.Away,
	}
	if w.Trouble != "" {
		r.Trouble, r.TroubleAt = app.Code(w.Trouble), back(now, w.TroubleAgo)
	}
	return r
}

// ago is how many seconds lie between a time and now; none where it is to come yet, since the clock was set meanwhile.
func ago(t, now time.Time) int64 { return int64(max(0, now.Sub(t)) / time.Second) }

func back(now time.Time, seconds int64) time.Time {
	return now.Add(-time.Duration(seconds) * time.Second).UTC().Truncate(time.Microsecond)
}

// StationHealth is the form of app.StationHealth, for administrators. What a station says of itself is left out where it never reported.
type StationHealth struct {
	Faults        []string   `json:"faults" nullable:"false" doc:"the worst first: silent, clock_off, trouble, older_version"`
	Reported      Time       `json:"reported,omitzero" format:"date-time" doc:"when its last report came; left out: never"`
	Version       string     `json:"version,omitempty" doc:"of the program there"`
	Server        string     `json:"server_version,omitempty" doc:"of the server, when the report came"`
	System        string     `json:"system,omitempty"`
	SystemVersion string     `json:"system_version,omitempty"`
	Width         int        `json:"width,omitempty" doc:"of its screen, in pixels"`
	Height        int        `json:"height,omitempty"`
	Scale         int        `json:"scale,omitempty" doc:"of what is shown there, in percent"`
	Mode          string     `json:"mode,omitempty" doc:"kiosk, logon or desktop"`
	Since         Time       `json:"since,omitzero" format:"date-time" doc:"when the program started"`
	Keys          string     `json:"keys,omitempty" doc:"whether security keys can be used: usable, barred or missing"`
	Trouble       string     `json:"trouble,omitempty" doc:"code of the last trouble of the station itself"`
	TroubleAt     Time       `json:"trouble_at,omitzero" format:"date-time"`
	ClockAhead    int64      `json:"clock_ahead" doc:"by how many seconds its clock is ahead of the server's; negative: behind"`
	ClockAt       Time       `json:"clock_at,omitzero" format:"date-time" doc:"when that was seen last, to ten minutes; left out: never"`
	Wiped         int        `json:"wiped" doc:"conversations of its last 24 hours that were taken away since nobody was there any more"`
	Away          int        `json:"away" doc:"how often in its last 24 hours the server began to be away"`
	Use           StationUse `json:"use" doc:"of the last 24 hours"`
}

// StationUse is the form of app.StationUse.
type StationUse struct {
	Begun     int `json:"begun" doc:"conversations"`
	Through   int `json:"through" doc:"that came to what they were for"`
	Asked     int `json:"asked" doc:"that ended in a help request"`
	Cancelled int `json:"cancelled" doc:"by the person, or since nobody was there"`
	Abandoned int `json:"abandoned" doc:"whose time ran out"`
}

// NewStationUse gives the form of u.
func NewStationUse(u app.StationUse) StationUse { return StationUse(u) }

// Domain gives the use.
func (w StationUse) Domain() app.StationUse { return app.StationUse(w) }

// NewStationHealth gives the form of h.
func NewStationHealth(h app.StationHealth) StationHealth {
	r := h.Report
	return StationHealth{
		Faults: list(h.Faults, func(f app.StationFault) string { return string(f) }), Reported: Time(h.Reported), Version: r.Version, Server: h.Server,
		System: r.System, SystemVersion: r.SystemVersion, Width: r.Width, Height: r.Height, Scale: r.Scale, Mode: string(r.Mode),
		Since: Time(r.Since), Keys: string(r.Keys), Trouble: string(r.Trouble), TroubleAt: Time(r.TroubleAt),
		ClockAhead: int64(h.ClockAhead / time.Second), ClockAt: Time(h.ClockAt), Wiped: r.Wiped, Away: r.Away, Use: NewStationUse(h.Use),
	}
}

// Domain gives how the station is.
func (w StationHealth) Domain() app.StationHealth {
	return app.StationHealth{
		Report: app.StationReport{
			Version: w.Version, System: w.System, SystemVersion: w.SystemVersion, Width: w.Width, Height: w.Height, Scale: w.Scale,
			Mode: app.StationMode(w.Mode), Since: w.Since.domain(), Keys: app.StationKeys(w.Keys), Trouble: app.Code(w.Trouble),
			TroubleAt: w.TroubleAt.domain(), Wiped: w.Wiped, Away: w.Away,
		},
		Reported: w.Reported.domain(), Server: w.Server, ClockAhead: time.Duration(w.ClockAhead) * time.Second, ClockAt: w.ClockAt.domain(),
		Use: w.Use.Domain(), Faults: unlist(w.Faults, func(f string) app.StationFault { return app.StationFault(f) }),
	}
}
