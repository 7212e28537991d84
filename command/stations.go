package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type stationsCommands struct {
	List   stationsList   `cmd:"" help:"List the workstations and kiosks that the server knows, and how they are: those with whom something is wrong first."`
	Show   stationsShow   `cmd:"" help:"Say all that is known of a station: what it reported, its clock, and what it was used for in the last day."`
	Invite stationsInvite `cmd:"" help:"Print a one-time code, once: with it a workstation or kiosk enrols."`
	Pause  stationsPause  `cmd:"" help:"Have a station refused until it is resumed."`
	Resume stationsResume `cmd:"" help:"Let a paused station go on."`
	Revoke stationsRevoke `cmd:"" help:"Shut a station out for good; it can be invited anew."`
	Rename stationsRename `cmd:"" help:"Give a station another name."`
}

type stationsList struct {
	JSON bool `name:"json" help:"Print them as JSON."`
	targetFlags
}

func (c *stationsList) run(ctx context.Context, p Program) error {
	return c.administer(ctx, false, func(admin app.Administration) error {
		all, err := admin.Stations.ListStations(ctx)
		if err != nil {
			return stationProblem(err)
		}
		worstFirst(all)
		if c.JSON {
			lines := make([]stationLine, len(all))
			for i, s := range all {
				lines[i] = lineOfStation(s)
			}
			return printStationsJSON(p.Out, lines)
		}
		if len(all) == 0 {
			_, err := fmt.Fprintln(p.Out, words.Text("command.stations.none"))
			return err
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, words.Text("command.stations.columns"))
		now := time.Now()
		for _, s := range all {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", visible(s.Name), stationState(s, now), stationHealth(s, now), day(s.Enrolled), minute(s.Used), visible(string(s.ID)))
		}
		return table.Flush()
	})
}

type stationsShow struct {
	Station string `arg:"" help:"Its name, or its ID."`
	JSON    bool   `name:"json" help:"Print it as JSON."`
	targetFlags
}

func (c *stationsShow) run(ctx context.Context, p Program) error {
	return c.administer(ctx, false, func(admin app.Administration) error {
		all, err := admin.Stations.ListStations(ctx)
		if err != nil {
			return stationProblem(err)
		}
		id := stationNamed(all, c.Station)
		i := slices.IndexFunc(all, func(s app.Station) bool { return s.ID == id })
		if i < 0 {
			return stationProblem(&app.Error{Code: app.CodeNoStation})
		}
		if c.JSON {
			return printStationsJSON(p.Out, lineOfStation(all[i]))
		}
		return showStation(p.Out, all[i], time.Now())
	})
}

// stationState says how a station stands.
func stationState(s app.Station, now time.Time) string {
	switch {
	case !s.Revoked.IsZero():
		return words.Text("command.stations.revoked_state", words.Values{"date": day(s.Revoked)})
	case !s.Paused.IsZero():
		return words.Text("command.stations.paused_state", words.Values{"date": day(s.Paused)})
	case !s.Enrolled.IsZero():
		return words.Text("command.stations.enrolled_state")
	case now.After(s.CodeEnds):
		return words.Text("command.stations.over_state")
	}
	return words.Text("command.stations.invited_state", words.Values{"time": s.CodeEnds.Local().Format(time.TimeOnly)})
}

func day(t time.Time) string { return stamp(t, time.DateOnly) }

func minute(t time.Time) string { return stamp(t, "2006-01-02 15:04") }

func stamp(t time.Time, layout string) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format(layout)
}

type stationsInvite struct {
	Name string `required:"" help:"What to call it, such as \"Kiosk lobby\"."`
	targetFlags
}

func (c *stationsInvite) run(ctx context.Context, p Program) error {
	return c.administer(ctx, true, func(admin app.Administration) error {
		invited, err := admin.Stations.InviteStation(ctx, c.Name, setup.Operator())
		if err != nil {
			return stationProblem(err)
		}
		_, err = fmt.Fprintln(p.Out, words.Text("command.stations.invited", words.Values{
			"code": invited.Shown().Reveal(), "name": invited.Station.Name, "time": invited.Station.CodeEnds.Local().Format(time.TimeOnly),
		}))
		return err
	})
}

// stationArgs name a station.
type stationArgs struct {
	Station string `arg:"" help:"Its name, or its ID."`
	targetFlags
}

type (
	stationsPause  struct{ stationArgs }
	stationsResume struct{ stationArgs }
	stationsRevoke struct{ stationArgs }
	stationsRename struct {
		stationArgs
		Name string `arg:"" help:"The new name."`
	}
)

func (c *stationsPause) run(ctx context.Context, p Program) error {
	return c.change(ctx, p, app.ChangeStation{What: app.StationPause}, "command.stations.paused")
}

func (c *stationsResume) run(ctx context.Context, p Program) error {
	return c.change(ctx, p, app.ChangeStation{What: app.StationResume}, "command.stations.resumed")
}

func (c *stationsRevoke) run(ctx context.Context, p Program) error {
	return c.change(ctx, p, app.ChangeStation{What: app.StationRevoke}, "command.stations.revoked")
}

func (c *stationsRename) run(ctx context.Context, p Program) error {
	return c.change(ctx, p, app.ChangeStation{What: app.StationRename, Name: c.Name}, "command.stations.renamed")
}

// change does one thing to the station that is named, and says so by a text.
func (c stationArgs) change(ctx context.Context, p Program, what app.ChangeStation, said string) error {
	return c.administer(ctx, true, func(admin app.Administration) error {
		all, err := admin.Stations.ListStations(ctx)
		if err != nil {
			return stationProblem(err)
		}
		what.ID, what.By = stationNamed(all, c.Station), setup.Operator()
		changed, err := admin.Stations.ChangeStation(ctx, what)
		if err != nil {
			return stationProblem(err)
		}
		_, err = fmt.Fprintln(p.Out, words.Text(said, words.Values{"name": changed.Name}))
		return err
	})
}

// stationNamed is the ID of a station by what somebody calls it: its ID, or its name; one that is revoked by its ID alone, since
// another may have its name.
func stationNamed(all []app.Station, called string) app.StationID {
	if slices.ContainsFunc(all, func(s app.Station) bool { return string(s.ID) == called }) {
		return app.StationID(called)
	}
	for _, s := range all {
		if s.Revoked.IsZero() && strings.EqualFold(s.Name, called) {
			return s.ID
		}
	}
	return app.StationID(called)
}

// stationProblems are the texts that say why nothing was done.
var stationProblems = map[app.Code]string{
	app.CodeNoStation:      "command.stations.no_such_station",
	app.CodeStationName:    "command.stations.station_name",
	app.CodeStationRevoked: "command.stations.station_revoked",
}

func stationProblem(err error) error {
	key, known := stationProblems[app.CodeOf(err)]
	if !known {
		return err
	}
	return errors.New(words.Text(key))
}
