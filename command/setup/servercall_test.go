package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/call/calltest"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
)

func TestCallSettingsThatAreWrongAreSaidWithTheirLines(t *testing.T) {
	dir, path := serverFolder(t, goodServer+`[delivery.call]
kind = "sip"
servers = ["pbx.harbour.example", "sip:pbx.harbour.example"]
domain = "har bour"
user = "spare key"
secret = "nowhere"
from = "+49 30"
from_name = "Har\"bour"
dial = ["+49=0", "49=0"]
srtp = "dtls"
local = "here"
external = "10.0.0.300"
ports = "16384-16386"
calls = 900
ring = "1s"
language = "it"
time = "16s"
[delivery.calls.Second]
kind = "sip"
register = true
[delivery.calls.third]
kind = "fax"
[delivery.calls.fourth]
kind = "webhook"
secret = "key"
[delivery.calls.fifth]
kind = "twilio"
endpoint = "http://api.example.org"
secret = "key"
speak_at_once = true
[delivery.calls.sixth]
kind = "sip"
servers = ["sips:a.example", "sips:b.example"]
from = "+493055501"
local = "10.0.0.7:5060"
`)
	write(t, filepath.Join(dir, "key"), "keeper\n")
	_, err := Plan(path, nil)
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{
		`:20: delivery.call.servers: "pbx.harbour.example" is no server for calls`, `:21: delivery.call.domain: `, `:22: delivery.call.user: "spare key" has signs`,
		`:23: delivery.call.secret: `, `:24: delivery.call.from: `, `:25: delivery.call.from_name: `, `:26: delivery.call.dial: "49=0" is no rule`,
		`:27: delivery.call.srtp: must be "offer", "require" or "off"`, `:28: delivery.call.local: `, `:29: delivery.call.external: `, `:30: delivery.call.ports: `,
		`:31: delivery.call.calls: must be 1 to 200`, `:32: delivery.call.ring: `, `:33: delivery.call.language: "it" is no language`, `:34: delivery.call.time: `,
		`:35: delivery.calls.Second: "Second" is no name of a provider`, `:35: delivery.calls.Second.servers: must be given`, `:35: delivery.calls.Second.user: must be given`,
		`:39: delivery.calls.third.kind: "fax" is no kind`, `:40: delivery.calls.fourth.endpoint: must be given`, `:40: delivery.calls.fourth.speak_at_once: has to be true`,
		`:42: delivery.calls.fourth.secret: has to hold "whsec_"`, `:43: delivery.calls.fifth.user: must be given`, `:45: delivery.calls.fifth.endpoint: `,
		`:52: delivery.calls.sixth.local: 10.0.0.7:5060 has a port`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said in\n%v", want, err)
		}
	}
}

// TestAPolicyThatNoProviderCanFollowIsNoted: digits that are typed come back by SIP alone.
func TestAPolicyThatNoProviderCanFollowIsNoted(t *testing.T) {
	for kind, noted := range map[string]bool{
		"kind = \"twilio\"\nuser = \"AC42\"\nfrom = \"+493055501\"\nspeak_at_once = true": true, "kind = \"sip\"\nservers = [\"sips:a.example\"]\nuser = \"sparekey\"": false,
	} {
		dir, path := serverFolder(t, goodServer+"[delivery.call]\nsecret = \"key\"\n"+kind+"\n")
		write(t, filepath.Join(dir, "key"), "keeper\n")
		document, err := os.ReadFile(filepath.Join(dir, "policy.toml"))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "policy.toml"), strings.ReplaceAll(string(document), `"spoken_code"`, `"two_digits"`))
		plan, err := Plan(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.Join(plan.Notes, "\n"); strings.Contains(said, "calls.confirm") != noted {
			t.Errorf("%s\n%s", kind, said)
		}
	}
}

// callHouse is a server that calls by a telephone of the test.
func callHouse(t *testing.T, phone *calltest.Phone) *house {
	t.Helper()
	h := emptyHouse(t, goodServer+`[delivery.call]
kind = "sip"
servers = ["sip:`+phone.Address+`"]
user = "sparekey"
secret = "trunk-password"
register = true
from = "+493055501"
ring = "10s"
`)
	write(t, filepath.Join(h.dir, "trunk-password"), "keeper\n")
	return h
}

// TestATestCallShowsEachStep, and no code. It takes as long as the call does.
func TestATestCallShowsEachStep(t *testing.T) {
	if testing.Short() {
		t.Skip("a call takes its time: `make test` makes it without the race detector")
	}
	rings := make(chan struct{})
	phone := calltest.New(t, calltest.Config{
		Network: "udp", Challenges: []string{"SHA-256", "MD5"}, Realm: "harbour", User: "sparekey", Password: "keeper", Expires: 60,
		Behave: func(c *calltest.Call) {
			c.Reply(180, "Ringing")
			<-rings
			m := c.Pick(calltest.Answer{Codec: 8})
			m.Hear(2 * time.Second)
			m.Press("5")
		},
	})
	h := callHouse(t, phone)
	lines, taken, all := testedBy(t, h, app.KindVoice, "+493012345678", func(f DeliveryFinding) {
		if f.Step == "ring" {
			close(rings)
		}
	})
	if taken != 1 || all != 1 {
		t.Fatalf("%d of %d\n%s", taken, all, lines)
	}
	for _, want := range []string{
		"register: sparekey: is registered for 60 s", "call: +493012345678: is called | 180 Ringing", "ring: +493012345678: rings: pick up",
		"answer: +493012345678: picked up: G.711 A-law by RTP", "speak: +493012345678: was spoken to", "key: +493012345678: pressed 5", "end: +493012345678: was hung up on",
	} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not told in\n%s", want, lines)
		}
	}
}

// TestATestCallThatFailsSaysWhatTheServerSaidAndWhatHelps, and no secret.
func TestATestCallThatFailsSaysWhatTheServerSaidAndWhatHelps(t *testing.T) {
	for name, row := range map[string]struct {
		password string
		code     int
		want     string
	}{
		"password": {"other", 0, "FAIL register: sparekey: does not let the account in | 401 Who is it | Look at \"user\""},
		"number":   {"keeper", 404, "knows no such number | 404 So it is | Look at the number"},
		"busy":     {"keeper", 486, "is busy | 486 So it is | Try again"},
		"rights":   {"keeper", 403, "does not let the account call this number | 403 So it is"},
	} {
		phone := calltest.New(t, calltest.Config{
			Network: "udp", Challenges: []string{"MD5"}, Realm: "harbour", User: "sparekey", Password: row.password, Expires: 60,
			Behave: func(c *calltest.Call) { c.Reply(row.code, "So it is") },
		})
		h := callHouse(t, phone)
		lines, taken, all := testedBy(t, h, app.KindVoice, "+493012345678")
		if taken != 0 || all != 1 || !strings.Contains(lines, row.want) || strings.Contains(lines, "keeper") {
			t.Errorf("%s: %d of %d\n%s", name, taken, all, lines)
		}
	}
}

// TestAServerTakesWhatIsTypedDuringACall: the digits reach the backend, which knows no such call, and that is said.
func TestAServerTakesWhatIsTypedDuringACall(t *testing.T) {
	if testing.Short() {
		t.Skip("a call takes its time: `make test` makes it without the race detector")
	}
	heard := make(chan string, 1)
	phone := calltest.New(t, calltest.Config{Network: "udp", Expires: 60, Behave: func(c *calltest.Call) {
		m := c.Pick(calltest.Answer{Codec: 8})
		m.Hear(1500 * time.Millisecond)
		m.Press("47")
		<-c.Ended
		heard <- calltest.Spoken(m.Heard(), "en")
	}})
	h := callHouse(t, phone)
	h.ownDelivery = true
	h.start(quickHasher())
	if err := h.carry(t, app.Message{ID: "m1", Channel: app.KindVoice, To: "+493012345678", Template: app.MessageCall, Call: "nobody.call"}); err != nil {
		t.Fatal(err)
	}
	if said := <-heard; !strings.HasSuffix(said, "over") {
		t.Errorf("was said: %s", said)
	}
	if code, body := h.readiness(); code != 200 || !strings.Contains(body, `{"name":"delivery voice","state":"up"}`) {
		t.Errorf("%d %s", code, body)
	}
}

// TestAServerSpeaksNoCodeThatNobodyWaitsFor: a call asks the backend whether its conversation still goes on.
func TestAServerSpeaksNoCodeThatNobodyWaitsFor(t *testing.T) {
	if testing.Short() {
		t.Skip("a call takes its time: `make test` makes it without the race detector")
	}
	heard := make(chan string, 1)
	phone := calltest.New(t, calltest.Config{Network: "udp", Expires: 60, Behave: func(c *calltest.Call) {
		m := c.Pick(calltest.Answer{Codec: 8})
		<-c.Ended
		heard <- calltest.Spoken(m.Heard(), "en")
	}})
	h := callHouse(t, phone)
	h.ownDelivery = true
	h.start(quickHasher())
	m := app.Message{ID: "m1", Channel: app.KindVoice, To: "+493012345678", Template: app.MessageCode, Code: "042917"}
	sealer, err := openKeys(h.server.plan.keys)
	if err != nil {
		t.Fatal(err)
	}
	beside, err := store.Open(t.Context(), h.server.plan.keys.database(), sealer)
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	if err := beside.Update(t.Context(), func(tx port.Tx) error {
		return tx.Enqueue(port.OutboxRecord{ID: m.ID, Flow: "over", Message: m, Created: time.Now(), Delivered: time.Now()})
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.carry(t, m); err != nil {
		t.Fatal(err)
	}
	if said := <-heard; said != "over" {
		t.Errorf("was said: %s", said)
	}
}
