package mail

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/mail/mailtest"
	"github.com/sparekey/sparekey/backend/port"
)

const ana = "ana@harbour.example"

// scriptedRelay is a relay that a test is in charge of, at which a password signs in.
func scriptedRelay(t testing.TB, s *mailtest.Scripted, change func(*Config)) *Relay {
	t.Helper()
	c := Config{Server: s.URL, Roots: s.Roots, Auth: AuthPlain, User: "sparekey", Secret: secret("keeper")}
	if change != nil {
		change(&c)
	}
	return newRelay(t, c)
}

// TestEachRefusalIsSomebodysTrouble: who retries, elsewhere or never, depends on it.
func TestEachRefusalIsSomebodysTrouble(t *testing.T) {
	refuse := func(code int, a, b, c int) error {
		return mailtest.Refuse(code, smtp.EnhancedCode{a, b, c}, "<"+ana+"> says no")
	}
	plain := func(code int) error { return mailtest.Refuse(code, smtp.NoEnhancedCode, "<"+ana+"> says no") }
	at := func(step Step, err error) func(*mailtest.Scripted) {
		return func(s *mailtest.Scripted) {
			switch step {
			case StepAuth:
				s.Auth = func(string, string, string) error { return err }
			case StepSender:
				s.Mail = func(string, bool) error { return err }
			case StepRecipient:
				s.Rcpt = func(string) error { return err }
			default:
				s.Data = func([]byte) error { return err }
			}
		}
	}
	for name, row := range map[string]struct {
		step Step
		err  error
		is   error
		code int
	}{
		"greylisting":                {StepRecipient, refuse(450, 4, 2, 0), nil, 450},
		"a mailbox that is gone":     {StepRecipient, refuse(550, 5, 1, 1), port.ErrUndeliverable, 550},
		"a mailbox that is off":      {StepRecipient, refuse(550, 5, 2, 1), port.ErrUndeliverable, 550},
		"unknown at Exchange Online": {StepRecipient, refuse(550, 5, 4, 1), port.ErrUndeliverable, 550},
		"gone, without more":         {StepRecipient, plain(550), port.ErrUndeliverable, 550},
		"a domain without mail":      {StepRecipient, plain(556), port.ErrUndeliverable, 556},
		"our sender, refused late":   {StepRecipient, refuse(550, 5, 1, 8), nil, 550},
		"relaying denied":            {StepRecipient, refuse(554, 5, 7, 1), nil, 554},
		"relaying denied, plainly":   {StepRecipient, plain(554), nil, 554},
		"sign in first":              {StepRecipient, plain(530), nil, 530},
		"no SMTPUTF8 further on":     {StepRecipient, refuse(553, 5, 6, 7), port.ErrIncapable, 553},
		"a password that is over":    {StepAuth, refuse(535, 5, 7, 8), nil, 535},
		"a sender that may not":      {StepSender, refuse(550, 5, 7, 60), nil, 550},
		"taken for spam":             {StepAnswer, refuse(554, 5, 7, 1), port.ErrIncapable, 554},
		"a queue that is full":       {StepAnswer, refuse(452, 4, 3, 1), nil, 452},
		"cut after the mail":         {StepAnswer, mailtest.ErrCut, port.ErrUnanswered, 0},
		"cut at the receiver":        {StepRecipient, mailtest.ErrCut, nil, 0},
	} {
		s := mailtest.NewScripted(t)
		s.Do(at(row.step, row.err))
		var told []port.Attempt
		ctx := port.WithAttempts(t.Context(), func(a port.Attempt) { told = append(told, a) })
		err := scriptedRelay(t, s, nil).Deliver(ctx, code("id", ana))
		var f *Failure
		if !errors.As(err, &f) || f.Step != row.step || f.Code != row.code {
			t.Errorf("%s: %v, said %v", name, err, said(err))
			continue
		}
		for _, kind := range []error{port.ErrUndeliverable, port.ErrIncapable, port.ErrUnanswered} {
			if errors.Is(err, kind) != (kind == row.is) {
				t.Errorf("%s: it is %q: %v", name, kind, errors.Is(err, kind))
			}
		}
		if len(told) != 1 || told[0].Outcome != f.Outcome() {
			t.Errorf("%s: told %+v", name, told)
		}
		for _, hidden := range []string{"ana", "731904", "keeper", "says no"} {
			if strings.Contains(err.Error()+f.Outcome(), hidden) {
				t.Errorf("%s: the error tells %q: %v", name, hidden, err)
			}
		}
	}
}

// TestThreatACodeLeavesInClear: neither a relay that hides STARTTLS nor one that somebody plays gets a code or a password.
func TestThreatACodeLeavesInClear(t *testing.T) {
	other := mailtest.NewScripted(t)
	for name, row := range map[string]struct {
		shape mailtest.Shape
		roots *x509.CertPool
		host  string
	}{
		"no STARTTLS":    {func(s *smtp.Server) { s.TLSConfig = nil; s.AllowInsecureAuth = true }, nil, "localhost"},
		"another issuer": {func(*smtp.Server) {}, other.Roots, "localhost"},
		"another's name": {func(*smtp.Server) {}, nil, "127.0.0.1"},
		"a TLS of old":   {func(s *smtp.Server) { s.TLSConfig.MinVersion, s.TLSConfig.MaxVersion = 0x301, 0x302 }, nil, "localhost"},
	} {
		s := mailtest.NewScripted(t, row.shape)
		asked := false
		s.Do(func(s *mailtest.Scripted) { s.Auth = func(string, string, string) error { asked = true; return nil } })
		r := scriptedRelay(t, s, func(c *Config) {
			if row.roots != nil {
				c.Roots = row.roots
			}
			c.Server = strings.Replace(c.Server, "localhost", row.host, 1)
		})
		err := r.Deliver(t.Context(), code("id", ana))
		var f *Failure
		if !errors.As(err, &f) || f.Step != StepTLS || len(s.Taken()) > 0 || asked {
			t.Errorf("%s: %v; %d mails taken, password asked for: %v", name, err, len(s.Taken()), asked)
		}
	}
}

func TestOnlyThisComputerIsSpokenToInClear(t *testing.T) {
	for address, good := range map[string]bool{
		"smtp://mx.harbour.example": true, "smtps://mx.harbour.example:4650": true, "smtp://[2001:db8::1]": true,
		"smtp-clear://localhost": true, "smtp-clear://127.0.0.1:2525": true, "smtp-clear://[::1]": true,
		"smtp-clear://mx.harbour.example": false, "smtp-clear://10.0.0.1": false, "mx.harbour.example": false, "smtp://": false,
		"smtp://user:word@mx.harbour.example": false, "smtp://mx.harbour.example/x": false, "smtp://mx:0": false, "smtp://mx:99999": false, "http://mx": false,
	} {
		if err := CheckServer(address); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
	s := mailtest.NewScripted(t, func(s *smtp.Server) { s.TLSConfig = nil; s.AllowInsecureAuth = true })
	r := scriptedRelay(t, s, func(c *Config) { c.Server = strings.Replace(s.URL, "smtp:", "smtp-clear:", 1) })
	if err := r.Deliver(t.Context(), code("id", ana)); err != nil || len(s.Taken()) != 1 {
		t.Errorf("this computer's own: %v, %d taken", err, len(s.Taken()))
	}
}

// TestAMailThatGoesOutTwiceIsKnownAsOne: after a lost answer the same mail has the same Message-ID.
func TestAMailThatGoesOutTwiceIsKnownAsOne(t *testing.T) {
	s := mailtest.NewScripted(t)
	s.Do(func(s *mailtest.Scripted) { s.Data = func([]byte) error { return mailtest.ErrCut } })
	r := scriptedRelay(t, s, nil)
	if err := r.Deliver(t.Context(), code("msg-1", ana)); !errors.Is(err, port.ErrUnanswered) {
		t.Fatal(err)
	}
	s.Do(func(s *mailtest.Scripted) { s.Data = nil })
	if err := r.Deliver(t.Context(), code("msg-1", ana)); err != nil {
		t.Fatal(err)
	}
	all := s.Taken()
	if len(all) != 2 {
		t.Fatalf("%d mails", len(all))
	}
	for _, m := range all {
		if !bytes.Contains(m.Content, []byte("Message-ID: <msg-1@harbour.example>\r\n")) {
			t.Errorf("a mail has another ID:\n%s", m.Content)
		}
	}
}

// TestAMailThatWasTakenIsTaken, whatever becomes of the connection then.
func TestAMailThatWasTakenIsTaken(t *testing.T) {
	s := mailtest.NewScripted(t)
	r := scriptedRelay(t, s, func(c *Config) { c.Idle = time.Minute })
	for i := range 3 {
		if err := r.Deliver(t.Context(), code("id", ana)); err != nil {
			t.Fatal(i, err)
		}
		s.Cut() // as a relay does that has no patience, or is stopped
	}
	if n := len(s.Taken()); n != 3 {
		t.Errorf("%d mails were taken, 3 were sent", n)
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	s := mailtest.NewScripted(t)
	r := scriptedRelay(t, s, func(c *Config) { c.Idle = time.Minute })
	for range 5 {
		if err := r.Deliver(t.Context(), code("id", ana)); err != nil {
			t.Fatal(err)
		}
	}
	s.Do(func(s *mailtest.Scripted) {
		s.Rcpt = func(string) error { return mailtest.Refuse(550, smtp.EnhancedCode{5, 1, 1}, "no") }
	})
	for range 2 { // a refusal ends no connection
		if err := r.Deliver(t.Context(), code("id", ana)); !errors.Is(err, port.ErrUndeliverable) {
			t.Fatal(err)
		}
	}
	if n := s.Sessions(); n != 2 { // one before STARTTLS, one after
		t.Errorf("%d sessions, want those of one connection", n)
	}
}

// TestASilentRelayIsLeftInTime at each step.
func TestASilentRelayIsLeftInTime(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	_, at, _ := net.SplitHostPort(silent.Addr().String())
	for _, scheme := range []string{"smtp", "smtps"} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err := newRelay(t, Config{Server: scheme + "://localhost:" + at}).Deliver(ctx, code("id", ana))
		cancel()
		var f *Failure
		if !errors.As(err, &f) || f.Step != StepConnect && f.Step != StepTLS {
			t.Errorf("%s: %v", scheme, err)
		}
	}
	s, entered, leave := mailtest.NewScripted(t), make(chan struct{}), make(chan struct{})
	s.Do(func(s *mailtest.Scripted) { s.Data = func([]byte) error { close(entered); <-leave; return nil } })
	defer close(leave)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-entered; cancel() }()
	if err := scriptedRelay(t, s, nil).Deliver(ctx, code("id", ana)); !errors.Is(err, port.ErrUnanswered) {
		t.Errorf("without a last word: %v", err)
	}
}

func TestSMTPUTF8IsAskedForWhereItIsNeeded(t *testing.T) {
	s := mailtest.NewScripted(t)
	r := scriptedRelay(t, s, nil)
	for _, to := range []string{ana, "ana@bücher.example", "jürgen@bücher.example"} {
		if err := r.Deliver(t.Context(), code("id", to)); err != nil {
			t.Fatal(to, err, said(err))
		}
	}
	for i, want := range []mailtest.Taken{{To: ana}, {To: "ana@xn--bcher-kva.example"}, {To: "jürgen@xn--bcher-kva.example", UTF8: true}} {
		if got := s.Taken()[i]; got.To != want.To || got.UTF8 != want.UTF8 {
			t.Errorf("%s with SMTPUTF8 %v, want %+v", got.To, got.UTF8, want)
		}
	}
	old := mailtest.NewScripted(t, func(s *smtp.Server) { s.EnableSMTPUTF8 = false })
	r = scriptedRelay(t, old, nil)
	if err := r.Deliver(t.Context(), code("id", "jürgen@bücher.example")); !errors.Is(err, port.ErrIncapable) {
		t.Errorf("a relay without SMTPUTF8: %v", err)
	}
	if err := r.Deliver(t.Context(), code("id", "ana@bücher.example")); err != nil {
		t.Errorf("a domain alone needs no SMTPUTF8: %v", err)
	}
}

// TestThreatAnAddressIsACommand: what a directory has as mail is no address until it is looked at.
func TestThreatAnAddressIsACommand(t *testing.T) {
	s := mailtest.NewScripted(t)
	r := scriptedRelay(t, s, nil)
	for _, to := range []string{
		"", "ana", "ana@", "@harbour.example", "ana@harbour.example\r\nRCPT TO:<eve@evil.example>", "ana@harbour.example> NOTIFY=NEVER", "Ana <ana@harbour.example>",
		"ana@harbour.example, eve@evil.example", "<ana@harbour.example>", "ana\x00@harbour.example", "ana@harbour example", "\"a\r\nb\"@harbour.example",
	} {
		if err := r.Deliver(t.Context(), code("id", to)); !errors.Is(err, port.ErrUndeliverable) {
			t.Errorf("%q: %v", to, err)
		}
	}
	if s.Sessions() > 0 {
		t.Error("the relay was asked")
	}
}

// endpoint is a token endpoint that gives the tokens one after the other.
func endpoint(t testing.TB, tokens ...string) (url string, asked func() []string) {
	t.Helper()
	var forms []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		forms = append(forms, r.PostForm.Encode())
		w.Header().Set("Content-Type", "application/json")
		if len(forms) > len(tokens) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret hush-hush"}`))
			return
		}
		_, _ = w.Write([]byte(`{"token_type":"Bearer","expires_in":3600,"access_token":"` + tokens[len(forms)-1] + `"}`))
	}))
	t.Cleanup(server.Close)
	httpClients[server.URL] = server.Client()
	return server.URL, func() []string { return forms }
}

var httpClients = map[string]*http.Client{}

func tokenRelay(t testing.TB, s *mailtest.Scripted, url string) *Relay {
	t.Helper()
	return scriptedRelay(t, s, func(c *Config) {
		c.Auth, c.User, c.TokenEndpoint, c.Client, c.Scope = AuthXOAUTH2, "reset@harbour.example", url, "client-1", "https://outlook.office365.com/.default"
		c.Secret, c.TokenHTTP = secret("hush-hush"), httpClients[url]
	})
}

func TestATokenIsFetchedOnceAndRenewedWhereTheRelayRefusesIt(t *testing.T) {
	s := mailtest.NewScripted(t)
	good := "first"
	s.Do(func(s *mailtest.Scripted) {
		s.Auth = func(_, _, line string) error {
			if line != "user=reset@harbour.example\x01auth=Bearer "+good+"\x01\x01" {
				return mailtest.Refuse(535, smtp.EnhancedCode{5, 7, 3}, "Authentication unsuccessful")
			}
			return nil
		}
	})
	url, asked := endpoint(t, "first", "second")
	r := tokenRelay(t, s, url)
	for range 3 {
		if err := r.Deliver(t.Context(), code("id", ana)); err != nil {
			t.Fatal(err, said(err))
		}
	}
	if forms := asked(); len(forms) != 1 || forms[0] != "client_id=client-1&client_secret=hush-hush&grant_type=client_credentials&scope=https%3A%2F%2Foutlook.office365.com%2F.default" {
		t.Errorf("asked with %q", forms)
	}
	s.Do(func(*mailtest.Scripted) { good = "second" })
	err := r.Deliver(t.Context(), code("id", ana))
	var f *Failure
	if !errors.As(err, &f) || f.Step != StepAuth {
		t.Fatal(err)
	}
	if err := r.Deliver(t.Context(), code("id", ana)); err != nil {
		t.Errorf("the relay wants a new token: %v", err)
	}
}

func TestThreatAnEndpointsWordsReachTheLog(t *testing.T) {
	url, _ := endpoint(t)
	err := tokenRelay(t, mailtest.NewScripted(t), url).Deliver(t.Context(), code("id", ana))
	var f *Failure
	if !errors.As(err, &f) || f.Step != StepToken || !strings.Contains(err.Error(), "401 invalid_client") {
		t.Fatal(err)
	}
	for _, hidden := range []string{"hush", "AADSTS", "ana"} {
		if strings.Contains(err.Error(), hidden) {
			t.Errorf("the error tells %q: %v", hidden, err)
		}
	}
}

func TestASecretThatCanNotBeReadIsTold(t *testing.T) {
	s := mailtest.NewScripted(t)
	r := scriptedRelay(t, s, func(c *Config) {
		c.Secret = func() (app.Secret, error) { return app.Secret{}, os.ErrPermission }
	})
	err := r.Deliver(t.Context(), code("id", ana))
	var f *Failure
	if !errors.As(err, &f) || f.Step != StepAuth || !errors.Is(f.Said, os.ErrPermission) || len(s.Taken()) > 0 {
		t.Errorf("%v", err)
	}
}
