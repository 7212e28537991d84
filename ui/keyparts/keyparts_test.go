package keyparts

import (
	"testing"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/shell"
)

// TestWindowsSaysAtOnceWhoMayUseAKey since it shows keys to administrators alone.
func TestWindowsSaysAtOnceWhoMayUseAKey(t *testing.T) {
	if after, hint := UnseenHint("windows"); after != 0 || hint != words.Text("key.permission.windows") {
		t.Errorf("after %v: %q", after, hint)
	}
	if after, hint := UnseenHint("linux"); after != shell.OfferAfter || hint != words.Text("key.plug.late") {
		t.Errorf("after %v: %q", after, hint)
	}
}
