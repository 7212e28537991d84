package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/command/setup"
)

type passCommands struct {
	Issue  passIssue  `cmd:"" help:"Print a pass, once: it signs the person in to set up ways back in, and to choose a first password."`
	Revoke passRevoke `cmd:"" help:"Take back a pass that was not used yet."`
}

type passIssue struct {
	UserID string `arg:"" name:"userid" help:"Whose."`
	Desk   bool   `help:"Handed over at a setup desk: it lives for minutes."`
	Data   string `help:"The trial's data folder, in place of its own." type:"path"`
}

type passRevoke struct {
	UserID string `arg:"" name:"userid" help:"Whose."`
	Data   string `help:"The trial's data folder, in place of its own." type:"path"`
}

func (c *passIssue) run(ctx context.Context, p Program) error {
	return administer(ctx, setup.Target{Data: c.Data, Write: true}, func(admin app.Administration) error {
		pass, err := admin.Passes.IssuePass(ctx, app.IssuePass{UserID: c.UserID, Desk: c.Desk, By: setup.Operator()})
		if err != nil {
			return passProblem(err)
		}
		what := "set up ways back in"
		if pass.First {
			what = "choose the first password and set up ways back in"
		}
		_, err = fmt.Fprintf(p.Out, "%s\nFor %s, good until %s. It signs in once, to %s.\nIt isn't shown again. Read it to them or hand it over; never send it by mail. They are told that it was issued.\n",
			pass.Shown().Reveal(), pass.Person.Name, pass.Expires.Local().Format(time.TimeOnly), what)
		return err
	})
}

func (c *passRevoke) run(ctx context.Context, p Program) error {
	return administer(ctx, setup.Target{Data: c.Data, Write: true}, func(admin app.Administration) error {
		if err := admin.Passes.RevokePass(ctx, c.UserID, setup.Operator()); err != nil {
			return passProblem(err)
		}
		_, err := fmt.Fprintf(p.Out, "The pass of %s is void.\n", c.UserID)
		return err
	})
}

// passProblems say why there is no pass.
var passProblems = map[app.Code]string{
	app.CodeUnknown:     "there is no account with this user ID",
	app.CodeBadUserID:   "this can't be a user ID",
	app.CodePassAdmin:   "a pass for an administrator takes two people who agree, and this version can't ask for the second one yet: no pass was issued",
	app.CodeNotManaged:  "the password of this account is managed elsewhere: no pass was issued",
	app.CodeNotEnabled:  "this account is not enabled for self-service: no pass was issued",
	app.CodeDisabled:    "this account is switched off: no pass was issued",
	app.CodeNoPass:      "there is no pass of this user ID that could still be used",
	app.CodeUnavailable: "the trial's data can't be reached: nothing was changed",
}

func passProblem(err error) error {
	words, known := passProblems[app.CodeOf(err)]
	if !known {
		return err
	}
	return errors.New(words)
}
