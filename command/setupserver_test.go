package command

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// site makes a folder with a certificate, in which a server is to be set up.
func site(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"reset.example.org"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(os.Mkdir(filepath.Join(dir, "tls"), 0o755),
		os.WriteFile(filepath.Join(dir, "tls/cert.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600),
		os.WriteFile(filepath.Join(dir, "tls/key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// isAsItWas fails where there is more in the folder than site makes.
func isAsItWas(t *testing.T, dir, after string) {
	t.Helper()
	all, err1 := filepath.Glob(filepath.Join(dir, "*"))
	inside, err2 := filepath.Glob(filepath.Join(dir, "tls", "*"))
	if err := errors.Join(err1, err2); err != nil || len(all) != 1 || len(inside) != 2 {
		t.Errorf("%s: there is %v, %v, %v", after, all, inside, err)
	}
}

// setUp sets a server up by flags, and gives its settings.
func setUp(t *testing.T) (settings, printed string) {
	t.Helper()
	settings = filepath.Join(site(t), "server.toml")
	code, out, errs := said(t, "setup", "--yes", "--config", settings, "--base-url", "https://reset.example.org", "--listen", "127.0.0.1:0",
		"--organisation", "Harbour Clinic", "--administrator", "omar", "--administrator-name", "Omar Aziz")
	if code != 0 {
		t.Fatalf("exit code %d: %s %s", code, out, errs)
	}
	return settings, out
}

func TestSetUpByFlags(t *testing.T) {
	settings, out := setUp(t)
	if passForm.FindString(out) == "" || !strings.Contains(out, "sparekey connect https://reset.example.org") || strings.Contains(out, "\x1b") {
		t.Errorf("it ends with %s", out)
	}
	answers(t, map[string]answer{
		"the check": {[]string{"serve", "--check", "--config", settings}, 0, "is good", ""},
		"again":     {[]string{"setup", "--yes", "--config", settings}, 1, "", "nothing was changed.\n  sparekey serve --check --config " + settings},
	})
}

// TestFilesOfFlagsAreNamedFromWhereTheCommandIsCalled, as any command's are, and not from the folder of the settings.
func TestFilesOfFlagsAreNamedFromWhereTheCommandIsCalled(t *testing.T) {
	t.Chdir(site(t))
	settings := filepath.Join(t.TempDir(), "server.toml")
	code, out, errs := said(t, "setup", "--yes", "--config", settings, "--base-url", "https://reset.example.org", "--listen", "127.0.0.1:0",
		"--certificate", "tls/cert.pem", "--key", "tls/key.pem", "--organisation", "Harbour Clinic", "--administrator", "omar", "--administrator-name", "Omar Aziz")
	if code != 0 {
		t.Fatalf("exit code %d: %s %s", code, out, errs)
	}
	answers(t, map[string]answer{"the check": {[]string{"serve", "--check", "--config", settings}, 0, "is good", ""}})
}

// TestFlagsThatAreMissingOrWrongAreNamedAtOnce, and nothing is asked.
func TestFlagsThatAreMissingOrWrongAreNamedAtOnce(t *testing.T) {
	dir := site(t)
	code, out, errs := said(t, "setup", "--yes", "--config", filepath.Join(dir, "server.toml"), "--listen", "nowhere", "--acme", "https://authority.example")
	if code != 2 {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{"--base-url is missing: By which", "--listen: ", "--organisation is missing", "--administrator is missing", "--acme has no use"} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is not said in\n%s%s", want, out, errs)
		}
	}
	isAsItWas(t, dir, "flags")
}

// clinic are answers to the questions in their order; empty: what is suggested.
func clinic() []string {
	return []string{"https://reset.example.org", "", "", "", "127.0.0.1:0", "", "", "", "", "Harbour Clinic", "", "ext. 4400", "", "", "", "", "", "omar", "Omar Aziz", "", "yes"}
}

// TestSetUpOverAPipe asks the same, without a colour.
func TestSetUpOverAPipe(t *testing.T) {
	settings := filepath.Join(site(t), "server.toml")
	var out, errs bytes.Buffer
	p := Program{Name: "sparekey", In: strings.NewReader(strings.Join(clinic(), "\n")), Out: &out, Err: &errs}
	if code := Run(t.Context(), p, []string{"setup", "--config", settings}); code != 0 || strings.Contains(out.String(), "\x1b") || passForm.FindString(out.String()) == "" {
		t.Errorf("exit code %d: %s%s", code, &out, &errs)
	}
	document, err := os.ReadFile(filepath.Join(filepath.Dir(settings), "policy.toml"))
	if err != nil || !strings.Contains(string(document), `phone = "ext. 4400"`) {
		t.Errorf("%v: %s", err, document)
	}
	// One answer too few.
	dir := site(t)
	p.In = strings.NewReader(strings.Join(clinic()[:5], "\n"))
	if code := Run(t.Context(), p, []string{"setup", "--config", filepath.Join(dir, "server.toml")}); code != 1 || !strings.Contains(errs.String(), "nothing was written") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
	isAsItWas(t, dir, "half the answers")
}

// escapes are colours and movements in a terminal (ECMA-48).
var escapes = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// TestACertificateThatDoesNotFitLeadsBack to it, and from there further back, to the name that was wrong.
func TestACertificateThatDoesNotFitLeadsBack(t *testing.T) {
	settings := filepath.Join(site(t), "server.toml")
	var out, errs bytes.Buffer
	typed := append([]string{"https://other.example.org", "", "", "", "back", "back"}, clinic()...)
	p := Program{Name: "sparekey", In: strings.NewReader(strings.Join(typed, "\n")), Out: &out, Err: &errs}
	if code := Run(t.Context(), p, []string{"setup", "--config", settings}); code != 0 || strings.Count(out.String(), "not for other.example.org") != 1 {
		t.Errorf("exit code %d: %s%s", code, &out, &errs)
	}
	if document, err := os.ReadFile(settings); err != nil || !strings.Contains(string(document), `base_url = "https://reset.example.org"`) {
		t.Errorf("%v: %s", err, document)
	}
}

// terminal is the program in a terminal of 80 columns.
type terminal struct {
	t     *testing.T
	tty   *os.File
	child *exec.Cmd
	all   strings.Builder // all that it showed
}

func inTerminal(t *testing.T, args string) *terminal {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestTheCommandInAProcessOfItsOwn$")
	child.Env = append(os.Environ(), "SPAREKEY_ARGS="+args, "TERM=xterm", "NO_COLOR=")
	tty, err := pty.StartWithSize(child, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Skip(err)
	}
	x := &terminal{t: t, tty: tty, child: child}
	t.Cleanup(func() { _ = tty.Close() })
	return x
}

// until reads on until the program shows a text, or ends where that is empty.
func (x *terminal) until(text string) string {
	x.t.Helper()
	var now strings.Builder
	b := make([]byte, 1)
	for text == "" || !strings.HasSuffix(now.String(), text) {
		n, err := x.tty.Read(b)
		now.Write(b[:n])
		x.all.Write(b[:n])
		if err != nil {
			if text != "" {
				x.t.Fatalf("it never showed %q:\n%s", text, x.all.String())
			}
			break
		}
	}
	return now.String()
}

// types gives an answer once it is asked for, and what was shown until then.
func (x *terminal) types(answer string) string {
	x.t.Helper()
	shown := x.until("> ")
	if _, err := io.WriteString(x.tty, answer); err != nil {
		x.t.Fatal(err)
	}
	return shown
}

func (x *terminal) end() (code int, shown string) {
	x.t.Helper()
	shown = x.until("")
	_ = x.child.Wait()
	return x.child.ProcessState.ExitCode(), shown
}

// TestSetUpInATerminal: wrong answers are told of and asked for again, one goes back, and the result is good.
func TestSetUpInATerminal(t *testing.T) {
	settings := filepath.Join(site(t), "server.toml")
	x := inTerminal(t, "setup --config "+settings)
	wrong := map[int][2]string{0: {"http://reset.example.org", "must begin with https://"}, 2: {"nowhere.pem", "can't be used"}, 6: {"data/keys", "can't lie in the data folder"}, 16: {"2, 9", `"9" is none of the answers`}}
	for i, answer := range clinic() {
		if w, is := wrong[i]; is {
			x.types(w[0] + "\r")
			if shown := x.until("\x1b[0m\r\n"); !strings.Contains(shown+x.until("> "), w[1]) {
				t.Errorf("answer %d: %s", i, shown)
			}
			if _, err := io.WriteString(x.tty, answer+"\r"); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if i == 10 { // the organisation was not right
			x.types("back\r")
			if shown := x.types("Harbour Hospital\r"); !strings.Contains(shown, "[Harbour Clinic] > ") {
				t.Errorf("one back: %s", shown)
			}
		}
		x.types(answer + "\r")
	}
	code, shown := x.end()
	if code != 0 || passForm.FindString(strings.ReplaceAll(shown, "\r", "")) == "" {
		t.Fatalf("exit code %d: %s", code, shown)
	}
	if path := os.Getenv("SPAREKEY_TRANSCRIPT"); path != "" {
		if err := os.WriteFile(path, []byte(x.all.String()), 0o600); err != nil {
			t.Error(err)
		}
	}
	for line := range strings.Lines(x.all.String()) {
		if plain := escapes.ReplaceAllString(strings.TrimRight(line, "\r\n"), ""); len([]rune(plain)) > 80 && !strings.Contains(plain, settings[:20]) {
			t.Errorf("wider than the terminal: %q", plain)
		}
	}
	answers(t, map[string]answer{"the check": {[]string{"serve", "--check", "--config", settings}, 0, "is good", ""}})
	document, err := os.ReadFile(filepath.Join(filepath.Dir(settings), "policy.toml"))
	if err != nil || !strings.Contains(string(document), `name = "Harbour Hospital"`) {
		t.Errorf("%v: %s", err, document)
	}
}

// TestSetUpCanBeLeftAtEachQuestion, by Ctrl-C, with nothing written.
func TestSetUpCanBeLeftAtEachQuestion(t *testing.T) {
	if testing.Short() {
		t.Skip("it goes through every question")
	}
	all := clinic()
	for n := range all {
		dir := site(t)
		x := inTerminal(t, "setup --config "+filepath.Join(dir, "server.toml"))
		for _, answer := range all[:n] {
			x.types(answer + "\r")
		}
		x.types("half\x03")
		if code, shown := x.end(); code != 1 || !strings.Contains(shown, "nothing was written") {
			t.Errorf("after %d answers: exit code %d, %s", n, code, shown)
		}
		isAsItWas(t, dir, "left")
	}
}
