package doctor

import (
	"errors"
	"io/fs"
	"os"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

// CheckSettings reads the settings; a file that was named must be there.
func CheckSettings(path string, named bool) (setup.Settings, Finding) {
	f := Finding{Check: "settings", Health: Healthy}
	if path == "" {
		f.Health, f.What = Attention, words.Text("doctor.settings.no_profile")
		f.Do = words.Text("doctor.settings.no_profile.do")
		return setup.Settings{}, f
	}
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		f.What = words.Text("doctor.settings.none", words.Values{"file": path})
		return setup.Settings{}, f
	}
	var set setup.Settings
	if err == nil {
		set, err = setup.LoadSettings(path)
	}
	if err != nil {
		f.Health, f.What, f.Do = Problem, err.Error(), words.Text("doctor.settings.wrong.do")
		return setup.Settings{}, f
	}
	f.What = words.Text("doctor.settings.good", words.Values{"file": path})
	if set.Server != "" {
		f.What = words.Text("doctor.settings.server", words.Values{"file": path, "server": set.Server})
	}
	return set, f
}
