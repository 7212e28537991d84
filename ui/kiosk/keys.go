package kiosk

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// watchKeys follows which security keys are in the ports, for as long as there is the window.
func (k *Kiosk) watchKeys() {
	if k.o.Keys == nil {
		return
	}
	k.w.Run.Follow(func(tell func(func())) {
		for keys := range k.o.Keys.Watch(k.ctx) {
			tell(func() { k.keysChanged(keys) })
		}
	})
}

// keysChanged takes what is in the ports now. The first page names what somebody left.
func (k *Kiosk) keysChanged(keys []app.KeyInfo) {
	before := len(k.plugged)
	k.plugged = keys
	if len(keys) == before || k.ctx.Err() != nil {
		return
	}
	k.touched()
	if k.w.Page() == pageFirst {
		k.w.Redraw()
	}
}

// keyNote says on the first page that a security key is in the port; nil where none is.
func (k *Kiosk) keyNote() fyne.CanvasObject {
	if len(k.plugged) == 0 {
		return nil
	}
	return kit.NewNote(kit.NoteWarning, words.Plural("kiosk.key_left", len(k.plugged)))
}

// tellOfKeys has whoever has finished take their key along.
func (k *Kiosk) tellOfKeys() {
	if len(k.plugged) > 0 {
		k.w.Tell(kit.NoteWarning, words.Plural("kiosk.key_take", len(k.plugged)))
	}
}
