package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/sparekey/sparekey/app/config"
)

// settings say where the organisation's server is and how the window looks. They come from settings.toml in the
// platform's configuration folder; flags go before them.
type settings struct {
	Server     string `toml:"server"`     // "https://reset.example.org"; empty: connect or try
	Appearance string `toml:"appearance"` // "system", "light" or "dark"
}

// settingsPath is where settings.toml is looked for; empty when the person has no profile (a kiosk, the logon screen).
func settingsPath() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "sparekey", "settings.toml")
}

// loadSettings reads path. A file that is not there gives empty settings; one that can't be read or is wrong is an
// error that names file, line and key, and never leads to the trial.
func loadSettings(path string) (settings, error) {
	if path == "" {
		return settings{}, nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return settings{}, nil
	}
	if err != nil {
		return settings{}, fmt.Errorf("settings can't be read: %w", err)
	}
	return parseSettings(path, data)
}

func parseSettings(path string, data []byte) (settings, error) {
	var s settings
	if err := config.Decode(path, data, &s); err != nil {
		return settings{}, err
	}
	if err := s.check(); err != nil {
		return settings{}, fmt.Errorf("%s:%d: %w", path, config.LinesOf(data).Of(err.key), err)
	}
	return s, nil
}

// settingError says which key is wrong, and why.
type settingError struct{ key, reason string }

func (e *settingError) Error() string { return e.key + ": " + e.reason }

func (s settings) check() *settingError {
	if s.Server != "" {
		if err := checkServer(s.Server); err != nil {
			return &settingError{"server", err.Error()}
		}
	}
	switch s.Appearance {
	case "", "system", "light", "dark":
		return nil
	}
	return &settingError{"appearance", `must be "system", "light" or "dark"`}
}

// checkServer refuses an address that is not a plain https one: a server that may reset passwords is never spoken to
// in clear.
func checkServer(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return errors.New("must be an address such as https://reset.example.org")
	case u.Scheme != "https":
		return errors.New("must begin with https://")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return errors.New("must be the server's name alone, without a path, a user or a query")
	}
	return nil
}

// saveServer keeps the server that was connected to.
func saveServer(path, address string) error {
	if path == "" {
		return nil
	}
	s, err := loadSettings(path)
	if err != nil {
		return err
	}
	s.Server = address
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("settings can't be kept: %w", err)
	}
	if err := os.WriteFile(path, []byte(s.String()), 0o600); err != nil {
		return fmt.Errorf("settings can't be kept: %w", err)
	}
	return nil
}

// String is the document of the settings.
func (s settings) String() string {
	var b strings.Builder
	for _, kv := range [][2]string{{"server", s.Server}, {"appearance", s.Appearance}} {
		if kv[1] != "" {
			fmt.Fprintf(&b, "%s = %q\n", kv[0], kv[1])
		}
	}
	return b.String()
}
