package command

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// faultRanks are the faults, the worst first; after them come those that have none.
var faultRanks = []app.StationFault{app.FaultSilent, app.FaultClock, app.FaultTrouble, app.FaultOld}

// worstFirst sorts stations by their worst fault; those of one fault stay by name.
func worstFirst(all []app.Station) {
	rank := func(s app.Station) int {
		for i, f := range faultRanks {
			if s.Health != nil && slices.Contains(s.Health.Faults, f) {
				return i
			}
		}
		return len(faultRanks)
	}
	slices.SortStableFunc(all, func(a, b app.Station) int { return rank(a) - rank(b) })
}

// stationHealth says in a few words how a station is: its worst fault, and how many more there are.
func stationHealth(s app.Station, now time.Time) string {
	h := s.Health
	expected := !s.Enrolled.IsZero() && s.Paused.IsZero() && s.Revoked.IsZero()
	switch {
	case h == nil || !expected:
		return "-"
	case len(h.Faults) > 1:
		return words.Text("command.stations.health_more", words.Values{"fault": faultSaid(h.Faults[0], s), "n": len(h.Faults) - 1})
	case len(h.Faults) == 1:
		return faultSaid(h.Faults[0], s)
	case h.Reported.IsZero():
		return words.Text("command.stations.health_unknown")
	case now.Sub(s.Heard()) > app.StationSilentAfter: // a window that is closed; a kiosk would be silent
		return words.Text("command.stations.health_closed", words.Values{"time": minute(s.Heard())})
	}
	return words.Text("command.stations.health_well")
}

// faultSaid says one fault.
func faultSaid(f app.StationFault, s app.Station) string {
	r := s.Health.Report
	switch f {
	case app.FaultSilent:
		return words.Text("command.stations.fault_silent", words.Values{"time": minute(s.Heard())})
	case app.FaultClock:
		return words.Text("command.stations.fault_clock", words.Values{"off": clockSaid(s.Health.ClockAhead)})
	case app.FaultTrouble:
		return words.Text("command.stations.fault_trouble", words.Values{"code": visible(string(r.Trouble))})
	case app.FaultOld:
		return words.Text("command.stations.fault_old", words.Values{"version": visible(r.Version)})
	}
	return visible(string(f)) // a newer server's
}

// clockSaid says how a clock stands against the server's; a signature says its time in whole seconds, and is on its way for a while.
func clockSaid(ahead time.Duration) string {
	switch {
	case ahead.Abs() < 5*time.Second:
		return words.Text("command.stations.clock_right")
	case ahead < 0:
		return words.Text("command.stations.clock_behind", words.Values{"by": -ahead})
	}
	return words.Text("command.stations.clock_ahead", words.Values{"by": ahead})
}

// showStation prints all that is known of a station, a line for each.
func showStation(out io.Writer, s app.Station, now time.Time) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(table, "%s\t%s\n", words.Text(key), value)
		}
	}
	line("command.stations.show_name", visible(s.Name))
	line("command.stations.show_id", visible(string(s.ID)))
	line("command.stations.show_state", stationState(s, now))
	line("command.stations.show_invited", words.Text("command.stations.by", words.Values{"time": minute(s.Invited), "name": visible(s.InvitedBy)}))
	line("command.stations.show_enrolled", minute(s.Enrolled))
	line("command.stations.show_used", minute(s.Used))
	line("command.stations.show_health", stationHealth(s, now))
	if h := s.Health; h != nil {
		if len(h.Faults) > 1 {
			var faults []string
			for _, f := range h.Faults {
				faults = append(faults, faultSaid(f, s))
			}
			line("command.stations.show_faults", strings.Join(faults, "; "))
		}
		line("command.stations.show_reported", minute(h.Reported))
		if !h.ClockAt.IsZero() {
			line("command.stations.show_clock", words.Text("command.stations.seen", words.Values{"what": clockSaid(h.ClockAhead), "time": minute(h.ClockAt)}))
		}
		if !h.Reported.IsZero() {
			showReport(line, h)
		}
		u := h.Use
		line("command.stations.show_use", words.Text("command.stations.use", words.Values{
			"begun": u.Begun, "through": u.Through, "asked": u.Asked, "cancelled": u.Cancelled, "abandoned": u.Abandoned,
		}))
	}
	return table.Flush()
}

// showReport prints what a station said of itself.
func showReport(line func(key, value string), h *app.StationHealth) {
	r := h.Report
	line("command.stations.show_version", words.Text("command.stations.version", words.Values{"version": visible(r.Version), "server": visible(h.Server)}))
	line("command.stations.show_system", visible(strings.TrimSpace(r.SystemVersion+" ("+r.System+")")))
	line("command.stations.show_mode", words.Text("command.stations.mode", words.Values{"mode": visible(string(r.Mode)), "time": minute(r.Since)}))
	if r.Width > 0 {
		line("command.stations.show_screen", words.Text("command.stations.screen", words.Values{"width": r.Width, "height": r.Height, "scale": r.Scale}))
	}
	line("command.stations.show_keys", visible(string(r.Keys)))
	trouble := "-"
	if r.Trouble != "" {
		trouble = words.Text("command.stations.seen", words.Values{"what": visible(string(r.Trouble)), "time": minute(r.TroubleAt)})
		if key := "error." + string(r.Trouble); words.Known(key) && slices.Contains(app.StationTroubles, r.Trouble) {
			trouble += ": " + words.Text(key)
		}
	}
	line("command.stations.show_trouble", trouble)
	line("command.stations.show_own", words.Text("command.stations.own", words.Values{"wiped": r.Wiped, "away": r.Away}))
}

// stationLine is a station in JSON. What is not known is left out.
type stationLine struct {
	ID        string      `json:"id"`
	Name      string      `json:"name"`
	Invited   time.Time   `json:"invited,omitzero"`
	InvitedBy string      `json:"invited_by,omitempty"`
	Enrolled  time.Time   `json:"enrolled,omitzero"`
	Used      time.Time   `json:"used,omitzero"`
	Paused    time.Time   `json:"paused,omitzero"`
	Revoked   time.Time   `json:"revoked,omitzero"`
	Health    *healthLine `json:"health,omitempty"`
}

// healthLine is how a station is, in JSON, by the names of the API.
type healthLine struct {
	Faults        []app.StationFault `json:"faults"`
	Reported      time.Time          `json:"reported,omitzero"`
	Version       string             `json:"version,omitempty"`
	Server        string             `json:"server_version,omitempty"`
	System        string             `json:"system,omitempty"`
	SystemVersion string             `json:"system_version,omitempty"`
	Width         int                `json:"width,omitempty"`
	Height        int                `json:"height,omitempty"`
	Scale         int                `json:"scale,omitempty"`
	Mode          app.StationMode    `json:"mode,omitempty"`
	Since         time.Time          `json:"since,omitzero"`
	Keys          app.StationKeys    `json:"keys,omitempty"`
	Trouble       app.Code           `json:"trouble,omitempty"`
	TroubleAt     time.Time          `json:"trouble_at,omitzero"`
	ClockAhead    int64              `json:"clock_ahead"` // seconds
	ClockAt       time.Time          `json:"clock_at,omitzero"`
	Wiped         int                `json:"wiped"`
	Away          int                `json:"away"`
	Use           useLine            `json:"use"`
}

// useLine is a station's use, in JSON.
type useLine struct {
	Begun     int `json:"begun"`
	Through   int `json:"through"`
	Asked     int `json:"asked"`
	Cancelled int `json:"cancelled"`
	Abandoned int `json:"abandoned"`
}

func lineOfStation(s app.Station) stationLine {
	l := stationLine{
		ID: string(s.ID), Name: s.Name, Invited: s.Invited, InvitedBy: s.InvitedBy, Enrolled: s.Enrolled, Used: s.Used, Paused: s.Paused, Revoked: s.Revoked,
	}
	if h := s.Health; h != nil {
		r := h.Report
		l.Health = &healthLine{
			Faults: append([]app.StationFault{}, h.Faults...), Reported: h.Reported, Version: r.Version, Server: h.Server, System: r.System,
			SystemVersion: r.SystemVersion, Width: r.Width, Height: r.Height, Scale: r.Scale, Mode: r.Mode, Since: r.Since, Keys: r.Keys,
			Trouble: r.Trouble, TroubleAt: r.TroubleAt, ClockAhead: int64(h.ClockAhead / time.Second), ClockAt: h.ClockAt, Wiped: r.Wiped, Away: r.Away,
			Use: useLine(h.Use),
		}
	}
	return l
}

// printStationsJSON prints a list, or one.
func printStationsJSON(out io.Writer, what any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(what)
}
