//go:build unix

package setup

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/backend/directory/ldap/ldaptest"
)

// TestRootGoesOnAsTheOwner of a server's folder, and what it does is root's in the audit trail all the same.
func TestRootGoesOnAsTheOwner(t *testing.T) {
	const nobody = 65534
	if folder := os.Getenv("SPAREKEY_BECOME"); folder != "" {
		err := becomeOwner(folder)
		made := os.WriteFile(filepath.Join(folder, "made"), nil, 0o600)
		_, secret := os.ReadFile(filepath.Join(filepath.Dir(folder), "secret"))
		fmt.Printf("as %d/%d/%d by %s: %v %v %v\n", os.Geteuid(), os.Getgid(), len(groups()), Operator(), err, made, secret)
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("it is for root")
	}
	dir, err := os.MkdirTemp("/tmp", "become")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	folder := filepath.Join(dir, "data")
	write(t, filepath.Join(dir, "secret"), "of root's")
	if err := errors.Join(os.Chmod(dir, 0o755), os.Mkdir(folder, 0o700), os.Chown(folder, nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "program") // where the account can reach it
	content, err := os.ReadFile(os.Args[0])
	if err := errors.Join(err, os.WriteFile(binary, content, 0o700), os.Chmod(binary, 0o755)); err != nil {
		t.Fatal(err)
	}
	child := exec.Command(binary, "-test.run=^TestRootGoesOnAsTheOwner$")
	child.Env = append(os.Environ(), "SPAREKEY_BECOME="+folder)
	out, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "as 65534/65534/1 by root: <nil> <nil> open ") || !strings.Contains(string(out), "permission denied") {
		t.Errorf("%v: %s", err, out)
	}
	if err := becomeOwner(dir); err != nil || os.Geteuid() != 0 {
		t.Errorf("a folder of root's own: %v", err)
	}
}

func groups() []int {
	all, _ := os.Getgroups()
	return all
}

// TestACommandBesideAServerKeepsThePasswordOfItsDirectory, which root alone may read, when it goes on as the owner of the data.
func TestACommandBesideAServerKeepsThePasswordOfItsDirectory(t *testing.T) {
	if settings := os.Getenv("SPAREKEY_BESIDE"); settings != "" {
		made, err := IssueFirstCode(t.Context(), settings, "omar")
		fmt.Printf("as %d for %s: %v\n", os.Geteuid(), made.Person.UserID, err)
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("it is for root")
	}
	const nobody = 65534
	directory := ldaptest.Harbour(t)
	dir, d := site(t)
	if key, err := d.answerAll(t.Context(), behindLDAP(directory)); err != nil {
		t.Fatal(key, err)
	}
	if _, err := d.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.machine.account, d.machine.packaged = &account{nobody, nobody}, true // keys stay root's
	err := errors.Join((&writing{Draft: d}).handOver(), os.Chmod(directory.Dir, 0o755), os.Chmod(directory.RootsFile, 0o644), os.Chmod(filepath.Join(dir, "tls", "key.pem"), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	for at := dir; at != "/tmp" && at != "/"; at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	child := exec.Command(os.Args[0], "-test.run=^TestACommandBesideAServerKeepsThePasswordOfItsDirectory$")
	child.Env = append(os.Environ(), "SPAREKEY_BESIDE="+filepath.Join(dir, "server.toml"))
	if out, err := child.CombinedOutput(); err != nil || !strings.Contains(string(out), "as 65534 for omar@harbour.example: <nil>") {
		t.Errorf("%v: %s", err, out)
	}
}
