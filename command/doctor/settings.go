package doctor

import (
	"errors"
	"io/fs"
	"os"

	"github.com/sparekey/sparekey/command/setup"
)

// CheckSettings reads the settings; a file that was named must be there.
func CheckSettings(path string, named bool) (setup.Settings, Finding) {
	f := Finding{Check: "settings", Health: Healthy}
	if path == "" {
		f.Health, f.What = Attention, "this person has no profile, so there are no settings and nothing is kept"
		f.Do = "Set HOME (on Windows AppData) where settings are wanted; --settings names a file"
		return setup.Settings{}, f
	}
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		f.What = "there is no " + path + ", so the window offers to connect or to try"
		return setup.Settings{}, f
	}
	var set setup.Settings
	if err == nil {
		set, err = setup.LoadSettings(path)
	}
	if err != nil {
		f.Health, f.What, f.Do = Problem, err.Error(), "Mend the file, or remove it: the window does not open with it"
		return setup.Settings{}, f
	}
	f.What = path + " is good"
	if set.Server != "" {
		f.What += ", the server is " + set.Server
	}
	return set, f
}
