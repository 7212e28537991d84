package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/client/keyring"
	"github.com/sparekey/sparekey/command/setup"
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
func (f Finding) is(t *testing.T, name string, h Health, what string) {
	t.Helper()
	if f.Health != h || !strings.Contains(f.What, what) {
		t.Errorf("%s: %+v, want %s and %q", name, f, h, what)
	}
	if amiss := h == Attention || h == Problem; amiss && f.Do == "" {
		t.Errorf("%s: it doesn't say what to do: %+v", name, f)
	}
}

// unmanaged is a computer on which an organisation sets nothing.
func unmanaged(any) (string, error) { return "", nil }

// managing is a computer on which an organisation set what a document says.
func managing(document string) func(any) (string, error) {
	return func(into any) (string, error) {
		return "/etc/sparekey/settings.toml", config.Decode("/etc/sparekey/settings.toml", []byte(document), into)
	}
}

func TestDoctorOnSettings(t *testing.T) {
	t.Setenv("HOME", "")
	none := filepath.Join(t.TempDir(), "settings.toml")
	for name, c := range map[string]struct {
		own   func() string // the folder of settings
		named string
		want  Health
		what  string
	}{
		"no profile":        {func() string { return "" }, "", Attention, "no profile"},
		"none yet":          {t.TempDir, "", Healthy, "there is no "},
		"named, and absent": {t.TempDir, none, Problem, "no such file"},
		"good":              {folder(t, "server = \"https://a.example\"\n"), "", Healthy, "the server is https://a.example"},
		"wrong":             {folder(t, "\nserver = 7\n"), "", Problem, "settings.toml:2: server"},
		"a folder":          {t.TempDir, t.TempDir(), Problem, "is a directory"},
	} {
		t.Setenv("XDG_CONFIG_HOME", c.own())
		_, found := CheckSettings(setup.Sources{Managed: unmanaged, File: c.named})
		found[0].is(t, name, c.want, c.what)
		found[1].is(t, name, Healthy, "manages nothing")
	}
}

// folder has settings of a person's.
func folder(t *testing.T, content string) func() string {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "sparekey"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sparekey", "settings.toml"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return func() string { return dir }
}

func TestDoctorSaysWhoSetWhat(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", folder(t, "server = \"https://mine.example\"\n")())
	set, found := CheckSettings(setup.Sources{Managed: managing("server = \"https://ours.example\"\nappearance = \"dark\"\nhelp_desk = \"IT\"")})
	found[1].is(t, "managed", Healthy, "set by your organisation in /etc/sparekey/settings.toml: server https://ours.example, appearance dark, help_desk; what this person set for server doesn't count")
	if set.Server != "https://ours.example" || strings.Contains(found[0].What, "mine.example") {
		t.Errorf("the server is %q: %s", set.Server, found[0].What)
	}
	_, found = CheckSettings(setup.Sources{Managed: managing("servr = \"https://ours.example\"")})
	found[1].is(t, "misspelt", Problem, "/etc/sparekey/settings.toml:1: servr: is not a setting; did you mean \"server\"?")
	found[0].is(t, "the person's own", Healthy, "is good")
}

func TestDoctorOnLocale(t *testing.T) {
	for name, c := range map[string]struct {
		system string
		env    func(string) string
		want   Health
		what   string
	}{
		"UTF-8":            {"linux", env("LANG", "de_DE.UTF-8"), Healthy, "de_DE.UTF-8"},
		"with a modifier":  {"linux", env("LANG", "de_DE.utf8@euro"), Healthy, "de_DE"},
		"none":             {"linux", env(), Attention, "none is set"},
		"C":                {"linux", env("LANG", "C"), Attention, "LANG is C"},
		"Latin-1":          {"linux", env("LC_CTYPE", "de_DE.ISO-8859-1", "LANG", "de_DE.UTF-8"), Attention, "LC_CTYPE is de_DE"},
		"LC_ALL before it": {"linux", env("LC_ALL", "C.UTF-8", "LC_CTYPE", "POSIX"), Healthy, "C.UTF-8"},
		"Windows":          {"windows", env(), Healthy, "the system's own"},
	} {
		Doctor{system: c.system, env: c.env}.checkLocale().is(t, name, c.want, c.what)
	}
}

func TestDoctorOnDisplay(t *testing.T) {
	for name, c := range map[string]struct {
		system string
		env    func(string) string
		want   Health
		what   string
	}{
		"X11":     {"linux", env("DISPLAY", ":0"), Healthy, "X11, :0"},
		"Wayland": {"linux", env("DISPLAY", ":0", "WAYLAND_DISPLAY", "wayland-0"), Healthy, "Wayland, wayland-0"},
		"none":    {"linux", env(), Problem, "there is none"},
		"macOS":   {"darwin", env(), Healthy, "the system's own"},
	} {
		Doctor{system: c.system, env: c.env}.checkDisplay().is(t, name, c.want, c.what)
	}
}

func TestDoctorOnOpenGL(t *testing.T) {
	dead := errors.New("exit status 2")
	for name, c := range map[string]struct {
		seen bool
		said string
		err  error
		want Health
		what string
	}{
		"seen":            {true, "", nil, Healthy, "opened and was seen"},
		"after complaint": {true, "Fyne error:  x\n  Cause: no cache\n", nil, Healthy, "opened and was seen"},
		"unseen":          {false, "", nil, Attention, "could not be read back"},
		"only complaints": {false, "Fyne error:  window creation error\n  Cause: APIUnavailable: GLX\n", nil, Problem, ": APIUnavailable: GLX"},
		"seen, then dead": {true, "SIGSEGV\n", dead, Problem, ": SIGSEGV"},
		"a cause":         {false, "Fyne error:  x\n  Cause: no cache\nFyne error:  y\n  Cause: PlatformUnavailable: z\npanic: p\n", dead, Problem, ": PlatformUnavailable: z"},
		"a panic":         {false, "libGL error\npanic: NotInitialized\n\ngoroutine 1\n", dead, Problem, ": NotInitialized"},
		"a driver":        {false, "libGL error: failed to load driver\n", dead, Problem, ": libGL error"},
		"without word":    {false, "", dead, Problem, ": exit status 2"},
	} {
		d := Doctor{workstation: &Workstation{OpenWindow: func(context.Context) (bool, string, error) { return c.seen, c.said, c.err }}}
		d.checkOpenGL(t.Context(), true).is(t, name, c.want, c.what)
		d.checkOpenGL(t.Context(), false).is(t, name+", without a display", NotChecked, "no display")
	}
	synctest.Test(t, func(t *testing.T) {
		hangs := Doctor{workstation: &Workstation{OpenWindow: func(ctx context.Context) (bool, string, error) { <-ctx.Done(); return false, "", ctx.Err() }}}
		hangs.checkOpenGL(t.Context(), true).is(t, "it hangs", Problem, "within 30s")
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
	refused := errors.New("it is refused")
	for name, c := range map[string]struct {
		ring *ring
		want Health
		what string
	}{
		"good":            {&ring{}, Healthy, "kept, read and deleted"},
		"no bus":          {&ring{save: keyring.ErrNoBus}, Attention, "no session bus"},
		"locked":          {&ring{save: keyring.ErrLocked}, Attention, "the keyring is locked"},
		"can't be kept":   {&ring{save: refused}, Attention, "it is refused"},
		"can't be read":   {&ring{load: refused}, Attention, "it is refused"},
		"forgets nothing": {&ring{forget: refused}, Attention, "it is refused"},
		"keeps nothing":   {&ring{deaf: true}, Attention, "something else"},
	} {
		Doctor{keyring: c.ring}.checkKeyring(t.Context()).is(t, name, c.want, c.what)
		if c.ring.save == nil && !c.ring.kept.Empty() {
			t.Errorf("%s: the probe was left behind", name)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		Doctor{keyring: &ring{hangs: true}}.checkKeyring(t.Context()).is(t, "it hangs", Attention, "deadline")
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("it waited %v", took)
		}
	})
}

func TestFindingsAreOneLineEach(t *testing.T) {
	found := []Finding{
		{"a", Healthy, "fine", ""},
		{"server", Problem, "it said \"x\n\x1b[2Jok\u009b\"", "Do that"},
	}
	var text, doc bytes.Buffer
	if err := errors.Join(Report(&text, found, false), Report(&doc, found, true)); err != nil {
		t.Fatal(err)
	}
	if want := "a       ok       fine.\nserver  problem  it said \"x  [2Jok \". Do that.\n"; text.String() != want {
		t.Errorf("printed %q, want %q", text.String(), want)
	}
	var back []Finding
	if err := json.Unmarshal(doc.Bytes(), &back); err != nil || len(back) != 2 || back[1] != found[1] {
		t.Errorf("JSON came back as %+v, %v", back, err)
	}
}

func TestDoctorWithoutAWindowLooksAtTheRest(t *testing.T) {
	d := Doctor{system: "linux", keyring: &ring{}, now: time.Now}
	d.trial = func(context.Context, time.Time) (setup.Health, bool, error) { return setup.Health{}, false, nil }
	var checks []string
	for _, f := range d.Examine(t.Context()) {
		checks = append(checks, f.Check)
	}
	if got := strings.Join(checks, ", "); got != "keyring, server, clock, station, trial" {
		t.Errorf("checked: %s", got)
	}
}
