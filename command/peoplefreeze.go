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

type peopleShow struct {
	UserID string `arg:"" name:"userid" help:"Whose."`
	targetFlags
}

type peopleUnfreeze struct {
	UserID string `arg:"" name:"userid" help:"Whose."`
	Reason string `required:"" help:"How you know that it is them, for the audit trail: one line."`
	targetFlags
}

func (c *peopleShow) run(ctx context.Context, p Program) error {
	return c.administer(ctx, true, func(admin app.Administration) error {
		found, err := admin.Accounts.Standing(ctx, c.UserID)
		if err != nil {
			return accountProblem(err)
		}
		said := words.Values{"name": visible(found.Person.Name), "user_id": visible(found.Person.UserID), "n": found.Registered, "program": p.Name}
		if _, err := fmt.Fprintln(p.Out, words.Text("command.people.shown", said)); err != nil {
			return err
		}
		if found.Admin {
			if _, err := fmt.Fprintln(p.Out, words.Text("command.people.shown_administrator")); err != nil {
				return err
			}
		}
		return tellFreeze(p, found.Freeze, said)
	})
}

// tellFreeze says whether somebody's self-service is frozen, and what lifts that.
func tellFreeze(p Program, f *app.Freeze, said words.Values) error {
	if f == nil {
		_, err := fmt.Fprintln(p.Out, words.Text("command.people.shown_not_frozen"))
		return err
	}
	said["since"] = f.Since.Local().Format(time.DateTime)
	said["event"] = visible(words.Event(f.Event))
	key := "command.people.shown_frozen"
	if f.Before.IsZero() {
		key = "command.people.shown_frozen_desk"
	} else {
		said["before"] = f.Before.Local().Format(time.DateTime)
	}
	_, err := fmt.Fprintln(p.Out, words.Text(key, said))
	return err
}

func (c *peopleUnfreeze) run(ctx context.Context, p Program) error {
	return c.administer(ctx, true, func(admin app.Administration) error {
		who, err := admin.Accounts.Unfreeze(ctx, app.Unfreeze{UserID: c.UserID, Reason: c.Reason, By: setup.Operator()})
		if err != nil {
			return accountProblem(err)
		}
		_, err = fmt.Fprintln(p.Out, words.Text("command.people.unfrozen", words.Values{"name": visible(who.Name), "user_id": visible(who.UserID)}))
		return err
	})
}

// accountProblems are the texts that say why an account was not found, or not changed.
var accountProblems = map[app.Code]string{
	app.CodeUnknown:      "command.pass.unknown_account",
	app.CodeBadUserID:    "command.pass.user_id_malformed",
	app.CodeUnavailable:  "command.pass.dependency_down",
	app.CodeNotFrozen:    "command.people.not_frozen",
	app.CodeFreezeReason: "command.people.freeze_reason",
}

func accountProblem(err error) error {
	key, known := accountProblems[app.CodeOf(err)]
	if !known {
		return err
	}
	return errors.New(words.Text(key))
}
