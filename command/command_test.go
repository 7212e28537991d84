package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/sparekey/sparekey/backend/policy"
)

// said runs the command line and returns what it printed.
func said(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Run(t.Context(), Program{Name: "sparekey", Version: "v1.2.3", Out: &stdout, Err: &stderr}, args)
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
	answers(t, map[string]answer{
		"help":            {[]string{"--help"}, 0, "policy check", ""},
		"version":         {[]string{"version"}, 0, "sparekey v1.2.3\n", ""},
		"help of one":     {[]string{"doctor", "--help"}, 0, "--json", ""},
		"unknown command": {[]string{"frobnicate"}, 2, "", "frobnicate"},
		"bad policy":      {[]string{"policy", "check", bad}, 2, "", ":2: methods.gates"},
		"no such policy":  {[]string{"policy", "check", bad + ".none"}, 2, "", "no such file"},
	})
}

// answer is what the command line prints to its arguments.
type answer struct {
	args      []string
	code      int
	out, errs string
}

func answers(t *testing.T, all map[string]answer) {
	t.Helper()
	for name, c := range all {
		code, out, errs := said(t, c.args...)
		if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errs, c.errs) {
			t.Errorf("%s: exit code %d, want %d\nprinted %q, want %q\nerrors %q, want %q", name, code, c.code, out, c.out, errs, c.errs)
		}
	}
}

// listed is the SHA-1 of "password", as public lists have it.
const listed = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\n"

func TestALeakedListBecomesAFilterThatThePolicyNames(t *testing.T) {
	document := file(t, "policy.toml", strings.Replace(string(policy.Sample()), `breached = ""`, `breached = "leaked.filter"`, 1))
	filter := filepath.Join(filepath.Dir(document), "leaked.filter")
	if code, _, errs := said(t, "policy", "check", document); code != 2 || !strings.Contains(errs, "password.breached: ") || !strings.Contains(errs, "no such file") {
		t.Errorf("without the filter: exit code %d: %s", code, errs)
	}
	if code, out, errs := said(t, "breached", "import", file(t, "list.txt", listed), filter); code != 0 || !strings.Contains(out, "is made. Passwords in it: 1\n") {
		t.Fatalf("import: exit code %d: %s%s", code, out, errs)
	}
	if code, _, errs := said(t, "policy", "check", document); code != 0 {
		t.Errorf("with the filter: exit code %d: %s", code, errs)
	}
	if err := os.WriteFile(filter, []byte("SPAREKBF and so on"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := said(t, "policy", "check", document); code != 2 || !strings.Contains(errs, "is damaged") {
		t.Errorf("with a damaged filter: exit code %d: %s", code, errs)
	}
}

func TestAPartialListIsTakenByWishAndRemembered(t *testing.T) {
	var list strings.Builder
	for i := range 64_000 { // a hash of each first two bytes, up to FA
		fmt.Fprintf(&list, "%04X%036X:1\n%04X%036X:0\n", i, 0, i, 1)
	}
	given := file(t, "list.txt", list.String())
	document := file(t, "policy.toml", strings.Replace(string(policy.Sample()), `breached = ""`, `breached = "leaked.filter"`, 1))
	filter := filepath.Join(filepath.Dir(document), "leaked.filter")
	if code, _, errs := said(t, "breached", "import", given, filter); code != 2 || !strings.Contains(errs, "hashes that begin with FA to FF are missing") || !strings.Contains(errs, "--partial") {
		t.Errorf("exit code %d: %s", code, errs)
	}
	note := filter + " was made of a partial list, without hashes that begin with FA to FF: 2 % of the leaked passwords pass\n"
	code, out, errs := said(t, "breached", "import", given, filter, "--partial")
	if code != 0 || errs != note || !strings.Contains(out, "Passwords in it: 64000\nLines left out, since their count is 0: 64000\n") {
		t.Errorf("with --partial: exit code %d: %s%s", code, out, errs)
	}
	if code, out, errs := said(t, "policy", "check", document); code != 0 || !strings.Contains(out, "is good") || !strings.HasPrefix(errs, document+":") || !strings.HasSuffix(errs, ": password.breached: "+note) {
		t.Errorf("policy check: exit code %d: %s%s", code, out, errs)
	}
}

func TestAWrongListIsNamedByLine(t *testing.T) {
	list := file(t, "list.txt", listed+"password\n")
	filter := filepath.Join(t.TempDir(), "leaked.filter")
	code, _, errs := said(t, "breached", "import", list, filter)
	if _, err := os.Stat(filter); code != 2 || !strings.Contains(errs, list) || !strings.Contains(errs, "line 2: ") || err == nil {
		t.Errorf("exit code %d: %s; the filter: %v", code, errs, err)
	}
	if code, _, errs := said(t, "breached", "import", list+".none", filter); code != 2 || !strings.Contains(errs, "no such file") {
		t.Errorf("no such list: exit code %d: %s", code, errs)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	var errors bytes.Buffer
	if code := Run(stopped, Program{Out: io.Discard, Err: &errors}, []string{"breached", "import", file(t, "good.txt", listed), filter}); code == 0 {
		t.Error("an interrupted import went on")
	}
}

func TestThePolicyToStartFromIsGood(t *testing.T) {
	_, document, _ := said(t, "policy", "init")
	code, out, errs := said(t, "policy", "check", file(t, "policy.toml", document))
	if code != 0 || !strings.Contains(out, "is good") {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
}

// TestTheReadmeNamesEveryCommand that a person may give.
func TestTheReadmeNamesEveryCommand(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	parser, err := kong.New(&commandLine{}, kong.Name("sparekey"))
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(true) {
		name := "`" + leaf.FullPath()
		if strings.HasSuffix(name, " open") { // what sparekey alone does
			name = "`sparekey`"
		}
		if !strings.Contains(string(readme), name) {
			t.Errorf("README.md does not name %s", name)
		}
	}
}
