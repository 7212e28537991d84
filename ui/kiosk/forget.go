package kiosk

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// startOver forgets who was here and shows the first page: every way out ends in it. The flow was cancelled before, by the
// shell, which leaves a visit whenever somebody goes elsewhere.
func (k *Kiosk) startOver() {
	k.idle.lift(k)
	kit.Erase(k.w.Root())
	if k.w.Session.ID != "" {
		sessions := k.w.Services.Sessions
		k.w.Run.Run(func() func() {
			_ = sessions.Close(context.WithoutCancel(k.ctx))
			return nil
		})
	}
	k.w.Session = app.Session{}
	k.board.SetTarget(nil)
	k.stand.ShowKeys(false)
	k.w.Window().Canvas().Unfocus()
	k.w.Show(newFirst(k))
	k.refresh()
	for _, stop := range k.forgetting {
		stop()
	}
	k.forgetting = nil
	k.forget()
	for _, late := range forgetAgain {
		k.forgetting = append(k.forgetting, k.w.Run.After(late, k.forget))
	}
}

// forgetAgain is when it is forgotten once more. The toolkit keeps what it has drawn for a while, and lets it go only as
// something is drawn, every ten seconds at most; the command sets that while (FYNE_CACHE) to less than the first of these.
var forgetAgain = []time.Duration{14 * time.Second, 25 * time.Second}

// drawn is how long it takes at most until what was drawn anew is on the screen.
const drawn = time.Second

// forget takes away what the toolkit and the program still hold of who was here.
func (k *Kiosk) forget() {
	k.w.Root().Refresh()
	if k.o.Forget == nil {
		return
	}
	k.forgetting = append(k.forgetting, k.w.Run.After(drawn, func() {
		k.w.Run.Run(func() func() {
			k.o.Forget()
			return nil
		})
	}))
}

// startAnew is startOver for the next person, who gets the screen as everybody does.
func (k *Kiosk) startAnew() {
	if k.o.Logon != nil {
		k.backToLogon()
		return
	}
	changed := k.contrast || k.larger
	k.contrast, k.larger = false, false
	if k.language != 0 {
		k.speak(0)
	}
	k.board.SetLayout(k.o.Layouts[0].ID)
	if changed {
		k.appear()
	}
	k.w.Home()
}
