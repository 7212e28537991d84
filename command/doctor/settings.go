package doctor

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/setup"
)

// CheckSettings reads the settings, and gives those in force beside what is to be said of the person's own and of the
// organisation's.
func CheckSettings(from setup.Sources) (setup.InForce, []Finding) {
	set, err := from.Load()
	own, organisation := checkOwn(set, from.File != ""), Finding{Check: "organisation", Health: Healthy, What: words.Text("doctor.organisation.none")}
	said := words.Values{"place": set.Place, "settings": strings.Join(managedSettings(set), ", "), "overruled": strings.Join(set.Overruled, ", ")}
	switch {
	case errors.Is(err, setup.ErrManaged):
		organisation.Health, organisation.What, organisation.Do = Problem, err.Error(), words.Text("doctor.organisation.wrong.do")
	case err != nil && own.Health != Problem:
		own.Health, own.What, own.Do = Problem, err.Error(), words.Text("doctor.settings.wrong.do")
	case len(set.Overruled) > 0:
		organisation.What = words.Text("doctor.organisation.overruled", said)
	case len(set.Managed) > 0:
		organisation.What = words.Text("doctor.organisation.some", said)
	}
	return set, []Finding{own, organisation}
}

// managedSettings names what the organisation set, with the values where they are short.
func managedSettings(set setup.InForce) []string {
	named := slices.Clone(set.Managed)
	for i, key := range named {
		switch key {
		case "server":
			named[i] += " " + set.Server
		case "appearance":
			named[i] += " " + set.Appearance
		case "proxy":
			named[i] += " " + set.Proxy
		case "ca_file":
			named[i] += " " + set.CAFile
		}
	}
	return named
}

// checkOwn looks at the person's own file; one that was named must be there.
func checkOwn(in setup.InForce, named bool) Finding {
	path := in.File
	f := Finding{Check: "settings", Health: Healthy}
	if path == "" {
		f.Health, f.What = Attention, words.Text("doctor.settings.no_profile")
		f.Do = words.Text("doctor.settings.no_profile.do")
		return f
	}
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		f.What = words.Text("doctor.settings.none", words.Values{"file": path})
		if in.IsManaged("server") {
			f.What = words.Text("doctor.settings.absent", words.Values{"file": path})
		}
		return f
	}
	var set setup.Settings
	if err == nil {
		set, err = setup.LoadSettings(path)
	}
	if err != nil {
		f.Health, f.What, f.Do = Problem, err.Error(), words.Text("doctor.settings.wrong.do")
		return f
	}
	f.What = words.Text("doctor.settings.good", words.Values{"file": path})
	if set.Server != "" && !in.IsManaged("server") {
		f.What = words.Text("doctor.settings.server", words.Values{"file": path, "server": set.Server})
	}
	return f
}
