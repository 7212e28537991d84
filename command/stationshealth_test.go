package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

// lobbyStation is a kiosk that reported a minute ago, as a server at now knows it.
func lobbyStation(now time.Time, change func(s *app.Station, h *app.StationHealth)) app.Station {
	h := &app.StationHealth{
		Reported: now.Add(-time.Minute), Server: "1.5.0", ClockAhead: -time.Second, ClockAt: now.Add(-time.Minute),
		Report: app.StationReport{
			Version: "1.5.0", System: "linux", SystemVersion: "Debian GNU/Linux 12 (bookworm)", Width: 1920, Height: 1080, Scale: 150, Mode: app.ModeKiosk,
			Since: now.Add(-time.Hour), Keys: app.KeysUsable, Wiped: 2, Away: 3,
		},
		Use: app.StationUse{Begun: 9, Through: 5, Asked: 1, Cancelled: 2, Abandoned: 1},
	}
	s := app.Station{
		ID: "S1", Name: "Kiosk lobby", Invited: now.Add(-time.Hour), InvitedBy: "jo", CodeEnds: now, Enrolled: now.Add(-time.Hour), Used: now.Add(-5 * time.Minute), Health: h,
	}
	if change != nil {
		change(&s, h)
	}
	h.Faults = s.FaultsAt(now)
	return s
}

func TestTheListSaysInFewWordsHowAStationIs(t *testing.T) {
	now := time.Now()
	before := now.Add(-time.Hour)
	for want, change := range map[string]func(*app.Station, *app.StationHealth){
		"well":                           nil,
		"never reported":                 func(_ *app.Station, h *app.StationHealth) { *h = app.StationHealth{} },
		"SILENT since " + minute(before): func(s *app.Station, h *app.StationHealth) { h.Reported, s.Used = before, before },
		"closed since " + minute(before): func(s *app.Station, h *app.StationHealth) {
			h.Reported, s.Used, h.Report.Mode = before, before, app.ModeDesktop
		},
		"clock 2h0m0s ahead": func(_ *app.Station, h *app.StationHealth) { h.ClockAhead = 2 * time.Hour },
		"clock 1m30s behind": func(_ *app.Station, h *app.StationHealth) { h.ClockAhead = -90 * time.Second },
		"trouble: key_busy": func(_ *app.Station, h *app.StationHealth) {
			h.Report.Trouble, h.Report.TroubleAt = app.CodeKeyBusy, now
		},
		"older version: 1.4.0":            func(_ *app.Station, h *app.StationHealth) { h.Report.Version = "1.4.0" },
		"clock 2h0m0s ahead (and 1 more)": func(_ *app.Station, h *app.StationHealth) { h.ClockAhead, h.Report.Version = 2*time.Hour, "1.4.0" },
		"-":                               func(s *app.Station, h *app.StationHealth) { h.ClockAhead, s.Paused = 2*time.Hour, now },
	} {
		if got := stationHealth(lobbyStation(now, change), now); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := stationHealth(app.Station{}, now); got != "-" {
		t.Errorf("of an older server: %q", got)
	}
	newer := lobbyStation(now, nil)
	newer.Health.Faults = []app.StationFault{"on\x1bfire"}
	if got := stationHealth(newer, now); got != "on\ufffdfire" {
		t.Errorf("of a newer server: %q", got)
	}
}

func TestStationsWithFaultsComeFirst(t *testing.T) {
	now := time.Now()
	named := func(name string, change func(*app.Station, *app.StationHealth)) app.Station {
		s := lobbyStation(now, change)
		s.Name = name
		return s
	}
	silent := func(s *app.Station, h *app.StationHealth) { h.Reported, s.Used = now.Add(-time.Hour), time.Time{} }
	all := []app.Station{
		named("a", nil), {Name: "b"}, named("c", func(_ *app.Station, h *app.StationHealth) { h.Report.Version = "1.0.0" }),
		named("d", silent), named("e", func(_ *app.Station, h *app.StationHealth) { h.ClockAhead = time.Hour }), named("f", silent),
	}
	worstFirst(all)
	var order []string
	for _, s := range all {
		order = append(order, s.Name)
	}
	if got := strings.Join(order, ""); got != "dfecab" {
		t.Errorf("the order is %s", got)
	}
}

func TestShowSaysAllThatIsKnownOfAStation(t *testing.T) {
	now := time.Now()
	shown := func(s app.Station) string {
		out := &bytes.Buffer{}
		if err := showStation(out, s, now); err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(out.String()), " ")
	}
	well := shown(lobbyStation(now, func(s *app.Station, h *app.StationHealth) {
		h.Report.Trouble, h.Report.TroubleAt = app.CodeKeyBusy, now.Add(-25*time.Hour)
	}))
	for _, want := range []string{
		"Name Kiosk lobby", "State enrolled", ", by jo", "Health well", "Last report " + minute(now.Add(-time.Minute)), "Clock right, at", "Version 1.5.0 (the server's then: 1.5.0)",
		"System Debian GNU/Linux 12 (bookworm) (linux)", "Runs as kiosk, since " + minute(now.Add(-time.Hour)), "1920 × 1080 pixels, at 150 %", "Security keys usable",
		"Last trouble key_busy, at " + minute(now.Add(-25*time.Hour)) + ": Another program", "left behind and taken away: 2; server away: 3",
		"begun: 9; got through: 5; asked for help: 1; cancelled: 2; ran out: 1",
	} {
		if !strings.Contains(well, want) {
			t.Errorf("%q is missing in %s", want, well)
		}
	}
	faulty := shown(lobbyStation(now, func(_ *app.Station, h *app.StationHealth) { h.ClockAhead, h.Report.Version = 2*time.Hour, "1.4.0" }))
	if !strings.Contains(faulty, "All that is wrong clock 2h0m0s ahead; older version: 1.4.0") {
		t.Errorf("two faults: %s", faulty)
	}
	silent := shown(lobbyStation(now, func(_ *app.Station, h *app.StationHealth) { *h = app.StationHealth{} }))
	if !strings.Contains(silent, "Health never reported") || strings.Contains(silent, "Version") || strings.Contains(silent, "Clock") {
		t.Errorf("never heard of: %s", silent)
	}
	odd := shown(lobbyStation(now, func(_ *app.Station, h *app.StationHealth) {
		h.Report.Version, h.Report.Trouble = "1\x1b[2J", "no_such\x1b"
	}))
	if strings.Contains(odd, "\x1b") {
		t.Errorf("a terminal is told what to do: %q", odd)
	}
}

// The names in JSON are those of the API.
func TestAStationInJSON(t *testing.T) {
	now := time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)
	out := &bytes.Buffer{}
	if err := printStationsJSON(out, lineOfStation(lobbyStation(now, nil))); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	health, _ := got["health"].(map[string]any)
	want := `map[away:3 clock_ahead:-1 clock_at:2027-03-04T11:59:00Z faults:[] height:1080 keys:usable mode:kiosk reported:2027-03-04T11:59:00Z scale:150 ` +
		`server_version:1.5.0 since:2027-03-04T11:00:00Z system:linux system_version:Debian GNU/Linux 12 (bookworm) ` +
		`use:map[abandoned:1 asked:1 begun:9 cancelled:2 through:5] version:1.5.0 width:1920 wiped:2]`
	if fmt.Sprint(health) != want || got["id"] != "S1" || got["name"] != "Kiosk lobby" || got["enrolled"] == nil || got["paused"] != nil {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func TestShowFindsAStationByNameOrID(t *testing.T) {
	l := newLobby(t)
	if said := l.stations(1, "show", "Kiosk lobby"); !strings.Contains(said, "no station with this name") {
		t.Errorf("nobody: %s", said)
	}
	l.stations(0, "invite", "--name", "Kiosk lobby")
	if said := l.stations(0, "show", "kiosk LOBBY"); !strings.Contains(said, "invited, until") || strings.Contains(said, "Version") {
		t.Errorf("invited: %s", said)
	}
	var all []stationLine
	if err := json.Unmarshal([]byte(l.stations(0, "list", "--json")), &all); err != nil || len(all) != 1 || all[0].Health != nil {
		t.Fatalf("%v, %+v", err, all)
	}
	var one stationLine
	if err := json.Unmarshal([]byte(l.stations(0, "show", "--json", all[0].ID)), &one); err != nil || one.Name != "Kiosk lobby" {
		t.Errorf("%v, %+v", err, one)
	}
}
