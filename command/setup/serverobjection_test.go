package setup

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/trial"
)

// poisoned sends, with each request, what links must not be made of.
type poisoned struct{ http.RoundTripper }

func (p poisoned) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded", "Origin", "Referer", "Via"} {
		r.Header.Set(name, "https://evil.example/")
	}
	return p.RoundTripper.RoundTrip(r)
}

// told waits for a message of a template, and gives all there are by then.
func (h *house) told(template app.MessageID, n int) (all []app.Message) {
	for {
		changed := h.tray.Changed()
		all = nil
		for _, m := range h.tray.Messages() {
			if m.Template == template {
				all = append(all, m)
			}
		}
		if len(all) >= n {
			return all
		}
		<-changed
	}
}

// open sends a request for a link, under another name of the server where one is given.
func (h *house) open(over http.RoundTripper, method, link, host string) (status int, body string) {
	r, err := http.NewRequestWithContext(h.t.Context(), method, link, nil)
	if err != nil {
		h.t.Error(err)
		return 0, ""
	}
	if host != "" {
		r.Host = host
	}
	reply, err := over.RoundTrip(r)
	if err != nil {
		h.t.Error(err)
		return 0, ""
	}
	defer func() { _ = reply.Body.Close() }()
	read, err := io.ReadAll(reply.Body)
	if err != nil {
		h.t.Error(err)
	}
	return reply.StatusCode, string(read)
}

// TestThreatALinkIsOpenedByAScannerAndPoisoned on a real server: whatever opens it changes nothing, whatever name a request gives the
// server it leads to the configured one, it freezes once, and it is in no log, figure or trace.
func TestThreatALinkIsOpenedByAScannerAndPoisoned(t *testing.T) {
	var traces bytes.Buffer
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(&traces, r.Body) }))
	defer collector.Close()
	h := newHouse(t, goodServer+"[traces]\npercent = 100\nendpoint = \""+collector.URL+"\"\n")
	h.start(quickHasher())
	const password = "seven herons cross the harbour"
	hugo, c := sample(trial.Never), h.client()
	c.Transport = poisoned{c.Transport}
	over := h.transport()
	flow, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: key()})
	tell := func(in app.Input) {
		t.Helper()
		if err == nil {
			flow, err = c.Submit(t.Context(), flow.ID, flow.Rev, key(), in)
		}
		if err != nil {
			t.Fatalf("%T: %v", in, err)
		}
	}
	tell(app.GiveUserID{UserID: hugo.UserID})
	for _, in := range []app.Input{app.GiveReason{Reason: app.ReasonNever}, app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: hugo.Mobile}} {
		tell(in)
	}
	tell(app.GiveCode{Digits: h.sent(hugo.Mobile)})
	tell(app.GiveCode{Digits: h.sent(hugo.Mail)})
	tell(app.GivePassword{Password: app.NewSecret(password)})
	signIn := func() app.Step {
		t.Helper()
		flow, err = c.Start(t.Context(), app.Start{Purpose: app.PurposeSignIn, Key: key()})
		tell(app.SignIn{UserID: hugo.UserID, Password: app.NewSecret(password)})
		return flow.Now
	}

	var links []string
	h.told(app.MessagePasswordChanged, 2)
	for _, m := range h.tray.Messages() {
		if m.Link == "" {
			continue
		}
		if token, is := strings.CutPrefix(m.Link, "https://reset.example.org/n/"); !is || len(token) != app.ObjectionLength {
			t.Errorf("%s leads to %s", m.Template, m.Link)
		}
		if !slices.Contains(links, m.Link) {
			links = append(links, m.Link)
		}
	}
	if len(links) < 2 { // of the password, and of a contact that was confirmed
		t.Fatalf("links: %v", links)
	}
	for _, link := range links {
		for range 25 {
			if status, body := h.open(over, "GET", link, ""); status != 200 || !strings.Contains(body, "<form") {
				t.Fatalf("opened: %d %s", status, body)
			}
			if status, _ := h.open(over, "HEAD", link, ""); status != 200 {
				t.Fatalf("looked at: %d", status)
			}
		}
		for _, host := range []string{"evil.example", "reset.example.org.evil.example", "reset.example.org:8443", "evil.example:443", "127.0.0.1"} {
			if status, body := h.open(over, "POST", link, host); status != 400 || strings.Contains(body, "evil") {
				t.Errorf("as %s: %d %s", host, status, body)
			}
		}
	}
	if _, blocked := signIn().(app.Blocked); blocked {
		t.Fatal("a program that opens links froze the account")
	}

	link := h.told(app.MessagePasswordChanged, 1)[0].Link
	var all sync.WaitGroup
	for range 10 {
		from := h.transport()             // a connection takes so many requests at once
		h.open(from, "GET", links[0], "") // and there is one for all of them
		for range 10 {
			all.Go(func() {
				if status, body := h.open(from, "POST", link, ""); status != 200 || strings.Contains(body, "<form") {
					t.Errorf("confirmed: %d %s", status, body)
				}
			})
		}
	}
	all.Wait()
	if now, is := signIn().(app.Blocked); !is || now.Code != app.CodeFrozen {
		t.Errorf("signing in: %+v", flow.Now)
	}
	if _, body := h.open(over, "POST", link, ""); !strings.Contains(body, words.Text("notme.again.title")) {
		t.Errorf("confirmed again: %s", body)
	}
	told := map[string]int{}
	for _, m := range h.told(app.MessageFrozen, 2) {
		if told[m.To]++; told[m.To] > 1 || m.Link != "" {
			t.Errorf("told of the freeze: %+v", m)
		}
	}
	if n := len(h.told(app.MessageHelpRequest, 1)); n != 1 {
		t.Errorf("the help desk was asked %d times", n)
	}
	figures := h.figures()
	h.end()
	for place, text := range map[string]string{"a figure": figures, "the log": h.log.String(), "a trace": traces.String()} {
		if !strings.Contains(text, "POST /n/{token}") {
			t.Errorf("%s does not tell of the page", place)
		}
		for _, link := range links {
			if token := link[len(link)-app.ObjectionLength:]; strings.Contains(text, token) {
				t.Errorf("%s has a token", place)
			}
		}
	}
}
