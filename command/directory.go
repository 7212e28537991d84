package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type directoryCommands struct {
	Check directoryCheck `cmd:"" help:"Walk through what a reset needs of the directories: servers, certificates, the service account, rules, a person."`
}

type directoryCheck struct {
	Config    string `help:"Settings of the server on this computer. Run it as root, who may read its secrets, or as its account." type:"path" default:"/etc/sparekey/server.toml" placeholder:"FILE"`
	Directory string `help:"One of several directories, by its name; \"directory\" is the one without." placeholder:"NAME"`
	Find      string `help:"Look this person up, as a reset does, and say how they stand." placeholder:"USER-ID"`
	Reset     string `help:"Really reset the password of this test account, to one that nobody knows, and prove that it signs in." placeholder:"USER-ID"`
	JSON      bool   `help:"Print each finding as a line of JSON."`
}

func (c *directoryCheck) run(ctx context.Context, p Program) error {
	failed := 0
	tell := func(f setup.DirectoryFinding) {
		if f.Failed {
			failed++
		}
		if c.JSON {
			e := json.NewEncoder(p.Out)
			e.SetEscapeHTML(false)
			_ = e.Encode(f)
			return
		}
		printFinding(p, f)
	}
	e := setup.DirectoryExamination{Config: c.Config, Name: c.Directory, Person: c.Find, Reset: c.Reset}
	if err := setup.ExamineDirectories(ctx, e, tell); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if failed > 0 {
		return errors.New(words.Plural("directory.summary", failed))
	}
	return nil
}

// printFinding prints a finding as it is found: what was looked at on a line of its own, what helps beneath it.
func printFinding(p Program, f setup.DirectoryFinding) {
	sign := "ok  "
	switch {
	case f.Failed:
		sign = "FAIL"
	case f.Do != "":
		sign = "note"
	}
	if f.About != "" {
		f.About += ": "
	}
	if f.Directory != "" {
		f.Step = f.Directory + " " + f.Step
	}
	fmt.Fprintf(p.Out, "%s  %-12s %s%s.\n", sign, f.Step, visible(f.About), visible(f.What))
	if f.Do != "" {
		fmt.Fprintf(p.Out, "      %s.\n", visible(f.Do))
	}
}
