package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type backupCommand struct {
	File      string   `arg:"" help:"The file to write; it must not be there yet." type:"path"`
	To        []string `help:"Recipient of age (age1…), or a file of recipients, who alone can restore it; may be repeated." required:"" sep:"none"`
	keptFlags `embed:""`
}

func (c *backupCommand) run(ctx context.Context, p Program) error {
	r, err := setup.Backup(ctx, setup.BackupPlan{Kept: c.kept(), File: c.File, To: c.To, Program: p.Version})
	if err != nil {
		return keptProblem(err)
	}
	_, err = fmt.Fprintln(p.Out, words.Text("command.backup.made", words.Values{"file": c.File, "entries": r.Trail.Seq, "keys": backupKeys(r)}))
	return err
}

// backupKeys lists the data keys that a backup needs.
func backupKeys(r setup.BackupReport) string {
	ids := make([]uint32, len(r.Keys))
	for i, k := range r.Keys {
		ids[i] = k.ID
	}
	return numbers(ids)
}

type restoreCommand struct {
	File      string `arg:"" help:"The backup." type:"path"`
	Identity  string `help:"File of age's identities, as age-keygen makes it." type:"path" required:""`
	Verify    bool   `help:"Look whether it can be restored, and change nothing."`
	KeyFile   string `help:"A copy of the key file (keys.json), where the data folder has none." type:"path"`
	keptFlags `embed:""`
}

func (c *restoreCommand) run(ctx context.Context, p Program) error {
	plan := setup.RestorePlan{Kept: c.kept(), File: c.File, Identity: c.Identity, KeyFile: c.KeyFile}
	if c.Verify {
		return c.verify(ctx, p, plan)
	}
	r, err := setup.Restore(ctx, plan)
	if err != nil {
		return keptProblem(err)
	}
	v := r.Voided
	fmt.Fprintln(p.Out, words.Text("command.restore.done", words.Values{
		"made": r.Made.Format(time.RFC3339), "sessions": v.Sessions, "flows": v.Flows, "passes": v.Passes, "messages": v.Messages,
		"codes": v.Codes, "tokens": v.Tokens,
	}))
	if r.HeadsAside != "" {
		fmt.Fprintln(p.Out, words.Text("command.restore.heads", words.Values{"file": r.HeadsAside}))
	}
	if r.NewHeads {
		fmt.Fprintln(p.Err, words.Text("command.restore.no_audit_key"))
	}
	return nil
}

func (c *restoreCommand) verify(ctx context.Context, p Program, plan setup.RestorePlan) error {
	r, missing, err := setup.VerifyBackup(ctx, plan)
	if err != nil {
		return keptProblem(err)
	}
	fmt.Fprintln(p.Out, words.Text("command.restore.whole", words.Values{
		"made": r.Made.Format(time.RFC3339), "program": r.Program, "entries": r.Trail.Seq, "vouched": r.Vouched, "keys": backupKeys(r),
	}))
	if !r.Signed {
		fmt.Fprintln(p.Err, words.Text("command.restore.unsigned"))
	}
	if missing != nil {
		return fmt.Errorf("%s\n%w", words.Text("command.restore.untried"), missing)
	}
	if n := r.Tried.Unopened(); n > 0 {
		return errors.New(words.Plural("command.restore.unopened", n))
	}
	_, err = fmt.Fprintln(p.Out, words.Text("command.restore.opens"))
	return err
}
