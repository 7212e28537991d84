package command

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

type policyHistory struct{ targetFlags }

func (c *policyHistory) run(ctx context.Context, p Program) error {
	return c.administer(ctx, false, func(admin app.Administration) error {
		h, err := admin.Policies.History(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, words.Text("command.policy.columns"))
		for _, v := range h.Versions {
			mark := ""
			if v.Number == h.InForce {
				mark = " " + words.Text("command.policy.in_force")
			}
			fmt.Fprintf(table, "%d%s\t%s\t%s\t%s\t%.6x\t%s\n", v.Number, mark, v.At.Format(time.RFC3339), visible(by(v)), visible(from(v)), v.Hash, visible(v.Comment))
		}
		return table.Flush()
	})
}

// notesThere say of a server's policy which file manages it: what keeps a version from being used, and how that file stands, can be
// seen where they lie alone.
func notesThere(h app.PolicyHistory) []string {
	if h.File == "" {
		return nil
	}
	return []string{words.Text("command.policy.file", words.Values{"file": h.File})}
}

// policyNotes say what there is to say of the version in force: which are newer and why they are not in force, and which
// file manages the policy.
func policyNotes(ctx context.Context, policies app.Policies, h app.PolicyHistory) (notes []string, err error) {
	for _, listed := range h.Versions {
		if listed.Number == h.InForce {
			break
		}
		v, err := policies.Version(ctx, listed.Number)
		if err != nil {
			return nil, err
		}
		if _, err := setup.UsablePolicy(v); err != nil {
			notes = append(notes, fmt.Sprintf("%s\n%v", words.Text("command.policy.not_in_force", words.Values{"version": v.Number}), err))
		}
	}
	if h.File != "" {
		notes = append(notes, fileNote(h))
	}
	return notes, nil
}

// fileNote says how the file that manages the policy stands to the newest version.
func fileNote(h app.PolicyHistory) string {
	said := words.Text("command.policy.file", words.Values{"file": h.File})
	checked, err := setup.CheckPolicy(h.File)
	sum := sha256.Sum256(checked.Document)
	switch {
	case err != nil:
		return fmt.Sprintf("%s %s\n%v", said, words.Text("command.policy.file_unusable"), err)
	case len(h.Versions) == 0 || !bytes.Equal(h.Versions[0].Hash, sum[:]):
		return said + " " + words.Text("command.policy.file_changed")
	}
	return said
}
