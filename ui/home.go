package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// homeScreen is the front door: what do you need?
type homeScreen struct{ *sheet }

func newHome(w *Window) *homeScreen { return &homeScreen{newSheet(w, "home")} }

func (s *homeScreen) build() fyne.CanvasObject {
	lead, body := "home.lead_off", []fyne.CanvasObject{s.setUp(), s.resetOff()}
	if s.w.org.Reset {
		lead, body = "home.lead", []fyne.CanvasObject{
			s.reset(app.ReasonForgot), s.reset(app.ReasonLocked), s.setUp(), s.reset(app.ReasonNever),
		}
	}
	return s.page(kit.PageSpec{Heading: words.Text(s.greeting()), Lead: words.Text(lead), Body: append(body, s.w.keyCareRow())})
}

// greeting goes by the hour.
func (s *homeScreen) greeting() string {
	switch hour := s.w.o.Clock().Hour(); {
	case hour >= 4 && hour < 12:
		return "home.greeting.morning"
	case hour >= 12 && hour < 18:
		return "home.greeting.afternoon"
	}
	return "home.greeting.evening"
}

// reset is a row that begins a reset and says why, so that nobody asks again; who never got a password has two ways.
func (s *homeScreen) reset(reason app.Reason) fyne.CanvasObject {
	key, to := "home."+string(reason), Route{Place: PlaceFlow, Purpose: app.PurposeReset, Reason: reason}
	if reason == app.ReasonNever {
		to = Route{Place: PlaceNever}
	}
	return kit.NewRow(key, kit.RowSpec{Icon: reasonIcon(reason), Title: words.Text(key + ".title"), Detail: words.Text(key + ".detail")}, func() {
		s.w.Go(to)
	})
}

// setUp begins registering, or shows what is registered to whom is signed in.
func (s *homeScreen) setUp() fyne.CanvasObject {
	prefix := "home.set_up"
	if s.w.session.ID != "" {
		prefix = "home.mine"
	}
	return kit.NewRow("home.set_up", kit.RowSpec{Icon: kit.IconShield, Title: words.Text(prefix + ".title"), Detail: words.Text(prefix + ".detail")}, func() {
		s.w.Go(Route{Place: PlaceFlow, Purpose: app.PurposeRegister})
	})
}

// resetOff says why there is no way to reset a password here.
func (s *homeScreen) resetOff() fyne.CanvasObject {
	return kit.NewNote(kit.NoteInfo, words.Text("home.reset_off", words.Values{"name": s.w.org.HelpDesk.Name}))
}
