// Package shell is the window around the pages: its frame, rail and strip, what is waited for, and the one thread that
// draws. It knows no page: the routes say how each place is opened, and a visit says what the rail shows of it.
package shell

import (
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// Env holds what the window needs of the world. All of it must be set.
type Env struct {
	Run        Runner
	Clock      func() time.Time
	Rand       io.Reader // for idempotency keys
	Appearance string    // "light", "dark" or "contrast"; anything else goes by the system
	Size       fyne.Size // of the window when it opens

	// Scale is how large everything is: 1, or 0, is usual.
	Scale float32
	// Around puts the frame into what stands around it; nil for nothing.
	Around func(frame *kit.Frame) fyne.CanvasObject
	// OnShow is called after a page was put into the shell, or was drawn anew; nil for nothing.
	OnShow func()
	// Public is set where anybody may walk up to the screen: nothing is copied there.
	Public bool
}

// Window is the shell around the pages: the rail, the page at hand, and what stands above and beside the pages of a
// trial.
type Window struct {
	Run      Runner
	Clock    func() time.Time
	Services app.Services     // zero before there is an organisation
	Org      app.Organisation // as SetOrganisation took it
	Session  app.Session      // zero when nobody is signed in

	env      Env
	app      fyne.App
	win      fyne.Window
	routes   Routes
	frame    *kit.Frame
	side     Side            // nil outside the trial
	railHelp *fyne.Container // in the rail's foot, what names the help desk; nil for nothing
	page     Page
	visit    Visit  // nil for none
	task     *task  // what is being waited for; nil for nothing
	again    func() // does the last task once more
	repeats  bool   // it may be done so without anybody asking
	news     string // what the next page tells
	stopTick func()
	live     *kit.Live // nil where a theme is put on for long

	sideShown bool
}

// Side is a panel beside the pages, and the strip above them that opens it.
type Side interface {
	Strip() fyne.CanvasObject
	Panel() fyne.CanvasObject
	// Stop ends what the panel follows, when another one takes its place or the window is closed.
	Stop()
}

// New makes the window's content in win, with no page yet. Call it on the UI thread.
func New(a fyne.App, win fyne.Window, env Env) *Window {
	w := &Window{Run: env.Run, Clock: env.Clock, env: env, app: a, win: win}
	if err := nameLanguage(); err != nil {
		fyne.LogError("The language of the toolkit's texts", err)
	}
	w.dress()
	win.SetTitle(words.Text("app.name"))
	win.SetPadded(false)
	win.Canvas().SetOnTypedKey(w.TypedKey)
	w.assemble()
	win.Resize(env.Size)
	return w
}

// Root is everything that the window shows.
func (w *Window) Root() fyne.CanvasObject { return w.win.Content() }

// Page names the page at hand: "home", "sign_in", "choose", "code", …
func (w *Window) Page() string { return w.page.Base().Name }

// Window is the window itself.
func (w *Window) Window() fyne.Window { return w.win }

// Clipboard is the system's; where anybody may walk up to the screen it is one that keeps nothing.
func (w *Window) Clipboard() fyne.Clipboard {
	if w.env.Public {
		return kit.NoClipboard{}
	}
	return w.app.Clipboard()
}

// Public reports whether anybody may walk up to the screen. No page offers to copy something there.
func (w *Window) Public() bool { return w.env.Public }

// Close cancels what is under way. Call it on the UI thread, when the window is closed.
func (w *Window) Close() {
	w.leaveVisit()
	w.leavePage()
	if w.side != nil {
		w.side.Stop()
	}
}

// SetAppearance switches to "light", "dark", "contrast" or "system". Call it on the UI thread.
func (w *Window) SetAppearance(appearance string) {
	w.env.Appearance = appearance
	w.dress()
}

// SetScale makes everything so large. Call it on the UI thread.
func (w *Window) SetScale(scale float32) {
	w.env.Scale = scale
	w.dress()
}

// SetOrganisation builds the shell anew around an organisation. side makes what stands beside its pages, in its colours;
// nil for nothing.
func (w *Window) SetOrganisation(org app.Organisation, side func() Side) {
	if w.side != nil {
		w.side.Stop()
		w.side = nil
	}
	repaint := org.Colour != w.Org.Colour
	w.Org = org
	if repaint {
		w.dress()
	}
	if side != nil {
		w.side = side()
	}
	w.assemble()
}

// dress puts the organisation's colour on; one that can't be read from is left out.
func (w *Window) dress() {
	theme, err := kit.NewTheme(w.Org.Colour, w.env.Scale)
	if err != nil {
		fyne.LogError("The organisation's colour", err)
		if theme, err = kit.NewTheme("", w.env.Scale); err != nil {
			return
		}
	}
	switch w.env.Appearance {
	case "light":
		w.wear(kit.Forced(theme, fynetheme.VariantLight))
	case "dark":
		w.wear(kit.Forced(theme, fynetheme.VariantDark))
	case "contrast":
		w.wear(kit.NewHighContrast(w.env.Scale))
	default:
		w.wear(theme)
	}
}

// wear puts a theme on.
func (w *Window) wear(theme fyne.Theme) {
	switch {
	case !w.env.Public:
		w.app.Settings().SetTheme(theme)
	case w.live == nil:
		w.live = &kit.Live{Theme: theme}
		w.app.Settings().SetTheme(w.live)
	default:
		w.live.Theme = theme
		for range 2 { // what is around is laid out by the sizes that the first time has found
			kit.Repaint(w.win.Content())
		}
	}
}

// assemble puts the frame into the window, without a page.
func (w *Window) assemble() {
	var strip, panel fyne.CanvasObject
	if w.side != nil {
		strip, panel = w.side.Strip(), w.side.Panel()
	}
	w.frame = kit.NewFrame(strip, w.rail(), container.NewStack(), panel)
	w.frame.SetSideShown(w.sideShown)
	if w.env.Around != nil {
		w.win.SetContent(w.env.Around(w.frame))
		return
	}
	w.win.SetContent(w.frame)
}

// ToggleSide opens the panel beside the pages, or closes it.
func (w *Window) ToggleSide() {
	w.sideShown = !w.sideShown
	w.frame.SetSideShown(w.sideShown)
}
