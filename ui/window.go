package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// Window is the shell around the pages: the rail, the page at hand, the trial's banner and tray.
type Window struct {
	app      fyne.App
	win      fyne.Window
	o        Options
	first    Route // where the front door leads
	services app.Services
	trial    *Trial
	org      app.Organisation
	session  app.Session // zero when nobody is signed in
	frame    *kit.Frame
	tray     *trayPanel // nil outside the trial
	screen   screen
	talk     *conversation // the flow at hand; nil for none
	care     *keyCare      // the visit to "My security key"; nil for none
	task     *task         // what is being waited for; nil for nothing
	again    func()        // does the last task once more
	said     string        // what the next page tells
	stopTick func()

	trayShown bool
}

// New makes the window's content and shows its first page in win. Call it on the UI thread.
func New(a fyne.App, win fyne.Window, o Options) *Window {
	w := &Window{app: a, win: win, o: o.withDefaults(), services: o.Services, trial: o.Trial, first: Route{Place: PlaceHome}}
	if err := nameLanguage(); err != nil {
		fyne.LogError("The language of the toolkit's texts", err)
	}
	w.dress()
	win.SetTitle(words.Text("app.name"))
	win.SetPadded(false)
	win.Canvas().SetOnTypedKey(w.onKey)
	w.assemble()
	win.Resize(w.o.Size)
	w.Go(Route{Place: PlaceStart})
	return w
}

// Root is everything that the window shows.
func (w *Window) Root() fyne.CanvasObject { return w.win.Content() }

// Page names the page at hand: "home", "sign_in", "choose", "code", …
func (w *Window) Page() string { return w.screen.base().name }

// Window is the window itself.
func (w *Window) Window() fyne.Window { return w.win }

// Busy reports whether the page waits for the services.
func (w *Window) Busy() bool { return w.task != nil }

// Close cancels what is under way. Call it on the UI thread, when the window is closed.
func (w *Window) Close() {
	w.leaveFlow()
	w.leavePage()
	w.leaveKeyCare()
	if w.tray != nil {
		w.tray.stop()
	}
}

// dress puts the organisation's colour on; one that can't be read from is left out.
func (w *Window) dress() {
	theme, err := kit.NewTheme(w.org.Colour, 1)
	if err != nil {
		fyne.LogError("The organisation's colour", err)
		if theme, err = kit.NewTheme("", 1); err != nil {
			return
		}
	}
	switch w.o.Appearance {
	case "light":
		w.app.Settings().SetTheme(kit.Forced(theme, fynetheme.VariantLight))
	case "dark":
		w.app.Settings().SetTheme(kit.Forced(theme, fynetheme.VariantDark))
	default:
		w.app.Settings().SetTheme(theme)
	}
}

// SetAppearance switches to "light", "dark" or "system". Call it on the UI thread.
func (w *Window) SetAppearance(appearance string) {
	w.o.Appearance = appearance
	w.dress()
}

// assemble builds the shell anew: around another organisation, or with another banner.
func (w *Window) assemble() {
	if w.tray != nil {
		w.tray.stop()
		w.tray = nil
	}
	var banner, side fyne.CanvasObject
	if w.trial != nil {
		w.tray = newTray(w)
		banner = kit.NewBannerStrip(words.Text("banner.text"), w.people(), w.tray.button)
		side = w.tray.scroll
	}
	w.frame = kit.NewFrame(banner, w.rail(), container.NewStack(), side)
	w.frame.SetSideShown(w.trayShown)
	w.win.SetContent(w.frame)
}

// people is the banner's way to the sample people.
func (w *Window) people() fyne.CanvasObject {
	return kit.NewButton("banner.try", words.Text("banner.try"), kit.Link, func() { w.Go(Route{Place: PlaceTry}) })
}

// show puts a page into the shell, in place of the one before.
func (w *Window) show(s screen) {
	w.leavePage()
	w.screen = s
	w.frame.SetRail(w.rail())
	w.frame.SetPage(s.build())
	if w.said != "" {
		s.base().tell(kit.NoteInfo, w.said)
		w.said = ""
	}
	w.focusFirst()
	w.tickNow()
}

// turn draws the page at hand anew: it shows something else now.
func (w *Window) turn() {
	w.frame.SetPage(w.screen.build())
	w.focusFirst()
}

// focusFirst puts the focus where the page wants it.
func (w *Window) focusFirst() {
	if first := w.screen.base().first; first != nil {
		w.win.Canvas().Focus(first)
	} else {
		w.win.Canvas().Unfocus()
	}
	w.screen.base().showFirst()
}

// leavePage cancels what the page waits for, and wipes what was typed.
func (w *Window) leavePage() {
	w.stopWaiting()
	if w.stopTick != nil {
		w.stopTick()
		w.stopTick = nil
	}
	if w.screen == nil {
		return
	}
	s := w.screen.base()
	s.stopHint()
	if s.leave != nil {
		s.leave()
	}
}

// onKey gets the keys that nothing else took.
func (w *Window) onKey(key *fyne.KeyEvent) {
	s := w.screen.base()
	switch {
	case key.Name == fyne.KeyEscape && s.escape != nil:
		s.escape()
	case (key.Name == fyne.KeyReturn || key.Name == fyne.KeyEnter) && s.enter != nil:
		s.enter()
	}
}
