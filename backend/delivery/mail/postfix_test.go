package mail

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/letter"
	"github.com/sparekey/sparekey/backend/delivery/mail/mailtest"
	"github.com/sparekey/sparekey/backend/port"
)

var sent = time.Date(2026, 11, 23, 9, 10, 0, 0, time.UTC)

// letters writes those of an organisation.
func letters(t testing.TB) func(context.Context, app.Message) (letter.Letter, error) {
	t.Helper()
	w, err := letter.New(letter.Config{
		ReplyTo: "helpdesk@harbour.example", Location: time.UTC,
		Organisation: func(context.Context) (app.Organisation, error) {
			return app.Organisation{Name: "Hafen-Klinik Süd"}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.Write
}

func secret(text string) func() (app.Secret, error) {
	return func() (app.Secret, error) { return app.NewSecret(text), nil }
}

func newRelay(t testing.TB, c Config) *Relay {
	t.Helper()
	c.From, c.Letters = "reset@harbour.example", letters(t)
	if c.Auth == "" {
		c.Auth = AuthNone
	}
	r, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func code(id, to string) app.Message {
	return app.Message{ID: id, Channel: app.KindEmail, To: to, Template: app.MessageCode, Params: map[string]string{"minutes": "5"}, Code: "731904", At: sent}
}

// parts are the texts of a mail, by their kind.
func parts(t testing.TB, m *netmail.Message) map[string]string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the mail is %s (%v)", kind, err)
	}
	found := map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		found[kind] = strings.ReplaceAll(string(content), "\r\n", "\n")
	}
}

func postfixRelay(t testing.TB, p *mailtest.Postfix, c Config) *Relay {
	t.Helper()
	pem, err := os.ReadFile(p.RootsFile)
	if err != nil {
		t.Fatal(err)
	}
	c.Roots = x509.NewCertPool()
	c.Roots.AppendCertsFromPEM(pem)
	if c.Server == "" {
		c.Server = p.STARTTLS
	}
	if c.User == "" {
		c.User = p.User
	}
	if c.Secret == nil {
		c.Secret = secret(p.Password)
	}
	return newRelay(t, c)
}

// TestPostfixDeliversAMail by each way to sign in, and by each way to secure the connection.
func TestPostfixDeliversAMail(t *testing.T) {
	p := mailtest.NewPostfix(t)
	for _, c := range []Config{
		{Auth: AuthPlain}, {Auth: AuthLogin}, {Auth: AuthSCRAM}, {Auth: AuthBest}, {Auth: AuthPlain, Server: p.TLS},
	} {
		var told []port.Attempt
		ctx := port.WithAttempts(t.Context(), func(a port.Attempt) { told = append(told, a) })
		if err := postfixRelay(t, p, c).Deliver(ctx, code("id-"+string(c.Auth), "ana@harbour.example")); err != nil {
			t.Fatalf("%s: %v (%v)", c.Auth, err, said(err))
		}
		if len(told) != 1 || told[0].Outcome != port.Taken || told[0].Receipt == "" {
			t.Errorf("%s: told %+v", c.Auth, told)
		}
	}
	m := p.Mail(t, "ana", 5)[0]
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Reply-To": "<helpdesk@harbour.example>", "To": "<ana@harbour.example>",
		"Date": "Mon, 23 Nov 2026 09:10:00 +0000", "Precedence": "", "List-Unsubscribe": "", "User-Agent": "", "X-Mailer": "", "Return-Path": "<reset@harbour.example>",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	from, err := netmail.ParseAddress(m.Header.Get("From"))
	if err != nil || from.Name != "Hafen-Klinik Süd" || from.Address != "reset@harbour.example" {
		t.Errorf("From is %q", m.Header.Get("From"))
	}
	if id := m.Header.Get("Message-Id"); !strings.HasPrefix(id, "<id-") || !strings.HasSuffix(id, "@harbour.example>") {
		t.Errorf("Message-ID is %q", id)
	}
	found := parts(t, m)
	if !strings.Contains(found["text/plain"], "\n    731904\n") || !strings.Contains(found["text/html"], ">731904<") {
		t.Errorf("the code is not in both parts: %q", found)
	}
	if !strings.Contains(found["text/plain"], "Hafen-Klinik Süd") {
		t.Errorf("letters beyond ASCII are lost: %q", found["text/plain"])
	}
}

// said is what a relay said to a failure.
func said(err error) error {
	var f *Failure
	if errors.As(err, &f) {
		return f.Said
	}
	return nil
}

func TestPostfixTellsWhoseTroubleItIs(t *testing.T) {
	p := mailtest.NewPostfix(t)
	for name, row := range map[string]struct {
		config Config
		to     string
		step   Step
		is     error
	}{
		"no such mailbox":    {Config{Auth: AuthPlain}, "nobody@harbour.example", StepRecipient, port.ErrUndeliverable},
		"nobody signed in":   {Config{Auth: AuthNone}, "ana@harbour.example", StepRecipient, nil},
		"a wrong password":   {Config{Auth: AuthPlain, Secret: secret("another one")}, "ana@harbour.example", StepAuth, nil},
		"the same by scram":  {Config{Auth: AuthSCRAM, Secret: secret("another one")}, "ana@harbour.example", StepAuth, nil},
		"no such mechanism":  {Config{Auth: AuthXOAUTH2}, "ana@harbour.example", StepAuth, nil},
		"it relays to none":  {Config{Auth: AuthPlain}, "ana@elsewhere.example", StepRecipient, nil},
		"an unknown issuer":  {Config{Auth: AuthPlain, Dial: nil, Server: p.TLS, Roots: nil}, "ana@harbour.example", StepTLS, nil},
		"TLS at a clear one": {Config{Auth: AuthPlain, Server: strings.Replace(p.STARTTLS, "smtp:", "smtps:", 1)}, "ana@harbour.example", StepTLS, nil},
	} {
		r := postfixRelay(t, p, row.config)
		if name == "an unknown issuer" {
			r.config.Roots = x509.NewCertPool()
		}
		err := r.Deliver(t.Context(), code("id", row.to))
		var f *Failure
		if !errors.As(err, &f) || f.Step != row.step {
			t.Errorf("%s: %v (%v)", name, err, said(err))
			continue
		}
		for _, kind := range []error{port.ErrUndeliverable, port.ErrIncapable, port.ErrUnanswered} {
			if errors.Is(err, kind) != (kind == row.is) {
				t.Errorf("%s: %v is %q: %v", name, err, kind, errors.Is(err, kind))
			}
		}
		for _, hidden := range []string{"nobody", "ana", "elsewhere", "731904", "another one", p.Password} {
			if strings.Contains(err.Error(), hidden) || strings.Contains(f.Outcome(), hidden) {
				t.Errorf("%s: the error tells %q: %v", name, hidden, err)
			}
		}
	}
}

func TestPostfixTakesAddressesOfEveryScript(t *testing.T) {
	p := mailtest.NewPostfix(t)
	r := postfixRelay(t, p, Config{Auth: AuthSCRAM, Idle: time.Minute})
	if err := r.Deliver(t.Context(), code("one", "jürgen@harbour.example")); err != nil {
		t.Fatal(err, said(err))
	}
	to, err := netmail.ParseAddress(p.Mail(t, "juergen", 1)[0].Header.Get("To"))
	if err != nil || to.Address != "jürgen@harbour.example" {
		t.Errorf("it went to %v (%v)", to, err)
	}
	if err := r.Deliver(t.Context(), code("two", "ana@harbour.example")); err != nil {
		t.Fatal(err, said(err))
	}
	p.Mail(t, "ana", 1)
}
