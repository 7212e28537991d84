//go:build !headless

package command

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// TestTheLogonScreenHasNoButtonThatLeadsNowhere: without a server in the managed settings there is none, whatever a person's own say.
func TestTheLogonScreenHasNoButtonThatLeadsNowhere(t *testing.T) {
	if _, err := os.Stat("/etc/sparekey/settings.toml"); err == nil {
		t.Skip("this computer has managed settings")
	}
	own := t.TempDir()
	if err := errors.Join(os.Mkdir(own+"/sparekey", 0o700), os.WriteFile(own+"/sparekey/settings.toml", []byte(`server = "https://reset.example.org"`), 0o600)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CONFIG_HOME", own)
	code, _, errs := said(t, "logon", "button", "--greeter", "1")
	if code != 2 || !strings.Contains(errs, "the managed settings name no server") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
