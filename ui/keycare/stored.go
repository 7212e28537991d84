package keycare

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// keyPINPage asks for the PIN, once for what lies behind it.
type keyPINPage struct {
	*shell.PageBase
	care *keyCare
	open behindPIN
	pin  *kit.Field
	few  *triesNote
}

func newKeyPIN(c *keyCare, open behindPIN) *keyPINPage {
	s := &keyPINPage{PageBase: shell.NewPageBase(c.w, "keycare_unlock"), care: c, open: open,
		pin: keyparts.NewPINField("keycare.unlock", words.Text("key.pin.label", words.Values{"product": c.name()}))}
	s.few = newTriesNote(c, s.PageBase)
	s.Fields = map[string]shell.ErrorField{"pin": s.pin}
	s.pin.OnSubmitted = func(string) { s.onNext() }
	s.First = s.pin.Entry()
	s.Leave = func() { s.pin.SetText("") }
	s.Escape = func() { c.showKey("") }
	s.SetNext(words.Text("button.next"), s.onNext)
	return s
}

// Build implements shell.Page.
func (s *keyPINPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("key.pin.heading"),
		Lead:    words.Text("key.pin.lead"),
		Body:    []fyne.CanvasObject{s.few.box, s.pin},
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, func() { s.care.showKey("") }),
	}
}

func (s *keyPINPage) onNext() {
	if s.Window.Busy() {
		return
	}
	if s.pin.Text() == "" {
		s.Refuse(s.pin, words.Text("keycare.pin_empty"))
		return
	}
	s.care.lock()
	s.care.pin = app.NewSecret(s.pin.Text())
	s.care.read(s.open)
}

func (s *keyPINPage) renew() { s.few.renew() }

// Failed implements shell.Page.
func (s *keyPINPage) Failed(e *app.Error) {
	s.care.lock()
	switch e.Code {
	case app.CodeKeyPINWrong:
		s.few.wrongPIN(s.pin, e)
	case app.CodeKeyPINShort, app.CodeKeyPINPolicy:
		s.pin.SetText("")
		s.Refuse(s.pin, s.Window.Refusal(e))
	default:
		s.care.Failed(s.PageBase, e)
	}
}

// storedPage lists the sign-ins that a key keeps.
type storedPage struct {
	*shell.PageBase
	care *keyCare
	all  []app.KeyCredential
}

// loadStored reads the sign-ins.
func (c *keyCare) loadStored(ctx context.Context, m app.KeyManager, a app.KeyAccess) (func() shell.Page, error) {
	all, err := m.Credentials(ctx, a)
	return func() shell.Page { return newStored(c, all) }, err
}

func newStored(c *keyCare, all []app.KeyCredential) *storedPage {
	s := &storedPage{PageBase: shell.NewPageBase(c.w, "keycare_stored"), care: c, all: all}
	s.Escape = func() { c.showKey("") }
	return s
}

// Build implements shell.Page.
func (s *storedPage) Build() kit.PageSpec {
	p := kit.PageSpec{
		About:   s.care.name(),
		Heading: words.Text("keycare.stored"),
		Lead:    s.lead(),
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, func() { s.care.showKey("") }),
	}
	for i, one := range s.all {
		p.Body = append(p.Body, s.row(fmt.Sprintf("keycare.credential.%d", i+1), one))
	}
	p.Body = append(p.Body, kit.NewNote(kit.NoteInfo, words.Text("keycare.stored_note")))
	return p
}

// lead says how many there are to choose from.
func (s *storedPage) lead() string {
	n := 0
	for _, one := range s.all {
		if one.ID != nil {
			n++
		}
	}
	switch {
	case len(s.all) == 0:
		return words.Text("keycare.stored_none")
	case n == 0:
		return words.Text("keycare.stored_unread_lead")
	case n < len(s.all):
		return words.Plural("keycare.stored_some_lead", n)
	}
	return words.Plural("keycare.stored_lead", n)
}

// row is a sign-in, which may be deleted if the key says enough of it.
func (s *storedPage) row(key string, one app.KeyCredential) fyne.CanvasObject {
	if one.ID != nil {
		spec := kit.RowSpec{Icon: kit.IconPerson, Title: one.RPID, Detail: userOf(one)}
		return kit.NewRow(key, spec, func() { s.Window.Show(s.confirm(one)) })
	}
	row := kit.NewRow(key, kit.RowSpec{Icon: kit.IconPerson, Title: cmp.Or(one.RPID, words.Text("keycare.stored_unnamed")),
		Detail: words.Text("keycare.stored_unread"), Passive: true}, nil)
	row.Disable()
	return row
}

// userOf names whom a sign-in is for.
func userOf(one app.KeyCredential) string {
	switch {
	case one.UserName == "" || one.DisplayName == one.UserName:
		return cmp.Or(one.DisplayName, words.Text("keycare.nobody"))
	case one.DisplayName == "":
		return one.UserName
	}
	return one.DisplayName + " · " + one.UserName
}

// confirm asks before a sign-in is deleted.
func (s *storedPage) confirm(one app.KeyCredential) shell.Page {
	c := s.care
	return newForget(c, forgetting{
		row:     kit.RowSpec{Icon: kit.IconPerson, Title: one.RPID, Detail: userOf(one), Passive: true},
		heading: words.Text("keycare.delete_stored"), lead: words.Text("keycare.delete_stored_lead", words.Values{"rp": one.RPID}),
		keep: func() { c.w.Show(newStored(c, s.all)) },
		do: func() {
			c.change(func(ctx context.Context, m app.KeyManager, a app.KeyAccess) error {
				if err := m.DeleteCredential(ctx, a, one.ID); app.CodeOf(err) != app.CodeKeyNoCredential {
					return err
				}
				return nil
			}, c.loadStored, func() shell.Page {
				return newStored(c, slices.DeleteFunc(slices.Clone(s.all), func(k app.KeyCredential) bool { return bytes.Equal(k.ID, one.ID) }))
			}, words.Text("keycare.stored_deleted", words.Values{"rp": one.RPID}))
		},
	})
}

// forgetting is something on a key that may be deleted.
type forgetting struct {
	row           kit.RowSpec
	heading, lead string
	keep, do      func()
}

// forgetPage asks before a key forgets something.
type forgetPage struct {
	*shell.PageBase
	care *keyCare
	it   forgetting
}

func newForget(c *keyCare, it forgetting) *forgetPage {
	s := &forgetPage{PageBase: shell.NewPageBase(c.w, "keycare_forget"), care: c, it: it}
	s.Escape = it.keep
	s.Primary = kit.NewButton("keycare.delete", words.Text("delete.button"), kit.Danger, it.do)
	return s
}

// Build implements shell.Page.
func (s *forgetPage) Build() kit.PageSpec {
	return kit.PageSpec{
		About:   s.care.name(),
		Heading: s.it.heading,
		Lead:    s.it.lead,
		Body:    []fyne.CanvasObject{kit.NewRow("keycare.forgetting", s.it.row, nil)},
		Back:    kit.NewButton("page.back", words.Text("delete.keep"), kit.Link, s.it.keep),
	}
}

// Failed implements shell.Page.
func (s *forgetPage) Failed(e *app.Error) { s.care.Failed(s.PageBase, e) }
