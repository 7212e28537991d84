package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// Where the organisation set the server, its pins and its way there are that server's, and a token goes to no other.
func TestATokenGoesToNoOtherServerThanTheOrganisations(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(app.TokenPrefix+strings.Repeat("0", app.TokenLength)), 0o600); err != nil {
		t.Fatal(err)
	}
	organisation := func(into any) (string, error) {
		into.(*Settings).Server = "https://reset.example.org"
		return "/etc/sparekey/settings.toml", nil
	}
	for remote, good := range map[string]bool{"https://reset.example.org": true, "https://other.example.org": false} {
		_, _, err := Admin(t.Context(), Target{Remote: remote, Token: token, managed: organisation})
		if (err == nil) != good || !good && !strings.Contains(err.Error(), "https://reset.example.org") {
			t.Errorf("%s: %v", remote, err)
		}
	}
}
