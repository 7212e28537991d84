package setup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// credentialed is server.toml with a directory whose password systemd hands to the service alone, and the file that it takes it from.
func credentialed(t *testing.T) (settings, secret string) {
	t.Helper()
	dir, path := serverFolder(t, strings.Replace(goodServer, "[directory]\ndomain = \"harbour.example\"\n",
		"[directory]\nkind = \"openldap\"\nservers = [\"ldaps://127.0.0.1:1\"]\nuser = \"cn=svc\"\npassword = \"credential:directory\"\n", 1))
	secret = filepath.Join(dir, "directory")
	write(t, secret, "Service-bell 88 anchor\n")
	before := onDisk
	onDisk = func(name string) string { return map[string]string{"directory": secret}[name] }
	t.Cleanup(func() { onDisk = before })
	return path, secret
}

// TestADirectoryIsExaminedBesideTheService: its password is read from where the service's unit loads it.
func TestADirectoryIsExaminedBesideTheService(t *testing.T) {
	settings, _ := credentialed(t)
	found := 0
	if err := ExamineDirectories(t.Context(), DirectoryExamination{Config: settings}, func(DirectoryFinding) { found++ }); err != nil || found == 0 {
		t.Errorf("%d findings, %v", found, err)
	}
}

// TestACommandHoldsThePasswordThatRootCouldRead: it goes on as the server's account, who can't, before the directory is asked. The
// service itself reads it anew for each connection.
func TestACommandHoldsThePasswordThatRootCouldRead(t *testing.T) {
	settings, secret := credentialed(t)
	beside, err := PlanBeside(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", filepath.Dir(secret))
	serving, err := Plan(settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(secret); err != nil {
		t.Fatal(err)
	}
	for range 2 { // each use may wipe what it got
		c, err := beside.ldapConfig(beside.directories[0])
		if err != nil {
			t.Fatal(err)
		}
		password, err := c.Password()
		if err != nil || password.Reveal() != "Service-bell 88 anchor" {
			t.Errorf("a command has %q, %v", password.Reveal(), err)
		}
		password.Wipe()
	}
	c, err := serving.ldapConfig(serving.directories[0])
	if err != nil {
		t.Fatal(err)
	}
	if password, err := c.Password(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the service has %q, %v", password.Reveal(), err)
	}
}

// TestAPasswordInAServersAddressIsNotRepeated: it is none that a directory takes, and what is wrong stands in the journal.
func TestAPasswordInAServersAddressIsNotRepeated(t *testing.T) {
	_, path := serverFolder(t, strings.Replace(goodServer, "[directory]\ndomain = \"harbour.example\"\n",
		"[directory]\nkind = \"openldap\"\nservers = [\"ldaps://svc:hun@ter2@dc1.harbour.example\"]\nuser = \"u\"\n", 1))
	_, err := Plan(path, nil)
	if err == nil || strings.Contains(err.Error(), "ter2") || !strings.Contains(err.Error(), `is "dc1.harbour.example"`) {
		t.Errorf("it says %v", err)
	}
}
