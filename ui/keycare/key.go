package keycare

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// oneKeyPage is one key: what it says of itself, and what can be done with it.
type oneKeyPage struct {
	*shell.PageBase
	care *keyCare
	key  app.KeyInfo
}

func newOneKey(c *keyCare) *oneKeyPage {
	s := &oneKeyPage{PageBase: shell.NewPageBase(c.w, "keycare_key"), care: c, key: *c.key()}
	s.Escape = s.onBack
	return s
}

// Build implements shell.Page.
func (s *oneKeyPage) Build() kit.PageSpec {
	back := kit.NewButton("page.home", words.Text("button.home"), kit.Link, s.onBack)
	if len(s.care.keys) > 1 {
		back = kit.NewButton("page.back", words.Text("keycare.others"), kit.Link, s.onBack)
	}
	return kit.PageSpec{Heading: keyparts.Name(s.key, s.care.keys), Lead: keyMaker(s.key), Body: s.body(), Back: back}
}

func (s *oneKeyPage) onBack() {
	if len(s.care.keys) < 2 {
		s.Window.Home()
		return
	}
	s.care.lock()
	s.care.at = ""
	s.Window.Show(newKeyList(s.care))
}

func (s *oneKeyPage) body() []fyne.CanvasObject {
	switch {
	case s.key.Trouble != nil && s.key.Trouble.Code == app.CodeKeyNoPermission:
		words, body := keyparts.Permission(s.Window, s.key.Trouble)
		return append([]fyne.CanvasObject{kit.NewNote(kit.NoteWarning, words)}, body...)
	case s.key.Trouble != nil:
		return append([]fyne.CanvasObject{kit.NewNote(kit.NoteWarning, s.Window.Refusal(s.key.Trouble))}, keyparts.Art(kit.KeyTrouble)...)
	case !s.key.Ready:
		s.HintAfter(shell.OfferAfter, words.Text("key.here.late"))
		return append(keyparts.Art(kit.KeyWorking), kit.NewText(words.Text("keycare.asking"), kit.Muted))
	}
	return append([]fyne.CanvasObject{s.hint()}, s.actions()...)
}

// hint is what the person should do first.
func (s *oneKeyPage) hint() fyne.CanvasObject {
	switch {
	case s.key.PINBlocked():
		return kit.NewNote(kit.NoteDanger, words.Text("keycare.blocked"))
	case s.key.ForcePINChange:
		return kit.NewNote(kit.NoteWarning, words.Text("keycare.pin_change_hint"))
	case s.key.PIN == app.PINNever:
		return kit.NewNote(kit.NoteInfo, words.Text("keycare.pinless_hint"))
	case !s.key.HasPIN() && s.care.done == "":
		return kit.NewNote(kit.NoteInfo, words.Text("keycare.no_pin_hint"))
	}
	return nil
}

// actions are what can be done with this key, each with what the key says of it; what wants a PIN first says so.
func (s *oneKeyPage) actions() []fyne.CanvasObject {
	rows := []fyne.CanvasObject{s.pinRow()}
	if s.key.Manages && !s.key.PINBlocked() {
		rows = append(rows, s.behind("keycare.stored",
			kit.RowSpec{Icon: kit.IconPerson, Title: words.Text("keycare.stored"), Detail: s.room()}, s.care.loadStored))
	}
	if s.key.Sensor && !s.key.PINBlocked() {
		rows = append(rows, s.behind("keycare.fingers",
			kit.RowSpec{Icon: kit.IconFinger, Title: words.Text("keycare.fingers"), Detail: s.fingers()}, s.care.loadFingers))
	}
	return append(rows, kit.NewRow("keycare.reset", kit.RowSpec{
		Icon: kit.IconWarning, Title: words.Text("keycare.reset"), Detail: words.Text("keycare.reset_detail"),
	}, func() { s.Window.Show(newReset(s.care)) }))
}

// pinRow leads to the PIN; nil where none helps any more, or there can be none.
func (s *oneKeyPage) pinRow() fyne.CanvasObject {
	if s.key.PINBlocked() || s.key.PIN == app.PINNever {
		return nil
	}
	spec := kit.RowSpec{Icon: kit.IconLock, Title: words.Text("keycare.set_pin"), Detail: words.Text("keycare.set_pin_detail")}
	if s.key.HasPIN() {
		spec.Title, spec.Detail = words.Text("keycare.change_pin"), words.Text("keycare.fact.pin_set")
		if s.key.PINRetries != app.Untold {
			spec.Detail = words.Plural("keycare.fact.has_pin", s.key.PINRetries)
		}
	}
	return kit.NewRow("keycare.pin", spec, func() { s.Window.Show(newCarePIN(s.care)) })
}

// room says how many sign-ins the key has room for, if it tells.
func (s *oneKeyPage) room() string {
	if s.key.Room == app.Untold {
		return words.Text("keycare.stored_detail")
	}
	return words.Plural("keycare.fact.has_room", s.key.Room)
}

// fingers says what the sensor is good for now.
func (s *oneKeyPage) fingers() string {
	switch {
	case !s.key.Fingers:
		return words.Text("keycare.fact.no_fingers")
	case s.key.UVRetries == 0:
		return words.Text("keycare.fact.sensor_blocked")
	}
	return words.Text("keycare.fact.has_fingers")
}

// behind is a row to what the PIN opens. Without a PIN that can be used, it says what is to be done first.
func (s *oneKeyPage) behind(key string, spec kit.RowSpec, b behindPIN) fyne.CanvasObject {
	switch {
	case s.key.PIN == app.PINNever:
		spec.Detail = words.Text("keycare.pin_never")
	case !s.key.HasPIN():
		spec.Detail = words.Text("keycare.pin_first")
	case s.key.ForcePINChange:
		spec.Detail = words.Text("keycare.pin_change_first")
	default:
		return kit.NewRow(key, spec, func() { s.Window.Show(newKeyPIN(s.care, b)) })
	}
	spec.Passive = true
	row := kit.NewRow(key, spec, nil)
	row.Disable()
	return row
}
