package command

import (
	"bytes"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/command/setup"
)

// TestTheCommandInAProcessOfItsOwn is the program for tests whose environment is read once for each process.
func TestTheCommandInAProcessOfItsOwn(t *testing.T) {
	args := os.Getenv("SPAREKEY_ARGS")
	if args == "" {
		t.Skip("it is begun by other tests")
	}
	os.Exit(Run(t.Context(), Program{Name: "sparekey", Version: "v1.2.4", In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, strings.Fields(args)))
}

// apart runs a command in a process of its own.
func apart(t *testing.T, env []string, args string) (code int, out, errs string) {
	t.Helper()
	return apartTyping(t, env, "", args)
}

// apartTyping is apart with something on standard input.
func apartTyping(t *testing.T, env []string, typed, args string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	child := exec.Command(os.Args[0], "-test.run=^TestTheCommandInAProcessOfItsOwn$")
	child.Env = append(append(os.Environ(), "SPAREKEY_ARGS="+args, "HTTPS_PROXY="), env...)
	child.Stdin, child.Stdout, child.Stderr = strings.NewReader(typed), &stdout, &stderr
	err := child.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return child.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

// harbour answers as far as connecting goes.
func harbour(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/v1/organisation":
		_, _ = io.WriteString(w, `{"name":"Harbour Hospital","help_desk":{}}`)
	case "/openapi.json":
		_, _ = io.WriteString(w, `{"info":{"version":"v1.2.3"}}`)
	}
}

func TestConnectTriesTheServerAndKeepsIt(t *testing.T) {
	start := func(h http.HandlerFunc) *httptest.Server {
		s := httptest.NewUnstartedServer(h)
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	good, other := start(harbour), start(http.NotFound)
	authority := file(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: good.Certificate().Raw})))
	trusting, wary := "SSL_CERT_FILE="+authority, "SSL_CERT_FILE=/dev/null"
	at := func(s *httptest.Server) string { return strings.TrimPrefix(s.URL, "https://") }
	for name, c := range map[string]struct {
		env, address string
		code         int
		out, errs    string
		kept         string
	}{
		"a good one": {trusting, at(good), 0, "https://" + at(good) + " answers for Harbour Hospital, version v1.2.3 (this program: v1.2.4)", "",
			"server = \"" + good.URL + "\""},
		"a stranger's":      {wary, at(good), 1, "", "shows a certificate that this computer doesn't trust", ""},
		"another name":      {trusting, strings.Replace(at(good), "127.0.0.1", "localhost", 1), 1, "", "shows a certificate for example.com", ""},
		"another service":   {trusting, at(other), 1, "", "it isn't Sparekey", ""},
		"nobody":            {trusting, "127.0.0.1:1", 1, "", "Nothing answers at 127.0.0.1:1", ""},
		"no secret in here": {trusting, "http://" + at(good), 2, "", "must begin with https://", ""},
		"a page":            {trusting, at(good) + "/login", 2, "", "the server's name alone", ""},
	} {
		t.Run(name, func(t *testing.T) {
			config := t.TempDir()
			env := []string{c.env, "SSL_CERT_DIR=/nowhere", "XDG_CONFIG_HOME=" + config, "XDG_CACHE_HOME=" + t.TempDir()}
			code, out, errs := apart(t, env, "connect "+c.address)
			if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) {
				t.Errorf("exit code %d\n%s\n%s", code, out, errs)
			}
			kept, _ := os.ReadFile(filepath.Join(config, "sparekey", "settings.toml"))
			if strings.TrimSpace(string(kept)) != c.kept {
				t.Errorf("kept %q", kept)
			}
		})
	}
}

func TestWhatTheOrganisationSetIsNotChangedByConnecting(t *testing.T) {
	own := file(t, "settings.toml", "")
	from := setup.Sources{File: own, Managed: func(into any) (string, error) {
		into.(*setup.Settings).Server, into.(*setup.Settings).Proxy = "https://127.0.0.1:1", "direct"
		return "managed.toml", nil
	}}
	p := Program{Out: io.Discard, Err: io.Discard}
	var wrong usageError
	err := (&connectCommand{Address: "other.example.org"}).connect(t.Context(), p, from)
	if !errors.As(err, &wrong) || !strings.Contains(err.Error(), "https://127.0.0.1:1 (managed.toml)") {
		t.Errorf("another server: %v", err)
	}
	if err := (&connectCommand{Address: "127.0.0.1:1"}).connect(t.Context(), p, from); err == nil || !strings.Contains(err.Error(), "Nothing answers") {
		t.Errorf("the server itself is tried: %v", err)
	}
	if kept, err := os.ReadFile(own); err != nil || len(kept) > 0 {
		t.Errorf("kept %q, %v", kept, err)
	}
}
