package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sparekey/sparekey/app"
)

// env is an environment of the test's own.
func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// is fails unless a finding has this health and says that; nothing is amiss exactly where nothing is to be done.
func (f finding) is(t *testing.T, name string, h health, what string) {
	t.Helper()
	if f.Health != h || !strings.Contains(f.What, what) {
		t.Errorf("%s: %+v, want %s and %q", name, f, h, what)
	}
	if amiss := h == attention || h == problem; amiss && f.Do == "" {
		t.Errorf("%s: it doesn't say what to do: %+v", name, f)
	}
}

func TestDoctorOnSettings(t *testing.T) {
	none := filepath.Join(t.TempDir(), "settings.toml")
	for name, c := range map[string]struct {
		path  string
		named bool
		want  health
		what  string
	}{
		"no profile":        {"", false, attention, "no profile"},
		"none yet":          {none, false, healthy, "there is no " + none},
		"named, and absent": {none, true, problem, "no such file"},
		"good":              {file(t, "s.toml", "server = \"https://a.example\"\n"), false, healthy, "the server is https://a.example"},
		"wrong":             {file(t, "s.toml", "\nserver = 7\n"), false, problem, "s.toml:2: server"},
		"a folder":          {t.TempDir(), false, problem, "is a directory"},
	} {
		_, f := checkSettings(c.path, c.named)
		f.is(t, name, c.want, c.what)
	}
}

func TestDoctorOnLocale(t *testing.T) {
	for name, c := range map[string]struct {
		system string
		env    func(string) string
		want   health
		what   string
	}{
		"UTF-8":            {"linux", env("LANG", "de_DE.UTF-8"), healthy, "de_DE.UTF-8"},
		"with a modifier":  {"linux", env("LANG", "de_DE.utf8@euro"), healthy, "de_DE"},
		"none":             {"linux", env(), attention, "none is set"},
		"C":                {"linux", env("LANG", "C"), attention, "LANG is C"},
		"Latin-1":          {"linux", env("LC_CTYPE", "de_DE.ISO-8859-1", "LANG", "de_DE.UTF-8"), attention, "LC_CTYPE is de_DE"},
		"LC_ALL before it": {"linux", env("LC_ALL", "C.UTF-8", "LC_CTYPE", "POSIX"), healthy, "C.UTF-8"},
		"Windows":          {"windows", env(), healthy, "the system's own"},
	} {
		doctor{system: c.system, env: c.env}.locale().is(t, name, c.want, c.what)
	}
}

func TestDoctorOnDisplay(t *testing.T) {
	for name, c := range map[string]struct {
		system string
		env    func(string) string
		want   health
		what   string
	}{
		"X11":     {"linux", env("DISPLAY", ":0"), healthy, "X11, :0"},
		"Wayland": {"linux", env("DISPLAY", ":0", "WAYLAND_DISPLAY", "wayland-0"), healthy, "Wayland, wayland-0"},
		"none":    {"linux", env(), problem, "there is none"},
		"macOS":   {"darwin", env(), healthy, "the system's own"},
	} {
		doctor{system: c.system, env: c.env}.display().is(t, name, c.want, c.what)
	}
}

func TestDoctorOnOpenGL(t *testing.T) {
	dead := errors.New("exit status 2")
	for name, c := range map[string]struct {
		said string
		err  error
		want health
		what string
	}{
		"opened":       {"", nil, healthy, "opened and closed"},
		"a cause":      {"Fyne error:  x\n  Cause: no cache\nFyne error:  y\n  Cause: PlatformUnavailable: z\npanic: p\n", dead, problem, ": PlatformUnavailable: z"},
		"a panic":      {"libGL error\npanic: NotInitialized\n\ngoroutine 1\n", dead, problem, ": NotInitialized"},
		"a driver":     {"libGL error: failed to load driver\n", dead, problem, ": libGL error"},
		"without word": {"", dead, problem, ": exit status 2"},
	} {
		d := doctor{window: func(context.Context) (string, error) { return c.said, c.err }}
		d.openGL(t.Context(), true).is(t, name, c.want, c.what)
		d.openGL(t.Context(), false).is(t, name+", without a display", notChecked, "no display")
	}
	synctest.Test(t, func(t *testing.T) {
		hangs := doctor{window: func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() }}
		hangs.openGL(t.Context(), true).is(t, "it hangs", problem, "within 30s")
	})
}

// ring is a keyring that fails in the ways that are asked for.
type ring struct {
	kept               app.Secret
	save, load, forget error
	deaf, hangs        bool
}

func (r *ring) Save(ctx context.Context, token app.Secret) error {
	if r.hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if !r.deaf {
		r.kept = token
	}
	return r.save
}
func (r *ring) Load(context.Context) (app.Secret, error) { return r.kept, r.load }
func (r *ring) Forget(context.Context) error             { r.kept = app.Secret{}; return r.forget }

func TestDoctorOnKeyring(t *testing.T) {
	there := func() bool { return true }
	locked := errors.New("it is locked")
	for name, c := range map[string]struct {
		ring *ring
		want health
		what string
	}{
		"good":            {&ring{}, healthy, "kept, read and deleted"},
		"locked":          {&ring{save: locked}, attention, "it is locked"},
		"can't be read":   {&ring{load: locked}, attention, "it is locked"},
		"forgets nothing": {&ring{forget: locked}, attention, "it is locked"},
		"keeps nothing":   {&ring{deaf: true}, attention, "something else"},
	} {
		doctor{keyring: c.ring, bus: there}.keeps(t.Context()).is(t, name, c.want, c.what)
		if c.ring.save == nil && !c.ring.kept.Empty() {
			t.Errorf("%s: the probe was left behind", name)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		doctor{keyring: &ring{hangs: true}, bus: there}.keeps(t.Context()).is(t, "it hangs", attention, "deadline")
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("it waited %v", took)
		}
	})
}

func TestDoctorOnKeyringWithoutABus(t *testing.T) {
	none := func() bool { return false }
	untouched := &ring{hangs: true}
	doctor{system: "linux", keyring: untouched, bus: none}.keeps(t.Context()).is(t, "Linux", attention, "no session bus")
	doctor{system: "windows", keyring: &ring{}, bus: none}.keeps(t.Context()).is(t, "Windows", healthy, "a probe")
	folder := t.TempDir()
	if sessionBus("", folder) || sessionBus("autolaunch:", folder) {
		t.Error("a bus was found where there is none")
	}
	if !sessionBus("unix:path=/x", folder) {
		t.Error("the bus that the environment names was not found")
	}
	if err := os.WriteFile(filepath.Join(folder, "bus"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !sessionBus("", folder) {
		t.Error("the bus of the runtime folder was not found")
	}
}

func TestDoctorOnTheServersAnswer(t *testing.T) {
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	good := serverAnswer{organisation: "Harbour Hospital", version: "v1", timed: true, certificate: now.AddDate(0, 0, 90)}
	for name, c := range map[string]struct {
		change func(*serverAnswer)
		check  string
		want   health
		what   string
	}{
		"answers":         {func(*serverAnswer) {}, "server", healthy, "answers for Harbour Hospital, version v1"},
		"certificate":     {func(*serverAnswer) {}, "certificate", healthy, "good until 2027-05-30"},
		"runs out soon":   {func(a *serverAnswer) { a.certificate = now.AddDate(0, 0, 13) }, "certificate", attention, "2027-03-14"},
		"clocks agree":    {func(a *serverAnswer) { a.ahead = -30 * time.Second }, "clock", healthy, "agree"},
		"clock behind":    {func(a *serverAnswer) { a.ahead = 31 * time.Second }, "clock", problem, "31s behind the server's"},
		"clock ahead":     {func(a *serverAnswer) { a.ahead = -time.Hour }, "clock", problem, "1h0m0s ahead of the server's"},
		"no time told":    {func(a *serverAnswer) { a.timed = false }, "clock", notChecked, "does not tell"},
		"no version told": {func(a *serverAnswer) { a.version = "" }, "server", healthy, "for Harbour Hospital"},
	} {
		got := good
		c.change(&got)
		d := doctor{
			server: "https://a.example", now: func() time.Time { return now },
			ask: func(context.Context, string) (serverAnswer, error) { return got, nil },
		}
		about(t, d, c.check).is(t, name, c.want, c.what)
	}
	about(t, doctor{}, "server").is(t, "no server", notChecked, "none is set")
	about(t, doctor{}, "clock").is(t, "no server", notChecked, "no server")
}

// about is what the doctor finds about the server in one check.
func about(t *testing.T, d doctor, check string) finding {
	t.Helper()
	for _, f := range d.backend(t.Context()) {
		if f.Check == check {
			return f
		}
	}
	t.Fatalf("nothing is said about %s", check)
	return finding{}
}

// TestDoctorAsksTheRealServer speaks TLS with the trial's backend.
func TestDoctorAsksTheRealServer(t *testing.T) {
	e, err := tryIn(t, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	skew := ""
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if skew != "" {
			w.Header().Set("Date", skew)
		}
		e.handler.ServeHTTP(w, r)
	}))
	defer s.Close()
	trusting := doctor{server: s.URL, now: time.Now, ask: func(ctx context.Context, server string) (serverAnswer, error) {
		return askThrough(ctx, server, s.Client().Transport)
	}}
	about(t, trusting, "server").is(t, "server", healthy, "answers for Harbour Hospital, version "+version)
	about(t, trusting, "certificate").is(t, "certificate", healthy, "good until "+s.Certificate().NotAfter.UTC().Format(time.DateOnly))
	about(t, trusting, "clock").is(t, "clock", healthy, "agree")
	skew = time.Now().Add(10 * time.Minute).UTC().Format(http.TimeFormat)
	about(t, trusting, "clock").is(t, "a clock that is wrong", problem, "behind the server's")

	strange := realDoctor(s.URL)
	about(t, strange, "server").is(t, "a certificate of its own making", problem, "not trusted")
	about(t, strange, "clock").is(t, "clock", notChecked, "did not answer")
}

func TestDoctorOnAServerThatIsNotThere(t *testing.T) {
	gone := httptest.NewTLSServer(http.NotFoundHandler())
	about(t, doctor{server: gone.URL, ask: func(ctx context.Context, server string) (serverAnswer, error) {
		return askThrough(ctx, server, gone.Client().Transport)
	}}, "server").is(t, "another program", problem, "can't be used")
	gone.Close()
	about(t, realDoctor(gone.URL), "server").is(t, "closed", problem, "refused")
	for reason, what := range map[string]string{"timeout": "in time", "answer": "can't be used", "redirect": "can't be used", "address": "can't be used"} {
		err := &app.Error{Code: app.CodeOffline, Params: map[string]string{"reason": reason}, Cause: errors.New("x")}
		about(t, doctor{server: "https://a.example", ask: func(context.Context, string) (serverAnswer, error) {
			return serverAnswer{}, err
		}}, "server").is(t, reason, problem, what)
	}
}

func TestFindingsAreOneLineEach(t *testing.T) {
	found := []finding{
		{"a", healthy, "fine", ""},
		{"server", problem, "it said \"x\n\x1b[2Jok\u009b\"", "Do that"},
	}
	var text, doc bytes.Buffer
	if err := errors.Join(report(&text, found, false), report(&doc, found, true)); err != nil {
		t.Fatal(err)
	}
	if want := "a       ok       fine.\nserver  problem  it said \"x  [2Jok \". Do that.\n"; text.String() != want {
		t.Errorf("printed %q, want %q", text.String(), want)
	}
	var back []finding
	if err := json.Unmarshal(doc.Bytes(), &back); err != nil || len(back) != 2 || back[1] != found[1] {
		t.Errorf("JSON came back as %+v, %v", back, err)
	}
}

func TestTheDoctorEndsWithOneWhereThereIsAProblem(t *testing.T) {
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "HOME", "XDG_CONFIG_HOME"} {
		t.Setenv(name, "")
	}
	code, out, errs := said(t, "doctor")
	if code != 1 || !strings.Contains(out, "no profile") || !strings.Contains(out, "problem") || errs != "sparekey: doctor: problems: 1\n" {
		t.Errorf("exit code %d:\n%s%s", code, out, errs)
	}
	if code, _, _ := said(t, "doctor", "--server", "http://a.example"); code != 2 {
		t.Errorf("a server without TLS: exit code %d, want 2", code)
	}
}
