package setup

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup/managed"
)

// ErrManaged is what every error about the organisation's settings is.
var ErrManaged = errors.New("managed settings")

type managedError struct{ cause error }

func (e managedError) Error() string {
	return fmt.Sprintf("%s: %v", words.Text("command.settings.managed"), e.cause)
}
func (e managedError) Unwrap() []error { return []error{ErrManaged, e.cause} }

// Sources are where settings come from: the organisation's own first, then flags, then the person's file.
type Sources struct {
	Managed func(into any) (place string, err error) // nil: this computer's, by managed.Load
	Flags   Settings
	File    string // of the person; empty: the one in the configuration folder
}

// InForce are the settings that count, and who set them.
type InForce struct {
	Settings
	File      string   // of the person; empty without a profile
	Place     string   // where the organisation's settings stand; empty where there are none
	Managed   []string // the keys that the organisation set
	Overruled []string // those of them that a flag or the person's file sets otherwise, for naught
}

// OverruledInWords says, one on each line, what the organisation set otherwise than a person asked for.
func (f InForce) OverruledInWords() []string {
	var lines []string
	for _, key := range f.Overruled {
		lines = append(lines, words.Text("command.settings.overruled", words.Values{"setting": key, "place": f.Place}))
	}
	return lines
}

// IsManaged reports whether the organisation set a key, so that nobody here can change it.
func (f InForce) IsManaged(key string) bool { return slices.Contains(f.Managed, key) }

// Load gives the settings in force. An error is one of words, and names the place: what the organisation set and can't be read
// is never passed over. What was found stands beside the error.
func (s Sources) Load() (InForce, error) {
	f := InForce{File: s.File}
	if f.File == "" {
		f.File = SettingsPath()
	}
	set, err := s.loadManaged(&f)
	f.HelpDesk = set.HelpDesk
	if err != nil {
		return f, err
	}
	if s.File != "" { // one that was named is there
		if _, err := os.Stat(s.File); err != nil {
			return f, fmt.Errorf("%s: %w", words.Text("command.settings.unreadable"), err)
		}
	}
	own, err := LoadSettings(f.File)
	if err != nil {
		return f, err
	}
	if err := s.Flags.Check(); err != nil {
		return f, fmt.Errorf("--%w", InWords(err))
	}
	f.merge(set, s.Flags, own)
	return f, nil
}

// loadManaged gives the organisation's settings, and notes where they stand.
func (s Sources) loadManaged(f *InForce) (set Settings, err error) {
	load := s.Managed
	if load == nil {
		load = managed.Load
	}
	f.Place, err = load(&set)
	if err == nil {
		if wrong := set.Check(); wrong != nil {
			err = &config.Problems{File: f.Place, List: app.ProblemsOf(wrong)}
		}
	}
	if err == nil {
		_, err = set.trust()
	}
	if err != nil {
		return Settings{HelpDesk: set.HelpDesk}, managedError{InWords(err)}
	}
	return set, nil
}

// merge takes of each setting the first that is set.
func (f *InForce) merge(set Settings, weaker ...Settings) {
	into, organisation := reflect.ValueOf(&f.Settings).Elem(), reflect.ValueOf(set)
	for i := range into.NumField() {
		field, key := into.Field(i), into.Type().Field(i).Tag.Get("toml")
		field.Set(organisation.Field(i))
		if !field.IsZero() {
			f.Managed = append(f.Managed, key)
		}
		for _, other := range weaker {
			switch value := reflect.ValueOf(other).Field(i); {
			case value.IsZero():
			case field.IsZero():
				field.Set(value)
			case f.IsManaged(key) && !slices.Contains(f.Overruled, key) && !reflect.DeepEqual(value.Interface(), field.Interface()):
				f.Overruled = append(f.Overruled, key)
			}
		}
	}
}
