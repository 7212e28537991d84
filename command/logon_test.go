//go:build !headless

package command

import (
	"os"
	"strings"
	"testing"
)

// TestTheLogonScreenHasNoButtonThatLeadsNowhere: without a server in the managed settings there is none, whatever a person's own say.
func TestTheLogonScreenHasNoButtonThatLeadsNowhere(t *testing.T) {
	if _, err := os.Stat("/etc/sparekey/settings.toml"); err == nil {
		t.Skip("this computer has managed settings")
	}
	own := file(t, "sparekey/settings.toml", `server = "https://reset.example.org"`)
	t.Setenv("XDG_CONFIG_HOME", strings.TrimSuffix(own, "/sparekey/settings.toml"))
	code, _, errs := said(t, "logon", "button", "--greeter", "1")
	if code != 2 || !strings.Contains(errs, "the managed settings name no server") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
