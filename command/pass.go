package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type passCommands struct {
	Issue  passIssue  `cmd:"" help:"Print a pass, once: it signs the person in to set up ways back in, and to choose a first password."`
	Revoke passRevoke `cmd:"" help:"Take back a pass that was not used yet."`
}

type passIssue struct {
	UserID string `arg:"" name:"userid" help:"Whose."`
	Desk   bool   `help:"Handed over at a setup desk: it lives for minutes."`
	targetFlags
}

type passRevoke struct {
	UserID string `arg:"" name:"userid" help:"Whose."`
	targetFlags
}

func (c *passIssue) run(ctx context.Context, p Program) error {
	return c.administer(ctx, true, func(admin app.Administration) error {
		pass, err := admin.Passes.IssuePass(ctx, app.IssuePass{UserID: c.UserID, Desk: c.Desk, By: setup.Operator()})
		if err != nil {
			return passProblem(err)
		}
		shown := words.Values{
			"pass": pass.Shown().Reveal(), "name": pass.Person.Name, "time": pass.Expires.Local().Format(time.TimeOnly),
		}
		if pass.First {
			_, err = fmt.Fprintln(p.Out, words.Text("command.pass.issued_first", shown))
		} else {
			_, err = fmt.Fprintln(p.Out, words.Text("command.pass.issued", shown))
		}
		return err
	})
}

func (c *passRevoke) run(ctx context.Context, p Program) error {
	return c.administer(ctx, true, func(admin app.Administration) error {
		if err := admin.Passes.RevokePass(ctx, c.UserID, setup.Operator()); err != nil {
			return passProblem(err)
		}
		_, err := fmt.Fprintln(p.Out, words.Text("command.pass.revoked", words.Values{"user_id": c.UserID}))
		return err
	})
}

// passProblems are the texts that say why there is no pass.
var passProblems = map[app.Code]string{
	app.CodeUnknown:        "command.pass.unknown_account",
	app.CodeBadUserID:      "command.pass.user_id_malformed",
	app.CodePassAdmin:      "command.pass.pass_administrator",
	app.CodeNotManaged:     "command.pass.password_not_managed",
	app.CodeNotEnabled:     "command.pass.not_enabled",
	app.CodeDisabled:       "command.pass.account_disabled",
	app.CodeAccountExpired: "command.pass.account_expired",
	app.CodeProtected:      "command.pass.account_protected",
	app.CodeFrozen:         "command.pass.account_frozen",
	app.CodeNoPass:         "command.pass.pass_none",
	app.CodeUnavailable:    "command.pass.dependency_down",
}

func passProblem(err error) error {
	key, known := passProblems[app.CodeOf(err)]
	if !known {
		return err
	}
	if key == passProblems[app.CodeUnavailable] {
		return withCause(words.Text(key), err)
	}
	return errors.New(words.Text(key))
}
