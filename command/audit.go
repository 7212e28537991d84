package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type auditCommands struct {
	Verify auditVerify `cmd:"" help:"Find the first entry of the audit trail that was edited, removed, moved, cut off or computed anew."`
}

type auditVerify struct {
	targetFlags
	Heads string `help:"File of signed heads, such as a copy that was kept elsewhere, in place of its own." type:"path" xor:"heads"`
}

func (c *auditVerify) run(ctx context.Context, p Program) error {
	target, err := c.target(false)
	if err != nil {
		return err
	}
	target.Heads = c.Heads
	err = administer(ctx, target, func(admin app.Administration) error {
		report, err := admin.Trail.VerifyTrail(ctx)
		if err == nil && report.Fault != nil {
			err = errors.New(words.Problem(*report.Fault))
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(p.Out, words.Text("command.audit.holds", words.Values{"entries": report.Entries, "vouched": report.Vouched}))
		return err
	})
	var none *setup.NoTrialError
	if errors.As(err, &none) && !none.NoProfile {
		return fmt.Errorf("%s: %w", words.Text("command.trial.no_trail"), none.Cause)
	}
	return err
}
