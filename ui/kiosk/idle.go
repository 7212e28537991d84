package kiosk

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/step"
)

// afterwards is how long the last page of a flow stays before it is asked about.
const afterwards = 30 * time.Second

// restMoves is how often the words of a screen that rests go elsewhere.
const restMoves = time.Minute

// idle knows how long nobody has touched anything, and what is shown then.
type idle struct {
	last   time.Time // of a key or a tap
	stop   func()    // the timer
	due    time.Time
	veil   *kit.Veil // over the pages; nil for none
	ends   time.Time // of the warning; zero while there is none
	count  *kit.Text
	laying bool // the veil is being laid: its button has the focus, and nobody touched it
	turn   int  // of a screen that rests
	asking time.Time
}

// touched is called for each key and each tap. A warning has its answer then, and a screen that rests wakes up.
func (k *Kiosk) touched() {
	if k.idle.laying {
		return
	}
	k.idle.last = k.w.Clock()
	if k.idle.veil != nil {
		k.idle.lift(k)
		k.idle.arm(k)
	}
}

// typedKey gets the keys that nothing else took.
func (k *Kiosk) typedKey(key *fyne.KeyEvent) {
	if veiled := k.idle.veil != nil; veiled {
		k.touched()
		return
	}
	k.touched()
	k.w.TypedKey(key)
}

// clean reports whether nobody has left a trace.
func (k *Kiosk) clean() bool {
	return k.w.Page() == pageFirst && k.w.Visit() == nil && !k.contrast && !k.larger && k.language == 0
}

// arm sets the timer by what is shown now.
func (i *idle) arm(k *Kiosk) {
	if i.last.IsZero() {
		i.last = k.w.Clock()
	}
	if i.veil != nil {
		return
	}
	i.due = i.last.Add(k.o.Idle)
	switch until := step.CodeUntil(k.w); {
	case k.clean():
		i.due = i.last.Add(k.o.Rest)
	case until.After(i.due):
		i.due = until
	case ended(k.w.Page()):
		i.due = i.last.Add(min(afterwards, k.o.Idle))
	}
	i.in(k, i.due.Sub(k.w.Clock()), func() { i.look(k) })
}

// in does something later, in place of what was put off before.
func (i *idle) in(k *Kiosk, d time.Duration, f func()) {
	i.rest()
	i.stop = k.w.Run.After(max(d, 0), f)
}

// rest stops the timer.
func (i *idle) rest() {
	if i.stop != nil {
		i.stop()
		i.stop = nil
	}
}

// look is called when it may be time.
func (i *idle) look(k *Kiosk) {
	was := i.due
	i.arm(k) // somebody may have touched something meanwhile
	if i.due.After(was) || i.due.After(k.w.Clock()) {
		return
	}
	switch {
	case k.clean() && k.o.Logon != nil:
		k.backToLogon()
	case k.clean():
		i.darken(k)
	case k.w.Page() == pageFirst: // nothing but the look of it
		k.startAnew()
	default:
		i.warn(k)
	}
}

// warn asks whether somebody is there, and counts down.
func (i *idle) warn(k *Kiosk) {
	i.ends = k.w.Clock().Add(k.o.Warning)
	i.count = kit.NewText(countdown(int(k.o.Warning/time.Second)), kit.Heading)
	stay := kit.NewButton("kiosk.stay", words.Text("kiosk.stay"), kit.Primary, k.touched)
	over := kit.NewButton("kiosk.over", words.Text(k.overText()), kit.Secondary, k.startAnew)
	i.veil = kit.NewVeil(kit.NewColumn(16,
		kit.NewText(words.Text("kiosk.idle.heading"), kit.Subheading), i.count,
		kit.NewText(words.Text("kiosk.idle.lead"), kit.Body), kit.NewLine(12, stay, over),
	), k.touched)
	i.laying = true
	i.lay(k)
	k.w.Window().Canvas().Focus(stay)
	i.laying = false
	i.tick(k)
}

// tick counts down to the end of the warning.
func (i *idle) tick(k *Kiosk) {
	left := i.ends.Sub(k.w.Clock())
	if left <= 0 {
		if k.o.Wiped != nil && k.w.Visit() != nil && !ended(k.w.Page()) {
			k.o.Wiped()
		}
		k.startAnew()
		return
	}
	seconds := int((left + time.Second - 1) / time.Second)
	i.count.SetText(countdown(seconds))
	i.in(k, time.Second, func() { i.tick(k) })
}

// countdown is how long there is left.
func countdown(seconds int) string {
	return words.Text("kiosk.idle.count", words.Values{"seconds": strconv.Itoa(seconds)})
}

// darken has the screen rest: it is dark but for a few words, which move so that none burns in.
func (i *idle) darken(k *Kiosk) {
	i.veil = kit.NewRest(words.Text("kiosk.rest.heading"), words.Text("kiosk.rest.lead"), k.touched)
	i.lay(k)
	i.move(k)
}

// restPlaces are where the words of a screen that rests stand, one after the other.
var restPlaces = [][2]float32{{0.5, 0.4}, {0.1, 0.2}, {0.9, 0.7}, {0.3, 0.9}, {0.8, 0.1}, {0.2, 0.6}, {0.6, 0.8}}

// move puts the words of a screen that rests elsewhere, and asks the server now and then.
func (i *idle) move(k *Kiosk) {
	at := restPlaces[i.turn%len(restPlaces)]
	i.turn++
	i.veil.MoveTo(at[0], at[1])
	if now := k.w.Clock(); now.Sub(i.asking) >= again {
		i.asking = now
		k.refresh()
	}
	k.yield()
	i.in(k, restMoves, func() { i.move(k) })
}

// yield makes way for a newer program, unless somebody comes meanwhile.
func (k *Kiosk) yield() {
	if k.o.Newer == nil {
		return
	}
	k.w.Run.Run(func() func() {
		if !k.o.Newer() {
			return nil
		}
		return func() {
			if k.idle.veil != nil && k.clean() {
				k.o.Yield()
			}
		}
	})
}

// lay puts the veil over everything.
func (i *idle) lay(k *Kiosk) {
	canvas := k.w.Window().Canvas()
	i.veil.Resize(canvas.Size())
	canvas.Overlays().Add(i.veil)
}

// lift takes the veil away.
func (i *idle) lift(k *Kiosk) {
	i.rest()
	if i.veil != nil {
		k.w.Window().Canvas().Overlays().Remove(i.veil)
	}
	i.veil, i.count, i.ends = nil, nil, time.Time{}
}
