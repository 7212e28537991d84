//go:build linux

package setup

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// figure is what `make bench-server` prints, beside what it is compared to in the same run.
type figure struct {
	Name      string  `json:"figure"`
	Value     float64 `json:"value"`
	Unit      string  `json:"unit"`
	Beside    string  `json:"beside,omitempty"` // what the reference is
	Reference float64 `json:"reference,omitempty"`
	Ratio     float64 `json:"ratio,omitempty"` // of value and reference
	Goal      float64 `json:"goal,omitempty"`
	GoalOf    string  `json:"goal_of,omitempty"` // "value" or "ratio", where there is a goal
	AtLeast   bool    `json:"at_least,omitempty"`
	Met       bool    `json:"met,omitempty"`
}

// atMost and atLeast give a figure its goal: of its ratio where it has a reference, otherwise of itself.
func (f figure) atMost(goal float64) figure  { f.Goal = goal; return f }
func (f figure) atLeast(goal float64) figure { f.Goal, f.AtLeast = goal, true; return f }

// ofValue says that the goal is the value's, though there is a reference.
func (f figure) ofValue() figure { f.GoalOf = "value"; return f }

// beside gives a figure its reference.
func (f figure) beside(what string, reference float64) figure {
	f.Beside, f.Reference, f.Ratio = what, reference, f.Value/reference
	return f
}

func (f figure) String() string {
	line := fmt.Sprintf("%-58s %9.2f %-5s", f.Name, f.Value, f.Unit)
	if f.Beside != "" {
		line += fmt.Sprintf("  %s %.2f: %.2f times", f.Beside, f.Reference, f.Ratio)
	}
	if f.Goal != 0 {
		bound, verdict := "at most", "reached"
		if f.AtLeast {
			bound = "at least"
		}
		if !f.Met {
			verdict = "NOT REACHED"
		}
		line += fmt.Sprintf("  goal %s %g: %s", bound, f.Goal, verdict)
	}
	return line
}

// tell prints a figure and, where SPAREKEY_FIGURES names a file, appends it as a line of JSON.
func tell(b *testing.B, f figure) {
	b.Helper()
	if f.Goal != 0 {
		judged := f.Value
		if f.Beside != "" && f.GoalOf == "" {
			judged, f.GoalOf = f.Ratio, "ratio"
		}
		f.GoalOf = orElse(f.GoalOf, "value")
		f.Met = judged <= f.Goal
		if f.AtLeast {
			f.Met = judged >= f.Goal
		}
	}
	fmt.Fprintln(os.Stderr, f)
	path := os.Getenv("SPAREKEY_FIGURES")
	if path == "" {
		return
	}
	line, err := json.Marshal(f)
	if err != nil {
		b.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if _, err := file.Write(append(line, '\n')); err != nil {
		b.Fatal(err)
	}
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// pinned begins a command that runs on the server's processor, where SPAREKEY_SERVER_CORE names one.
func pinned() []string {
	if core := os.Getenv("SPAREKEY_SERVER_CORE"); core != "" {
		return []string{"taskset", "-c", core}
	}
	return nil
}

// hashAlonePerSecond is what argon2id alone does on the server's processor.
func hashAlonePerSecond(b *testing.B) float64 {
	b.Helper()
	const n = 100
	args := append(pinned(), os.Args[0])
	c := exec.Command(args[0], args[1:]...)
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%d", hashesAlone, n))
	out, err := c.Output()
	if err != nil {
		b.Fatal(err)
	}
	took, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n / time.Duration(took).Seconds()
}
