package command

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/backend/delivery/gateway/gatewaytest"
	"github.com/sparekey/sparekey/backend/delivery/mail/mailtest"
)

// TestSetUpWithMailsAndTextsByFlags tries both at once, and the server that is made can send.
func TestSetUpWithMailsAndTextsByFlags(t *testing.T) {
	relay := mailtest.NewScripted(t)
	settings := filepath.Join(site(t), "server.toml")
	secret := file(t, "secret", "keeper\n")
	args := []string{"setup", "--yes", "--config", settings, "--base-url", "https://reset.example.org", "--listen", "127.0.0.1:0",
		"--organisation", "Harbour Clinic", "--administrator", "omar", "--administrator-name", "Omar Aziz",
		"--mail-servers", relay.URL, "--mail-trust", relay.RootsFile, "--mail-user", "sparekey", "--mail-password-file", secret, "--mail-test", "jo@example.org",
		"--texts", "twilio", "--text-user", "AC0123", "--text-from", "+15005550006", "--text-secret-file", secret}
	code, out, errs := said(t, args...)
	if code != 0 || !strings.Contains(out, "is let in by") || !strings.Contains(out, "took the mail") || strings.Contains(out+errs, "keeper") {
		t.Fatalf("exit code %d: %s %s", code, out, errs)
	}
	if all := relay.Taken(); len(all) != 1 || all[0].To != "jo@example.org" || all[0].From != "reset@example.org" || !strings.Contains(string(all[0].Content), "Harbour Clinic") {
		t.Errorf("sent is %+v", all)
	}
	document, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	keys := filepath.Join(filepath.Dir(settings), "keys")
	for _, want := range []string{`servers = ["` + relay.URL + `"]`, `from = "reset@example.org" `, `secret = "` + filepath.Join(keys, "mail") + `"`, `kind = "twilio" `, `secret = "` + filepath.Join(keys, "text") + `"`} {
		if !strings.Contains(string(document), want) {
			t.Errorf("%s is not in\n%s", want, document)
		}
	}
	policy, err := os.ReadFile(filepath.Join(filepath.Dir(settings), "policy.toml"))
	if err != nil || !strings.Contains(string(policy), `allowed = ["securitykey", "authapp", "sms", "email", "questions"]`) {
		t.Errorf("the ways are those that are carried: %v\n%s", err, policy)
	}
	answers(t, map[string]answer{"the check": {[]string{"serve", "--check", "--config", settings}, 0, "is good", ""}})
	code, _, errs = said(t, append(args[:len(args):len(args)], "--text-region", "eu")...)
	if code != 1 && code != 2 {
		t.Errorf("once more: %d %s", code, errs)
	}
}

// TestSetUpTriesATextAtOnce where somebody says whom to.
func TestSetUpTriesATextAtOnce(t *testing.T) {
	var got []string
	own := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, r.Header.Get("webhook-signature")[:3]+string(body))
	}))
	defer own.Close()
	settings := filepath.Join(site(t), "server.toml")
	key := file(t, "key", "whsec_a2VlcGVyLW9mLXRoZS1nYXRlLWtlZXBlci1vZi10aGUtZ2F0ZQ==\n")
	code, out, errs := said(t, "setup", "--yes", "--config", settings, "--base-url", "https://reset.example.org", "--listen", "127.0.0.1:0",
		"--organisation", "Harbour Clinic", "--administrator", "omar", "--administrator-name", "Omar Aziz",
		"--texts", "webhook", "--text-endpoint", own.URL+"/sms", "--text-secret-file", key, "--text-test", "+49 151 23456789")
	if code != 0 || !strings.Contains(out, "took it") || strings.Contains(out+errs, "whsec_") {
		t.Fatalf("exit code %d: %s %s", code, out, errs)
	}
	if len(got) != 1 || !strings.HasPrefix(got[0], "v1,{") || !strings.Contains(got[0], `"to":"+4915123456789"`) || !strings.Contains(got[0], `"text":"Harbour Clinic: This is a test`) || !strings.Contains(got[0], `"country":"DE"`) {
		t.Errorf("sent is %q", got)
	}
}

// TestThePageOfTheFirstDayHasEachQuestion, in its order: scripts/first-day-check types what the page says.
func TestThePageOfTheFirstDayHasEachQuestion(t *testing.T) {
	page, err := os.ReadFile("../docs/first-day.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| it asks | you answer |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var typed, asked []string
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		answer := strings.Trim(strings.TrimSpace(cells[2]), "`")
		if answer == "Enter" {
			answer = ""
		}
		asked, typed = append(asked, strings.TrimSpace(cells[1])), append(typed, answer)
	}
	for i, question := range asked { // the test's own machine listens elsewhere
		if strings.HasPrefix(question, "At which address does the server listen") {
			typed[i] = "127.0.0.1:0"
		}
	}
	var out, errs bytes.Buffer
	p := Program{Name: "sparekey", In: strings.NewReader(strings.Join(typed, "\n")), Out: &out, Err: &errs}
	if code := Run(t.Context(), p, []string{"setup", "--config", filepath.Join(site(t), "server.toml")}); code != 0 {
		t.Fatalf("exit code %d: %s%s", code, &out, &errs)
	}
	rest := out.String()
	for _, question := range asked {
		before, after, found := strings.Cut(rest, question)
		if !found || strings.Count(before, "?\n") > 1 {
			t.Errorf("%q is not the next question", question)
			continue
		}
		rest = after
	}
}

// TestWrongAnswersAboutDeliveryAreSaidAtOnce, with what the peer said, and no secret.
func TestWrongAnswersAboutDeliveryAreSaidAtOnce(t *testing.T) {
	relay, p := mailtest.NewScripted(t), gatewaytest.New(t, "webhook")
	relay.Do(func(s *mailtest.Scripted) {
		s.Auth = func(string, string, string) error { return mailtest.Refuse(535, [3]int{5, 7, 8}, "who are you") }
	})
	wrong := file(t, "secret", "keeper\n")
	for name, row := range map[string]struct {
		flags []string
		want  []string
	}{
		"server":   {[]string{"--mail-servers", "mx1.example.org"}, []string{"--mail-servers: ", "is no mail server"}},
		"nobody":   {[]string{"--mail-servers", "smtp://127.0.0.1:1"}, []string{"--mail-servers: 127.0.0.1:1: nobody takes mail there"}},
		"root":     {[]string{"--mail-servers", relay.URL, "--mail-trust", "nowhere.pem"}, []string{"--mail-trust: ", "nowhere.pem"}},
		"password": {[]string{"--mail-servers", relay.URL, "--mail-trust", relay.RootsFile, "--mail-user", "sparekey", "--mail-password-file", wrong}, []string{"--mail-password-file: localhost:", "does not let the account in", "who are you"}},
		"from":     {[]string{"--mail-servers", relay.URL, "--mail-trust", relay.RootsFile, "--mail-from", "reset"}, []string{"--mail-from: must be a mail address"}},
		"unused":   {[]string{"--mail-from", "a@example.org", "--text-user", "AC"}, []string{"--mail-from has no use", "--text-user has no use"}},
		"kind":     {[]string{"--texts", "pigeon"}, []string{`--texts: "pigeon" is none of the answers`}},
		"sender":   {[]string{"--texts", "vonage", "--text-user", "a1", "--text-from", "Much Too Long A Word", "--text-secret-file", wrong}, []string{"--text-from: ", "is no sender"}},
		"key":      {[]string{"--texts", "webhook", "--text-endpoint", p.URL, "--text-secret-file", wrong}, []string{"--text-secret-file: ", "whsec_"}},
		"endpoint": {[]string{"--texts", "webhook", "--text-endpoint", "http://gw.example.org"}, []string{"--text-endpoint: ", "is no address of a gateway"}},
		"number":   {[]string{"--texts", "twilio", "--text-user", "AC", "--text-from", "+15005550006", "--text-secret-file", wrong, "--text-test", "0151"}, []string{"--text-test: ", "in international form"}},
	} {
		dir := site(t)
		args := append([]string{"setup", "--yes", "--config", filepath.Join(dir, "server.toml"), "--base-url", "https://reset.example.org", "--listen", "127.0.0.1:0",
			"--organisation", "Harbour Clinic", "--administrator", "omar", "--administrator-name", "Omar Aziz"}, row.flags...)
		code, out, errs := said(t, args...)
		if code != 2 || strings.Contains(out+errs, "keeper") {
			t.Errorf("%s: exit code %d: %s%s", name, code, out, errs)
		}
		for _, want := range row.want {
			if !strings.Contains(errs, want) {
				t.Errorf("%s: %q is not said in\n%s%s", name, want, out, errs)
			}
		}
		isAsItWas(t, dir, name)
	}
}
