package flow

import (
	"testing"

	"github.com/sparekey/sparekey/app"
)

// TestEveryKindIsLikely holds that a decoy can have every kind: one without a figure is never drawn, which tells a decoy.
func TestEveryKindIsLikely(t *testing.T) {
	for _, kind := range app.Kinds() {
		if n, has := likely[kind]; !has || n == 0 || n > 100 {
			t.Errorf("%s has no likelihood in the table of decoys", kind)
		}
	}
}
