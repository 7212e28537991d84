package setup

import (
	"slices"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// TestEveryKindHasItsMethod holds that this build has a method of each kind.
func TestEveryKindHasItsMethod(t *testing.T) {
	var built []app.Kind
	for _, m := range methods() {
		built = append(built, m.Kind())
	}
	for _, kind := range app.Kinds() {
		if !slices.Contains(built, kind) {
			t.Errorf("no method of kind %s is wired", kind)
		}
	}
}
