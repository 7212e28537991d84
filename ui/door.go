package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/keycare"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/step"
	"github.com/sparekey/sparekey/ui/tray"
)

// door is the front door: the pages before any flow, and the routes to all rooms behind them.
type door struct {
	w     *shell.Window
	o     Options
	trial *tray.Trial              // the sample organisation's own; nil outside the trial
	known app.Organisation         // what can be shown of it before it has answered
	found func(name string) string // what to tell once it has answered; nil for nothing
}

// New makes the window's content and shows its first page in win. Call it on the UI thread.
func New(a fyne.App, win fyne.Window, o Options) *shell.Window {
	o = o.withDefaults()
	d := &door{o: o, trial: o.Trial, known: o.Remembered}
	d.w = shell.New(a, win, shell.Env{Run: o.Run, Clock: o.Clock, Rand: o.Rand, Appearance: o.Appearance, Size: o.Size})
	d.w.Services = o.Services
	d.w.SetRoutes(d.routes())
	if d.w.Services.Flows == nil {
		d.setOrganisation(d.known) // its help desk, where no server is known
	}
	d.w.Go(shell.Route{Place: shell.PlaceStart})
	return d.w
}

// routes say how each place is opened. Without an organisation its places lead to "connect or try".
func (d *door) routes() shell.Routes {
	steps := step.Options{Keys: d.o.Keys, Keyring: d.o.Keyring, QR: d.o.QR, Region: d.o.Region, Language: d.o.Language}
	routes := shell.Routes{
		shell.PlaceStart:   d.inside(d.enterOrganisation),
		shell.PlaceConnect: func(shell.Route) { d.w.Show(newConnect(d)) },
		shell.PlaceHome:    d.inside(d.showHome),
		shell.PlaceTry:     d.inside(d.showPeople),
		shell.PlaceNever:   d.inside(func() { d.w.Show(newNever(d.w)) }),
		shell.PlaceFlow:    func(r shell.Route) { step.Begin(d.w, steps, r) },
	}
	if d.o.Keys != nil && d.o.KeyCare != nil {
		routes[shell.PlaceKeyCare] = func(shell.Route) { keycare.Enter(d.w, d.o.Keys, d.o.KeyCare) }
	}
	return routes
}

// inside opens a place of the organisation's.
func (d *door) inside(open func()) func(shell.Route) {
	return func(shell.Route) {
		if d.w.Services.Flows == nil {
			d.w.Show(newConnect(d))
			return
		}
		open()
	}
}

func (d *door) showHome() { d.w.Show(newHome(d)) }

// showPeople shows the sample people, where there are any.
func (d *door) showPeople() {
	if d.trial == nil {
		d.showHome()
		return
	}
	d.w.Show(tray.NewPeople(d.w, d.trial))
}

// enter takes the services of an organisation, and asks which it is.
func (d *door) enter(services app.Services, trial *tray.Trial) {
	d.w.Services, d.w.Session, d.trial, d.known = services, app.Session{}, trial, app.Organisation{}
	d.enterOrganisation()
}

// enterOrganisation asks which organisation this is, then opens its front door.
func (d *door) enterOrganisation() {
	d.setOrganisation(d.known)
	d.w.Show(newLoading(d))
	front := d.w.Services.Front
	d.w.Wait("wait.organisation", func(ctx context.Context) func() {
		org, err := front.Organisation(ctx)
		return func() {
			if err != nil {
				d.w.Fail(err)
				return
			}
			d.known = org
			d.setOrganisation(org)
			if d.found != nil {
				d.w.TellNext(d.found(org.Name))
				d.found = nil
			}
			d.w.Home()
		}
	})
}

// setOrganisation builds the shell around an organisation, with the tray in a trial.
func (d *door) setOrganisation(org app.Organisation) {
	var side func() shell.Side
	if d.trial != nil {
		side = func() shell.Side { return tray.New(d.w, d.trial, d.o.Play) }
	}
	d.w.SetOrganisation(org, side)
}
