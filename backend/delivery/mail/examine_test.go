package mail

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/mail/mailtest"
)

// examined gives what an examination tells: each step, with the remedy of the one that failed.
func examined(t *testing.T, r *Relay, to string) (steps string, taken bool) {
	t.Helper()
	return examinedIn(t.Context(), r, to)
}

func TestAnExaminationOfPostfix(t *testing.T) {
	p := mailtest.NewPostfix(t)
	for _, row := range []struct{ server, to, steps string }{
		{p.STARTTLS, ana, "resolve connect tls auth sender recipient answer"},
		{p.TLS, ana, "resolve connect tls auth sender recipient answer"},
		{p.STARTTLS, "nobody@harbour.example", "resolve connect tls auth sender recipient=mailbox"},
		{p.STARTTLS, "ana@elsewhere.example", "resolve connect tls auth sender recipient=relay"},
		{strings.Replace(p.TLS, "smtps:", "smtp:", 1), ana, "resolve connect=reach"},
		{strings.Replace(p.STARTTLS, "smtp:", "smtps:", 1), ana, "resolve tls=tls"},
	} {
		r := postfixRelay(t, p, Config{Auth: AuthBest, Server: row.server})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		steps, taken := examinedIn(ctx, r, row.to)
		cancel()
		if steps != row.steps || taken != !strings.Contains(steps, "=") {
			t.Errorf("%s to %s: %s, taken %v; want %s", row.server, row.to, steps, taken, row.steps)
		}
	}
	if m := p.Mail(t, "ana", 2)[0]; m.Header.Get("Subject") != "A test of Sparekey's mails" {
		t.Errorf("the subject is %q", m.Header.Get("Subject"))
	}
}

// examinedIn is examined within a time.
func examinedIn(ctx context.Context, r *Relay, to string) (string, bool) {
	var all []string
	taken := r.Examine(ctx, app.Message{ID: "test", To: to, Template: app.MessageTest, At: time.Now()}, func(f examine.Finding) {
		step := f.Step
		if f.Remedy != "" {
			step += "=" + f.Remedy
		}
		all = append(all, step)
	})
	return strings.Join(all, " "), taken
}

// TestEachFaultHasItsRemedy, since what helps against one makes another worse.
func TestEachFaultHasItsRemedy(t *testing.T) {
	url, _ := endpoint(t)
	for name, row := range map[string]struct {
		shape  mailtest.Shape
		change func(*Config)
		to     string
		steps  string
	}{
		"a name that is none": {nil, func(c *Config) {
			c.Lookup = func(context.Context, string) ([]string, error) { return nil, errors.New("no such host") }
		}, ana, "resolve=name"},
		"nobody there": {nil, func(c *Config) {
			c.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("refused") }
		}, ana, "resolve connect=reach"},
		"no STARTTLS":      {func(s *smtp.Server) { s.TLSConfig = nil }, nil, ana, "resolve connect tls=starttls"},
		"another issuer":   {nil, func(c *Config) { c.Roots = x509.NewCertPool() }, ana, "resolve connect tls=issuer"},
		"another name":     {nil, func(c *Config) { c.Server = strings.Replace(c.Server, "localhost", "127.0.0.1", 1) }, ana, "connect tls=host"},
		"no such way in":   {nil, func(c *Config) { c.Auth = AuthSCRAM }, ana, "resolve connect tls auth=mechanism"},
		"no token":         {nil, func(c *Config) { c.Auth, c.TokenEndpoint, c.TokenHTTP = AuthXOAUTH2, url, httpClients[url] }, ana, "resolve connect tls token=token"},
		"another script":   {func(s *smtp.Server) { s.EnableSMTPUTF8 = false }, nil, "jürgen@harbour.example", "resolve connect tls auth recipient=script"},
		"no address":       {nil, nil, "ana", "recipient=mailbox"},
		"nobody signs in":  {nil, func(c *Config) { c.Auth = AuthNone }, ana, "resolve connect tls sender recipient answer"},
		"all as it should": {nil, nil, ana, "resolve connect tls auth sender recipient answer"},
	} {
		shape := row.shape
		if shape == nil {
			shape = func(*smtp.Server) {}
		}
		steps, _ := examined(t, scriptedRelay(t, mailtest.NewScripted(t, shape), row.change), row.to)
		if steps != row.steps {
			t.Errorf("%s: %s, want %s", name, steps, row.steps)
		}
	}
}
