package kiosk

import "fyne.io/fyne/v2"

// typing is called when something takes what is typed.
func (k *Kiosk) typing(f fyne.Focusable) {
	if k.board.Target() == f {
		return
	}
	k.board.SetTarget(f)
	if k.stand == nil {
		return
	}
	k.stand.ShowKeys(k.o.ShowKeys == KeysShown || k.stand.KeysShown())
	k.stand.Repaint()
	k.drawBar()
}

// showKeys shows the keys, or puts them away until the next field.
func (k *Kiosk) showKeys(shown bool) {
	k.stand.ShowKeys(shown && k.board.Target() != nil)
	if shown {
		if f := k.board.Target(); f != nil {
			k.w.Window().Canvas().Focus(f)
		}
	}
	k.drawBar()
}
