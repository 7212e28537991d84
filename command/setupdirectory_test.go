//go:build linux

package command

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/backend/directory/ldap/ldaptest"
)

// harbourAnswers are answers to the questions in their order, for a server whose directory is ldaptest.Harbour.
func harbourAnswers(directory *ldaptest.Server) []string {
	return []string{
		"https://reset.example.org", "", "", "", "127.0.0.1:0", "", "", "openldap", "harbour.example", directory.URL, directory.RootsFile, ldaptest.Service,
		ldaptest.ServicePassword, "ou=people,dc=harbour,dc=example", "", "cn=default,ou=policies,dc=harbour,dc=example", "Sparekey Administrators",
		"Harbour Clinic", "", "ext. 4400", "", "", "", "", "", "omar", "yes",
	}
}

// TestSetUpForADirectoryByFlags: its password comes from a file, and is said nowhere.
func TestSetUpForADirectoryByFlags(t *testing.T) {
	directory := ldaptest.Harbour(t)
	secret := file(t, "secret", ldaptest.ServicePassword+"\n")
	flags := func(settings, password string) []string {
		return []string{
			"setup", "--yes", "--config", settings, "--base-url", "https://reset.example.org", "--listen", "127.0.0.1:0", "--organisation", "Harbour Clinic",
			"--directory", "openldap", "--domain", "harbour.example", "--directory-servers", directory.URL, "--directory-trust", directory.RootsFile,
			"--directory-user", ldaptest.Service, "--directory-password-file", password, "--directory-base", "ou=people,dc=harbour,dc=example",
			"--directory-password-policy", "cn=default,ou=policies,dc=harbour,dc=example", "--directory-administrators", "Sparekey Administrators",
			"--administrator", "omar",
		}
	}
	settings := filepath.Join(site(t), "server.toml")
	code, out, errs := said(t, flags(settings, secret)...)
	if code != 0 || passForm.FindString(out) == "" || !strings.Contains(strings.Join(strings.Fields(out), " "), "The password stays as it is") {
		t.Fatalf("exit code %d: %s %s", code, out, errs)
	}
	kept := filepath.Join(filepath.Dir(settings), "keys", "directory")
	if text, err := os.ReadFile(kept); err != nil || string(text) != ldaptest.ServicePassword+"\n" {
		t.Errorf("kept is %q, %v", text, err)
	}
	if strings.Contains(out+errs, ldaptest.ServicePassword) || !strings.Contains(out, kept) {
		t.Errorf("it says %s %s", out, errs)
	}
	answers(t, map[string]answer{"the check": {[]string{"serve", "--check", "--config", settings}, 0, "is good", ""}})

	exposed := file(t, "exposed", ldaptest.ServicePassword+"\n")
	if err := os.Chmod(exposed, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string][2]string{
		"everybody's": {exposed, "--directory-password-file: everybody on this computer can read"},
		"none":        {"/nowhere", "--directory-password-file: /nowhere can't be used"},
		"two lines":   {file(t, "lines", "a\nb\n"), "has to hold one line"},
		"another":     {file(t, "another", "Not-this-one 98\n"), "does not know the service account"},
	} {
		dir := site(t)
		code, _, errs := said(t, flags(filepath.Join(dir, "server.toml"), c[0])...)
		if code != 2 || !strings.Contains(errs, c[1]) || strings.Count(errs, "--") != 1 {
			t.Errorf("%s: exit code %d: %s", name, code, errs)
		}
		isAsItWas(t, dir, name)
	}
}

// TestSetUpForADirectoryInATerminal: what is wrong is said and asked for again, the password is shown by nobody, and Ctrl-C leaves
// nothing.
func TestSetUpForADirectoryInATerminal(t *testing.T) {
	directory := ldaptest.Harbour(t)
	dir := site(t)
	x := inTerminal(t, "setup --config "+filepath.Join(dir, "server.toml"))
	wrong := map[int][2]string{
		9: {"ldaps://127.0.0.1:1", "nothing answers there"}, 10: {"tls/cert.pem", "is not to be trusted"}, 12: {"Not-this-one 98", "does not know"},
		16: {"Admins", "no group"}, 25: {"ines", "isn't in Sparekey"},
	}
	all := harbourAnswers(directory)
	for i, answer := range all[:len(all)-1] {
		if w, is := wrong[i]; is {
			x.types(w[0] + "\r")
			shown := x.until("> ")
			if !strings.Contains(flat(shown), w[1]) || i == 12 && strings.Contains(shown, w[0]) {
				t.Errorf("answer %d: %s", i, shown)
			}
			if _, err := io.WriteString(x.tty, answer+"\r"); err != nil {
				t.Fatal(err)
			}
			continue
		}
		x.types(answer + "\r")
	}
	shown := x.types("\x03")
	if !strings.Contains(shown, "directory-password-file") || !strings.Contains(shown, "not shown") {
		t.Errorf("the summary is %s", shown)
	}
	if code, shown := x.end(); code != 1 || !strings.Contains(shown, "nothing was written") {
		t.Errorf("exit code %d: %s", code, shown)
	}
	isAsItWas(t, dir, "left")
	if strings.Contains(x.all.String(), ldaptest.ServicePassword) {
		t.Error("the password is shown")
	}
}

// TestSetUpCanBeLeftWhileAPasswordIsTyped, by Ctrl-C, with nothing written.
func TestSetUpCanBeLeftWhileAPasswordIsTyped(t *testing.T) {
	all := harbourAnswers(ldaptest.Harbour(t))
	dir := site(t)
	x := inTerminal(t, "setup --config "+filepath.Join(dir, "server.toml"))
	for _, answer := range all[:12] {
		x.types(answer + "\r")
	}
	x.types("back\r")
	if shown := x.types("\r"); !strings.Contains(shown, "["+all[11]+"] > ") {
		t.Errorf("one back: %s", shown)
	}
	x.types("half\x03")
	if code, shown := x.end(); code != 1 || !strings.Contains(shown, "nothing was written") || strings.Contains(x.all.String(), "half") {
		t.Errorf("exit code %d, %s", code, shown)
	}
	isAsItWas(t, dir, "left")
}

// TestSetUpCanBeLeftWhileADirectoryIsTried, which does not answer.
func TestSetUpCanBeLeftWhileADirectoryIsTried(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	url := "ldaps://" + silent.Addr().String()
	flags := []string{"--yes", "--base-url", "https://reset.example.org", "--listen", "127.0.0.1:0", "--directory", "openldap", "--domain", "harbour.example", "--directory-servers", url}
	for name, more := range map[string][]string{"flags": flags, "questions": nil} {
		ctx, interrupt := context.WithCancel(t.Context())
		go func() {
			if conn, err := silent.Accept(); err == nil {
				interrupt()
				<-ctx.Done()
				_ = conn.Close()
			}
		}()
		dir := site(t)
		var out, errs bytes.Buffer
		typed := []string{"https://reset.example.org", "", "", "", "127.0.0.1:0", "", "", "openldap", "harbour.example", url, ""}
		p := Program{Name: "sparekey", In: strings.NewReader(strings.Join(typed, "\n")), Out: &out, Err: &errs}
		code := Run(ctx, p, append([]string{"setup", "--config", filepath.Join(dir, "server.toml")}, more...))
		if code != 1 || !strings.Contains(errs.String(), "nothing was written") || strings.Contains(out.String()+errs.String(), "TLS as it should") {
			t.Errorf("%s: exit code %d: %s%s", name, code, &out, &errs)
		}
		isAsItWas(t, dir, name)
	}
}

// flat is what a terminal shows as one line.
func flat(shown string) string {
	return strings.Join(strings.Fields(escapes.ReplaceAllString(shown, "")), " ")
}

// TestSetUpForADirectoryToTheEnd, in a terminal of 80 columns.
func TestSetUpForADirectoryToTheEnd(t *testing.T) {
	directory := ldaptest.Harbour(t)
	dir := site(t)
	x := inTerminal(t, "setup --config "+filepath.Join(dir, "server.toml"))
	for _, answer := range harbourAnswers(directory) {
		x.types(answer + "\r")
	}
	code, shown := x.end()
	if code != 0 || passForm.FindString(strings.ReplaceAll(shown, "\r", "")) == "" || strings.Contains(x.all.String(), ldaptest.ServicePassword) {
		t.Fatalf("exit code %d: %s", code, shown)
	}
	if path := os.Getenv("SPAREKEY_TRANSCRIPT"); path != "" {
		if err := os.WriteFile(path, []byte(x.all.String()), 0o600); err != nil {
			t.Error(err)
		}
	}
}

// TestAPasswordOverAPipeIsNotRepeated in what is printed.
func TestAPasswordOverAPipeIsNotRepeated(t *testing.T) {
	directory := ldaptest.Harbour(t)
	settings := filepath.Join(site(t), "server.toml")
	var out, errs bytes.Buffer
	p := Program{Name: "sparekey", In: strings.NewReader(strings.Join(harbourAnswers(directory), "\n")), Out: &out, Err: &errs}
	if code := Run(t.Context(), p, []string{"setup", "--config", settings}); code != 0 || strings.Contains(out.String()+errs.String(), ldaptest.ServicePassword) {
		t.Errorf("exit code %d: %s%s", code, &out, &errs)
	}
}
