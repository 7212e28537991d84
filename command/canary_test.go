package command

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/telemetry"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/client"
	"github.com/sparekey/sparekey/command/setup"
)

// quickHasher is argon2id with figures that are good for tests only.
func quickHasher() local.Hasher {
	return local.Argon2{Rand: rand.Reader, Memory: 64, Time: 1, Threads: 1}
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

// aviary is a trial in which secrets are planted, and everything that it says.
type aviary struct {
	*setup.Trial
	t       *testing.T
	data    string
	client  *client.Client
	log     bytes.Buffer
	answers bytes.Buffer // over HTTP
	traces  collector
	figures *telemetry.Telemetry
	tracing interface{ Shutdown(context.Context) error }
	said    bytes.Buffer // by commands, and by errors
}

// collector keeps what it is sent, traces among it.
type collector struct {
	mu  sync.Mutex
	raw strings.Builder
}

func (c *collector) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = io.Copy(&c.raw, r.Body)
}

// told is what figures and traces say.
func (a *aviary) told() (figures, traces string) {
	a.t.Helper()
	if err := a.tracing.Shutdown(a.t.Context()); err != nil {
		a.t.Fatal(err)
	}
	w := httptest.NewRecorder()
	a.figures.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String(), a.traces.raw.String()
}

const newPassword = "seven herons cross the harbour"

func newAviary(t *testing.T) *aviary {
	t.Helper()
	a := &aviary{t: t, data: filepath.Join(t.TempDir(), "data")}
	log := slog.New(slog.NewTextHandler(&a.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if a.Trial, err = setup.OpenTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(a.data), Hasher: quickHasher(), Log: log}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if err := errors.Join(a.Seed(t.Context()), a.Service.Reload(t.Context())); err != nil {
		t.Fatal(err)
	}
	there := httptest.NewServer(&a.traces)
	t.Cleanup(there.Close)
	provider := telemetry.NewProvider(telemetry.Traces{Endpoint: there.URL, Percent: 100, Log: log})
	a.tracing, a.figures = provider, telemetry.New("test", systemClock{}, provider)
	inner := api.New(api.Config{
		Front: a.Service, Flows: a.Service, Grants: a.Service, Clock: systemClock{}, Log: log, Observer: a.figures,
		Admin: app.Administration{
			Policies: a.Service, Contacts: a.Service, Passes: a.Service, Accounts: a.Service, Trail: a.Administration().Trail, Stations: a.Service, Tokens: a.Service, Messages: a.Service,
		},
	})
	a.client = setup.InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		inner.ServeHTTP(answer, r)
		fmt.Fprintln(&a.answers, answer.Header(), answer.Body)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}))
	return a
}

func (a *aviary) begin(purpose app.Purpose) app.Flow {
	a.t.Helper()
	flow, err := a.client.Start(a.t.Context(), app.Start{Purpose: purpose, Key: app.IdempotencyKey(rand.Text())})
	if err != nil {
		a.t.Fatal(err)
	}
	return flow
}

// tell submits inputs, of which some are refused, and gives the flow as it stands then.
func (a *aviary) tell(flow app.Flow, inputs ...app.Input) app.Flow {
	a.t.Helper()
	for _, in := range inputs {
		next, err := a.client.Submit(a.t.Context(), flow.ID, flow.Rev, app.IdempotencyKey(rand.Text()), in)
		fmt.Fprintf(&a.said, "%v %+v %#v\n", err, next, err)
		if next.ID != "" {
			flow = next
		}
	}
	return flow
}

// command runs one, and keeps what it printed for the search.
func (a *aviary) command(args ...string) {
	a.t.Helper()
	_, out, errs := said(a.t, append(args, "--data", a.data)...)
	a.said.WriteString(out + errs)
}

// sent is the latest code to an address or a number.
func (a *aviary) sent(to string) app.Secret {
	a.t.Helper()
	if err := a.Service.Deliver(a.t.Context()); err != nil {
		a.t.Fatal(err)
	}
	var code string
	for _, m := range a.Tray.Messages() {
		if m.To == to && m.Code != "" {
			code = m.Code
		}
	}
	if code == "" {
		a.t.Fatalf("no code went to %s", to)
	}
	return app.NewSecret(code)
}

// TestNothingPlantedIsFoundElsewhere plants a pass, tokens for scripts, imported contacts, a policy's text, codes and passwords, and looks
// for them in the log, in figures and traces, in errors, in what commands print, in answers over HTTP, in the audit trail and on the disk.
func TestNothingPlantedIsFoundElsewhere(t *testing.T) {
	a := newAviary(t)
	ines, hugo, ana := sample(trial.New), sample(trial.Never), sample(trial.Ready)
	const wrongNumber, number, mail, oddPass, note = "+61491570157", "+61491570156", "canary-mail@letters.example", "canary-pass", "canary-policy"

	code, out, errs := said(t, "pass", "issue", ines.UserID, "--data", a.data)
	pass := passForm.FindString(out)
	if code != 0 || pass == "" {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	a.said.WriteString(strings.Replace(out, pass, "", 1) + errs) // once is where it belongs
	flow := a.tell(a.begin(app.PurposeSignIn), app.SignInWithPass{UserID: ines.UserID, Pass: app.NewSecret(oddPass)},
		app.SignInWithPass{UserID: ana.UserID, Pass: app.NewSecret(pass)}, app.SignInWithPass{UserID: ines.UserID, Pass: app.NewSecret(pass)})
	flow = a.tell(flow, app.GivePassword{Password: app.NewSecret("canary")}, app.GivePassword{Password: app.NewSecret(newPassword)})
	if _, in := flow.Now.(app.SignedIn); !in {
		t.Fatalf("the pass leads to %T", flow.Now)
	}
	people := "user_id,mobile,email\n" + ana.UserID + "," + number + "," + mail + "\n"
	a.command("users", "import", file(t, "bad.csv", people+hugo.UserID+",canary-number,canary-address\n"))
	a.command("users", "import", file(t, "good.csv", people))
	if n := onFile(t, a.Trial, ana.ID); n != 3 {
		t.Fatalf("%d contacts were imported", n)
	}
	a.command("policy", "apply", file(t, "p.toml", string(policy.Effective(trial.Policy()))+"# "+note+"\n"))
	flow = a.tell(a.begin(app.PurposeReset), app.GiveUserID{UserID: hugo.UserID}, app.GiveReason{Reason: app.ReasonNever},
		app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: wrongNumber}, app.GivePhone{Number: hugo.Mobile})
	byText := a.sent(hugo.Mobile)
	flow = a.tell(flow, app.GiveCode{Digits: byText})
	byMail := a.sent(hugo.Mail)
	flow = a.tell(flow, app.GiveCode{Digits: byMail}, app.GivePassword{Password: app.NewSecret(newPassword)})
	if _, done := flow.Now.(app.Done); !done {
		t.Fatalf("the contacts lead to %T", flow.Now)
	}

	token, madeUp := a.token(), app.TokenPrefix+"CANARY"+strings.Repeat("0", app.TokenLength-6)
	for _, presented := range []string{token, madeUp, token[:len(token)-1]} {
		a.client.Token = app.NewSecret(presented)
		_, err := a.client.Administration().Policies.History(t.Context())
		_, refused := a.client.Administration().Trail.VerifyTrail(t.Context())
		fmt.Fprintf(&a.said, "%v %#v %v %#v\n", err, err, refused, refused)
		if (err == nil) != (presented == token) || app.CodeOf(refused) == "" {
			t.Fatalf("by a token: %v, %v", err, refused)
		}
	}

	link := a.link()
	spoken := []string{link, link[len(link)-app.ObjectionLength:], token, strings.TrimPrefix(token, app.TokenPrefix), madeUp, pass, strings.ReplaceAll(pass, "-", ""), oddPass, number, number[3:], hugo.Mobile, mail,
		"canary-number", "canary-address", newPassword, byText.Reveal(), byMail.Reveal()}
	a.search("the log", a.log.String(), append(slices.Clone(spoken), note, wrongNumber)...)
	// who typed a wrong number sees it again, to mend it
	a.search("an error or a command", a.said.String(), append(slices.Clone(spoken), note)...)
	a.search("an answer over HTTP", a.answers.String(), append(slices.Clone(spoken), note)...)
	figures, traces := a.told()
	numbers := 2 // six digits stand in figures and traces by chance
	a.search("a figure", figures, append(slices.Clone(spoken[:len(spoken)-numbers]), note, wrongNumber, hugo.UserID, ana.UserID)...)
	a.search("a trace", traces, append(slices.Clone(spoken[:len(spoken)-numbers]), note, wrongNumber, hugo.UserID, ana.UserID)...)
	a.search("the audit trail", a.trail(), append(slices.Clone(spoken), note, wrongNumber)...)
	a.search("the disk", a.disk(), append(spoken[:len(spoken)-2:len(spoken)-2], wrongNumber)...) // six digits stand there by chance; and a policy's text is kept
}

// link is the one by which the owner of the account objects to the new password; it is used, and not used up by looking at it.
func (a *aviary) link() string {
	a.t.Helper()
	for {
		changed := a.Trial.Tray.Changed()
		for _, m := range a.Trial.Tray.Messages() {
			if m.Template == app.MessagePasswordChanged {
				if err := a.Trial.Object(a.t.Context(), m.Link); err != nil {
					a.t.Fatal(err)
				}
				return m.Link
			}
		}
		<-changed
	}
}

// token is one that a command prints, once: there is no other place for it.
func (a *aviary) token() string {
	a.t.Helper()
	code, out, errs := said(a.t, "tokens", "new", "nightly", "--may", "policy.read", "--data", a.data)
	if code != 0 || !tokenForm.MatchString(out) {
		a.t.Fatalf("exit code %d: %s", code, errs)
	}
	a.said.WriteString(errs)
	return strings.TrimSpace(out)
}

func (a *aviary) search(where, text string, secrets ...string) {
	a.t.Helper()
	if len(text) < 40 {
		a.t.Fatalf("%s says nothing: %q", where, text)
	}
	for _, secret := range secrets {
		if at := strings.Index(strings.ToLower(text), strings.ToLower(secret)); at >= 0 {
			a.t.Errorf("%s holds %q: …%q…", where, secret, text[max(0, at-80):min(len(text), at+80)])
		}
	}
}

func (a *aviary) trail() string {
	a.t.Helper()
	var all strings.Builder
	if err := store.ReadAudit(a.t.Context(), setup.FoldersAt(a.data).Database(), func(page []port.AuditEntry) error {
		fmt.Fprintf(&all, "%+v", page)
		return nil
	}); err != nil {
		a.t.Fatal(err)
	}
	return all.String()
}

// disk is everything that the backend wrote, but the sample organisation's directory.
func (a *aviary) disk() string {
	a.t.Helper()
	var all strings.Builder
	if err := filepath.WalkDir(filepath.Dir(a.data), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "directory.db") {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		return err
	}); err != nil {
		a.t.Fatal(err)
	}
	return all.String()
}
