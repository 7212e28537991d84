package command

import (
	"crypto/rand"
	"regexp"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/command/setup"
)

// sample is the sample person of a state.
func sample(state trial.State) trial.Person {
	for _, p := range trial.People() {
		if p.State == state {
			return p
		}
	}
	panic("nobody is " + state)
}

var passForm = regexp.MustCompile(`(?m)^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$`)

// A window of the trial and the command work on one store at once, in two backends.
func TestAPassFromTheCommandSignsInAtTheWindow(t *testing.T) {
	data := trailed(t)
	e, err := setup.StartTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(data), Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	ines := sample(trial.New)
	signIn := func(typed string) app.Code {
		c := setup.InProcess(e.Handler)
		flow, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeSignIn, Key: app.IdempotencyKey(rand.Text())})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Submit(t.Context(), flow.ID, flow.Rev, app.IdempotencyKey(rand.Text()), app.SignInWithPass{UserID: ines.UserID, Pass: app.NewSecret(typed)})
		return app.CodeOf(err)
	}
	issue := func(args ...string) string {
		code, out, errs := said(t, append([]string{"pass", "issue", ines.UserID, "--data", data}, args...)...)
		pass := passForm.FindString(out)
		if code != 0 || pass == "" || !strings.Contains(out, "first password") || !strings.Contains(out, ines.Name) {
			t.Fatalf("exit code %d: %q, errors %q", code, out, errs)
		}
		return pass
	}
	old, anew := issue(), issue("--desk")
	if code := signIn(old); code != app.CodeWrongPass {
		t.Errorf("the pass before: %v", code)
	}
	if code := signIn(strings.ToLower(anew)); code != "" {
		t.Errorf("the new pass: %v", code)
	}
	third := issue()
	if code, out, errs := said(t, "pass", "revoke", ines.UserID, "--data", data); code != 0 || !strings.Contains(out, "void") {
		t.Errorf("revoke: exit code %d, %q, %q", code, out, errs)
	}
	if code := signIn(third); code != app.CodeWrongPass {
		t.Errorf("a revoked pass: %v", code)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := said(t, "audit", "verify", "--data", data); code != 0 {
		t.Errorf("the trail of two processes: exit code %d: %s%s", code, out, errs)
	}
}

func TestThePassCommandRefuses(t *testing.T) {
	data := trailed(t)
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"an administrator": {[]string{"pass", "issue", sample(trial.Admin).UserID, "--data", data}, 1, "two people"},
		"nobody":           {[]string{"pass", "issue", "nobody@harbour.example", "--data", data}, 1, "no account"},
		"elsewhere":        {[]string{"pass", "issue", sample(trial.Elsewhere).UserID, "--data", data}, 1, "managed elsewhere"},
		"nothing to void":  {[]string{"pass", "revoke", sample(trial.Ready).UserID, "--data", data}, 1, "no pass"},
		"no trial":         {[]string{"pass", "issue", "x", "--data", t.TempDir()}, 2, "sparekey try"},
		"no user ID":       {[]string{"pass", "issue"}, 2, "userid"},
	} {
		code, out, errs := said(t, c.args...)
		if code != c.code || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit code %d, printed %q, errors %q; want %d and %q", name, code, out, errs, c.code, c.want)
		}
	}
}
