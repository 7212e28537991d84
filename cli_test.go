package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// said runs the command line and returns what it printed.
func said(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheCommandLineAnswers(t *testing.T) {
	bad := file(t, "policy.toml", "[methods]\ngates = 3\n")
	wrong := file(t, "settings.toml", "\nserver = \"http://reset.example.org\"\n")
	for name, c := range map[string]struct {
		args      []string
		code      int
		out, errs string
	}{
		"help":             {[]string{"--help"}, 0, "policy check", ""},
		"help of one":      {[]string{"tour", "--help"}, 0, "--out", ""},
		"version":          {[]string{"version"}, 0, "sparekey ", ""},
		"unknown command":  {[]string{"frobnicate"}, 2, "", "frobnicate"},
		"unknown flag":     {[]string{"try", "--frobnicate"}, 2, "", "frobnicate"},
		"tour without out": {[]string{"tour"}, 2, "", "--out"},
		"bad policy":       {[]string{"policy", "check", bad}, 2, "", ":2: methods.gates"},
		"no such policy":   {[]string{"policy", "check", bad + ".none"}, 2, "", "no such file"},
		"bad settings":     {[]string{"--settings", wrong}, 2, "", wrong + ":2: server: must begin with https://"},
		"no such settings": {[]string{"--settings", wrong + ".none"}, 2, "", "no such file"},
		"bad server flag":  {[]string{"--settings", file(t, "s.toml", ""), "--server", "reset.example.org"}, 2, "", "--server: must be an address"},
	} {
		code, out, errs := said(t, c.args...)
		if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) {
			t.Errorf("%s: exit code %d, want %d\nprinted %q, want %q\nerrors %q, want %q", name, code, c.code, out, c.out, errs, c.errs)
		}
	}
}

func TestThePolicyToStartFromIsGood(t *testing.T) {
	_, document, _ := said(t, "policy", "init")
	code, out, errs := said(t, "policy", "check", file(t, "policy.toml", document))
	if code != 0 || !strings.Contains(out, "is good") {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
}
