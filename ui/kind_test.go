package ui

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// TestEveryKindHasItsIcon holds that no two kinds look alike, and none like what has no icon of its own.
func TestEveryKindHasItsIcon(t *testing.T) {
	seen := map[kit.Icon]app.Kind{kindIcon("no kind"): "no kind"}
	for _, kind := range app.Kinds() {
		if other, taken := seen[kindIcon(kind)]; taken {
			t.Errorf("%s looks like %s", kind, other)
		}
		seen[kindIcon(kind)] = kind
	}
}
