// Package desktop is the program as a window: one for each person, on the organisation's server or on the trial, with the
// security keys that are plugged in. A headless build does without it.
package desktop

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/prompt"
	"github.com/sparekey/sparekey/command/desktop/instance"
	"github.com/sparekey/sparekey/command/desktop/sound"
	"github.com/sparekey/sparekey/command/setup"
	"github.com/sparekey/sparekey/methods/authapp"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
)

// appID is the program's name for the platform; FyneApp.toml says the same.
const appID = "app.sparekey.desktop"

// Desktop is the program as a window: the window, and what was opened for it and has to be closed after it.
type Desktop struct {
	Version string        // of the program
	Folders setup.Folders // of the trial; zero: those of this person
	Policy  string        // the file that manages the trial's policy, or empty
	Log     io.Writer
	Exit    func(code int) // of Process

	mu    sync.Mutex
	trial *setup.Trial
	claim *instance.Instance // nil: nobody can raise the window
	shown bool
	clock interface{ Now() time.Time } // the trial's; nil is the system's
}

// Open shows the window on the organisation's server, or, without one, on "connect or try". A server that is connected to
// is kept in the person's settings file; where the organisation named one, no other is offered.
func (d *Desktop) Open(ctx context.Context, set setup.InForce) error {
	o := ui.Options{Appearance: set.Appearance, Remembered: set.Remembered(), Try: d.openTrial}
	if set.IsManaged("server") {
		o.Managed = set.Server
	} else {
		o.Connect = set.Connect
	}
	if set.Server == "" {
		return errors.Join(d.show(ctx, o, nil), d.close())
	}
	services, err := set.Remote(set.Server)
	if err != nil {
		return errors.Join(err, d.close())
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	v := setup.NewVitals(time.Now)
	o.Services = v.Services(services)
	report := d.reports(set, v, app.ModeDesktop)
	return errors.Join(d.show(ctx, o, func(*ui.Window) { report(ctx) }), d.close())
}

// Try shows the window on the trial at once; on a fresh one, if an earlier one is to be forgotten.
func (d *Desktop) Try(ctx context.Context, appearance string, fresh bool) error {
	if fresh {
		if err := d.removeTrial(ctx); err != nil {
			return errors.Join(err, d.close())
		}
	}
	o := ui.Options{Appearance: appearance}
	var err error
	if o.Services, o.Trial, err = d.openTrial(ctx); err != nil {
		return errors.Join(err, d.close())
	}
	return errors.Join(d.show(ctx, o, nil), d.close())
}

// findFolders settles where the trial is.
func (d *Desktop) findFolders() (err error) {
	if d.Folders == (setup.Folders{}) {
		d.Folders, err = setup.TrialFolders(d.Log)
	}
	return err
}

// removeTrial takes an earlier trial's data away.
func (d *Desktop) removeTrial(ctx context.Context) error {
	if err := d.findFolders(); err != nil {
		return err
	}
	return d.Folders.Remove(ctx)
}

// Shown reports whether there was a window.
func (d *Desktop) Shown() bool { return d.shown }

// show runs the window until it is closed or ctx ends. It must be called on the main goroutine. then, when given, is
// called on a goroutine of its own once the window is there.
func (d *Desktop) show(ctx context.Context, o ui.Options, then func(*ui.Window)) error {
	giveBackMemory()
	o.QR = authapp.Modules
	o.Play = play
	o.Version = d.Version
	o.Keyring = runtime.GOOS != "windows"
	o.Region, o.Language = setup.Region(), lang.SystemLocale().String()
	keys := &activeKeys{}
	if usb.Supported && !usb.Barred() {
		driver := usb.New()
		keys.KeyDriver = driver
		o.Keys, o.KeyCare = keys, driver
	}
	open, shut := context.WithCancel(ctx)
	defer shut()
	err := runWindow(ctx, Process{d.Log, d.Exit}, func(a fyne.App, win fyne.Window, room fyne.Size) *ui.Window {
		o.Room = room
		return ui.New(a, win, o)
	}, func(win fyne.Window, w *ui.Window) {
		d.shown = true
		if d.claim != nil {
			d.claim.Seen()
			go raised(open, d.claim, d.Log, func() { kit.DoAndWait(func() { win.Show(); win.RequestFocus() }) })
		}
		if then != nil {
			go then(w)
		}
	})
	keys.rest()
	return err
}

// openTrial opens the sample organisation, once, and gives the way to it.
func (d *Desktop) openTrial(ctx context.Context) (app.Services, *ui.Trial, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.trial == nil {
		if err := d.findFolders(); err != nil {
			return app.Services{}, nil, err
		}
		opened, err := setup.StartTrial(context.WithoutCancel(ctx), setup.TrialConfig{Folders: d.Folders, Clock: d.clock, Version: d.Version, Policy: d.Policy})
		if err != nil {
			return app.Services{}, nil, err
		}
		d.trial = opened
	}
	return d.trial.Services(), &ui.Trial{People: samples(setup.SamplePeople()), Tray: d.trial.Tray, Pass: d.givePass, Object: d.trial.Object}, nil
}

// givePass is the help desk of the trial's window.
func (d *Desktop) givePass(ctx context.Context, userID string) (app.Pass, error) {
	return d.trial.Administration().Passes.IssuePass(ctx, app.IssuePass{UserID: userID, By: setup.Operator()})
}

func (d *Desktop) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var err error
	if d.trial != nil {
		err = d.trial.Close()
	}
	if d.claim != nil {
		err = errors.Join(err, d.claim.Close())
	}
	return err
}

// play plays what a call says.
func play(ctx context.Context, wav []byte) error {
	samples, err := prompt.Samples(wav)
	if err != nil {
		return err
	}
	return sound.Play(ctx, sound.Sound{Rate: prompt.Rate, Samples: samples, WAV: wav})
}
