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
	Data  string `help:"The trial's data folder, in place of its own." type:"path"`
	Heads string `help:"File of signed heads, such as a copy that was kept elsewhere, in place of the trial's own." type:"path"`
}

func (c *auditVerify) run(ctx context.Context, p Program) error {
	err := administer(ctx, setup.Target{Data: c.Data, Heads: c.Heads}, func(admin app.Administration) error {
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
