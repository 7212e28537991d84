package setup

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/command/systemd"
)

// PackagedSettings are the settings that the packages' unit starts a server with.
const PackagedSettings = "/etc/sparekey/server.toml"

// serviceAccount is the account that packages make for the server.
const serviceAccount = "sparekey"

// machine is the computer that a server is set up on.
type machine struct {
	config   string   // server.toml to be, absolute
	packaged bool     // systemd starts the server, with the packages' unit
	units    string   // where a unit is changed: /etc/systemd/system
	account  *account // of the service; nil where there is none, or where nobody here may give it files
}

type account struct{ uid, gid int }

// thisMachine looks at the computer.
func thisMachine(config string) (machine, error) {
	path, err := filepath.Abs(config)
	if err != nil {
		return machine{}, err
	}
	m := machine{config: path, units: "/etc/systemd/system"}
	if os.Geteuid() != 0 { // also where there is no such number
		return m, nil
	}
	m.packaged = path == PackagedSettings && systemd.Installed()
	found, err := user.Lookup(serviceAccount)
	if err != nil {
		return m, nil
	}
	uid, err1 := strconv.Atoi(found.Uid)
	gid, err2 := strconv.Atoi(found.Gid)
	m.account = &account{uid, gid}
	return m, errors.Join(err1, err2)
}

// beside is a path as it is named from the folder of the settings.
func (m machine) beside(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(m.config), name)
}

// probe says why a folder can't be made, or nothing written into it. Whatever it makes it takes away again.
func probe(folder string) error {
	for !exists(folder) {
		parent := filepath.Dir(folder)
		if parent == folder {
			break
		}
		folder = parent
	}
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return app.NewProblem("", "no_folder_there", "file", folder)
	}
	return writable(folder)
}

// empty says that a folder has something in it already.
func empty(folder string) error {
	inside, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(inside) > 0 {
		return app.NewProblem("", "not_empty", "folder", folder)
	}
	return nil
}
