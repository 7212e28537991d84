package doctor

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/client"
	"github.com/sparekey/sparekey/command/setup"
)

func TestDoctorOnTheServersAnswer(t *testing.T) {
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	until := func(days int) *x509.Certificate { return &x509.Certificate{NotAfter: now.AddDate(0, 0, days)} }
	good := setup.Answer{Organisation: app.Organisation{Name: "Harbour Hospital"}, Version: "v1", Timed: true, Certificate: until(90)}
	for name, c := range map[string]struct {
		change func(*setup.Answer)
		check  string
		want   Health
		what   string
	}{
		"answers":         {func(*setup.Answer) {}, "server", Healthy, "answers for Harbour Hospital, version v1"},
		"certificate":     {func(*setup.Answer) {}, "certificate", Healthy, "good until 2027-05-30"},
		"runs out soon":   {func(a *setup.Answer) { a.Certificate = until(13) }, "certificate", Attention, "2027-03-14"},
		"clocks agree":    {func(a *setup.Answer) { a.Ahead = -30 * time.Second }, "clock", Healthy, "agree"},
		"clock behind":    {func(a *setup.Answer) { a.Ahead = 31 * time.Second }, "clock", Problem, "31s behind the server's"},
		"clock ahead":     {func(a *setup.Answer) { a.Ahead = -time.Hour }, "clock", Problem, "1h0m0s ahead of the server's"},
		"no time told":    {func(a *setup.Answer) { a.Timed = false }, "clock", NotChecked, "does not tell"},
		"no version told": {func(a *setup.Answer) { a.Version = "" }, "server", Healthy, "for Harbour Hospital"},
	} {
		got := good
		c.change(&got)
		d := Doctor{
			server: "https://a.example", now: func() time.Time { return now },
			ask: func(context.Context, string) (setup.Answer, error) { return got, nil },
		}
		about(t, d, c.check).is(t, name, c.want, c.what)
	}
	about(t, Doctor{}, "server").is(t, "no server", NotChecked, "none is set")
	about(t, Doctor{}, "clock").is(t, "no server", NotChecked, "no server")
}

// about is what the doctor finds about the server in one check.
func about(t *testing.T, d Doctor, check string) Finding {
	t.Helper()
	for _, f := range d.checkServer(t.Context()) {
		if f.Check == check {
			return f
		}
	}
	t.Fatalf("nothing is said about %s", check)
	return Finding{}
}

// TestDoctorAsksTheRealServer speaks TLS with the trial's backend.
func TestDoctorAsksTheRealServer(t *testing.T) {
	e, err := setup.StartTrial(t.Context(), setup.TrialConfig{
		Folders: setup.FoldersAt(filepath.Join(t.TempDir(), "data")), Version: "v1.2.3",
		Hasher: local.Argon2{Rand: rand.Reader, Memory: 64, Time: 1, Threads: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	skew := ""
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if skew != "" {
			w.Header().Set("Date", skew)
		}
		e.Handler.ServeHTTP(w, r)
	}))
	defer s.Close()
	authorities := x509.NewCertPool()
	authorities.AddCert(s.Certificate())
	trusting := Doctor{version: "v1.2.4", server: s.URL, now: time.Now, ask: func(ctx context.Context, server string) (setup.Answer, error) {
		return setup.Probe(ctx, server, client.Trust{Authorities: authorities})
	}}
	about(t, trusting, "server").is(t, "server", Healthy, "answers for Harbour Hospital, version v1.2.3 (this program: v1.2.4)")
	about(t, trusting, "certificate").is(t, "certificate", Healthy, "good until "+s.Certificate().NotAfter.UTC().Format(time.DateOnly))
	about(t, trusting, "clock").is(t, "clock", Healthy, "agree")
	skew = time.Now().Add(10 * time.Minute).UTC().Format(http.TimeFormat)
	about(t, trusting, "clock").is(t, "a clock that is wrong", Problem, "behind the server's")

	strange := New("dev", setup.InForce{Settings: setup.Settings{Server: s.URL}}, nil)
	about(t, strange, "server").is(t, "a certificate of its own making", Problem, "not trusted")
	about(t, strange, "clock").is(t, "clock", NotChecked, "did not answer")
}

func TestDoctorOnAServerThatIsNotThere(t *testing.T) {
	gone := httptest.NewTLSServer(http.NotFoundHandler())
	authorities := x509.NewCertPool()
	authorities.AddCert(gone.Certificate())
	about(t, Doctor{server: gone.URL, ask: func(ctx context.Context, server string) (setup.Answer, error) {
		return setup.Probe(ctx, server, client.Trust{Authorities: authorities})
	}}, "server").is(t, "another program", Problem, "can't be used")
	gone.Close()
	about(t, New("dev", setup.InForce{Settings: setup.Settings{Server: gone.URL}}, nil), "server").is(t, "closed", Problem, "refused")
	for reason, what := range map[string]string{"timeout": "in time", "answer": "can't be used", "redirect": "can't be used", "address": "can't be used"} {
		err := &app.Error{Code: app.CodeOffline, Params: map[string]string{"reason": reason}, Cause: errors.New("x")}
		about(t, Doctor{server: "https://a.example", ask: func(context.Context, string) (setup.Answer, error) {
			return setup.Answer{}, err
		}}, "server").is(t, reason, Problem, what)
	}
}
