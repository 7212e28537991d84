package setup

import (
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/backend/directory/entra/entratest"
	"github.com/sparekey/sparekey/client"
)

// firstTenant is a tenant with a person in the administrators' group, and answers by which a server is set up for it.
func firstTenant(t *testing.T) (*entratest.Server, map[string]string) {
	t.Helper()
	tenant := entratest.New(t)
	tenant.Tells = true
	omar := tenant.Person("omar@harbour.example", entratest.Object{"displayName": "Omar Aziz", "mail": "omar@harbour.example"})
	tenant.Person("ines@harbour.example", entratest.Object{"displayName": "Ines Duarte", "mail": "ines@harbour.example"})
	group := tenant.Group("Sparekey Administrators")
	tenant.Join(group, omar)
	before := commandParts
	commandParts.Graph = tenant
	t.Cleanup(func() { commandParts = before })
	return tenant, map[string]string{
		askDirectory: "entra", askDomain: "harbour.example", askTenant: entratest.Tenant, askApplication: entratest.Client,
		askAppSecret: entratest.Secret, askAdministrators: group,
	}
}

// certificateFile is the application's certificate with its key, known to the tenant.
func certificateFile(t *testing.T, tenant *entratest.Server, until time.Time) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.pem")
	write(t, path, tenant.Certify(until))
	return path
}

// TestAServerIsSetUpForEntra: its first administrator signs in with the code, and registers.
func TestAServerIsSetUpForEntra(t *testing.T) {
	_, answers := firstTenant(t)
	dir, d := site(t)
	if key, err := d.answerAll(t.Context(), answers); err != nil {
		t.Fatal(key, err)
	}
	done, err := d.Write(t.Context())
	if err != nil || done.Code.Person.UserID != "omar@harbour.example" || done.Code.Person.Name != "Omar Aziz" {
		t.Fatalf("%+v, %v", done, err)
	}
	settings, secret := filepath.Join(dir, "server.toml"), filepath.Join(dir, "keys", "directory")
	document, err := os.ReadFile(settings)
	if err != nil || strings.Contains(string(document), entratest.Secret) {
		t.Fatalf("%v: the settings are\n%s", err, document)
	}
	if kept, err := os.ReadFile(secret); err != nil || string(kept) != entratest.Secret+"\n" {
		t.Errorf("kept is %q, %v", kept, err)
	}
	filled, err := fill(document, map[string]string{"admin.address": `"127.0.0.1:0"`})
	if err != nil {
		t.Fatal(err)
	}
	write(t, settings, string(filled))
	h := &house{t: t, dir: dir, trusted: x509.NewCertPool()}
	chain, err := os.ReadFile(filepath.Join(dir, "tls", "cert.pem"))
	if err != nil || !h.trusted.AppendCertsFromPEM(chain) {
		t.Fatal("no certificate", err)
	}
	h.start(nil)
	c := &client.Client{Base: "https://reset.example.org", Transport: h.transport()}
	begins(t, c, app.PurposeSignIn).must(app.SignInWithPass{UserID: "omar", Pass: done.Code.Shown()}).session()
	k := begins(t, c, app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
	show := k.codes()
	k.must(app.GiveCode{Digits: show(time.Now())})
	h.end()
}

// TestEachAnswerAboutEntraIsTried: what is wrong is said at once, at the question that it is about.
func TestEachAnswerAboutEntraIsTried(t *testing.T) {
	aadsts := func(number string) func(*entratest.Server, map[string]string) {
		return func(s *entratest.Server, _ map[string]string) {
			s.Fault = tokenFault("AADSTS" + number)
		}
	}
	answer := func(key, value string) func(*entratest.Server, map[string]string) {
		return func(_ *entratest.Server, a map[string]string) { a[key] = value }
	}
	for name, c := range map[string]struct {
		spoil func(*entratest.Server, map[string]string)
		at    string // the question
		again string // the one before it that comes again, or empty
		want  string
	}{
		"no such cloud":       {answer(askCloud, "moon"), askCloud, "", "global, us-government"},
		"no such tenant":      {aadsts("90002"), askAppSecret, askTenant, "no such tenant"},
		"no such application": {aadsts("700016"), askAppSecret, askApplication, "no application"},
		"another secret":      {answer(askAppSecret, "not this one"), askAppSecret, "", "does not know the application"},
		"a permission": {func(s *entratest.Server, _ map[string]string) { s.Lacks["User-PasswordProfile.ReadWrite.All"] = true },
			askAppSecret, "", "User-PasswordProfile.ReadWrite.All"},
		"another domain":    {answer(askDomain, "pier.example"), askAppSecret, askDomain, "pier.example"},
		"federated":         {answer(askDomain, "lighthouse.example"), askAppSecret, askDomain, "lighthouse.example"},
		"a group by name":   {answer(askAdministrators, "Sparekey Administrators"), askAdministrators, "", "object ID"},
		"a group of nobody": {answer(askAdministrators, "00000000-0000-4000-8000-00000000dead"), askAdministrators, "", "no group"},
		"nobody":            {answer(askAdmin, "nobody"), askAdmin, "", "nobody"},
		"no administrator":  {answer(askAdmin, "ines"), askAdmin, "", "ines@harbour.example"},
		"no file":           {answer(askAppProof, "/nowhere/app.pem"), askAppProof, "", "/nowhere/app.pem"},
		"a certificate is over": {func(s *entratest.Server, a map[string]string) {
			a[askAppProof] = certificateFile(t, s, time.Now().Add(-time.Hour))
		}, askAppProof, "", "until"},
	} {
		t.Run(name, func(t *testing.T) {
			tenant, answers := firstTenant(t)
			c.spoil(tenant, answers)
			_, d := site(t)
			key, err := d.answerAll(t.Context(), answers)
			var again AgainError
			if errors.As(err, &again); key != c.at || again.Key != c.again || err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), entratest.Secret) {
				t.Errorf("at %q, again %q: %v", key, again.Key, err)
			}
		})
	}
}

// TestTheApplicationsCertificateIsNamedWhereItLies, and handed over by systemd to a packaged server; no secret is asked for.
func TestTheApplicationsCertificateIsNamedWhereItLies(t *testing.T) {
	tenant, answers := firstTenant(t)
	answers[askAppProof] = certificateFile(t, tenant, time.Now().Add(48*time.Hour))
	delete(answers, askAppSecret)
	dir, d := site(t)
	if key, err := d.answerAll(t.Context(), answers); err != nil {
		t.Fatal(key, err)
	}
	if _, err := d.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile(filepath.Join(dir, "server.toml"))
	if err != nil || !strings.Contains(string(document), `certificate = "`+answers[askAppProof]+`"`) {
		t.Errorf("%v: the settings are\n%s", err, document)
	}
	if exists(filepath.Join(dir, "keys", "directory")) {
		t.Error("a secret was written")
	}

	d.machine = machine{config: PackagedSettings, packaged: true, units: "/etc/systemd/system"}
	if document, err = d.serverDocument(); err != nil {
		t.Fatal(err)
	}
	s := DefaultServerSettings()
	if _, problems := config.DecodeLines("server.toml", document, &s); problems.OrNil() != nil || s.Directory.Certificate != "credential:directory" || s.Directory.Secret != "" {
		t.Errorf("%v\n%s", problems, document)
	}
	unit := d.units()["/etc/systemd/system/sparekey.service.d/setup.conf"]
	if want := "LoadCredential=directory:" + answers[askAppProof] + "\n"; strings.Count(unit, "LoadCredential=directory:") != 1 || !strings.Contains(unit, want) {
		t.Errorf("the unit is %s", unit)
	}
}

// tokenFault has the cloud refuse a token by a number of its own.
func tokenFault(number string) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, answer http.Handler) {
		if !strings.HasSuffix(r.URL.Path, "/token") {
			answer.ServeHTTP(w, r)
			return
		}
		entratest.Reply(w, http.StatusUnauthorized, entratest.Object{"error": "invalid_client", "error_description": number + ": words"})
	}
}
