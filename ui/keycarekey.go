package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
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
	back := kit.NewButton("page.home", text("button.home"), kit.Link, s.onBack)
	if len(s.care.keys) > 1 {
		back = kit.NewButton("page.back", text("keycare.others"), kit.Link, s.onBack)
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
		return s.w.permission(s.key.Trouble)
	case s.key.Trouble != nil:
		return append(art(kit.KeyTrouble), kit.NewNote(kit.NoteWarning, s.w.refusal(s.key.Trouble)))
	case !s.key.Ready:
		return append(art(kit.KeyWorking), kit.NewText(text("keycare.asking"), kit.Muted))
	}
	return append([]fyne.CanvasObject{s.hint(), s.facts()}, s.actions()...)
}

// pinBlocked reports whether only a factory reset helps.
func (s *oneKeyScreen) pinBlocked() bool { return s.key.HasPIN && s.key.PINRetries == 0 }

// hint is what the person should do first.
func (s *oneKeyScreen) hint() fyne.CanvasObject {
	switch {
	case s.pinBlocked():
		return kit.NewNote(kit.NoteDanger, s.w.refusal(&app.Error{Code: app.CodeKeyPINBlocked}))
	case s.key.ForcePINChange:
		return kit.NewNote(kit.NoteWarning, s.w.refusal(&app.Error{Code: app.CodeKeyPINChange}))
	case !s.key.HasPIN:
		return kit.NewNote(kit.NoteInfo, text("keycare.no_pin_hint"))
	}
	return nil
}

// facts are what the key says of itself.
func (s *oneKeyScreen) facts() fyne.CanvasObject {
	lines := kit.NewColumn(6)
	fact := func(name, value string) {
		lines.Add(kit.NewLine(12, kit.NewText(name, kit.Muted), kit.NewText(value, kit.Strong)))
	}
	pin := text("keycare.fact.no_pin")
	if s.key.HasPIN {
		pin = plural("keycare.fact.has_pin", s.key.PINRetries)
	}
	fact(text("keycare.fact.pin"), pin)
	switch {
	case s.key.Sensor && s.key.Fingers:
		fact(text("keycare.fact.fingers"), text("keycare.fact.has_fingers"))
	case s.key.Sensor:
		fact(text("keycare.fact.fingers"), text("keycare.fact.no_fingers"))
	default:
		fact(text("keycare.fact.fingers"), text("keycare.fact.no_sensor"))
	}
	if s.key.Room >= 0 {
		fact(text("keycare.fact.room"), plural("keycare.fact.has_room", s.key.Room))
	}
	return kit.NewCard(lines)
}

// actions are what this key can do now; what it could do with a PIN says so.
func (s *oneKeyScreen) actions() []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	add := func(key string, icon kit.Icon, title, detail string, onTap func()) {
		rows = append(rows, kit.NewRow(key, kit.RowSpec{Icon: icon, Title: title, Detail: detail, Passive: onTap == nil}, onTap))
	}
	c := s.care
	switch {
	case s.pinBlocked():
	case s.key.HasPIN:
		add("keycare.pin", kit.IconLock, text("keycare.change_pin"), text("keycare.change_pin_detail"), func() { s.w.show(newCarePIN(c)) })
	default:
		add("keycare.pin", kit.IconLock, text("keycare.set_pin"), text("keycare.set_pin_detail"), func() { s.w.show(newCarePIN(c)) })
	}
	locked := ""
	switch {
	case !s.key.HasPIN:
		locked = text("keycare.pin_first")
	case s.key.ForcePINChange:
		locked = text("keycare.pin_change_first")
	}
	behind := func(key string, icon kit.Icon, title, detail string, b behindPIN) {
		if locked != "" {
			add(key, icon, title, locked, nil)
			return
		}
		add(key, icon, title, detail, func() { s.w.show(newKeyPIN(c, b)) })
	}
	if s.key.Manages && !s.pinBlocked() {
		behind("keycare.stored", kit.IconKey, text("keycare.stored"), text("keycare.stored_detail"), c.loadStored)
	}
	if s.key.Sensor && !s.pinBlocked() {
		behind("keycare.fingers", kit.IconPerson, text("keycare.fingers"), text("keycare.fingers_detail"), c.loadFingers)
	}
	add("keycare.reset", kit.IconWarning, text("keycare.reset"), text("keycare.reset_detail"), func() { s.w.show(newReset(c)) })
	return rows
}
