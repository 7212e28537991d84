package command

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/command/doctor"
	"github.com/sparekey/sparekey/command/setup"
)

// lobby is a trial whose API is served over TLS, and a computer that has none of its settings yet.
type lobby struct {
	t         *testing.T
	data, url string
	env       []string
	key       string // file
	settings  string // file
}

func newLobby(t *testing.T) *lobby {
	t.Helper()
	l := &lobby{t: t, data: trailed(t), key: filepath.Join(t.TempDir(), "sparekey", "station.key")}
	e, err := setup.StartTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(l.data), Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	s := httptest.NewUnstartedServer(e.Handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	l.url = s.URL
	authority := file(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})))
	l.env = []string{"SSL_CERT_FILE=" + authority, "SSL_CERT_DIR=/nowhere", "XDG_CONFIG_HOME=" + t.TempDir(), "XDG_CACHE_HOME=" + t.TempDir(), "DISPLAY=", "WAYLAND_DISPLAY="}
	l.settings = file(t, "settings.toml", "server = \""+l.url+"\"\nstation_key = \""+l.key+"\"\n")
	return l
}

// stations runs a command of an administrator.
func (l *lobby) stations(want int, args ...string) string {
	l.t.Helper()
	code, out, errs := said(l.t, append(append([]string{"stations"}, args...), "--data", l.data)...)
	if code != want {
		l.t.Fatalf("%v: exit code %d, %q, %q", args, code, out, errs)
	}
	return out + errs
}

// enrol types a code at the computer.
func (l *lobby) enrol(typed string) (code int, out, errs string) {
	l.t.Helper()
	return apartTyping(l.t, l.env, typed, "station enrol --settings "+l.settings)
}

// found is what the doctor says of the station there.
func (l *lobby) found() doctor.Finding {
	l.t.Helper()
	_, out, errs := apart(l.t, l.env, "doctor --json --settings "+l.settings)
	var all []doctor.Finding
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		l.t.Fatalf("%v: %s %s", err, out, errs)
	}
	for _, f := range all {
		if f.Check == "station" {
			return f
		}
	}
	l.t.Fatalf("nothing is said of the station: %s", out)
	return doctor.Finding{}
}

func (l *lobby) wantFound(health doctor.Health, what string) {
	l.t.Helper()
	if f := l.found(); f.Health != health || !strings.Contains(f.What+" "+f.Do, what) {
		l.t.Errorf("found %+v, want %s, %q", f, health, what)
	}
}

var codeForm = regexp.MustCompile(`(?m)^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$`)

// From the invitation to the revocation, with the real programs at both ends.
func TestAStationFromItsInvitationOn(t *testing.T) {
	l := newLobby(t)
	if out := l.stations(0, "list"); !strings.Contains(out, "No station") {
		t.Errorf("at first: %s", out)
	}
	l.wantFound(doctor.NotChecked, "not enrolled")
	code := codeForm.FindString(l.stations(0, "invite", "--name", "Kiosk lobby"))
	if out := l.stations(0, "list"); !strings.Contains(out, "invited, until") || !strings.Contains(out, "Kiosk lobby") {
		t.Errorf("invited: %s", out)
	}
	if exit, _, errs := l.enrol("0000-0000-0000\n"); exit != 1 || !strings.Contains(errs, "not a code that is good") {
		t.Errorf("a wrong code: %d, %s", exit, errs)
	}
	left, err := filepath.Glob(filepath.Dir(l.key) + "/*")
	if err != nil || len(left) != 0 {
		t.Errorf("a refusal leaves %v, %v", left, err)
	}
	if exit, out, errs := l.enrol(strings.ToLower(code) + "\n"); exit != 0 || !strings.Contains(out, "as Kiosk lobby") {
		t.Fatalf("exit code %d, %s, %s", exit, out, errs)
	}
	info, err := os.Stat(l.key)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the key's file: %v, %v", info, err)
	}
	if exit, _, errs := l.enrol(code + "\n"); exit != 1 || !strings.Contains(errs, "enrolled already") {
		t.Errorf("once more: %d, %s", exit, errs)
	}
	l.wantFound(doctor.Healthy, "as Kiosk lobby")
	if out := l.stations(0, "list"); !regexp.MustCompile(`Kiosk lobby +enrolled +never reported +\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d \d\d:\d\d`).MatchString(out) {
		t.Errorf("enrolled and used: %s", out)
	}
	l.stations(0, "rename", "kiosk LOBBY", "Kiosk gate")
	l.wantFound(doctor.Healthy, "as Kiosk gate")
	l.stations(0, "pause", "Kiosk gate")
	l.wantFound(doctor.Problem, "paused this computer")
	l.stations(0, "resume", "Kiosk gate")
	l.wantFound(doctor.Healthy, "as Kiosk gate")
	l.stations(0, "revoke", "Kiosk gate")
	l.wantFound(doctor.Problem, "shut this computer out")
	if out := l.stations(0, "list"); !strings.Contains(out, "revoked") {
		t.Errorf("revoked: %s", out)
	}
	if said := l.stations(1, "pause", "Kiosk gate"); !strings.Contains(said, "no station with this name") {
		t.Errorf("a revoked one by its name: %s", said)
	}
	if exit, out, errs := said(t, "audit", "verify", "--data", l.data); exit != 0 {
		t.Errorf("the trail: %d, %s, %s", exit, out, errs)
	}
}

func TestWhatKeepsAStationFromEnrolling(t *testing.T) {
	l := newLobby(t)
	for name, c := range map[string]struct {
		args, typed string
		code        int
		errs        string
	}{
		"no code":       {"station enrol --settings " + l.settings, "", 2, "not a one-time code"},
		"half a code":   {"station enrol --settings " + l.settings, "7Q4M-XD0K\n", 2, "not a one-time code"},
		"no server":     {"station enrol --key " + l.key, "7Q4M-XD0K-92TB\n", 2, "no server to enrol at"},
		"nobody there":  {"station enrol --server https://127.0.0.1:1 --key " + l.key, "7Q4M-XD0K-92TB\n", 1, "Nothing answers"},
		"no such owner": {"station enrol --settings " + l.settings + " --for nobody-of-this-name", "7Q4M-XD0K-92TB\n", 1, "can't be kept"},
		"no folder":     {"station enrol --server " + l.url + " --key /proc/none/station.key", "7Q4M-XD0K-92TB\n", 1, "can't be kept"},
		"on the line":   {"station enrol 7Q4M-XD0K-92TB", "", 2, "unexpected argument"},
	} {
		if code, out, errs := apartTyping(t, l.env, c.typed, c.args); code != c.code || !strings.Contains(errs, c.errs) {
			t.Errorf("%s: exit code %d, %s, %s", name, code, out, errs)
		}
	}
	if left, err := filepath.Glob(filepath.Dir(l.key) + "/*"); err != nil || len(left) != 0 {
		t.Errorf("something is left: %v, %v", left, err)
	}
}

func TestTheCommandsOfStationsSayWhatIsWrong(t *testing.T) {
	data := trailed(t)
	answers(t, map[string]answer{
		"no name":        {[]string{"stations", "invite", "--data", data}, 2, "", "--name"},
		"a bad name":     {[]string{"stations", "invite", "--name", "a\x1bb", "--data", data}, 1, "", "1 to 64 characters"},
		"nobody":         {[]string{"stations", "pause", "Kiosk", "--data", data}, 1, "", "no station with this name"},
		"no trial":       {[]string{"stations", "list", "--data", t.TempDir()}, 2, "", "sparekey try"},
		"rename to what": {[]string{"stations", "rename", "Kiosk", "--data", data}, 2, "", "name"},
	})
}

// A computer that was switched off in the middle of it can be enrolled; a file that is something else stays what it is.
func TestAnEnrolmentThatWasCutOffLeavesNothingInTheWay(t *testing.T) {
	l := newLobby(t)
	code := codeForm.FindString(l.stations(0, "invite", "--name", "Kiosk lobby"))
	for _, c := range []struct {
		content string
		exit    int
	}{{"somebody's notes", 1}, {"", 0}} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(l.key), 0o700), os.WriteFile(l.key, []byte(c.content), 0o600)); err != nil {
			t.Fatal(err)
		}
		if exit, out, errs := l.enrol(code + "\n"); exit != c.exit {
			t.Errorf("%q: %d, %s, %s", c.content, exit, out, errs)
		}
		if got, err := os.ReadFile(l.key); err != nil || c.exit != 0 && string(got) != c.content {
			t.Errorf("%q became %q, %v", c.content, got, err)
		}
	}
}
