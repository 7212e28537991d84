package ui

import (
	"context"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"

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
}

func newConnect(d *door) *connectPage {
	s := &connectPage{PageBase: shell.NewPageBase(d.w, "connect"), door: d, address: kit.NewField("connect.address", words.Text("connect.address"))}
	s.address.SetPlaceholder(words.Text("connect.placeholder"))
	s.address.OnChanged = func(string) { s.address.SetError("") }
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
		body = append(body, s.address, kit.NewText(words.Text("connect.hint"), kit.Small))
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
	address, problem := serverAddress(s.address.Text())
	if problem != "" {
		s.Refuse(s.address, words.Text(problem))
		return
	}
	connect := s.door.o.Connect
	s.Window.Wait("wait.connect", func(ctx context.Context) func() {
		services, err := connect(ctx, address)
		return func() {
			if err != nil {
				s.Refuse(s.address, words.Text("connect.failed", words.Values{"address": address}))
				return
			}
			s.door.enter(services, nil)
		}
	})
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

// serverAddress makes an https address of what was typed: such an address, or a host name. Otherwise it names the text
// that says what is wrong.
func serverAddress(given string) (address, problem string) {
	address = typed.Identifier(given)
	if address == "" {
		return "", "connect.empty"
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	switch {
	case err == nil && u.Scheme == "http":
		return "", "connect.insecure"
	case err != nil || u.Scheme != "https" || !hostName(u.Hostname()) || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", "connect.malformed"
	}
	return "https://" + u.Host + strings.TrimRight(u.EscapedPath(), "/"), ""
}

// hostName reports whether a name can be that of a server.
func hostName(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	for _, r := range name {
		if strings.ContainsRune(" _,;!?@#$%&*()[]{}<>|\\\"'`^~=+", r) {
			return false
		}
	}
	return !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "-") && !strings.Contains(name, "..")
}
