package setup

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/mail/mailtest"
)

// tested sends a test mail by the settings of a house, and gives what was told, a line for each step.
func tested(t *testing.T, h *house, to string) (lines string, taken, all int) {
	t.Helper()
	return testedBy(t, h, app.KindEmail, to)
}

// testedBy sends a test message by a channel; each step is told besides.
func testedBy(t *testing.T, h *house, channel app.Kind, to string, besides ...func(DeliveryFinding)) (lines string, taken, all int) {
	t.Helper()
	var said []string
	taken, all, err := TestDelivery(t.Context(), DeliveryTest{Config: filepath.Join(h.dir, "server.toml"), Channel: channel, To: to}, func(f DeliveryFinding) {
		line := f.Step + ": " + f.About + ": " + f.What + " | " + f.Said + " | " + f.Do
		if f.Failed {
			line = "FAIL " + line
		}
		said = append(said, line)
		for _, tell := range besides {
			tell(f)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(said, "\n"), taken, all
}

func TestATestMailShowsEachStep(t *testing.T) {
	h, relay := mailHouse(t)
	lines, taken, all := tested(t, h, "ana@harbour.example")
	if taken != 1 || all != 1 {
		t.Fatalf("%d of %d\n%s", taken, all, lines)
	}
	for _, want := range []string{
		"look up: localhost: is ", "connect: localhost:", "secure: localhost:", "is CN=localhost, says CN=localhost, until ", "sign in: sparekey: is let in by PLAIN",
		"sender: reset@harbour.example: may send", "receiver: ana@harbour.example: is taken", "answer: localhost:", "took the mail | 2.0.0 OK: queued",
	} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not told in\n%s", want, lines)
		}
	}
	if content := string(relay.Taken()[0].Content); !strings.Contains(content, "A test of Sparekey's mails") || strings.Contains(content, "no value") {
		t.Errorf("the mail:\n%s", content)
	}
}

// TestATestMailThatFailsSaysWhatTheRelaySaidAndWhatHelps, and no secret.
func TestATestMailThatFailsSaysWhatTheRelaySaidAndWhatHelps(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*mailtest.Scripted)
		to     string
		want   []string
	}{
		"password": {func(s *mailtest.Scripted) {
			s.Auth = func(string, string, string) error {
				return mailtest.Refuse(535, smtp.EnhancedCode{5, 7, 8}, "who are you")
			}
		}, "ana@harbour.example", []string{"FAIL sign in: ", "does not let the account in", "who are you", `the file that "secret" names`}},
		"mailbox": {func(s *mailtest.Scripted) {
			s.Rcpt = func(string) error { return mailtest.Refuse(550, smtp.EnhancedCode{5, 1, 1}, "no such person") }
		}, "ana@harbour.example", []string{"FAIL receiver: ", "the mailbox takes no mail", "no such person", "is not tried again"}},
		"relaying": {func(s *mailtest.Scripted) {
			s.Rcpt = func(string) error { return mailtest.Refuse(554, smtp.EnhancedCode{5, 7, 1}, "Relay access denied") }
		}, "ana@harbour.example", []string{"FAIL receiver: ", "does not take a mail of this sender", "Relay access denied"}},
		"sender": {func(s *mailtest.Scripted) {
			s.Mail = func(string, bool) error { return mailtest.Refuse(550, smtp.EnhancedCode{5, 7, 60}, "SendAsDenied") }
		}, "ana@harbour.example", []string{"FAIL sender: ", `in the name of "from"`, "SendAsDenied"}},
		"greylist": {func(s *mailtest.Scripted) {
			s.Rcpt = func(string) error { return mailtest.Refuse(450, smtp.EnhancedCode{4, 2, 0}, "Greylisted") }
		}, "ana@harbour.example", []string{"FAIL receiver: ", "asks to come again later", "Greylisted"}},
		"cut": {func(s *mailtest.Scripted) {
			s.Data = func([]byte) error { return mailtest.ErrCut }
		}, "ana@harbour.example", []string{"FAIL answer: ", "gave no answer", "It may arrive, or not"}},
		"address": {func(*mailtest.Scripted) {}, "ana", []string{"FAIL receiver: ana: ", "Look at the address"}},
	} {
		h, relay := mailHouse(t)
		relay.Do(row.change)
		lines, taken, all := tested(t, h, row.to)
		if taken != 0 || all != 1 {
			t.Errorf("%s: %d of %d", name, taken, all)
		}
		for _, want := range row.want {
			if !strings.Contains(lines, want) {
				t.Errorf("%s: %q is not told in\n%s", name, want, lines)
			}
		}
		if strings.Contains(lines, "keeper") {
			t.Errorf("%s: the password is told:\n%s", name, lines)
		}
	}
}
