package setup

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/smpp/smpptest"
)

// smppHouse is a server whose texts leave by a message centre of the test.
func smppHouse(t *testing.T) (*house, *smpptest.Peer) {
	t.Helper()
	p := smpptest.NewTLS(t)
	h := emptyHouse(t, goodServer+`[delivery.text]
kind = "smpp"
servers = ["`+p.URL+`"]
from = "Harbour"
user = "sparekey"
secret = "text-password"
trust = "centre.pem"
`)
	roots, err := os.ReadFile(p.RootsFile)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(h.dir, "centre.pem"), string(roots))
	write(t, filepath.Join(h.dir, "text-password"), "keeper7\n")
	return h, p
}

// testedText sends a test text by the settings of a house, and gives what was told, a line for each step.
func testedText(t *testing.T, h *house, to string) (lines string, taken, all int) {
	t.Helper()
	var said []string
	taken, all, err := TestDelivery(t.Context(), DeliveryTest{Config: filepath.Join(h.dir, "server.toml"), Channel: app.KindSMS, To: to}, func(f DeliveryFinding) {
		line := f.Step + ": " + f.About + ": " + f.What + " | " + f.Said + " | " + f.Do
		if f.Failed {
			line = "FAIL " + line
		}
		said = append(said, line)
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(said, "\n"), taken, all
}

func TestSMPPSettingsThatAreWrongAreSaidWithTheirLines(t *testing.T) {
	dir, path := serverFolder(t, goodServer+`[delivery.text]
kind = "smpp"
servers = ["smsc.example.org", "smpp-clear://10.0.0.1:2775"]
from = "Harbour Services"
user = "an-account-that-is-too-long"
secret = "long"
system_type = "much-too-long-a-type"
window = 2000
alphabet = "ucs2"
time = "20s"
[delivery.texts.second]
kind = "smpp"
from = "+49301234567"
secret = "nowhere"
widnow = 3
`)
	write(t, filepath.Join(dir, "long"), "nine-char\n")
	if err := os.Chmod(filepath.Join(dir, "long"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Plan(path, nil)
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	first := strings.Count(goodServer, "\n") + 1
	for _, row := range []struct {
		line int
		want string
	}{
		{2, `delivery.text.servers: "smsc.example.org" is no message centre`}, {2, `delivery.text.servers: "smpp-clear://10.0.0.1:2775" is no message centre`},
		{3, `delivery.text.from: "Harbour Services" is no sender of texts`}, {4, `delivery.text.user: has room for 15 characters`},
		{5, `delivery.text.secret: has to hold a password of 8 characters at most`}, {6, `delivery.text.system_type: has room for 12 characters`},
		{7, `delivery.text.window: must be 1 to 1000`}, {8, `delivery.text.alphabet: "ucs2" is no alphabet; known are: gsm, latin1`},
		{9, `delivery.text.time: must be`}, {10, `delivery.texts.second.servers: must be given`}, {10, `delivery.texts.second.user: must be given`},
		{13, `delivery.texts.second.secret: `}, {14, `delivery.texts.second.widnow: is not a setting; did you mean "window"?`},
	} {
		if want := ":" + strconv.Itoa(first+row.line) + ": " + row.want; !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said in\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "nine-char") {
		t.Errorf("the password is told:\n%v", err)
	}
}

// TestAServerSendsTextsByItsSettings, keeps the connection from its start on, and says farewell at its end.
func TestAServerSendsTextsByItsSettings(t *testing.T) {
	h, p := smppHouse(t)
	h.ownDelivery = true
	h.start(quickHasher())
	for end := time.Now().Add(10 * time.Second); p.Counted().Binds == 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	m := app.Message{
		ID: "m1", Channel: app.KindSMS, To: "+4915112345678", Template: app.MessageCode, Code: "731904", Params: map[string]string{"minutes": "5"}, At: time.Now(),
	}
	if err := h.carry(t, m); err != nil {
		t.Fatal(err)
	}
	all := p.Texts()
	if len(all) != 1 || all[0].To != "4915112345678" || !strings.Contains(all[0].Words, "731904") || p.Counted().Binds != 1 {
		t.Fatalf("%+v", all)
	}
	if status, err := p.Tell(smpptest.Receipt{ID: p.Taken()[0].ID, State: "DELIVRD"}); err != nil || status != data.ESME_ROK {
		t.Errorf("a receipt is answered with %v, %v", status, err)
	}
	if code, body := h.readiness(); code != 200 || !strings.Contains(body, `{"name":"delivery sms","state":"up"}`) {
		t.Errorf("%d %s", code, body)
	}
}

// TestATestTextShowsEachStep, and what the centre said of the text later.
func TestATestTextShowsEachStep(t *testing.T) {
	h, p := smppHouse(t)
	taken := make(chan string, 1)
	p.Do(func(p *smpptest.Peer) {
		p.Submit = func(smpptest.Submitted) smpptest.Answer { taken <- "1A2B3C"; return smpptest.Answer{ID: "1A2B3C"} }
	})
	go func() {
		<-taken
		_, _ = p.Tell(smpptest.Receipt{ID: "1715004", State: "DELIVRD"}) // the same number in decimal
	}()
	lines, n, all := testedText(t, h, "+4915112345678")
	if n != 1 || all != 1 {
		t.Fatalf("%d of %d\n%s", n, all, lines)
	}
	for _, want := range []string{
		"receiver: +4915112345678: is a number", "write: GSM 7-bit: has all of its characters; parts: 1", "look up: localhost: is ", "connect: localhost:",
		"secure: localhost:", "says CN=localhost", "sign in: sparekey: is let in by ", "PIER", "hand over: localhost:", "answer: localhost:",
		"took the text | ESME_ROK 1A2B3C", "receipt: localhost:", "says that the text arrived | DELIVRD",
	} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not told in\n%s", want, lines)
		}
	}
}

// TestATestTextThatFailsSaysWhatTheCentreSaidAndWhatHelps, and no secret.
func TestATestTextThatFailsSaysWhatTheCentreSaidAndWhatHelps(t *testing.T) {
	status := func(s smpptest.Status) func(*smpptest.Peer) {
		return func(p *smpptest.Peer) {
			p.Submit = func(smpptest.Submitted) smpptest.Answer { return smpptest.Answer{Status: s} }
		}
	}
	bind := func(s smpptest.Status) func(*smpptest.Peer) {
		return func(p *smpptest.Peer) { p.Bind = func(string, string, string) smpptest.Status { return s } }
	}
	for name, row := range map[string]struct {
		change func(*smpptest.Peer)
		to     string
		want   []string
	}{
		"password":  {bind(data.ESME_RINVPASWD), "+4915112345678", []string{"FAIL sign in: ", "does not let the account in", "0x0000000E ESME_RINVPASWD", `the file that "secret" names`}},
		"connected": {bind(data.ESME_RALYBND), "+4915112345678", []string{"FAIL sign in: ", "has this account connected already", "ESME_RALYBND"}},
		"number":    {status(data.ESME_RINVDSTADR), "+4915112345678", []string{"FAIL answer: ", "takes no text for this number", "0x0000000B ESME_RINVDSTADR Invalid Dest Addr"}},
		"sender":    {status(data.ESME_RINVSRCADR), "+4915112345678", []string{"FAIL answer: ", `in the name of "from"`, "ESME_RINVSRCADR"}},
		"throttled": {status(data.ESME_RTHROTTLED), "+4915112345678", []string{"FAIL answer: ", "wants fewer texts", "ESME_RTHROTTLED"}},
		"its own":   {status(0x4A1), "+4915112345678", []string{"FAIL answer: ", "does not take the text", "0x000004A1"}},
		"cut": {func(p *smpptest.Peer) {
			p.Submit = func(smpptest.Submitted) smpptest.Answer { return smpptest.Answer{Lost: true} }
		}, "+4915112345678", []string{"FAIL answer: ", "gave no answer", "It may arrive, or not"}},
	} {
		h, p := smppHouse(t)
		p.Do(row.change)
		lines, taken, all := testedText(t, h, row.to)
		if taken != 0 || all != 1 {
			t.Errorf("%s: %d of %d", name, taken, all)
		}
		for _, want := range row.want {
			if !strings.Contains(lines, want) {
				t.Errorf("%s: %q is not told in\n%s", name, want, lines)
			}
		}
		if strings.Contains(lines, "keeper7") {
			t.Errorf("%s: the password is told:\n%s", name, lines)
		}
	}
}
