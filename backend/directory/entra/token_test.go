package entra_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/entra"
	"github.com/sparekey/sparekey/backend/directory/entra/entratest"
)

// TestACertificateProvesTheApp: with it no secret is sent at all.
func TestACertificateProvesTheApp(t *testing.T) {
	s := newService(t)
	text := s.Certify(time.Now().Add(time.Hour))
	s.Person("ana@harbour.example", nil)
	given := text
	d := s.directory(func(c *entra.Config) {
		c.Secret, c.Certificate = nil, func() (app.Secret, error) { return app.NewSecret(given), nil }
	})
	if _, err := d.Find(t.Context(), "ana"); err != nil {
		t.Error(err)
	}
	given = text[:200]
	d = s.directory(func(c *entra.Config) {
		c.Secret, c.Certificate = nil, func() (app.Secret, error) { return app.NewSecret(given), nil }
	})
	if _, err := d.Find(t.Context(), "ana"); err == nil || !strings.Contains(err.Error(), "the certificate can't be used") {
		t.Errorf("half a certificate: %v", err)
	}
}

// TestATokenIsKeptAndRenewed: many ask with one token, until it is nearly over.
func TestATokenIsKeptAndRenewed(t *testing.T) {
	s := newService(t)
	s.Person("ana@harbour.example", nil)
	now := &ahead{}
	d := s.directory(func(c *entra.Config) { c.Clock = now })
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := d.Find(t.Context(), "ana"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if s.Drawn != 1 {
		t.Errorf("%d tokens were drawn", s.Drawn)
	}
	now.by = 59 * time.Minute
	if _, err := d.Find(t.Context(), "ana"); err != nil || s.Drawn < 2 {
		t.Errorf("%v, %d tokens", err, s.Drawn)
	}
}

// TestATokenThatIsTakenBack: it is refused before its time is over, and another one is drawn.
func TestATokenThatIsTakenBack(t *testing.T) {
	s := newService(t)
	s.Person("ana@harbour.example", nil)
	d := s.directory()
	for range 2 {
		if _, err := d.Find(t.Context(), "ana"); err != nil {
			t.Fatal(err)
		}
		s.Bad["token-1"] = true
	}
	if s.Drawn != 2 {
		t.Errorf("%d tokens were drawn", s.Drawn)
	}
}

// TestASecretIsReadWithEachToken: a new one takes effect by itself, and a wrong one is told by the cloud's number alone.
func TestASecretIsReadWithEachToken(t *testing.T) {
	s := newService(t)
	s.Person("ana@harbour.example", nil)
	given, broken := "Wrong~secret", error(nil)
	d := s.directory(func(c *entra.Config) { c.Secret = func() (app.Secret, error) { return app.NewSecret(given), broken } })
	_, err := d.Find(t.Context(), "ana")
	if err == nil || !strings.Contains(err.Error(), "AADSTS7000215") || strings.Contains(err.Error(), given) || strings.Contains(err.Error(), "Invalid client") {
		t.Errorf("a wrong secret: %v", err)
	}
	broken = errors.New("it is readable by others")
	if _, err := d.Find(t.Context(), "ana"); err == nil || !strings.Contains(err.Error(), "readable by others") {
		t.Errorf("a secret that can't be read: %v", err)
	}
	given, broken = "", nil
	if _, err := d.Find(t.Context(), "ana"); err == nil || !strings.Contains(err.Error(), "can't be read") {
		t.Errorf("an empty secret: %v", err)
	}
	given = entratest.Secret
	if _, err := d.Find(t.Context(), "ana"); err != nil {
		t.Errorf("the right secret: %v", err)
	}
}

// TestATokenGoesNowhereElse: a redirect where tokens come from isn't followed either.
func TestATokenGoesNowhereElse(t *testing.T) {
	s := newService(t)
	s.Fault = func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Location", "https://elsewhere.example/")
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
	if _, err := s.directory().Find(t.Context(), "ana"); err == nil { // the transport fails the test where a request goes elsewhere
		t.Error("it found somebody")
	}
}

// TestSettingsThatCantBe are told when the directory is made.
func TestSettingsThatCantBe(t *testing.T) {
	secret := func() (app.Secret, error) { return app.NewSecret("x"), nil }
	right := entra.Config{Tenant: entratest.Tenant, Client: entratest.Client, Secret: secret, Clock: system{}}
	if _, err := entra.New(right); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*entra.Config){
		"no tenant":             func(c *entra.Config) { c.Tenant = "" },
		"no application":        func(c *entra.Config) { c.Client = "" },
		"no clock":              func(c *entra.Config) { c.Clock = nil },
		"no secret":             func(c *entra.Config) { c.Secret = nil },
		"two proofs":            func(c *entra.Config) { c.Certificate = secret },
		"an unknown cloud":      func(c *entra.Config) { c.Cloud = "germany" },
		"a group by name alone": func(c *entra.Config) { c.Administrators = []string{administrators} },
	} {
		c := right
		change(&c)
		if _, err := entra.New(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for _, cloud := range []entra.Cloud{entra.Global, entra.USGovernment, entra.USDefense, entra.China} {
		c := right
		c.Cloud = cloud
		if _, err := entra.New(c); err != nil {
			t.Errorf("%s: %v", cloud, err)
		}
	}
}

// ahead is the real time, and may go ahead of it.
type ahead struct{ by time.Duration }

func (a *ahead) Now() time.Time { return time.Now().Add(a.by) }
