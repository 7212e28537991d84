package kiosk

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/step"
)

// pageFirst is the name of the first page.
const pageFirst = "kiosk"

// firstPage is what everybody meets: what do you need?
type firstPage struct {
	*shell.PageBase
	kiosk *Kiosk
	away  bool // the server gave no answer
}

func newFirst(k *Kiosk) *firstPage {
	s := &firstPage{PageBase: shell.NewPageBase(k.w, pageFirst), kiosk: k}
	s.ShowHelp = true
	return s
}

// Build implements shell.Page.
func (s *firstPage) Build() kit.PageSpec {
	k := s.kiosk
	body := []fyne.CanvasObject{k.languages(), k.keyNote()}
	if s.away {
		lead := words.Text("loading.failed_lead")
		if k.known.HelpDesk.Name == "" {
			lead = words.Text("kiosk.away_alone")
		}
		return kit.PageSpec{Heading: words.Text("loading.failed"), Lead: lead, Body: body}
	}
	if k.known.Reset || k.known.Name == "" { // while nothing is known of it, nothing is taken away
		body = append(body, k.reset("kiosk.forgot", app.ReasonForgot), k.reset("kiosk.locked", app.ReasonLocked))
	} else {
		body = append(body, kit.NewNote(kit.NoteInfo, words.Text("home.reset_off", words.Values{"name": k.known.HelpDesk.Name})))
	}
	body = append(body, kit.NewRow("kiosk.help", kit.RowSpec{
		Icon: kit.IconHelp, Title: words.Text("kiosk.help.title"), Detail: words.Text("kiosk.help.detail"),
	}, func() { k.w.Show(newHelp(k)) }))
	if k.o.Registration {
		body = append(body, kit.NewRow("kiosk.register", kit.RowSpec{
			Icon: kit.IconShield, Title: words.Text("home.set_up.title"), Detail: words.Text("home.set_up.detail"),
		}, func() { k.w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeRegister}) }))
	}
	return kit.PageSpec{Heading: words.Text("kiosk.heading"), Lead: words.Text("kiosk.lead"), Body: body}
}

// Failed says that the server gave no answer, in the heading too: no way leads on until it does.
func (s *firstPage) Failed(e *app.Error) {
	if !s.away {
		s.away = true
		s.Window.Redraw()
	}
	s.Warn(e)
}

// reset is a row that leads to a new password, or out of a lock, and says why, so that no page asks for the reason again.
func (k *Kiosk) reset(key string, reason app.Reason) fyne.CanvasObject {
	text := "home." + string(reason)
	return kit.NewRow(key, kit.RowSpec{Icon: step.ReasonIcon(reason), Title: words.Text(text + ".title"), Detail: words.Text(text + ".detail")}, func() {
		k.w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeReset, Reason: reason})
	})
}

// languages is the choice of a language; nil where there is one.
func (k *Kiosk) languages() fyne.CanvasObject {
	if len(k.o.Languages) < 2 {
		return nil
	}
	var names []string
	for _, l := range k.o.Languages {
		names = append(names, l.Name)
	}
	var choice *kit.Options
	choice = kit.NewOptions("kiosk.language", words.Text("kiosk.language"), names, func() { k.speak(choice.Selected()) })
	choice.Select(k.language)
	return choice
}

// speak changes the language.
func (k *Kiosk) speak(i int) {
	if i == k.language {
		return
	}
	k.language = i
	if k.o.Speak != nil {
		k.o.Speak(k.o.Languages[i].ID)
	}
	k.w.Redraw()
}

// helpPage says how to reach the help desk, and what it can be asked from here.
type helpPage struct {
	*shell.PageBase
	kiosk *Kiosk
}

func newHelp(k *Kiosk) *helpPage {
	s := &helpPage{shell.NewPageBase(k.w, "kiosk_help"), k}
	s.Escape = k.w.Home
	return s
}

// Build implements shell.Page.
func (s *helpPage) Build() kit.PageSpec {
	k := s.kiosk
	body := []fyne.CanvasObject{s.HelpCard()}
	if k.known.Reset {
		body = append(body, kit.NewRow("kiosk.ask", kit.RowSpec{
			Icon: kit.IconMessage, Title: words.Text("kiosk.ask.title"), Detail: words.Text("kiosk.ask.detail"),
		}, func() { k.w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeReset}) }), k.reset("kiosk.never", app.ReasonNever))
	}
	return kit.PageSpec{
		Heading: words.Text("kiosk.help.heading"), Lead: words.Text("kiosk.help.lead"), Body: body,
		Back: kit.NewButton("page.home", words.Text("button.back"), kit.Link, s.Window.Home),
	}
}
