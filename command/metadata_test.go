package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

func TestThePolicysListOfModelsIsChecked(t *testing.T) {
	document := file(t, "policy.toml", strings.NewReplacer(`attestation = "none"`, `attestation = "direct"`,
		`metadata = ""`, `metadata = "mds.jwt"`).Replace(string(policy.Sample())))
	list := filepath.Join(filepath.Dir(document), "mds.jwt")
	for name, c := range map[string]struct {
		list []byte
		want string
	}{
		"none":                  {nil, "no such file"},
		"no list":               {[]byte("<html>"), "it is no JWT"},
		"not the FIDO Alliance": {keytest.NewMaker().Metadata([16]byte{1}, "FIDO_CERTIFIED"), "certificate"},
	} {
		if c.list != nil {
			if err := os.WriteFile(list, c.list, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		code, _, errs := said(t, "policy", "check", document)
		if code != 2 || !strings.Contains(errs, "security_key.metadata: ") || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit code %d: %s", name, code, errs)
		}
		_ = os.Remove(list)
	}
}
