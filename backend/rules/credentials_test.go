package rules

import (
	"testing"

	"github.com/sparekey/sparekey/app"
)

// TestEveryKindCanBeRenewed holds that a person may add another credential of a kind, or set the one up anew.
func TestEveryKindCanBeRenewed(t *testing.T) {
	for _, kind := range app.Kinds() {
		if mostOfKind[kind] < 2 && !Replaceable(kind) {
			t.Errorf("of %s a person may have one, and never another", kind)
		}
	}
}
