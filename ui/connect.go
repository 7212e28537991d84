package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// connectPage is the first page where nothing is configured: connect, or try.
type connectPage struct {
	*shell.PageBase
	door    *door
	address *kit.Field
	trouble *fyne.Container // why there is no connection, beside the address
}

func newConnect(d *door) *connectPage {
	s := &connectPage{
		PageBase: shell.NewPageBase(d.w, "connect"), door: d,
		address: kit.NewField("connect.address", words.Text("connect.address")), trouble: kit.NewColumn(0),
	}
	s.trouble.Hide()
	s.StopSoon, s.Escape = true, d.w.GiveUp
	s.address.SetPlaceholder(words.Text("connect.placeholder"))
	s.address.OnChanged = func(string) { s.quiet() }
	s.address.OnSubmitted = func(string) { s.onConnect() }
	if d.o.Connect != nil {
		s.First = s.address.Entry()
		s.SetNext(words.Text("connect.button"), s.onConnect)
	}
	return s
}

// Build implements shell.Page.
func (s *connectPage) Build() kit.PageSpec {
	var body []fyne.CanvasObject
	if s.door.o.Connect != nil {
		body = append(body, s.address, kit.NewText(words.Text("connect.hint"), kit.Small), s.trouble)
	}
	if s.door.o.Try != nil {
		body = append(body, kit.NewText(words.Text("connect.or"), kit.Strong), kit.NewRow("connect.try", kit.RowSpec{
			Icon: kit.IconPerson, Title: words.Text("connect.try.title"), Detail: words.Text("connect.try.detail"),
		}, s.onTry))
	}
	body = append(body, s.door.keyCareRow())
	if s.door.o.Version != "" {
		body = append(body, kit.NewText(words.Text("connect.version", words.Values{"version": s.door.o.Version}), kit.Small))
	}
	return kit.PageSpec{Heading: words.Text("connect.heading"), Lead: words.Text("connect.lead"), Body: body}
}

func (s *connectPage) onConnect() {
	address, fault := typed.ServerAddress(s.address.Text())
	if fault != "" {
		s.Refuse(s.address, words.Text("connect.fault."+fault))
		return
	}
	s.quiet()
	connect := s.door.o.Connect
	s.Window.Wait("wait.connect", func(ctx context.Context) func() {
		services, kept, err := connect(ctx, address)
		return func() {
			if err != nil {
				s.refused(s.Window.AsError(err))
				return
			}
			s.door.found = func(name string) string {
				if kept {
					return words.Text("connect.done", words.Values{"name": name, "address": address})
				}
				return words.Text("connect.done_unkept", words.Values{"name": name, "address": address})
			}
			s.door.enter(services, nil)
		}
	})
}

// refused says below the address why there is no connection. Nothing leads on regardless.
func (s *connectPage) refused(e *app.Error) {
	s.trouble.Objects = []fyne.CanvasObject{kit.NewNote(kit.NoteWarning, s.Window.Refusal(e))}
	s.trouble.Show()
	s.Refresh()
	s.Focus(s.address)
	s.ScrollTo(s.trouble)
}

// quiet takes away what was said of the address before.
func (s *connectPage) quiet() {
	s.address.SetError("")
	if s.trouble.Visible() {
		s.trouble.Hide()
		s.Refresh()
	}
}

func (s *connectPage) onTry() {
	try := s.door.o.Try
	s.Window.Wait("wait.try", func(ctx context.Context) func() {
		services, trial, err := try(ctx)
		return func() {
			if err != nil {
				s.Failed(s.Window.AsError(err))
				return
			}
			s.door.enter(services, trial)
		}
	})
}
