package systemd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/coreos/go-systemd/v22/unit"
)

// Unit is the unit of the server, as packages bring it.
const Unit = "sparekey.service"

// unitFolders are where units lie, the one first that counts (systemd.unit(5)).
var unitFolders = []string{"/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"}

// OnDisk gives the file that the server's unit loads a credential from, for a program that works beside the service and may read what
// root may; empty where there is none.
func OnDisk(name string) string {
	found := ""
	for _, path := range unitFiles(unitFolders) {
		file, err := os.Open(path)
		if err != nil {
			continue
		}
		options, err := unit.Deserialize(file)
		if file.Close() != nil || err != nil {
			continue
		}
		for _, o := range options {
			if o.Section != "Service" || o.Name != "LoadCredential" {
				continue
			}
			id, from, _ := strings.Cut(o.Value, ":")
			switch {
			case o.Value == "": // none of those before
				found = ""
			case id == name && filepath.IsAbs(from):
				found = from
			}
		}
	}
	return found
}

// unitFiles are the server's unit and what is dropped in beside it, in the order in which they are read.
func unitFiles(folders []string) []string {
	var unitFile []string
	dropped := map[string]string{} // by name: one in a folder that comes first stands for those of its name
	for _, folder := range folders {
		if path := filepath.Join(folder, Unit); len(unitFile) == 0 && isThere(path) {
			unitFile = append(unitFile, path)
		}
		more, _ := filepath.Glob(filepath.Join(folder, Unit+".d", "*.conf")) // the pattern is good
		for _, path := range more {
			if name := filepath.Base(path); dropped[name] == "" {
				dropped[name] = path
			}
		}
	}
	var names []string
	for name := range dropped {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		unitFile = append(unitFile, dropped[name])
	}
	return unitFile
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Installed reports whether the server's unit is there.
func Installed() bool {
	files := unitFiles(unitFolders)
	return len(files) > 0 && filepath.Base(files[0]) == Unit
}
