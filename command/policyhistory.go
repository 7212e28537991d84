package command

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/command/setup"
)

type policyHistory struct {
	Data string `help:"The trial's data folder, in place of its own." type:"path"`
}

func (c *policyHistory) run(ctx context.Context, p Program) error {
	return administer(ctx, setup.Target{Data: c.Data}, func(admin app.Administration) error {
		h, err := admin.Policies.History(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "VERSION\tAPPLIED\tBY\tFROM\tSHA-256\tCOMMENT")
		for _, v := range h.Versions {
			mark := ""
			if v.Number == h.InForce {
				mark = " (in force)"
			}
			fmt.Fprintf(table, "%d%s\t%s\t%s\t%s\t%.6x\t%s\n", v.Number, mark, v.At.Format(time.RFC3339), visible(by(v)), visible(from(v)), v.Hash, visible(v.Comment))
		}
		return table.Flush()
	})
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
			notes = append(notes, fmt.Sprintf("Version %d is not in force, since it can't be used:\n%v", v.Number, err))
		}
	}
	if h.File != "" {
		notes = append(notes, fileNote(h))
	}
	return notes, nil
}

// fileNote says how the file that manages the policy stands to the newest version.
func fileNote(h app.PolicyHistory) string {
	said := fmt.Sprintf("The file %s manages the policy.", h.File)
	_, document, err := setup.CheckedPolicy(h.File)
	sum := sha256.Sum256(document)
	switch {
	case err != nil:
		return fmt.Sprintf("%s As it stands it can't be used, and is not in force:\n%v", said, err)
	case len(h.Versions) == 0 || !bytes.Equal(h.Versions[0].Hash, sum[:]):
		return said + " It was changed since, and is in force as soon as Sparekey has read it."
	}
	return said
}
