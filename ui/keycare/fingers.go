package keycare

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// fingersPage lists the fingers that a key knows.
type fingersPage struct {
	*shell.PageBase
	care *keyCare
	all  []app.Fingerprint
}

// loadFingers reads the fingers.
func (c *keyCare) loadFingers(ctx context.Context, m app.KeyManager, a app.KeyAccess) (func() shell.Page, error) {
	all, err := m.Fingerprints(ctx, a)
	return func() shell.Page { return newFingers(c, all) }, err
}

func newFingers(c *keyCare, all []app.Fingerprint) *fingersPage {
	s := &fingersPage{PageBase: shell.NewPageBase(c.w, "keycare_fingers"), care: c, all: all}
	s.Escape = func() { c.showKey("") }
	s.SetPrimary("keycare.add_finger", words.Text("keycare.add_finger"), func() { c.w.Show(newEnrol(c, all)) })
	return s
}

// Build implements shell.Page.
func (s *fingersPage) Build() kit.PageSpec {
	p := kit.PageSpec{
		About:   s.care.name(),
		Heading: words.Text("keycare.fingers"),
		Lead:    words.Plural("keycare.fingers_lead", len(s.all)),
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, func() { s.care.showKey("") }),
	}
	if len(s.all) == 0 {
		p.Lead = words.Text("keycare.fingers_none")
	}
	for i, finger := range s.all {
		spec := kit.RowSpec{Icon: kit.IconFinger, Title: fingerName(finger), Detail: words.Text("keycare.finger_detail")}
		p.Body = append(p.Body, kit.NewRow(fmt.Sprintf("keycare.finger.%d", i+1), spec, func() { s.Window.Show(newFinger(s.care, s.all, finger)) }))
	}
	return p
}

func fingerName(finger app.Fingerprint) string {
	return cmp.Or(finger.Name, words.Text("keycare.unnamed_finger"))
}

// fingerPage renames one finger, and leads to deleting it.
type fingerPage struct {
	*shell.PageBase
	care   *keyCare
	all    []app.Fingerprint
	finger app.Fingerprint
	name   *kit.Field
}

func newFinger(c *keyCare, all []app.Fingerprint, finger app.Fingerprint) *fingerPage {
	s := &fingerPage{PageBase: shell.NewPageBase(c.w, "keycare_finger"), care: c, all: all, finger: finger,
		name: kit.NewField("keycare.finger_name", words.Text("keycare.finger_name"))}
	s.name.SetText(finger.Name)
	s.name.OnChanged = func(string) { s.name.SetError("") }
	s.name.OnSubmitted = func(string) { s.onName() }
	s.Fields = map[string]shell.ErrorField{"fingerprint": s.name}
	s.First = s.name.Entry()
	s.Escape = s.onBack
	s.SetNext(words.Text("keycare.finger_rename"), s.onName)
	return s
}

// Build implements shell.Page.
func (s *fingerPage) Build() kit.PageSpec {
	return kit.PageSpec{
		About:   s.care.name(),
		Heading: fingerName(s.finger),
		Body: []fyne.CanvasObject{s.name, kit.NewRow("keycare.delete_finger", kit.RowSpec{
			Icon: kit.IconWarning, Title: words.Text("keycare.delete_finger"), Detail: words.Text("keycare.delete_finger_detail"),
		}, s.onDelete)},
		Back: kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.onBack),
	}
}

// at is where the finger stands among all.
func (s *fingerPage) at() int {
	return slices.IndexFunc(s.all, func(f app.Fingerprint) bool { return bytes.Equal(f.ID, s.finger.ID) })
}

func (s *fingerPage) onBack() { s.Window.Show(newFingers(s.care, s.all)) }

func (s *fingerPage) onName() {
	name := typed.Name(s.name.Text())
	if name == "" {
		s.Refuse(s.name, words.Text("keycare.finger_name_empty"))
		return
	}
	c, named := s.care, app.Fingerprint{ID: s.finger.ID, Name: name}
	c.change(func(ctx context.Context, m app.KeyManager, a app.KeyAccess) error {
		return m.NameFingerprint(ctx, a, named)
	}, c.loadFingers, func() shell.Page {
		all := slices.Clone(s.all)
		all[s.at()] = named
		return newFingers(c, all)
	}, words.Text("keycare.finger_renamed", words.Values{"name": name}))
}

func (s *fingerPage) onDelete() {
	c, id := s.care, s.finger.ID
	s.Window.Show(newForget(c, forgetting{
		row:     kit.RowSpec{Icon: kit.IconFinger, Title: fingerName(s.finger), Passive: true},
		heading: words.Text("keycare.delete_finger"), lead: words.Text("keycare.delete_finger_lead"),
		keep: func() { c.w.Show(newFinger(c, s.all, s.finger)) },
		do: func() {
			c.change(func(ctx context.Context, m app.KeyManager, a app.KeyAccess) error {
				return m.DeleteFingerprint(ctx, a, id)
			}, c.loadFingers, func() shell.Page { return newFingers(c, slices.Delete(slices.Clone(s.all), s.at(), s.at()+1)) }, words.Text("keycare.finger_deleted"))
		},
	}))
}

// Failed implements shell.Page.
func (s *fingerPage) Failed(e *app.Error) { failedName(s.care, s.PageBase, s.name, e) }

// failedName says beside the name that the key does not take it, and elsewhere what else went wrong.
func failedName(c *keyCare, s *shell.PageBase, name *kit.Field, e *app.Error) {
	if e.Code == app.CodeBadRequest || e.Code == app.CodeKeyUnsupported {
		s.Refuse(name, words.Text("keycare.finger_name_refused"))
		return
	}
	c.Failed(s, e)
}
