// Package setup builds what a command stands on from settings: keys, store, methods, a trial, a client, an administration.
// It needs no window, so that a command runs where none can be shown.
package setup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets/words"
)

// Settings say where the organisation's server is, whom to believe on the way there, and how the window looks. The tag
// "policy" names them in Windows' registry and in macOS' preferences.
type Settings struct {
	Server     string `toml:"server" policy:"Server"`          // "https://reset.example.org"; empty: connect or try
	Appearance string `toml:"appearance" policy:"Appearance"`  // "system", "light" or "dark"
	HelpDesk   string `toml:"help_desk" policy:"HelpDesk"`     // how to reach it while no server has said so: "IT help desk, ext. 4400"
	StationKey string `toml:"station_key" policy:"StationKey"` // where an enrolled station's key lies, in place of the usual file

	// These are the organisation's alone: in a person's own settings they are refused.
	Proxy  string   `toml:"proxy" policy:"Proxy"`    // "http://proxy.example.org:3128"; "direct" for none; empty: as the system says
	CAFile string   `toml:"ca_file" policy:"CAFile"` // authorities that are trusted beside the system's, as PEM
	Pins   []string `toml:"pins" policy:"Pins"`      // keys of which the server must show one: SHA-256, base64 (RFC 7469, section 2.4)
}

// SettingsPath is where settings.toml is looked for; empty when the person has no profile (a kiosk, the logon screen).
func SettingsPath() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "sparekey", "settings.toml")
}

// maxSettings is the largest settings file that is read, in bytes.
const maxSettings = 64 << 10

// LoadSettings reads path. A file that is not there gives empty settings; one that can't be read or is wrong is an
// error that names file, line and key, and never leads to the trial.
func LoadSettings(path string) (Settings, error) {
	if path == "" {
		return Settings{}, nil
	}
	data, err := config.Read(path, maxSettings)
	var wrong *config.Problems
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Settings{}, nil
	case errors.As(err, &wrong):
		return Settings{}, InWords(err)
	case err != nil:
		return Settings{}, fmt.Errorf("%s: %w", words.Text("command.settings.unreadable"), err)
	}
	return parseSettings(path, data)
}

func parseSettings(path string, data []byte) (Settings, error) {
	var s Settings
	if err := config.Decode(path, data, &s); err != nil {
		return Settings{}, InWords(err)
	}
	err := s.Check()
	for key, set := range map[string]bool{"proxy": s.Proxy != "", "ca_file": s.CAFile != "", "pins": s.Pins != nil} {
		if set {
			err = app.NewProblem(key, "organisation_only")
		}
	}
	if err != nil {
		p := app.ProblemOf(err)
		p.Line = config.LinesOf(data).Of(p.Key)
		return Settings{}, errors.New(words.ProblemIn(path, p))
	}
	return s, nil
}

// Check says which of them is wrong, as an app.Problem; nil when none is. It looks at no file.
func (s Settings) Check() error {
	if s.Server != "" {
		if err := CheckServer(s.Server); err != nil {
			return err
		}
	}
	if s.Appearance != "" && !slices.Contains([]string{"system", "light", "dark"}, s.Appearance) {
		return app.NewProblem("appearance", "appearance")
	}
	if _, err := s.proxy(); err != nil {
		return err
	}
	if s.CAFile != "" && !filepath.IsAbs(s.CAFile) {
		return app.NewProblem("ca_file", "full_path")
	}
	if s.StationKey != "" && !filepath.IsAbs(s.StationKey) {
		return app.NewProblem("station_key", "full_path")
	}
	_, err := s.pins()
	return err
}

// CheckServer refuses an address that is not a plain https one: a server that may reset passwords is never spoken to
// in clear. The error is an app.Problem.
func CheckServer(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return app.NewProblem("server", "server_address")
	case u.Scheme != "https":
		return app.NewProblem("server", "server_scheme")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return app.NewProblem("server", "server_name")
	}
	return nil
}

// SaveServer keeps the server that was connected to. What else the file says, and how, stays.
func SaveServer(path, address string) error {
	if path == "" {
		return nil
	}
	s, err := LoadSettings(path)
	if err != nil {
		return err
	}
	document, err := config.Read(path, maxSettings)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.Server = address
	document = withServer(document, address)
	if again, err := parseSettings(path, document); err != nil || !reflect.DeepEqual(again, s) {
		document = []byte(s.String()) // the address stood on several lines
	}
	write := func(w io.Writer) error { _, err := w.Write(document); return err }
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("%s: %w", words.Text("command.settings.unkept"), err)
	}
	if err := files.Replace(path, 0o600, write); err != nil {
		return fmt.Errorf("%s: %w", words.Text("command.settings.unkept"), err)
	}
	return nil
}

// withServer is a document of settings with another server.
func withServer(document []byte, address string) []byte {
	line := fmt.Appendf(nil, "server = %q\n", address)
	lines := slices.Collect(bytes.Lines(document))
	if at := config.LinesOf(document).Of("server"); at > 0 {
		lines[at-1] = line
	} else {
		lines = slices.Insert(lines, 0, line) // before any table
	}
	return bytes.Join(lines, nil)
}

// String is the document of the settings.
func (s Settings) String() string {
	var b strings.Builder
	for _, kv := range [][2]string{{"server", s.Server}, {"appearance", s.Appearance}, {"help_desk", s.HelpDesk}, {"station_key", s.StationKey}} {
		if kv[1] != "" {
			fmt.Fprintf(&b, "%s = %q\n", kv[0], kv[1])
		}
	}
	return b.String()
}
