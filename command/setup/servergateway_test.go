package setup

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/gateway/gatewaytest"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

const webhookKeyed = "whsec_a2VlcGVyLW9mLXRoZS1nYXRlLWtlZXBlci1vZi10aGUtZ2F0ZQ=="

// texting are settings of a server whose texts leave by Twilio and then by a webhook, which a test plays.
func texting(first, second *gatewaytest.Provider) string {
	return goodServer + `[delivery.wording]
name = "Harbour"
bind_code_to_domain = true
[delivery.text]
kind = "twilio"
user = "AC0123"
secret = "auth-token"
from = "+15005550006"
receipts = true
trust = "first.pem"
endpoint = "` + first.URL + `"
[delivery.texts.own]
kind = "webhook"
endpoint = "` + second.URL + `/sms"
secret = "webhook-key"
trust = "second.pem"
`
}

func textHouse(t *testing.T, more string) (h *house, first, second *gatewaytest.Provider) {
	t.Helper()
	first, second = gatewaytest.New(t, "twilio"), gatewaytest.New(t, "webhook")
	h = emptyHouse(t, texting(first, second)+more)
	for name, content := range map[string]string{
		"first.pem": string(first.PEM), "second.pem": string(second.PEM), "auth-token": "keeper\n", "webhook-key": webhookKeyed + "\n",
	} {
		write(t, filepath.Join(h.dir, name), content)
	}
	return h, first, second
}

func TestTextSettingsThatAreWrongAreSaidWithTheirLines(t *testing.T) {
	dir, path := serverFolder(t, strings.Replace(goodServer, "reset.example.org", "localhost", 1)+`[delivery.wording]
bind_code_to_domain = true
[delivery.text]
kind = "twilio"
from = "Much Too Long A Word"
secret = "exposed"
endpoint = "http://api.twilio.example"
time = "16s"
[delivery.texts.text]
kind = "vonage"
user = "a1b2c3d4"
from = "Harbour"
secret = "secret"
receipts = true
[delivery.texts.aws]
kind = "sns"
user = "AKIA"
secret = "secret"
region = "eu-west-1.evil.example/"
receipts = true
[delivery.texts.hook]
kind = "webhook"
secret = "secret"
[delivery.texts.described]
kind = "http"
endpoint = "https://gw.example.org/send"
method = "PUT"
[delivery.texts.placed]
kind = "http"
endpoint = "https://gw.example.org/send"
body = "{\"code\": \"{{.code}}\"}"
[delivery.texts.nothing]
kind = "http"
endpoint = "https://gw.example.org/send?to={{.to}}"
body = "{\"key\": \"abc\"}"
[delivery.texts.broken]
kind = "http"
endpoint = "https://gw.example.org/send"
body = "{\"text\": {{.text}}}"
`)
	write(t, filepath.Join(dir, "secret"), "keeper\n")
	write(t, filepath.Join(dir, "exposed"), "keeper\n")
	if err := os.Chmod(filepath.Join(dir, "exposed"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Plan(path, nil)
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{
		`:19: delivery.wording.bind_code_to_domain: codes can be bound`, `:20: delivery.text.user: must be given`,
		`:22: delivery.text.from: "Much Too Long A Word" is no sender`, `:23: delivery.text.secret: everybody`,
		`:24: delivery.text.endpoint: "http://api.twilio.example" is no address of a gateway`, `:25: delivery.text.time: `,
		`:26: delivery.texts.text: "text" is how [delivery.text] is called`, `:26: delivery.texts.text.receipt_secret: `,
		`:36: delivery.texts.aws.region: "eu-west-1.evil.example/" is no region`, `:37: delivery.texts.aws.receipts: sns sends no receipts`,
		`:38: delivery.texts.hook.endpoint: must be given`, `:40: delivery.texts.hook.secret: `, `has to hold "whsec_"`,
		`:44: delivery.texts.described.method: "PUT" is neither`, `:48: delivery.texts.placed.body: has a placeholder that is none`,
		`:52: delivery.texts.nothing.body: has neither the text nor the number`, `:56: delivery.texts.broken.body: is no JSON`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said in\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "keeper") {
		t.Errorf("a secret is said:\n%v", err)
	}
}

// received are receipts that a server was sent.
type received struct {
	mu  sync.Mutex
	all []port.Receipt
}

func (r *received) TakeReceipt(_ context.Context, one port.Receipt) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, one)
	return port.ErrNotFound // nobody knows the messages of this test
}

// TestAResetByTextThroughTheNextGateway goes the whole way while the first one is down, and no number is logged.
func TestAResetByTextThroughTheNextGateway(t *testing.T) {
	h, first, second := textHouse(t, "")
	plan, err := Plan(filepath.Join(h.dir, "server.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := SettleSamplePeople(t.Context(), plan, ServerParts{Hasher: quickHasher()}); err != nil {
		t.Fatal(err)
	}
	first.Answers(gatewaytest.Answer{Status: 500, Body: "<html>down</html>"})
	h.ownDelivery = true
	h.start(quickHasher())
	hugo, c := sample(trial.Never), h.client()
	flow, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: key()})
	if err != nil {
		t.Fatal(err)
	}
	tell := func(in app.Input) {
		t.Helper()
		if flow, err = c.Submit(t.Context(), flow.ID, flow.Rev, key(), in); err != nil {
			t.Fatalf("%T: %v", in, err)
		}
	}
	for _, in := range []app.Input{
		app.GiveUserID{UserID: hugo.UserID}, app.GiveReason{Reason: app.ReasonNever}, app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: hugo.Mobile},
	} {
		tell(in)
	}
	asked := second.Wait(t, 1)[0]
	var document struct{ To, Text, Country string }
	if err := json.Unmarshal([]byte(asked.Body), &document); err != nil || document.To != hugo.Mobile || len(document.Country) != 2 {
		t.Fatalf("%s: %v", asked.Body, err)
	}
	found := boundCode.FindStringSubmatch(document.Text)
	if found == nil || found[1] != found[2] || !strings.HasPrefix(document.Text, "Harbour: ") {
		t.Fatalf("the text: %q", document.Text)
	}
	tell(app.GiveCode{Digits: app.NewSecret(found[1])})
	if _, again := flow.Now.(app.EnterCode); !again || len(first.Asked()) != 1 {
		t.Errorf("the code leads to %T, the first gateway was asked %d times", flow.Now, len(first.Asked()))
	}
	if code, body := h.readiness(); code != 200 || !strings.Contains(body, `{"name":"delivery sms","state":"up"}`) {
		t.Errorf("%d %s", code, body)
	}
	h.end()
	for _, secret := range []string{hugo.Mobile, strings.TrimPrefix(hugo.Mobile, "+"), found[1], "keeper", webhookKeyed, "Harbour: "} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log has %q:\n%s", secret, h.log.String())
		}
	}
}

var boundCode = regexp.MustCompile(`^Harbour: (\d{6}) is your code .*\n@reset\.example\.org #(\d{6})$`)

// TestReceiptsComeInOverTheNetwork where Twilio signed them for the server's address, and nobody else's.
func TestReceiptsComeInOverTheNetwork(t *testing.T) {
	h, first, _ := textHouse(t, "")
	taken := &received{}
	h.ownDelivery, h.receipts = true, taken
	h.start(quickHasher())
	if err := h.carry(t, app.Message{ID: "m1", Channel: app.KindSMS, To: gatewaytest.Number, Template: app.MessageUnlocked, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	const address = "https://reset.example.org/delivery/receipts/text.m1"
	if got := first.Asked()[0].Form().Get("StatusCallback"); got != address {
		t.Errorf("receipts are to come to %q", got)
	}
	const body = "ErrorCode=30003&MessageSid=SM0123&MessageStatus=undelivered&To=%2B4915123456789"
	post := func(to, secret string) int {
		t.Helper()
		m := hmac.New(sha1.New, []byte(secret))
		m.Write([]byte(address + "ErrorCode30003MessageSidSM0123MessageStatusundeliveredTo+4915123456789"))
		r, err := http.NewRequest("POST", to, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Twilio-Signature", base64.StdEncoding.EncodeToString(m.Sum(nil)))
		reply, err := (&http.Client{Transport: h.transport()}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = reply.Body.Close()
		return reply.StatusCode
	}
	if code := post(address, "keeper"); code != http.StatusNoContent {
		t.Errorf("a receipt: %d", code)
	}
	if code := post(address, "another"); code != http.StatusForbidden {
		t.Errorf("one that another signed: %d", code)
	}
	if code := post(strings.Replace(address, "/text.m1", "/own", 1), "keeper"); code != http.StatusBadRequest {
		t.Errorf("to a provider that sends none: %d", code)
	}
	want := port.Receipt{Provider: "text " + strings.TrimPrefix(first.URL, "https://"), ID: "SM0123", Message: "m1", Reason: "30003"}
	if len(taken.all) != 1 || taken.all[0] != want {
		t.Errorf("taken: %+v", taken.all)
	}
	h.end()
	if log := h.log.String(); !strings.Contains(log, `"provider":"text","reason":"signature","refused":1`) || strings.Contains(log, "4915123456789") || strings.Contains(log, "SM0123") {
		t.Errorf("the log:\n%s", log)
	}
}
