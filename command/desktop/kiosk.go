package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/desktop/hold"
	"github.com/sparekey/sparekey/command/setup"
	"github.com/sparekey/sparekey/methods/authapp"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kiosk"
	"github.com/sparekey/sparekey/ui/kit"
)

// Kiosk is a kiosk to show.
type Kiosk struct {
	Settings setup.KioskSettings
	State    string // the folder for what outlives a restart; empty: nothing can be kept

	adjust  func(*kiosk.Options) // for tests: before it is made
	started func(*kiosk.Kiosk)   // it is shown
}

// TrialExitPIN ends the kiosk of the trial.
const TrialExitPIN = "000000"

// OpenKiosk fills the screen with the kiosk of the organisation's server, until staff end it or ctx ends. Nothing else does.
func (d *Desktop) OpenKiosk(ctx context.Context, set setup.InForce, k Kiosk) error {
	services, err := set.Kiosk(set.Server, k.State)
	if err != nil {
		return err
	}
	o := k.options(set.Appearance)
	v := setup.NewVitals(time.Now)
	o.Services, o.Remembered = v.Services(services.Services), services.Remembered
	o.Guard = &setup.ExitGuard{PHC: k.Settings.ExitPIN, State: k.State}
	if self, err := os.Executable(); err == nil {
		o.Newer = programReplaced(self)
	}
	o.Facts = func() []kiosk.Fact { return append(d.facts(), serverFacts(ctx, set, v)...) }
	return d.showKiosk(ctx, o, kioskShow{services.Rest, v, d.reports(set, v, app.ModeKiosk), k.started, k.adjust})
}

// TryKiosk is OpenKiosk for the trial, whose exit PIN is TrialExitPIN.
func (d *Desktop) TryKiosk(ctx context.Context, k Kiosk) error {
	_, trial, err := d.openTrial(ctx)
	if err != nil {
		return errors.Join(err, d.close())
	}
	services := d.trial.KioskServices()
	o := k.options("")
	o.Services, o.Trial, o.Guard, o.Facts = services.Services, trial, trialGuard{}, d.facts
	fmt.Fprintln(d.Log, words.Text("command.kiosk.try", words.Values{"pin": TrialExitPIN}))
	return errors.Join(d.showKiosk(ctx, o, kioskShow{services.Rest, setup.NewVitals(time.Now), nil, k.started, k.adjust}), d.close())
}

// options are what the settings say.
func (k Kiosk) options(appearance string) kiosk.Options {
	s := k.Settings
	if s.Appearance != "" {
		appearance = s.Appearance
	}
	return kiosk.Options{
		Layouts: layouts(s.Layouts), ShowKeys: kiosk.Keys(s.Keyboard), Registration: s.Registration, Appearance: appearance,
		Idle: s.Idle, Warning: s.Warning, Rest: s.Rest,
	}
}

// layouts are those of the settings, or all: the one that the system's keyboard has first.
func layouts(ids []string) []kit.KeyLayout {
	var named []kit.KeyLayout
	for _, id := range ids {
		if l, known := kit.KeyLayoutOf(id); known {
			named = append(named, l)
		}
	}
	if len(named) > 0 {
		return named
	}
	first, _ := kit.KeyLayoutOf(os.Getenv("XKB_DEFAULT_LAYOUT"))
	for _, l := range kit.KeyLayouts() {
		if l.ID == first.ID {
			named = append([]kit.KeyLayout{l}, named...)
		} else {
			named = append(named, l)
		}
	}
	return named
}

// kioskShow is what goes on beside a kiosk's window.
type kioskShow struct {
	rest    func() // lets go of the connections to the server, after each person
	vitals  *setup.Vitals
	report  func(context.Context) // how the station is, until the context ends; nil: nobody is told
	started func(*kiosk.Kiosk)    // it is shown; may be nil
	adjust  func(*kiosk.Options)  // before it is made; may be nil
}

// showKiosk runs the window. It must be called on the main goroutine.
func (d *Desktop) showKiosk(ctx context.Context, o kiosk.Options, beside kioskShow) error {
	giveBackMemory()
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	o.QR, o.Play = authapp.Modules, play
	o.Region, o.Language = setup.Region(), lang.SystemLocale().String()
	keys := &activeKeys{}
	if usb.Supported && !usb.Barred() {
		keys.KeyDriver = beside.vitals.Keys(usb.New())
		o.Keys = keys
	}
	o.Forget = func() { beside.rest(); scrub() }
	o.Wiped = beside.vitals.Wiped
	left := error(nil)
	o.Yield = leave
	o.Leave = func() { left = setup.NoteKioskLeft(); leave() }
	if beside.adjust != nil {
		beside.adjust(&o)
	}
	var shown *kiosk.Kiosk
	err := runWindow(ctx, Process{d.Log, d.Exit}, func(a fyne.App, win fyne.Window, _ fyne.Size) *ui.Window {
		hold.Prepare()
		win.SetCloseIntercept(func() { // nobody closes it, but it ends with the compositor that it stands on
			go func() {
				if compositorGone() {
					leave()
				}
			}()
		})
		o.Shown = func() { hold.NumLock(win) }
		shown = kiosk.New(a, win, o)
		win.SetFullScreen(true)
		return shown.Window()
	}, func(win fyne.Window, _ *ui.Window) {
		d.shown = true
		go keepHold(ctx, win)
		if beside.report != nil {
			go beside.report(ctx)
		}
		if beside.started != nil {
			beside.started(shown)
		}
	})
	if shown != nil {
		shown.Close()
	}
	keys.rest()
	return errors.Join(err, left)
}

// programReplaced gives a function that reports whether another file has come into the place of a program since, as by an upgrade.
func programReplaced(path string) func() bool {
	own, err := os.Stat(path)
	return func() bool {
		now, nowErr := os.Stat(path)
		return err == nil && nowErr == nil && !os.SameFile(own, now)
	}
}

// How often it is made sure that the window has keyboard and pointer to itself: while it has, and while it has not.
const (
	holdEvery = 3 * time.Second
	holdAgain = 50 * time.Millisecond
)

// keepHold makes sure that the window is before everything else, until ctx ends.
func keepHold(ctx context.Context, win fyne.Window) {
	holder, held, x11 := &hold.Holder{}, false, false
	look := func() {
		x11 = hold.Holds(win)
		now := holder.Hold(win)
		if now && !held {
			hold.NumLock(win)
		}
		held = now
	}
	for {
		kit.DoAndWait(look)
		wait := holdAgain
		if held || !x11 {
			wait = holdEvery
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// trialGuard takes the trial's PIN.
type trialGuard struct{}

func (trialGuard) Set() bool { return true }

func (trialGuard) Try(pin app.Secret) (bool, time.Time, error) {
	return pin.Reveal() == TrialExitPIN, time.Time{}, nil
}

// facts are what staff are told of every kiosk.
func (d *Desktop) facts() []kiosk.Fact {
	width, height, _ := screenShown()
	size := strconv.Itoa(width) + " × " + strconv.Itoa(height)
	return []kiosk.Fact{
		{Name: words.Text("kiosk.fact.version"), Value: d.Version}, {Name: words.Text("kiosk.fact.screen"), Value: size},
		{Name: words.Text("kiosk.fact.computer"), Value: setup.Station()}, {Name: words.Text("kiosk.fact.clock"), Value: time.Now().Format(time.RFC3339)},
	}
}

// serverFacts are what staff are told of a kiosk that has a server.
func serverFacts(ctx context.Context, set setup.InForce, v *setup.Vitals) []kiosk.Fact {
	facts := []kiosk.Fact{{Name: words.Text("kiosk.fact.server"), Value: set.Server}}
	if at := v.Answered(); !at.IsZero() {
		facts = append(facts, kiosk.Fact{Name: words.Text("kiosk.fact.contact"), Value: at.Format(time.RFC3339)})
	}
	if at := v.LastReport(); !at.IsZero() {
		facts = append(facts, kiosk.Fact{Name: words.Text("kiosk.fact.reported"), Value: at.Format(time.RFC3339)})
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	station, err := set.OwnStation(ctx)
	known := app.CodeOf(err)
	switch {
	case err == nil:
		facts = append(facts, kiosk.Fact{Name: words.Text("kiosk.fact.station"), Value: station.Name})
	case known != "":
		facts = append(facts, kiosk.Fact{Name: words.Text("kiosk.fact.station"), Value: words.Text("error." + string(known))})
	}
	return facts
}
