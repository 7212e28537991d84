package desktop

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/command/setup"
)

// administer applies the trial's own policy with some settings replaced, as "sparekey policy apply" does, and waits until
// the backend has taken it up: so the tour changes the policy while the window is open. A change has a setting a line,
// with its table: `feature.disclosure = "private"`.
func administer(ctx context.Context, policies app.Policies, change string) error {
	document, err := replaced(string(setup.SamplePolicy()), change)
	if err != nil {
		return err
	}
	before, err := policies.History(ctx)
	if err != nil {
		return err
	}
	draft := app.PolicyDraft{Document: []byte(document), Source: "tour", By: setup.Operator(), Strand: true}
	if len(before.Versions) > 0 {
		draft.After = before.Versions[0].Number
	}
	verdict, err := policies.ApplyPolicy(ctx, draft)
	if err != nil {
		return err
	}
	if len(verdict.Problems) > 0 {
		return fmt.Errorf("the policy can't be used: %+v", verdict.Problems)
	}
	return awaitPolicy(ctx, policies, verdict.Number)
}

// awaitPolicy waits until a version of the policy is in force.
func awaitPolicy(ctx context.Context, policies app.Policies, number int) error {
	ctx, leave := context.WithTimeout(ctx, 10*time.Second)
	defer leave()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		now, err := policies.History(ctx)
		if err != nil || now.InForce == number {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("version %d of the policy is not in force: %w", number, ctx.Err())
		case <-look.C:
		}
	}
}

// replaced is a document that has every setting, with the values of a change.
func replaced(document, change string) (string, error) {
	wanted := map[string]string{}
	for line := range strings.Lines(change) {
		if name, value, is := strings.Cut(strings.TrimSpace(line), " = "); is {
			wanted[name] = value
		}
	}
	var out strings.Builder
	table := ""
	for line := range strings.Lines(document) {
		if head, is := strings.CutPrefix(line, "["); is {
			table = strings.TrimSuffix(strings.TrimSpace(head), "]") + "."
		}
		name, _, _ := strings.Cut(line, " = ")
		if value, is := wanted[table+name]; is {
			line = name + " = " + value + "\n"
			delete(wanted, table+name)
		}
		out.WriteString(line)
	}
	for name := range wanted {
		return "", fmt.Errorf("%s is not a setting", name)
	}
	return out.String(), nil
}
