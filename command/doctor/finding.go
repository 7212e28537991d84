package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
)

type doctorCommand struct {
	Settings string `help:"Settings file, in place of the one in the configuration folder." type:"path"`
	Server   string `help:"The organisation's server, in place of the one in the settings."`
	JSON     bool   `help:"Print findings as JSON."`
}

// health is what a check found.
type health string

const (
	healthy    health = "ok"
	attention  health = "attention" // it works, with something amiss
	problem    health = "problem"   // something that a person needs does not work
	notChecked health = "not checked"
)

// finding is what a check has to say.
type finding struct {
	Check  string `json:"check"`
	Health health `json:"health"`
	What   string `json:"what"`         // what was found
	Do     string `json:"do,omitempty"` // what helps; empty when nothing is amiss
}

func (c *doctorCommand) run(ctx context.Context, s streams) error {
	path := c.Settings
	if path == "" {
		path = settingsPath()
	}
	set, settingsFound := checkSettings(path, c.Settings != "")
	if c.Server != "" {
		set.Server = strings.TrimRight(c.Server, "/")
		if err := checkServer(set.Server); err != nil {
			return usageError{fmt.Errorf("--server: %w", err)}
		}
	}
	found := append([]finding{settingsFound}, realDoctor(set.Server).examine(ctx)...)
	if err := ctx.Err(); err != nil { // interrupted: what was found says nothing
		return err
	}
	if err := report(s.out, found, c.JSON); err != nil {
		return err
	}
	problems := 0
	for _, f := range found {
		if f.Health == problem {
			problems++
		}
	}
	if problems > 0 {
		return fmt.Errorf("doctor: problems: %d", problems)
	}
	return nil
}

// report prints the findings, one a line.
func report(out io.Writer, found []finding, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(found)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range found {
		line := f.What
		if f.Do != "" {
			line += ". " + f.Do
		}
		fmt.Fprintf(w, "%s\t%s\t%s.\n", f.Check, f.Health, oneLine(line))
	}
	return w.Flush()
}

// oneLine keeps what a server or a library said on the line that it is told on, and a terminal's controls out of it.
func oneLine(text string) string {
	return strings.TrimRight(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, text), ". ")
}

// doctorWindow opens a window and closes it, for the check of the doctor that starts it.
type doctorWindow struct{}

func (doctorWindow) run(context.Context, streams) error {
	leave, err := shelter()
	if err != nil {
		return err
	}
	a := fyneapp.NewWithID(appID)
	win := a.NewWindow("Sparekey")
	a.Lifecycle().SetOnStarted(func() { fyne.Do(a.Quit) })
	win.ShowAndRun()
	return leave()
}
