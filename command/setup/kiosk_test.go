package setup

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

func TestAKioskWithoutAFileHasTheUsualSettings(t *testing.T) {
	s, err := LoadKiosk(filepath.Join(t.TempDir(), "kiosk.toml"))
	if err != nil || s.ExitPIN != "" || s.Registration || s.Keyboard != "shown" || s.Idle != time.Minute || s.Warning != 20*time.Second {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestTheSampleOfAKioskHasEachSettingWithItsDefault takes the comment signs off.
func TestTheSampleOfAKioskHasEachSettingWithItsDefault(t *testing.T) {
	sample, err := os.ReadFile("../../assets/kiosk/kiosk.toml")
	if err != nil {
		t.Fatal(err)
	}
	var plain strings.Builder
	for line := range strings.Lines(string(sample)) {
		if name, _, is := strings.Cut(line, " = "); is && strings.HasPrefix(name, "#") && !strings.Contains(name, " ") {
			line = line[1:]
		}
		plain.WriteString(line)
	}
	path := filepath.Join(t.TempDir(), "kiosk.toml")
	if err := os.WriteFile(path, []byte(plain.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := LoadKiosk(path)
	if err != nil {
		t.Fatal(err)
	}
	want := KioskDefaults()
	if got.Keyboard != want.Keyboard || got.Idle != want.Idle || got.Warning != want.Warning || got.Rest != want.Rest || got.Registration {
		t.Errorf("the sample has %+v, the defaults are %+v", got, want)
	}
	guide, err := os.ReadFile("../../docs/kiosk.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"exit_pin", "registration", "keyboard", "layouts", "appearance", "idle", "warning", "rest"} {
		if !strings.Contains(plain.String(), "\n"+key+" = ") && !strings.Contains(plain.String(), "#"+key+" = ") {
			t.Errorf("the sample has no %s", key)
		}
		if !strings.Contains(string(guide), "| `"+key+"` |") {
			t.Errorf("the guide does not explain %s", key)
		}
	}
}

func TestWrongSettingsOfAKioskAreNamedByLine(t *testing.T) {
	for document, says := range map[string]string{
		"\nkeyboard = \"always\"\n": ":2: keyboard",
		"warning = \"5s\"\n":        ":1: warning",
		"exit_pin = \"123456\"\n":   "set-pin",
		"layout = [\"us\"]\n":       "did you mean \"layouts\"",
	} {
		path := filepath.Join(t.TempDir(), "kiosk.toml")
		if err := os.WriteFile(path, []byte(document), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadKiosk(path); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v; want %q", document, err, says)
		}
	}
}

func TestAnExitPINIsKeptAsAHashBesideTheOtherSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "etc", "kiosk.toml")
	for _, bad := range []string{"", "12345", "1234567890123", "12345x", "１２３４５６"} {
		if err := SaveExitPIN(path, app.NewSecret(bad), ""); err == nil {
			t.Errorf("%q is an exit PIN", bad)
		}
	}
	if err := SaveExitPIN(path, app.NewSecret("135790"), ""); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("# ours\nkeyboard = \"button\"\n"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if err := SaveExitPIN(path, app.NewSecret("246801"), ""); err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(document), "246801") || strings.Count(string(document), "exit_pin") != 1 || !strings.Contains(string(document), "# ours") {
		t.Errorf("the file is %q, %v", document, err)
	}
	s, err := LoadKiosk(path)
	if err != nil || s.Keyboard != "button" {
		t.Fatalf("%+v, %v", s, err)
	}
	if !strings.HasPrefix(s.ExitPIN, "$argon2id$") {
		t.Errorf("it is kept as %q", s.ExitPIN)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKiosk(path); err == nil {
		t.Error("everybody may read the hash, and nothing is said of it")
	}
}

// TestWrongExitPINsWaitLongerAndLonger also across restarts, and when the clock is put back.
func TestWrongExitPINsWaitLongerAndLonger(t *testing.T) {
	folder, now := t.TempDir(), time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC)
	phc := pinHash(t, "135790")
	guard := func() *ExitGuard { // as after a restart
		return &ExitGuard{PHC: phc, State: folder, Clock: func() time.Time { return now }}
	}
	var waits []time.Duration
	for range 12 {
		right, next, err := guard().Try(app.NewSecret("111111"))
		if right || err != nil {
			t.Fatalf("right %v, %v", right, err)
		}
		waits = append(waits, next.Sub(now))
		if next.After(now) {
			if right, again, err := guard().Try(app.NewSecret("135790")); right || !again.Equal(next) || err != nil {
				t.Fatalf("before its time the right one is taken: %v, %v, %v", right, again, err)
			}
			now = next
		}
	}
	want := []time.Duration{0, 0, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour, time.Hour}
	if fmt.Sprint(waits) != fmt.Sprint(want) {
		t.Errorf("the waits are %v, want %v", waits, want)
	}
	late := now
	now = now.Add(-48 * time.Hour)
	if _, next, _ := guard().Try(app.NewSecret("135790")); !next.After(now) {
		t.Error("a clock that is put back ends a wait")
	}
	now = late.Add(time.Hour)
	if right, _, err := guard().Try(app.NewSecret("135790")); !right || err != nil {
		t.Errorf("the right one is refused: %v", err)
	}
	if _, next, _ := guard().Try(app.NewSecret("111111")); next.After(now) {
		t.Error("what was wrong before a right one counts still")
	}
}

func TestWhereTriesCannotBeCountedNoPINIsTaken(t *testing.T) {
	phc := pinHash(t, "135790")
	inTheWay := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(inTheWay, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	spoilt := t.TempDir()
	if err := os.WriteFile(filepath.Join(spoilt, "exit-tries.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, state := range []string{"", inTheWay, spoilt} {
		if right, _, err := (&ExitGuard{PHC: phc, State: state}).Try(app.NewSecret("135790")); right || err == nil {
			t.Errorf("in %q: right %v, %v", state, right, err)
		}
	}
}

func pinHash(t *testing.T, pin string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kiosk.toml")
	if err := SaveExitPIN(path, app.NewSecret(pin), ""); err != nil {
		t.Fatal(err)
	}
	s, err := LoadKiosk(path)
	if err != nil {
		t.Fatal(err)
	}
	return s.ExitPIN
}

func TestAKioskRemembersItsHelpDesk(t *testing.T) {
	state := t.TempDir()
	set := InForce{Settings: Settings{Server: "https://reset.example.org", HelpDesk: "IT, ext. 1"}}
	before, err := set.Kiosk(set.Server, state)
	if err != nil || before.Remembered.HelpDesk.Name != "IT, ext. 1" {
		t.Fatalf("%+v, %v", before.Remembered, err)
	}
	front := before.Front.(remembering)
	front.keep(app.Organisation{Name: "Harbour Hospital", HelpDesk: app.HelpDesk{Name: "IT help desk", Phone: "ext. 4400"}})
	after, err := set.Kiosk(set.Server, state)
	if err != nil || after.Remembered.HelpDesk.Phone != "ext. 4400" || after.Remembered.Name != "Harbour Hospital" {
		t.Errorf("%+v, %v", after.Remembered, err)
	}
}

// TestAKioskKeepsNoToken holds the client against what it would keep a session with.
func TestAKioskKeepsNoToken(t *testing.T) {
	set := InForce{Settings: Settings{Server: "https://reset.example.org"}}
	c, err := set.client(set.Server)
	if err != nil || c.Keep != nil {
		t.Errorf("it keeps tokens in %T, %v", c.Keep, err)
	}
	if kept := (&Trial{}).KioskServices(); kept.Rest == nil {
		t.Error("the trial's connections are never closed")
	}
}
