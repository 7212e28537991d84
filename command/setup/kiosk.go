package setup

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/directory/local"
)

// KioskSettings say how a kiosk is used. Each has a default; the file may be missing.
type KioskSettings struct {
	ExitPIN      string        `toml:"exit_pin"`     // by which staff leave: argon2id, as a PHC string; empty: nobody leaves
	Registration bool          `toml:"registration"` // people may register here
	Keyboard     string        `toml:"keyboard"`     // keys on the screen: "shown" with each field, by a "button", or "off"
	Layouts      []string      `toml:"layouts"`      // of the keys on the screen, the usual one first; empty: all
	Appearance   string        `toml:"appearance"`   // "light", "dark" or "contrast", until somebody chooses; empty: as settings.toml says
	Idle         time.Duration `toml:"idle"`         // without input, until the warning
	Warning      time.Duration `toml:"warning"`      // for how long it counts down
	Rest         time.Duration `toml:"rest"`         // without input at the first page, until the screen goes dark
}

// KioskDefaults are the settings of a kiosk that says nothing.
func KioskDefaults() KioskSettings {
	return KioskSettings{Keyboard: "shown", Idle: time.Minute, Warning: 20 * time.Second, Rest: 3 * time.Minute}
}

// SystemKioskFile is where a kiosk's settings are looked for; empty where there is no such place.
func SystemKioskFile() string {
	key := systemStationKey()
	if key == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(key), "kiosk.toml")
}

// LoadKiosk reads the settings of a kiosk; the usual ones where there is no file. The error is one of words, with the line.
func LoadKiosk(path string) (KioskSettings, error) {
	s := KioskDefaults()
	data, err := config.Read(path, maxSettings)
	if path == "" || errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return KioskSettings{}, fmt.Errorf("%s: %w", words.Text("command.settings.unreadable"), InWords(err))
	}
	if err := config.Decode(path, data, &s); err != nil {
		return KioskSettings{}, InWords(err)
	}
	if err := s.check(path); err != nil {
		p := app.ProblemOf(err)
		p.Line = config.LinesOf(data).Of(p.Key)
		return KioskSettings{}, errors.New(words.ProblemIn(path, p))
	}
	return s, nil
}

// check says which of them is wrong, as an app.Problem.
func (s KioskSettings) check(path string) error {
	if !slices.Contains([]string{"shown", "button", "off"}, s.Keyboard) {
		return app.NewProblem("keyboard", "one_of_three", "first", "shown", "second", "button", "third", "off", "is", s.Keyboard)
	}
	if s.Appearance != "" && !slices.Contains([]string{"light", "dark", "contrast"}, s.Appearance) {
		return app.NewProblem("appearance", "one_of_three", "first", "light", "second", "dark", "third", "contrast", "is", s.Appearance)
	}
	for _, d := range []struct {
		key             string
		is, least, most time.Duration
	}{
		{"idle", s.Idle, 20 * time.Second, 10 * time.Minute},
		{"warning", s.Warning, 20 * time.Second, 5 * time.Minute}, // WCAG 2.2, success criterion 2.2.1
		{"rest", s.Rest, time.Minute, 24 * time.Hour},
	} {
		if d.is < d.least || d.is > d.most {
			return app.NewProblem(d.key, "between", "least", d.least, "most", d.most, "is", d.is)
		}
	}
	if s.ExitPIN == "" {
		return nil
	}
	if _, err := local.DefaultArgon2(rand.Reader).Match(s.ExitPIN, app.NewSecret("0")); err != nil {
		return app.NewProblem("exit_pin", "no_exit_pin")
	}
	if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0 {
		return app.NewProblem("exit_pin", "others_may_read_pin")
	}
	return nil
}

// The lengths of an exit PIN, in digits: so many that its throttle makes guessing hopeless, and so few that staff know it.
const (
	shortestExitPIN = 6
	longestExitPIN  = 12
)

// CheckExitPIN says what is wrong with a PIN, in words.
func CheckExitPIN(pin app.Secret) error {
	digits := pin.Reveal()
	for _, r := range digits {
		if r < '0' || r > '9' {
			return errors.New(words.Text("command.kiosk.pin_digits"))
		}
	}
	if len(digits) < shortestExitPIN || len(digits) > longestExitPIN {
		return errors.New(words.Text("command.kiosk.pin_length", words.Values{"least": shortestExitPIN, "most": longestExitPIN}))
	}
	return nil
}

// SaveExitPIN keeps the hash of a PIN in a kiosk's settings; what else they say stays. account is the one that runs the kiosk,
// and may read the file; empty: nobody but its owner.
func SaveExitPIN(path string, pin app.Secret, account string) error {
	if err := CheckExitPIN(pin); err != nil {
		return err
	}
	document, err := config.Read(path, maxSettings)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", words.Text("command.settings.unreadable"), InWords(err))
	}
	hash, err := local.DefaultArgon2(rand.Reader).Hash(pin)
	if err != nil {
		return err
	}
	document = withExitPIN(document, hash)
	unkept := func(err error) error {
		return fmt.Errorf("%s: %w", words.Text("command.settings.unkept"), err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return unkept(err)
	}
	mode := fs.FileMode(0o600)
	if account != "" {
		mode = 0o640
	}
	if err := files.Replace(path, mode, func(w io.Writer) error { _, err := w.Write(document); return err }); err != nil {
		return unkept(err)
	}
	if err := os.Chmod(path, mode); err != nil { // one that was there keeps its own
		return unkept(err)
	}
	if account == "" {
		return nil
	}
	return readableFor(path, account)
}

// withExitPIN is a document of settings with another PIN.
func withExitPIN(document []byte, hash string) []byte {
	line := fmt.Appendf(nil, "exit_pin = %q\n", hash)
	lines := slices.Collect(bytes.Lines(document))
	if at := config.LinesOf(document).Of("exit_pin"); at > 0 {
		lines[at-1] = line
	} else {
		lines = slices.Insert(lines, 0, line)
	}
	return bytes.Join(lines, nil)
}

// readableFor gives a file to the group of an account, which may read it and not change it.
func readableFor(path, account string) error {
	reader, err := user.Lookup(account)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(reader.Gid)
	if err != nil {
		return errors.ErrUnsupported
	}
	return os.Chown(path, os.Getuid(), gid)
}

// KioskState is the folder in which a kiosk keeps what outlives a restart: the one of its unit, or the account's cache; empty
// where there is none.
func KioskState() string {
	if dirs := filepath.SplitList(os.Getenv("STATE_DIRECTORY")); len(dirs) > 0 && dirs[0] != "" {
		return dirs[0]
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "sparekey")
}

// NoteKioskLeft says to whoever restarts a kiosk, by a file in the folder of its unit, that staff ended it: under a compositor
// its end alone does not say so.
func NoteKioskLeft() error {
	dirs := filepath.SplitList(os.Getenv("RUNTIME_DIRECTORY"))
	if len(dirs) == 0 || dirs[0] == "" {
		return nil
	}
	return files.Replace(filepath.Join(dirs[0], "left"), 0o600, func(io.Writer) error { return nil })
}
