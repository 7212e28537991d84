package trial_test

import (
	"slices"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/trial"
)

// TestTheTrialAllowsEveryKind holds that the trial shows every method of the product.
func TestTheTrialAllowsEveryKind(t *testing.T) {
	for _, kind := range app.Kinds() {
		if !slices.Contains(trial.Policy().Methods.Allowed, kind) {
			t.Errorf("the trial does not allow %s", kind)
		}
	}
}
