package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// oneKeyScreen is one key: what it says of itself, and what can be done with it.
type oneKeyScreen struct {
	*sheet
	care *keyCare
	key  app.KeyInfo
}

func newOneKey(c *keyCare) *oneKeyScreen {
	s := &oneKeyScreen{sheet: newSheet(c.w, "keycare_key"), care: c, key: *c.key()}
	s.escape = s.onBack
	return s
}

func (s *oneKeyScreen) build() fyne.CanvasObject {
	back := kit.NewButton("page.home", words.Text("button.home"), kit.Link, s.onBack)
	if len(s.care.keys) > 1 {
		back = kit.NewButton("page.back", words.Text("keycare.others"), kit.Link, s.onBack)
	}
	return s.page(kit.PageSpec{Heading: product(s.key.Product), Lead: keyMaker(s.key), Body: s.body(), Back: back})
}

func (s *oneKeyScreen) onBack() {
	if len(s.care.keys) < 2 {
		s.w.home()
		return
	}
	s.care.lock()
	s.care.at = ""
	s.w.show(newKeyList(s.care))
}

func (s *oneKeyScreen) body() []fyne.CanvasObject {
	switch {
	case s.key.Trouble != nil && s.key.Trouble.Code == app.CodeKeyNoPermission:
		words, body := s.w.permission(s.key.Trouble)
		return append([]fyne.CanvasObject{kit.NewNote(kit.NoteWarning, words)}, body...)
	case s.key.Trouble != nil:
		return append([]fyne.CanvasObject{kit.NewNote(kit.NoteWarning, s.w.refusal(s.key.Trouble))}, art(kit.KeyTrouble)...)
	case !s.key.Ready:
		s.hintAfter(offerAfter, words.Text("key.here.late"))
		return append(art(kit.KeyWorking), kit.NewText(words.Text("keycare.asking"), kit.Muted))
	}
	return append([]fyne.CanvasObject{s.hint()}, s.actions()...)
}

// pinBlocked reports whether only a factory reset helps.
func (s *oneKeyScreen) pinBlocked() bool { return s.key.HasPIN && s.key.PINRetries == 0 }

// hint is what the person should do first.
func (s *oneKeyScreen) hint() fyne.CanvasObject {
	switch {
	case s.pinBlocked():
		return kit.NewNote(kit.NoteDanger, words.Text("keycare.blocked"))
	case s.key.ForcePINChange:
		return kit.NewNote(kit.NoteWarning, words.Text("keycare.pin_change_hint"))
	case !s.key.HasPIN && s.care.done == "":
		return kit.NewNote(kit.NoteInfo, words.Text("keycare.no_pin_hint"))
	}
	return nil
}

// actions are what can be done with this key, each with what the key says of it; what wants a PIN first says so.
func (s *oneKeyScreen) actions() []fyne.CanvasObject {
	rows := []fyne.CanvasObject{s.pinRow()}
	if s.key.Manages && !s.pinBlocked() {
		rows = append(rows, s.behind("keycare.stored", kit.IconPerson, words.Text("keycare.stored"), s.room(), s.care.loadStored))
	}
	if s.key.Sensor && !s.pinBlocked() {
		rows = append(rows, s.behind("keycare.fingers", kit.IconFinger, words.Text("keycare.fingers"), s.fingers(), s.care.loadFingers))
	}
	return append(rows, kit.NewRow("keycare.reset", kit.RowSpec{
		Icon: kit.IconWarning, Title: words.Text("keycare.reset"), Detail: words.Text("keycare.reset_detail"),
	}, func() { s.w.show(newReset(s.care)) }))
}

// pinRow leads to the PIN; nil where none helps any more.
func (s *oneKeyScreen) pinRow() fyne.CanvasObject {
	if s.pinBlocked() {
		return nil
	}
	spec := kit.RowSpec{Icon: kit.IconLock, Title: words.Text("keycare.set_pin"), Detail: words.Text("keycare.set_pin_detail")}
	if s.key.HasPIN {
		spec.Title, spec.Detail = words.Text("keycare.change_pin"), words.Plural("keycare.fact.has_pin", s.key.PINRetries)
	}
	return kit.NewRow("keycare.pin", spec, func() { s.w.show(newCarePIN(s.care)) })
}

// room says how many sign-ins the key has room for, if it tells.
func (s *oneKeyScreen) room() string {
	if s.key.Room < 0 {
		return words.Text("keycare.stored_detail")
	}
	return words.Plural("keycare.fact.has_room", s.key.Room)
}

// fingers says what the sensor is good for now.
func (s *oneKeyScreen) fingers() string {
	switch {
	case !s.key.Fingers:
		return words.Text("keycare.fact.no_fingers")
	case s.key.UVRetries == 0:
		return words.Text("keycare.fact.sensor_blocked")
	}
	return words.Text("keycare.fact.has_fingers")
}

// behind is a row to what the PIN opens.
func (s *oneKeyScreen) behind(key string, icon kit.Icon, title, detail string, b behindPIN) fyne.CanvasObject {
	locked := ""
	switch {
	case !s.key.HasPIN:
		locked = words.Text("keycare.pin_first")
	case s.key.ForcePINChange:
		locked = words.Text("keycare.pin_change_first")
	default:
		return kit.NewRow(key, kit.RowSpec{Icon: icon, Title: title, Detail: detail}, func() { s.w.show(newKeyPIN(s.care, b)) })
	}
	row := kit.NewRow(key, kit.RowSpec{Icon: icon, Title: title, Detail: locked, Passive: true}, nil)
	row.Disable()
	return row
}
