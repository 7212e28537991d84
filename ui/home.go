package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/step"
)

// homePage is the front door: what do you need?
type homePage struct {
	*shell.PageBase
	door *door
}

func newHome(d *door) *homePage { return &homePage{shell.NewPageBase(d.w, "home"), d} }

// Build implements shell.Page.
func (s *homePage) Build() kit.PageSpec {
	lead, body := "home.lead_off", []fyne.CanvasObject{s.setUp(), s.resetOff()}
	if s.Window.Org.Reset {
		lead, body = "home.lead", []fyne.CanvasObject{
			s.reset(app.ReasonForgot), s.reset(app.ReasonLocked), s.setUp(), s.reset(app.ReasonNever),
		}
	}
	return kit.PageSpec{Heading: words.Text(s.greeting()), Lead: words.Text(lead), Body: append(body, s.door.keyCareRow())}
}

// greeting goes by the hour.
func (s *homePage) greeting() string {
	switch hour := s.Window.Clock().Hour(); {
	case hour >= 4 && hour < 12:
		return "home.greeting.morning"
	case hour >= 12 && hour < 18:
		return "home.greeting.afternoon"
	}
	return "home.greeting.evening"
}

// reset is a row that begins a reset and says why, so that no page asks for the reason again. A person who never got a
// password has two ways, on a page of their own.
func (s *homePage) reset(reason app.Reason) fyne.CanvasObject {
	key, to := "home."+string(reason), shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeReset, Reason: reason}
	if reason == app.ReasonNever {
		to = shell.Route{Place: shell.PlaceNever}
	}
	return kit.NewRow(key, kit.RowSpec{Icon: step.ReasonIcon(reason), Title: words.Text(key + ".title"), Detail: words.Text(key + ".detail")}, func() {
		s.Window.Go(to)
	})
}

// setUp is a row that begins registering, or shows a signed-in person what is registered.
func (s *homePage) setUp() fyne.CanvasObject {
	prefix := "home.set_up"
	if s.Window.Session.ID != "" {
		prefix = "home.mine"
	}
	return kit.NewRow("home.set_up", kit.RowSpec{Icon: kit.IconShield, Title: words.Text(prefix + ".title"), Detail: words.Text(prefix + ".detail")}, func() {
		s.Window.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeRegister})
	})
}

// resetOff says why there is no way to reset a password here.
func (s *homePage) resetOff() fyne.CanvasObject {
	return kit.NewNote(kit.NoteInfo, words.Text("home.reset_off", words.Values{"name": s.Window.Org.HelpDesk.Name}))
}

// keyCareRow leads to "My security key"; nil where this build can't.
func (d *door) keyCareRow() fyne.CanvasObject {
	if !d.w.Offers(shell.PlaceKeyCare) {
		return nil
	}
	spec := kit.RowSpec{Icon: kit.IconKey, Title: words.Text("keycare.title"), Detail: words.Text("keycare.detail")}
	return kit.NewRow("home.keycare", spec, func() { d.w.Go(shell.Route{Place: shell.PlaceKeyCare}) })
}
