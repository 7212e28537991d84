package setup

import (
	"context"
	"crypto/x509"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client"
)

// talk is a conversation with a server.
type talk struct {
	t    *testing.T
	c    *client.Client
	flow app.Flow
}

func begins(t *testing.T, c *client.Client, purpose app.Purpose) *talk {
	t.Helper()
	flow, err := c.Start(t.Context(), app.Start{Purpose: purpose, Key: key()})
	if err != nil {
		t.Fatalf("%s: %v", purpose, err)
	}
	return &talk{t, c, flow}
}

func (k *talk) must(all ...app.Input) *talk {
	k.t.Helper()
	for _, in := range all {
		var err error
		if k.flow, err = k.c.Submit(k.t.Context(), k.flow.ID, k.flow.Rev, key(), in); err != nil {
			k.t.Fatalf("%T: %v", in, err)
		}
	}
	return k
}

// session opens the session of a flow that signed in.
func (k *talk) session() {
	k.t.Helper()
	if _, is := k.flow.Now.(app.SignedIn); !is {
		k.t.Fatalf("it leads to %T", k.flow.Now)
	}
	if _, err := k.c.Open(k.t.Context(), k.flow.ID); err != nil {
		k.t.Fatal(err)
	}
}

// codes show what an authenticator app shows, by the key that the step has.
func (k *talk) codes() func(time.Time) app.Secret {
	k.t.Helper()
	shown, is := k.flow.Now.(app.ShowSecret)
	if !is {
		k.t.Fatalf("it leads to %T", k.flow.Now)
	}
	uri, err := url.Parse(shown.URI.Reveal())
	if err != nil {
		k.t.Fatal(err)
	}
	return func(now time.Time) app.Secret {
		code, err := totp.GenerateCode(uri.Query().Get("secret"), now)
		if err != nil {
			k.t.Fatal(err)
		}
		return app.NewSecret(code)
	}
}

// TestTheFirstDayOfAServer: it is set up, its first administrator begins by the one-time code and registers, and the first person whom
// they enter begins by a pass.
func TestTheFirstDayOfAServer(t *testing.T) {
	if testing.Short() {
		t.Skip("it finds a number for a puzzle, as a stranger's window does")
	}
	dir, d := site(t)
	if at, err := d.answerAll(t.Context(), nil); err != nil {
		t.Fatal(at, err)
	}
	done, err := d.Write(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, dir: dir, trusted: x509.NewCertPool()}
	chain, err := os.ReadFile(filepath.Join(dir, "tls", "cert.pem"))
	if err != nil || !h.trusted.AppendCertsFromPEM(chain) {
		t.Fatal("no certificate", err)
	}
	settings := filepath.Join(dir, "server.toml")
	document, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	filled, err := fill(document, map[string]string{"admin.address": `"127.0.0.1:0"`})
	if err != nil {
		t.Fatal(err)
	}
	write(t, settings, string(filled))
	h.start(quickHasher())
	newAgent := func() *client.Client {
		return &client.Client{Base: "https://reset.example.org", Transport: h.transport()}
	}

	c := newAgent()
	begins(t, c, app.PurposeSignIn).must(app.SignInWithPass{UserID: "omar", Pass: done.Code.Shown()}, app.GivePassword{Password: app.NewSecret("gentle otters paint nine doors")}).session()
	k := begins(t, c, app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
	show := k.codes()
	k.must(app.GiveCode{Digits: show(time.Now())})
	if _, err := IssueFirstCode(t.Context(), settings, "omar"); app.ProblemOf(err).Code != "administrator_registered" {
		t.Errorf("another code: %v", err)
	}

	people, end, err := administerServer(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = end() }()
	entered, err := people.People.ImportPeople(t.Context(), app.PeopleFile{Content: []byte("user_id,name\nana,Ana Reyes\n")})
	if err != nil || entered.Added != 1 {
		t.Fatalf("%+v, %v", entered, err)
	}
	pass, err := people.Passes.IssuePass(t.Context(), app.IssuePass{UserID: "ana"})
	if err != nil || !pass.First {
		t.Fatalf("%+v, %v", pass, err)
	}
	c = newAgent()
	begins(t, c, app.PurposeSignIn).must(app.SignInWithPass{UserID: "ana", Pass: pass.Shown()}, app.GivePassword{Password: app.NewSecret("gentle otters paint nine doors")}).session()
	k = begins(t, c, app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
	show = k.codes()
	k.must(app.GiveCode{Digits: show(time.Now())}, app.Choose{Kind: app.KindQuestions})
	k.must(answersTo(k.flow.Now.(app.PickQuestions).Questions[:5]), app.Finish{})
	resets(t, newAgent(), "ana", show)
	if report, err := people.Trail.VerifyTrail(context.Background()); err != nil || report.Fault != nil {
		t.Errorf("the trail: %+v, %v", report, err)
	}
	h.end()
}
