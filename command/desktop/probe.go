package desktop

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
)

// probeCommand is the command that calls OpenAndClose.
const probeCommand = "doctor-window"

// ProbeWindow starts this program to open a window and to close it, for the doctor, and gives what it said: a broken driver
// can end the process that tries it.
func ProbeWindow(ctx context.Context) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	command := exec.CommandContext(ctx, self, probeCommand)
	command.WaitDelay = time.Second
	said, err := command.CombinedOutput()
	return string(said), err
}

// OpenAndClose opens a window and closes it, in the process that ProbeWindow starts.
func OpenAndClose() error {
	leave, err := workInTemporaryFolder()
	if err != nil {
		return err
	}
	a := fyneapp.NewWithID(appID)
	win := a.NewWindow("Sparekey")
	a.Lifecycle().SetOnStarted(func() { fyne.Do(a.Quit) })
	win.ShowAndRun()
	return leave()
}

// Keys drives the security keys that are plugged in; nil where this program was built without libfido2.
func Keys() app.KeyDriver {
	if !usb.Supported {
		return nil
	}
	return usb.New()
}

// workInTemporaryFolder goes to a folder of its own, which is gone afterwards, where there is no profile: the toolkit keeps
// its preferences in the working folder then.
func workInTemporaryFolder() (leave func() error, err error) {
	if _, err := os.UserConfigDir(); err == nil {
		return func() error { return nil }, nil
	}
	dir, err := os.MkdirTemp("", "sparekey-")
	if err != nil {
		return nil, err
	}
	return func() error { return errors.Join(os.Chdir(os.TempDir()), os.RemoveAll(dir)) }, os.Chdir(dir)
}
