package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Health is what a check found.
type Health string

// What a check may find.
const (
	Healthy    Health = "ok"
	Attention  Health = "attention" // it works, with something amiss
	Problem    Health = "problem"   // something that a person needs does not work
	NotChecked Health = "not checked"
)

// Finding is what a check has to say.
type Finding struct {
	Check  string `json:"check"`
	Health Health `json:"health"`
	What   string `json:"what"`         // what was found
	Do     string `json:"do,omitempty"` // what helps; empty when nothing is amiss
}

// Report prints the findings, one a line.
func Report(out io.Writer, found []Finding, asJSON bool) error {
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
			line = strings.ReplaceAll(strings.TrimSuffix(line, ".")+". ", "?. ", "? ") + f.Do
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
