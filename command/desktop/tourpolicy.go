package desktop

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// administer applies the trial's own policy with some settings replaced, as "sparekey policy apply" does, and waits until
// the backend has taken it up: so the tour changes the policy while the window is open. A change has a setting a line,
// with its table: `feature.disclosure = "private"`.
func administer(ctx context.Context, e *embedded, change string) error {
	document, err := replaced(string(policy.Effective(trial.Policy())), change)
	if err != nil {
		return err
	}
	after, err := newestPolicy(ctx, e)
	if err != nil {
		return err
	}
	number, err := e.service.Apply(ctx, backend.Application{Document: []byte(document), Source: "tour", By: whoAmI(), After: after})
	if err != nil {
		return err
	}
	ctx, leave := context.WithTimeout(ctx, 10*time.Second)
	defer leave()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for e.service.PolicyVersion() != number {
		select {
		case <-ctx.Done():
			return fmt.Errorf("version %d of the policy is not in force: %w", number, ctx.Err())
		case <-look.C:
		}
	}
	return nil
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
