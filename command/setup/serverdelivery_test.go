package setup

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/mail/mailtest"
)

// withMail are settings of a server whose mails leave by a relay of the test.
func withMail(relay string) string {
	return goodServer + `[delivery.letters]
reply_to = "helpdesk@harbour.example"
[delivery.mail]
servers = ["` + relay + `"]
from = "reset@harbour.example"
trust = "relay.pem"
user = "sparekey"
secret = "relay-password"
`
}

// mailHouse is a server with a relay.
func mailHouse(t *testing.T) (*house, *mailtest.Scripted) {
	t.Helper()
	relay := mailtest.NewScripted(t)
	h := emptyHouse(t, withMail(relay.URL))
	relayFiles(t, h.dir, relay)
	return h, relay
}

func relayFiles(t *testing.T, dir string, relay *mailtest.Scripted) {
	t.Helper()
	roots, err := os.ReadFile(relay.RootsFile)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "relay.pem"), string(roots))
	write(t, filepath.Join(dir, "relay-password"), "keeper\n")
}

func TestMailSettingsThatAreWrongAreSaidWithTheirLines(t *testing.T) {
	dir, path := serverFolder(t, goodServer+`[delivery.letters]
reply_to = "the desk"
templates = "letters"
[delivery.mail]
servers = ["mx1.harbour.example", "smtp-clear://mx2.harbour.example"]
from = "Sparekey"
auth = "digest"
time = "16s"
[delivery.mails.Second]
servers = []
from = "reset@harbour.example"
user = ""
secret = "exposed"
helo = "a b"
[delivery.mails.third]
servers = ["smtp://smtp.office365.com"]
from = "reset@harbour.example"
auth = "xoauth2"
user = "reset@harbour.example"
secret = "nowhere"
token_endpoint = "http://login.example.org"
sope = "x"
`)
	if err := os.Mkdir(filepath.Join(dir, "letters"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "letters", "code.body"), "A code.\nFor {{.minuets}} minutes.\n")
	write(t, filepath.Join(dir, "letters", "cod.subject"), "x")
	write(t, filepath.Join(dir, "exposed"), "keeper\n")
	if err := os.Chmod(filepath.Join(dir, "exposed"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Plan(path, nil)
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{
		`:19: delivery.letters.reply_to: must be a mail address`, `:22: delivery.mail.servers: "mx1.harbour.example" is no mail server`,
		`:22: delivery.mail.servers: "smtp-clear://mx2.harbour.example" is no mail server`, `:23: delivery.mail.from: must be a mail address`,
		`:24: delivery.mail.auth: "digest" is no way to sign in`, `:25: delivery.mail.time: `, `:26: delivery.mails.Second: "Second" is no name of a provider`,
		`:27: delivery.mails.Second.servers: must be given`, `:29: delivery.mails.Second.user: must be given`, `:30: delivery.mails.Second.secret: everybody`,
		`:31: delivery.mails.Second.helo: "a b" is no name`, `:32: delivery.mails.third.client: must be given`, `:32: delivery.mails.third.scope: must be given`,
		`:37: delivery.mails.third.secret: `, `:38: delivery.mails.third.token_endpoint: `, `:39: delivery.mails.third.sope: is not a setting; did you mean "scope"?`,
		filepath.Join("letters", "cod.subject") + `: is no template of a mail`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said in\n%v", want, err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "letters", "cod.subject")); err != nil {
		t.Fatal(err)
	}
	if _, err := Plan(path, nil); err == nil || !strings.Contains(err.Error(), filepath.Join("letters", "code.body")+":2: ") {
		t.Errorf("the template's line is not said: %v", err)
	}
}

// TestNotesNameTheMethodsThatNobodyCarries, and no other.
func TestNotesNameTheMethodsThatNobodyCarries(t *testing.T) {
	h, _ := mailHouse(t)
	plan, err := Plan(filepath.Join(h.dir, "server.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(plan.Notes, "\n")
	if strings.Contains(notes, "the policy allows email") || !strings.Contains(notes, "the policy allows sms") || !strings.Contains(notes, "the policy allows voice") {
		t.Errorf("notes:\n%s", notes)
	}
}

// TestAKindOfTextsThatIsNone is said with those that there are.
func TestAKindOfTextsThatIsNone(t *testing.T) {
	_, path := serverFolder(t, goodServer+"[delivery.texts.second]\nkind = \"pigeon\"\n")
	_, err := Plan(path, nil)
	if err == nil || !strings.Contains(err.Error(), "delivery.texts.second.kind") || !strings.Contains(err.Error(), "“pigeon”") && !strings.Contains(err.Error(), "pigeon") {
		t.Errorf("%v", err)
	}
}

// TestAFurtherTableIsNotNamedAsTheFirst: logs, the trail and receipts would take one for the other. Relays are known by their servers.
func TestAFurtherTableIsNotNamedAsTheFirst(t *testing.T) {
	dir, path := serverFolder(t, goodServer+`[delivery.texts.text]
kind = "webhook"
endpoint = "https://texts.example.org/"
secret = "key"
[delivery.calls.call]
kind = "webhook"
endpoint = "https://calls.example.org/"
secret = "key"
speak_at_once = true
[delivery.mails.mail]
servers = ["smtp://mx.example.org"]
from = "reset@harbour.example"
auth = "none"
`)
	write(t, filepath.Join(dir, "key"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
	_, err := Plan(path, nil)
	line := strings.Count(goodServer, "\n")
	for key, at := range map[string]int{"text": line + 1, "call": line + 5} {
		want := fmt.Sprintf(`server.toml:%d: delivery.%ss.%s: "%s" is how [delivery.%s] is called in logs`, at, key, key, key, key)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said in\n%v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "delivery.mails") {
		t.Errorf("a table of relays: %v", err)
	}
}

// TestAPortIsOneTablesAlone: two that call from one can't both.
func TestAPortIsOneTablesAlone(t *testing.T) {
	for second, refused := range map[string]bool{"10.0.0.7:5070": true, "10.0.0.7:5071": false, "10.0.0.7": false} {
		settings := goodServer
		for name, local := range map[string]string{"call": "10.0.0.7:5070", "calls.second": second} {
			settings += fmt.Sprintf("[delivery.%s]\nkind = \"sip\"\nservers = [\"sip:127.0.0.1\"]\nfrom = \"+493055501\"\nlocal = %q\n", name, local)
		}
		_, path := serverFolder(t, settings)
		_, err := Plan(path, nil)
		if is := err != nil && strings.Contains(err.Error(), "delivery.calls.second.local: 10.0.0.7:5070 is where [delivery.call] calls from"); is != refused || !refused && err != nil {
			t.Errorf("%s: %v", second, err)
		}
	}
}

// TestProvidersAreAskedInTheOrderInWhichTheyAreWritten, whatever their names.
func TestProvidersAreAskedInTheOrderInWhichTheyAreWritten(t *testing.T) {
	relay := mailtest.NewScripted(t)
	settings := withMail(relay.URL)
	for _, name := range []string{"zulu", "alpha", "mike"} {
		settings += "[delivery.mails." + name + "]\nservers = [\"smtp://" + name + ".example\"]\nfrom = \"reset@harbour.example\"\nauth = \"none\"\n"
	}
	dir, path := serverFolder(t, settings)
	relayFiles(t, dir, relay)
	plan, err := Plan(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range plan.carriers {
		names = append(names, c.key)
	}
	if got := strings.Join(names, " "); got != "delivery.mail delivery.mails.zulu delivery.mails.alpha delivery.mails.mike" {
		t.Errorf("the order is %q", got)
	}
}

// carry has a message carried by what the settings name.
func (h *house) carry(t *testing.T, m app.Message) error {
	t.Helper()
	return h.server.deliverer().Deliver(context.Background(), m)
}

// readiness asks the administrators' listener.
func (h *house) readiness() (int, string) {
	h.t.Helper()
	reply, err := http.Get("http://" + h.admin + "/readyz")
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return reply.StatusCode, string(body)
}

// TestAServerSendsMailsByItsSettings, in the name of its organisation, and tells how its relay is.
func TestAServerSendsMailsByItsSettings(t *testing.T) {
	h, relay := mailHouse(t)
	clock := &movedClock{}
	h.ownDelivery, h.clock = true, clock
	h.start(quickHasher())
	m := app.Message{ID: "m1", Channel: app.KindEmail, To: "ana@harbour.example", Template: app.MessageUnlocked}
	if err := h.carry(t, m); err != nil {
		t.Fatal(err)
	}
	all := relay.Taken()
	if len(all) != 1 || all[0].From != "reset@harbour.example" || !strings.Contains(string(all[0].Content), "Reply-To: <helpdesk@harbour.example>") ||
		!strings.Contains(string(all[0].Content), "Your work account was unlocked") {
		t.Fatalf("%+v", all)
	}
	if code, body := h.readiness(); code != 200 || !strings.Contains(body, `{"name":"delivery email","state":"up"}`) ||
		!strings.Contains(body, `{"name":"delivery sms","state":"none"}`) {
		t.Errorf("%d %s", code, body)
	}
	relay.Do(func(s *mailtest.Scripted) {
		s.Auth = func(string, string, string) error { return mailtest.Refuse(535, smtp.EnhancedCode{5, 7, 8}, "no") }
	})
	relay.Cut()
	if err := h.carry(t, m); err == nil {
		t.Fatal("the relay lets nobody in")
	}
	clock.ahead.Add(int64(time.Minute))
	if code, body := h.readiness(); code != 200 || !strings.Contains(body, `"delivery email","state":"down"`) || !strings.Contains(body, "auth: 535 5.7.8") {
		t.Errorf("%d %s", code, body)
	}
}
