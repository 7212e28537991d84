package command

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/command/setup"
)

// running is a trial at work; policyFile manages its policy, if it is given.
func running(t *testing.T, policyFile string) (e *setup.Trial, data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	e, err := setup.StartTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(data), Hasher: quickHasher(), Policy: policyFile})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e, data
}

// ours is the sample organisation's policy with changes, in a file.
func ours(t *testing.T, change ...func(*policy.Policy)) string {
	t.Helper()
	return file(t, "policy.toml", string(document(change...)))
}

func document(change ...func(*policy.Policy)) []byte {
	p := trial.Policy()
	for _, f := range change {
		f(&p)
	}
	return policy.Effective(p)
}

func called(name string) func(*policy.Policy) {
	return func(p *policy.Policy) { p.Organisation.Name = name }
}

// inForce is the name of the organisation under the policy in force.
func inForce(t *testing.T, e *setup.Trial) string {
	t.Helper()
	if err := e.Service.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	org, err := setup.InProcess(e.Handler).Organisation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return org.Name
}

func TestAPolicyIsAppliedWhileTheWindowIsOpen(t *testing.T) {
	e, data := running(t, "")
	path := ours(t, called("Quay Hospital"))
	code, out, errs := said(t, "policy", "apply", path, "--data", data, "--comment", "a new name")
	if code != 0 || !strings.Contains(out, "is version 2 of the policy") {
		t.Fatalf("exit code %d: %s%s", code, out, errs)
	}
	if got := inForce(t, e); got != "Quay Hospital" {
		t.Errorf("in force: %s", got)
	}
	code, out, _ = said(t, "policy", "show", "--data", data)
	if code != 0 || !strings.HasPrefix(out, "# Version 2, applied ") || !strings.Contains(out, " by "+setup.Operator()+" from "+path+": a new name\n") ||
		!strings.HasSuffix(out, contents(t, path)) {
		t.Errorf("show: exit code %d:\n%s", code, out)
	}
	code, out, _ = said(t, "policy", "history", "--data", data)
	lines := strings.Split(out, "\n")
	if code != 0 || len(lines) != 4 || !strings.HasPrefix(lines[1], "2 (in force)") || !strings.Contains(lines[1], "a new name") ||
		!strings.HasPrefix(lines[2], "1 ") || !strings.Contains(lines[2], "Sparekey") || !strings.Contains(lines[2], "the program") {
		t.Errorf("history: exit code %d:\n%s", code, out)
	}
	code, out, _ = said(t, "policy", "show", "--data", data, "--version", "1")
	if code != 0 || !strings.HasPrefix(out, "# Version 1, ") || !strings.Contains(out, "# Not in force: that is version 2.\n") || !strings.HasSuffix(out, string(document())) {
		t.Errorf("show --version 1: exit code %d:\n%s", code, out)
	}
	if code, out, errs := said(t, "audit", "verify", "--data", data); code != 0 || !strings.Contains(out, "2 entries; signed heads vouch for the first 2.") {
		t.Errorf("the audit trail does not hold, or is not vouched for: %s%s", out, errs)
	}
}

func TestWhatIsShownCanBeCheckedAndAppliedAgain(t *testing.T) {
	_, data := running(t, "")
	if code, _, errs := said(t, "policy", "apply", file(t, "p.toml", "[organisation]\nname = \"Quay\"\ndomains = [\"quay.example\"]\n[help_desk]\nname = \"IT\"\n[feature]\nreset = \"all\"\n"), "--data", data, "--yes"); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	for _, args := range [][]string{{"policy", "show", "--data", data}, {"policy", "show", "--effective", "--data", data}} {
		code, shown, errs := said(t, args...)
		if code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, errs)
		}
		again := file(t, "again.toml", shown)
		if code, _, errs := said(t, "policy", "check", again); code != 0 {
			t.Errorf("%v: what it shows is no Policy: %s\n%s", args, errs, shown)
		}
		before, _ := setup.CheckPolicy(again)
		if before.Organisation.Name != "Quay" || before.Codes.Tries != 5 {
			t.Errorf("%v: it shows another Policy: %+v", args, before)
		}
	}
	_, shown, _ := said(t, "policy", "show", "--effective", "--data", data)
	if !strings.Contains(shown, "\ntries = 5 # default\n") || !strings.Contains(shown, "\nreset = \"all\"\n") {
		t.Errorf("--effective:\n%s", shown)
	}
}

func TestWhoWouldBeStrandedIsSaidFirst(t *testing.T) {
	e, data := running(t, "")
	for _, c := range []struct {
		change func(*policy.Policy)
		want   string
	}{
		{func(p *policy.Policy) { p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindSMS} }, "5 people who can reset today could not any more"},
		{func(p *policy.Policy) {
			p.Methods.Allowed, p.Methods.Gates, p.Methods.Register = []app.Kind{app.KindAuthApp, app.KindSMS}, 1, 1
		}, "1 person who can reset today could not any more"},
	} {
		path := ours(t, called("Stranding"), c.change)
		if code, out, errs := said(t, "policy", "apply", path, "--data", data); code != 1 || out != "" || !strings.Contains(errs, c.want) || !strings.Contains(errs, "--yes") {
			t.Errorf("exit code %d: %s%s; want %q", code, out, errs, c.want)
		}
		if got := inForce(t, e); got != "Harbour Hospital" {
			t.Fatalf("it was applied all the same: %s", got)
		}
	}
	if code, _, errs := said(t, "policy", "apply", ours(t, called("Stranding"), func(p *policy.Policy) {
		p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindSMS}
	}), "--data", data, "--yes"); code != 0 || inForce(t, e) != "Stranding" {
		t.Errorf("with --yes: exit code %d: %s", code, errs)
	}
}

func TestWhatCannotBeAppliedIsRefused(t *testing.T) {
	e, data := running(t, "")
	good := ours(t, called("Other"))
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"bad document":   {[]string{"apply", file(t, "p.toml", "[methods]\ngates = 9\n"), "--data", data}, 2, "p.toml:2: methods.gates: must be 1 or 2"},
		"no document":    {[]string{"apply", good + ".none", "--data", data}, 2, "no such file"},
		"missing filter": {[]string{"apply", ours(t, func(p *policy.Policy) { p.Password.Breached = "none" }), "--data", data}, 2, "password.breached: "},
		"missing logo":   {[]string{"apply", ours(t, func(p *policy.Policy) { p.Organisation.Logo = "none.png" }), "--data", data}, 2, "organisation.logo: "},
		"no trial":       {[]string{"apply", good, "--data", t.TempDir()}, 2, "there is no trial yet"},
		"long comment":   {[]string{"apply", good, "--data", data, "--comment", strings.Repeat("x", 201)}, 1, "at most 200 characters"},
		"no version":     {[]string{"show", "--version", "7", "--data", data}, 2, "there is no version 7"},
		"show nothing":   {[]string{"show", "--data", t.TempDir()}, 2, "there is no trial yet"},
	} {
		if code, out, errs := said(t, append([]string{"policy"}, c.args...)...); code != c.code || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit code %d, want %d: %s%s; want %q", name, code, c.code, out, errs, c.want)
		}
	}
	if got := inForce(t, e); got != "Harbour Hospital" || e.Service.PolicyVersion() != 1 {
		t.Errorf("afterwards: %s, version %d", got, e.Service.PolicyVersion())
	}
}

func TestEachProblemOfAPolicyIsALine(t *testing.T) {
	gates := app.NewProblem("methods.gates", "one_or_two", "is", 3)
	gates.Line = 2
	err := policyProblems("p.toml", []app.Problem{
		gates, app.NewProblem("help_desk.name", "no_help_desk"), app.NewProblem("", "method_missing", "method", "sms"),
		app.NewProblem("comment", "comment"),
	})
	const want = "p.toml:2: methods.gates: must be 1 or 2, is 3\n" +
		"p.toml: help_desk.name: must give the help desk's name: every refusal names it\n" +
		"the policy allows sms, which this build does not have\n" +
		"the comment must be one line of at most 200 characters"
	if err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestAVersionThatIsNotInForceIsExplained(t *testing.T) {
	e, data := running(t, "")
	bad := "from = \"a newer program\"\n"
	sum := sha256.Sum256([]byte(bad))
	tamper(t, data, `INSERT INTO policy VALUES (2, 0, 'ana', '/srv/p.toml', '', ?, ?)`, []byte(bad), sum[:])
	if got := inForce(t, e); got != "Harbour Hospital" {
		t.Errorf("in force: %s", got)
	}
	code, out, errs := said(t, "policy", "show", "--data", data)
	if code != 0 || !strings.HasPrefix(out, "# Version 1, ") || !strings.Contains(out, "# Version 2 is not in force, since it can't be used:\n") ||
		!strings.Contains(out, "\n# /srv/p.toml:1: from: is not a setting") {
		t.Errorf("exit code %d: %s\n%s", code, errs, out)
	}
	if _, out, _ := said(t, "policy", "history", "--data", data); !strings.Contains(out, "\n1 (in force)") {
		t.Errorf("history:\n%s", out)
	}
	if code, _, errs := said(t, "policy", "show", "--version", "2", "--effective", "--data", data); code != 1 || !strings.Contains(errs, "is not a setting") {
		t.Errorf("what can't be read has no effect to show: exit code %d: %s", code, errs)
	}
}

func TestTheTrialFollowsAFile(t *testing.T) {
	path := ours(t, called("Mine"))
	e, data := running(t, path)
	if got := inForce(t, e); got != "Mine" {
		t.Fatalf("in force: %s", got)
	}
	if code, out, errs := said(t, "policy", "apply", ours(t), "--data", data); code != 1 || out != "" || !strings.Contains(errs, "the file "+path+" manages the policy") {
		t.Errorf("apply beside the file: exit code %d: %s%s", code, out, errs)
	}
	write := func(document string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(document), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(string(document(called("Mine, edited"))))
	if _, out, _ := said(t, "policy", "show", "--data", data); !strings.Contains(out, "It was changed since") {
		t.Errorf("before the edit was read:\n%s", out)
	}
	if got := inForce(t, e); got != "Mine, edited" {
		t.Errorf("after an edit: %s", got)
	}
	write("[methods]\ngates = 9\n")
	if got := inForce(t, e); got != "Mine, edited" {
		t.Errorf("after a bad edit: %s", got)
	}
	code, out, _ := said(t, "policy", "show", "--data", data)
	if code != 0 || !strings.HasPrefix(out, "# Version 2, ") || !strings.Contains(out, "# The file "+path+" manages the policy. As it stands it can't be used") ||
		!strings.Contains(out, "# "+path+":2: methods.gates: must be 1 or 2, is 9\n") {
		t.Errorf("show: exit code %d:\n%s", code, out)
	}
}

func TestALogoComesAndGoesWithItsVersion(t *testing.T) {
	e, data := running(t, "")
	path := ours(t, called("Drawn"), func(p *policy.Policy) { p.Organisation.Logo = "logo.svg" })
	const logo = `<svg xmlns="http://www.w3.org/2000/svg"/>`
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "logo.svg"), []byte(logo), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, logo string }{{path, logo}, {ours(t, called("Plain")), ""}} {
		if code, _, errs := said(t, "policy", "apply", c.path, "--data", data); code != 0 {
			t.Fatalf("exit code %d: %s", code, errs)
		}
		_ = inForce(t, e)
		if org, err := e.Service.Organisation(t.Context()); err != nil || string(org.Logo) != c.logo {
			t.Errorf("%s: logo %q, %v; want %q", org.Name, org.Logo, err, c.logo)
		}
	}
}
