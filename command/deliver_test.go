package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/sparekey/sparekey/backend/delivery/gateway/gatewaytest"
	"github.com/sparekey/sparekey/backend/delivery/mail/mailtest"
)

// TestATestMailIsSentByTheServersSettings, and its answer is shown; the exit code says whether each relay took it.
func TestATestMailIsSentByTheServersSettings(t *testing.T) {
	settings, _, _ := serverAt(t, "127.0.0.1:0")
	test := []string{"deliver", "test", "email", "ana@harbour.example", "--config", settings}
	if code, _, errs := said(t, test...); code != 1 || !strings.Contains(errs, "say in [delivery.mail]") {
		t.Errorf("without a relay: %d %s", code, errs)
	}
	relay := mailtest.NewScripted(t)
	roots, err := os.ReadFile(relay.RootsFile)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(settings)
	for name, content := range map[string]string{
		"relay.pem": string(roots), "secret": "keeper\n",
		"server.toml": string(before) + "[delivery.mail]\nservers = [\"" + relay.URL + "\"]\nfrom = \"reset@harbour.example\"\ntrust = \"relay.pem\"\nuser = \"sparekey\"\nsecret = \"secret\"\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, out, errs := said(t, test...)
	if code != 0 || !strings.Contains(out, "ok    secure     localhost:") || !strings.Contains(out, "Each server took the mail") || len(relay.Taken()) != 1 {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	if code, out, _ := said(t, append(test, "--json")...); code != 0 || strings.Count(out, "\n") != 7 || !strings.Contains(out, `"Step":"sign in"`) {
		t.Errorf("as JSON: %d\n%s", code, out)
	}
	relay.Do(func(s *mailtest.Scripted) {
		s.Rcpt = func(string) error {
			return mailtest.Refuse(550, smtp.EnhancedCode{5, 1, 1}, "no such person\x1b[2J")
		}
	})
	code, out, errs = said(t, test...)
	if code != 1 || !strings.Contains(out, "FAIL  receiver") || !strings.Contains(out, "no such person") || strings.Contains(out, "\x1b") || !strings.Contains(errs, "1 server of 1 did not take the mail") {
		t.Errorf("refused: %d\n%s%s", code, out, errs)
	}
}

// TestATestTextIsSentByTheServersSettings, and its answer is shown; a number that is none is asked of nobody.
func TestATestTextIsSentByTheServersSettings(t *testing.T) {
	settings, _, _ := serverAt(t, "127.0.0.1:0")
	test := []string{"deliver", "test", "sms", "+49 151 2345 6789", "--config", settings}
	if code, _, errs := said(t, test...); code != 1 || !strings.Contains(errs, "say in [delivery.text]") {
		t.Errorf("without a provider: %d %s", code, errs)
	}
	p := gatewaytest.New(t, "vonage")
	before, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(settings)
	for name, content := range map[string]string{
		"gateway.pem": string(p.PEM), "secret": "keeper\n",
		"server.toml": string(before) + "[delivery.text]\nkind = \"vonage\"\nendpoint = \"" + p.URL + "\"\nfrom = \"Harbour\"\ntrust = \"gateway.pem\"\nuser = \"a1b2c3d4\"\nsecret = \"secret\"\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, none := range []string{"015123456789", "+49", "ana@harbour.example", "+4930123456"} {
		if code, _, errs := said(t, "deliver", "test", "sms", none, "--config", settings); code != 1 || !strings.Contains(errs, "give it in international form") || len(p.Asked()) != 0 {
			t.Errorf("%s: %d %s, %d requests", none, code, errs, len(p.Asked()))
		}
	}
	code, out, errs := said(t, test...)
	if code != 0 || !strings.Contains(out, "text localhost:") || !strings.Contains(out, "ok    secure     localhost: is CN=localhost") || !strings.Contains(out, `took it, as "aaaaaaaa-bbbb`) ||
		!strings.Contains(out, "Each provider took the text") || len(p.Asked()) != 1 || !strings.Contains(p.Asked()[0].Body, `"to":"4915123456789"`) {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	if code, out, _ := said(t, append(test, "--json")...); code != 0 || strings.Count(out, "\n") != 4 || !strings.Contains(out, `"Step":"hand over"`) {
		t.Errorf("as JSON: %d\n%s", code, out)
	}
	p.Answers(gatewaytest.Answer{Status: 401, Body: `{"type":"https://developer.vonage.com/api-errors/#unauthorized","title":"Unauthorized","detail":"wrong\u001b[2J key"}`})
	code, out, errs = said(t, test...)
	if code != 1 || !strings.Contains(out, "FAIL  hand over") || !strings.Contains(out, "does not let the account in") || !strings.Contains(out, "What was said: Unauthorized: wrong") ||
		strings.Contains(out, "\x1b") || strings.Contains(out, "keeper") || !strings.Contains(errs, "1 provider of 1 did not take the text") {
		t.Errorf("refused: %d\n%s%s", code, out, errs)
	}
}
