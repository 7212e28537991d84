package systemd

import (
	"os"
	"path/filepath"
	"testing"
)

func TestACredentialIsFoundWhereTheUnitLoadsIt(t *testing.T) {
	etc, lib := t.TempDir(), t.TempDir()
	before := unitFolders
	unitFolders = []string{etc, lib}
	t.Cleanup(func() { unitFolders = before })
	put := func(folder, name, content string) {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := func(name, path string) {
		t.Helper()
		if got := OnDisk(name); got != path {
			t.Errorf("%s: %q, want %q", name, got, path)
		}
	}
	want("master", "")
	put(lib, Unit, "[Unit]\nLoadCredential=master:/other\n[Service]\nLoadCredential=master:/keys/master\nLoadCredential=tls:/tls/key.pem\nLoadCredential=passed\n")
	want("master", "/keys/master")
	want("tls", "/tls/key.pem")
	want("passed", "")
	put(lib, Unit+".d/10.conf", "[Service]\nLoadCredential=\nLoadCredential=master:/elsewhere/master\n")
	want("master", "/elsewhere/master")
	want("tls", "")
	put(etc, Unit+".d/10.conf", "[Service]\nLoadCredential=audit:/keys/audit\n")
	want("master", "/keys/master")
	want("audit", "/keys/audit")
	put(etc, Unit, "[Service]\nLoadCredential=master:/own/master\n")
	want("master", "/own/master")
}
