// Package doctor looks at what Sparekey needs of a computer: each check says what it found, and what helps where something
// is amiss.
package doctor

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client"
	"github.com/sparekey/sparekey/client/keyring"
	"github.com/sparekey/sparekey/command/setup"
)

// Workstation is what is looked at where the program can show a window.
type Workstation struct {
	Keys app.KeyDriver // drives the security keys that are plugged in; nil: this program was built without libfido2
	// OpenWindow opens a window and closes it, in a process of its own, and gives whether the window's picture was seen, and
	// what the process said besides.
	OpenWindow func(ctx context.Context) (seen bool, said string, err error)
}

// Doctor examines what Sparekey needs of a computer. Its parts are what tests replace.
type Doctor struct {
	system      string // runtime.GOOS
	env         func(name string) string
	keyring     client.Keeper
	workstation *Workstation // nil: this program shows no window
	version     string       // of this program
	server      string       // address; empty where none is set
	ask         func(ctx context.Context, server string) (setup.Answer, error)
	station     enrolled // nil: this computer can be no station
	now         func() time.Time
	trial       func(ctx context.Context, now time.Time) (h setup.Health, found bool, err error)
}

// New gives a doctor for this computer and the settings in force; nil for a workstation where the program shows no window.
func New(version string, set setup.InForce, w *Workstation) Doctor {
	return Doctor{
		system: runtime.GOOS, env: os.Getenv, workstation: w, version: version, server: set.Server, station: set, ask: set.Probe, now: time.Now, trial: setup.TrialHealth,
		keyring: &keyring.Keyring{Service: "Sparekey doctor", Account: fmt.Sprintf("probe %d", os.Getpid())},
	}
}

// Examine makes every check but that of the settings; of a window and of security keys only on a workstation.
func (d Doctor) Examine(ctx context.Context) []Finding {
	var found []Finding
	if d.workstation != nil {
		display := d.checkDisplay()
		found = append(found, d.checkLocale(), display, d.checkOpenGL(ctx, display.Health == Healthy))
	}
	found = append(found, d.checkKeyring(ctx))
	if d.workstation != nil {
		found = append(found, d.checkKeys(ctx))
	}
	return append(append(found, d.checkServer(ctx)...), d.checkStation(ctx), d.checkTrial(ctx))
}
