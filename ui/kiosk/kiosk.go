package kiosk

import (
	"context"
	"reflect"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/step"
	"github.com/sparekey/sparekey/ui/tray"
)

// How large everything is: as usual at a kiosk, and for people who ask for more.
const (
	scaleUsual  = 1.5
	scaleLarger = 1.9
)

// leastForLarger is how high a window has to be, in the toolkit's units, for everything to be larger still.
const leastForLarger = 900

// Kiosk is the window as a kiosk.
type Kiosk struct {
	w     *shell.Window
	o     Options
	stand *kit.Stand
	board *kit.Keyboard
	known app.Organisation // as it answered last

	contrast, larger bool // as the person at hand wants it
	language         int
	corner           corner
	idle             idle
	plugged          []app.KeyInfo // security keys in the ports
	forgetting       []func()      // stop what is forgotten once more
	ctx              context.Context
	stop             context.CancelFunc
}

// New makes the window's content and shows its first page in win. Call it on the UI thread.
func New(a fyne.App, win fyne.Window, o Options) *Kiosk {
	o = o.withDefaults()
	k := &Kiosk{o: o, known: o.Remembered}
	k.ctx, k.stop = context.WithCancel(context.Background())
	kit.SetPublic(&kit.Public{Touched: k.touched, Typing: k.typing})
	k.board = kit.NewKeyboard(o.Layouts, func() { k.showKeys(false) })
	k.w = shell.New(a, win, shell.Env{
		Run: o.Run, Clock: o.Clock, Rand: o.Rand, Appearance: o.Appearance, Size: o.Size,
		Scale: scaleUsual, Around: k.around, OnShow: k.onShow, Public: true,
	})
	win.Canvas().SetOnTypedKey(k.typedKey)
	win.Canvas().SetOnTypedRune(func(rune) { k.touched() })
	k.w.Services = o.Services
	k.w.SetRoutes(k.routes())
	k.setOrganisation(k.known)
	k.w.Go(shell.Route{Place: shell.PlaceStart})
	k.watchKeys()
	return k
}

// Window is the shell around the pages.
func (k *Kiosk) Window() *shell.Window { return k.w }

// Close ends what goes on. Call it on the UI thread, when the window is closed.
func (k *Kiosk) Close() {
	k.stop()
	k.idle.rest()
	kit.SetPublic(nil)
	k.w.Close()
}

// routes say how each place is opened. Every way out leads to the first page, and forgets who was here.
func (k *Kiosk) routes() shell.Routes {
	steps := step.Options{Keys: k.o.Keys, Keyring: k.o.Logon != nil, QR: k.o.QR, Region: k.o.Region, Language: k.o.Language}
	routes := shell.Routes{
		shell.PlaceStart: func(shell.Route) { k.startOver() },
		shell.PlaceHome:  func(shell.Route) { k.home() },
		shell.PlaceFlow: func(r shell.Route) {
			if r.Purpose != app.PurposeReset && !k.o.Registration {
				k.startOver()
				return
			}
			step.Begin(k.w, steps, r)
		},
	}
	if k.o.Trial != nil {
		routes[shell.PlaceTry] = func(shell.Route) { k.w.Show(tray.NewPeople(k.w, k.o.Trial)) }
	}
	return routes
}

// around puts a frame into the stand.
func (k *Kiosk) around(frame *kit.Frame) fyne.CanvasObject {
	if k.stand == nil {
		k.stand = kit.NewStand(frame, k.board, k.onCorner)
	} else {
		k.stand.SetFrame(frame)
	}
	return k.stand
}

// setOrganisation builds the shell around an organisation.
func (k *Kiosk) setOrganisation(org app.Organisation) {
	k.known = org
	var side func() shell.Side
	if k.o.Trial != nil {
		side = func() shell.Side { return tray.New(k.w, k.o.Trial, k.o.Play) }
	}
	k.w.SetOrganisation(org, side)
}

// onShow is called whenever another page stands there.
func (k *Kiosk) onShow() {
	k.drawBar()
	if k.w.Window().Canvas().Focused() == nil {
		k.board.SetTarget(nil)
		k.stand.ShowKeys(false)
	}
	if ended(k.w.Page()) {
		k.tellOfKeys()
	}
	k.idle.arm(k)
	if k.o.Shown != nil {
		k.o.Shown()
	}
}

// ended reports whether a page is the last of a flow.
func ended(page string) bool { return page == "done" || page == "request_sent" || page == "ended" }

// drawBar puts into the bar what can be done on every page.
func (k *Kiosk) drawBar() {
	var right []fyne.CanvasObject
	if k.o.ShowKeys != KeysOff && k.board.Target() != nil && !k.stand.KeysShown() {
		right = append(right, tool("kiosk.keyboard", words.Text("kiosk.keyboard"), kit.IconKeyboard, func() { k.showKeys(true) }))
	}
	size := words.Text("kiosk.larger")
	if k.larger {
		size = words.Text("kiosk.smaller")
	}
	larger := tool("kiosk.larger", size, kit.IconLarger, k.onLarger)
	k.stand.OnlyAbove(leastForLarger, larger)
	right = append(right, larger)
	text := words.Text("kiosk.contrast")
	if k.contrast {
		text = words.Text("kiosk.no_contrast")
	}
	right = append(right, tool("kiosk.contrast", text, kit.IconContrast, k.onContrast))
	if k.o.Logon != nil {
		if network := k.networkButton(); network != nil {
			right = append([]fyne.CanvasObject{network}, right...)
		}
		k.stand.SetBar([]fyne.CanvasObject{k.backButton()}, right)
		return
	}
	if k.w.Page() == pageFirst {
		logo, name := k.w.Title()
		k.stand.SetTitle([]fyne.CanvasObject{logo, kit.NewText(name, kit.Strong)}, right)
		return
	}
	over := kit.NewButton("kiosk.start_over", words.Text("kiosk.start_over"), kit.Secondary, k.w.Home)
	over.SetIcon(kit.IconBack)
	k.stand.SetBar([]fyne.CanvasObject{over}, right)
}

// tool is a button of the bar.
func tool(key, text string, icon kit.Icon, onTap func()) fyne.CanvasObject {
	b := kit.NewButton(key, text, kit.Link, onTap)
	b.SetIcon(icon)
	return b
}

// onContrast changes between the usual colours and those of high contrast.
func (k *Kiosk) onContrast() {
	k.contrast = !k.contrast
	k.appear()
}

// onLarger makes everything larger, or as large as usual.
func (k *Kiosk) onLarger() {
	k.larger = !k.larger
	k.appear()
}

// appear puts on what the person at hand wants.
func (k *Kiosk) appear() {
	scale := float32(scaleUsual)
	if k.larger {
		scale = scaleLarger
	}
	k.w.SetScale(scale)
	k.w.SetAppearance(k.appearance())
	k.stand.Repaint()
	k.drawBar()
	k.idle.arm(k)
}

// appearance is the one that the person at hand wants.
func (k *Kiosk) appearance() string {
	if k.contrast {
		return "contrast"
	}
	return k.o.Appearance
}

// refresh asks the server who it is and how to reach its help desk: it may have changed, and whoever stands here first is told
// at once that it is away. It comes again while nobody is here.
func (k *Kiosk) refresh() {
	first, is := k.w.Shown().(*firstPage)
	if !is {
		return
	}
	front := k.w.Services.Front
	k.w.Wait("wait.organisation", func(ctx context.Context) func() {
		org, err := front.Organisation(ctx)
		return func() {
			if err != nil {
				k.w.Fail(err)
				return
			}
			k.answered(org, first)
		}
	})
}

// answered takes what the server said of its organisation.
func (k *Kiosk) answered(org app.Organisation, first *firstPage) {
	was := first.away
	first.away = false
	switch {
	case !reflect.DeepEqual(org, k.known):
		k.setOrganisation(org)
		k.w.Show(newFirst(k))
	case was:
		k.w.Redraw()
	}
}

// again is how often the server is asked while nobody is here.
const again = 5 * time.Minute
