package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/backend/delivery/smpp/smpptest"
)

// TestATestTextLeavesByACentre, and what comes of it is shown; the exit code says whether each provider took it.
func TestATestTextLeavesByACentre(t *testing.T) {
	settings, _, _ := serverAt(t, "127.0.0.1:0")
	test := []string{"deliver", "test", "sms", "+4915112345678", "--config", settings}
	if code, _, errs := said(t, test...); code != 1 || !strings.Contains(errs, "say in [delivery.text]") {
		t.Errorf("without a provider: %d %s", code, errs)
	}
	p := smpptest.New(t)
	before, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"secret":      "keeper7\n",
		"server.toml": string(before) + "[delivery.text]\nkind = \"smpp\"\nservers = [\"" + p.URL + "\"]\nuser = \"sparekey\"\nsecret = \"secret\"\n",
	} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(settings), name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	taken := make(chan bool, 2)
	p.Do(func(p *smpptest.Peer) {
		p.Submit = func(smpptest.Submitted) smpptest.Answer { taken <- true; return smpptest.Answer{ID: "7\x1b[2J"} }
	})
	go func() {
		for range taken {
			_, _ = p.Tell(smpptest.Receipt{Field: "7\x1b[2J", State: "DELIVRD"})
		}
	}()
	code, out, errs := said(t, test...)
	if code != 0 || !strings.Contains(out, "ok    receipt    localhost:") || !strings.Contains(out, "Each provider took the text") || strings.Contains(out, "\x1b") {
		t.Errorf("%d\n%s%s", code, out, errs)
	}
	t.Log(out)
	if code, out, _ := said(t, append(test, "--json")...); code != 0 || strings.Count(out, "\n") != 8 || !strings.Contains(out, `"Step":"sign in"`) {
		t.Errorf("as JSON: %d\n%s", code, out)
	}
	close(taken)
	p.Do(func(p *smpptest.Peer) {
		p.Submit = func(smpptest.Submitted) smpptest.Answer { return smpptest.Answer{Status: data.ESME_RINVDSTADR} }
	})
	code, out, errs = said(t, test...)
	if code != 1 || !strings.Contains(out, "FAIL  answer") || !strings.Contains(out, "RINVDSTADR") || !strings.Contains(errs, "1 provider of 1 did not take the text") {
		t.Errorf("refused: %d\n%s%s", code, out, errs)
	}
	t.Log(out, errs)
}
