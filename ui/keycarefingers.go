package ui

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// fingersScreen lists the fingers that a key knows.
type fingersScreen struct {
	*sheet
	care *keyCare
	all  []app.Fingerprint
}

// loadFingers reads the fingers.
func (c *keyCare) loadFingers(ctx context.Context, m app.KeyManager, a app.KeyAccess) (func() screen, error) {
	all, err := m.Fingerprints(ctx, a)
	return func() screen { return newFingers(c, all) }, err
}

func newFingers(c *keyCare, all []app.Fingerprint) *fingersScreen {
	s := &fingersScreen{sheet: newSheet(c.w, "keycare_fingers"), care: c, all: all}
	s.escape = func() { c.showKey("") }
	s.does("keycare.add_finger", words.Text("keycare.add_finger"), func() { c.w.show(newEnrol(c, all)) })
	return s
}

func (s *fingersScreen) build() fyne.CanvasObject {
	p := kit.PageSpec{
		Heading: words.Text("keycare.fingers"),
		Lead:    words.Plural("keycare.fingers_lead", len(s.all)),
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, func() { s.care.showKey("") }),
	}
	if len(s.all) == 0 {
		p.Lead = words.Text("keycare.fingers_none")
	}
	for i, finger := range s.all {
		spec := kit.RowSpec{Icon: kit.IconFinger, Title: fingerName(finger), Detail: words.Text("keycare.finger_detail")}
		p.Body = append(p.Body, kit.NewRow(fmt.Sprintf("keycare.finger.%d", i+1), spec, func() { s.w.show(newFinger(s.care, s.all, finger)) }))
	}
	return s.page(p)
}

func fingerName(finger app.Fingerprint) string {
	return firstOf(finger.Name, words.Text("keycare.unnamed_finger"))
}

// fingerScreen renames one finger, and leads to deleting it.
type fingerScreen struct {
	*sheet
	care   *keyCare
	all    []app.Fingerprint
	finger app.Fingerprint
	name   *kit.Field
}

func newFinger(c *keyCare, all []app.Fingerprint, finger app.Fingerprint) *fingerScreen {
	s := &fingerScreen{sheet: newSheet(c.w, "keycare_finger"), care: c, all: all, finger: finger,
		name: kit.NewField("keycare.finger_name", words.Text("keycare.finger_name"))}
	s.name.SetText(finger.Name)
	s.name.OnChanged = func(string) { s.name.SetError("") }
	s.name.OnSubmitted = func(string) { s.onName() }
	s.fields = map[string]errorField{"fingerprint": s.name}
	s.first = s.name.Entry()
	s.escape = s.onBack
	s.next(words.Text("keycare.finger_rename"), s.onName)
	return s
}

func (s *fingerScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: fingerName(s.finger),
		Body: []fyne.CanvasObject{s.name, kit.NewRow("keycare.delete_finger", kit.RowSpec{
			Icon: kit.IconWarning, Title: words.Text("keycare.delete_finger"), Detail: words.Text("keycare.delete_finger_detail"),
		}, s.onDelete)},
		Back: kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.onBack),
	})
}

func (s *fingerScreen) onBack() { s.w.show(newFingers(s.care, s.all)) }

func (s *fingerScreen) onName() {
	name := strings.TrimSpace(s.name.Text())
	if name == "" {
		s.refuse(s.name, words.Text("keycare.finger_name_empty"))
		return
	}
	c, named := s.care, app.Fingerprint{ID: s.finger.ID, Name: name}
	c.read(func(ctx context.Context, m app.KeyManager, a app.KeyAccess) (func() screen, error) {
		if err := m.NameFingerprint(ctx, a, named); err != nil {
			return nil, err
		}
		return c.loadFingers(ctx, m, a)
	}, words.Text("keycare.finger_renamed", words.Values{"name": name}))
}

func (s *fingerScreen) onDelete() {
	c, id := s.care, s.finger.ID
	s.w.show(newForget(c, forgetting{
		row:     kit.RowSpec{Icon: kit.IconFinger, Title: fingerName(s.finger), Passive: true},
		heading: words.Text("keycare.delete_finger"), lead: words.Text("keycare.delete_finger_lead"),
		keep: func() { c.w.show(newFinger(c, s.all, s.finger)) },
		do: func() {
			c.read(func(ctx context.Context, m app.KeyManager, a app.KeyAccess) (func() screen, error) {
				if err := m.DeleteFingerprint(ctx, a, id); err != nil {
					return nil, err
				}
				return c.loadFingers(ctx, m, a)
			}, words.Text("keycare.finger_deleted"))
		},
	}))
}

func (s *fingerScreen) failed(e *app.Error) { failedName(s.care, s.sheet, s.name, e) }

// failedName says beside the name that the key does not take it, and elsewhere what else went wrong.
func failedName(c *keyCare, s *sheet, name *kit.Field, e *app.Error) {
	if e.Code == app.CodeBadRequest || e.Code == app.CodeKeyUnsupported {
		s.refuse(name, words.Text("keycare.finger_name_refused"))
		return
	}
	c.failed(s, e)
}
