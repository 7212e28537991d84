package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/breached"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestThePolicysFilterIsOpenedBesideIt(t *testing.T) {
	folder := t.TempDir()
	const listed = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\n" // the SHA-1 of "password", as public lists have it
	if _, err := breached.Build(strings.NewReader(listed), filepath.Join(folder, "leaked.filter"), breached.Options{}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "policy.toml")
	write(t, path, strings.Replace(string(policy.Sample()), `breached = ""`, `breached = "leaked.filter"`, 1))
	p, err := CheckPolicy(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := openResources(port.PolicyVersion{Source: path, Document: p.Document}, p.Policy)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for password, want := range map[string]bool{"password": true, "harbour lamp seven": false} {
		if found, err := r.Breached.Contains(app.NewSecret(password)); found != want || err != nil {
			t.Errorf("%s: %v, %v", password, found, err)
		}
	}
}

// TestNoFileIsReadForAnUploadedPolicy: a policy that came over the API has no folder, whatever path somebody named.
func TestNoFileIsReadForAnUploadedPolicy(t *testing.T) {
	for _, source := range []string{"", "(uploaded)", "etc/policy.toml", "../policy.toml"} {
		p := policy.Default()
		p.Organisation.Logo = "logo.png"
		if _, err := openResources(port.PolicyVersion{Source: source}, p); err == nil || strings.Contains(err.Error(), "no such file") {
			t.Errorf("%q: %v", source, err)
		}
	}
}
