package keyparts

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/shell"
)

// TestTwoKeysOfOneModelHaveNamesOfTheirOwn, and all others that of their model.
func TestTwoKeysOfOneModelHaveNamesOfTheirOwn(t *testing.T) {
	key := func(id app.KeyID, product, port string) app.KeyInfo {
		return app.KeyInfo{ID: id, Product: product, Port: port}
	}
	for name, c := range map[string]struct {
		keys []app.KeyInfo
		want []string
	}{
		"alone":    {[]app.KeyInfo{key("a", "Blue", "1-2")}, []string{"Blue"}},
		"others":   {[]app.KeyInfo{key("a", "Blue", "1-2"), key("b", "Red", "1-3"), key("c", "", "")}, []string{"Blue", "Red", "Security key"}},
		"alike":    {[]app.KeyInfo{key("a", "Blue", "1-2"), key("b", "Blue", "1-3.1")}, []string{"Blue at USB port 1-2", "Blue at USB port 1-3.1"}},
		"portless": {[]app.KeyInfo{key("a", "Blue", ""), key("r", "Red", ""), key("b", "Blue", "")}, []string{"Blue, number 1", "Red", "Blue, number 2"}},
		"nameless": {[]app.KeyInfo{key("a", "", ""), key("b", "", "")}, []string{"Security key, number 1", "Security key, number 2"}},
	} {
		for i, k := range c.keys {
			if got := Name(k, c.keys); got != c.want[i] {
				t.Errorf("%s: key %d is %q, want %q", name, i, got, c.want[i])
			}
		}
	}
}

// TestWindowsSaysAtOnceWhoMayUseAKey since it shows keys to administrators alone.
func TestWindowsSaysAtOnceWhoMayUseAKey(t *testing.T) {
	if after, hint := UnseenHint("windows"); after != 0 || hint != words.Text("key.permission.windows") {
		t.Errorf("after %v: %q", after, hint)
	}
	if after, hint := UnseenHint("linux"); after != shell.OfferAfter || hint != words.Text("key.plug.late") {
		t.Errorf("after %v: %q", after, hint)
	}
}
