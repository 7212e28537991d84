package ui

import (
	"context"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// connectScreen is the first page where nothing is configured: connect, or try.
type connectScreen struct {
	*sheet
	address *kit.Field
}

func newConnect(w *Window) *connectScreen {
	s := &connectScreen{sheet: newSheet(w, "connect"), address: kit.NewField("connect.address", words.Text("connect.address"))}
	s.address.SetPlaceholder(words.Text("connect.placeholder"))
	s.address.OnChanged = func(string) { s.address.SetError("") }
	s.address.OnSubmitted = func(string) { s.onConnect() }
	if w.o.Connect != nil {
		s.first = s.address.Entry()
		s.next(words.Text("connect.button"), s.onConnect)
	}
	return s
}

func (s *connectScreen) build() fyne.CanvasObject {
	var body []fyne.CanvasObject
	if s.w.o.Connect != nil {
		body = append(body, s.address, kit.NewText(words.Text("connect.hint"), kit.Small))
	}
	if s.w.o.Try != nil {
		body = append(body, kit.NewText(words.Text("connect.or"), kit.Strong), kit.NewRow("connect.try", kit.RowSpec{
			Icon: kit.IconPerson, Title: words.Text("connect.try.title"), Detail: words.Text("connect.try.detail"),
		}, s.onTry))
	}
	body = append(body, s.w.keyCareRow())
	if s.w.o.Version != "" {
		body = append(body, kit.NewText(words.Text("connect.version", words.Values{"version": s.w.o.Version}), kit.Small))
	}
	return s.page(kit.PageSpec{Heading: words.Text("connect.heading"), Lead: words.Text("connect.lead"), Body: body})
}

func (s *connectScreen) onConnect() {
	address, problem := serverAddress(s.address.Text())
	if problem != "" {
		s.refuse(s.address, words.Text(problem))
		return
	}
	connect := s.w.o.Connect
	s.w.wait("wait.connect", func(ctx context.Context) func() {
		services, err := connect(ctx, address)
		return func() {
			if err != nil {
				s.refuse(s.address, words.Text("connect.failed", words.Values{"address": address}))
				return
			}
			s.w.enter(services, nil)
		}
	})
}

func (s *connectScreen) onTry() {
	try := s.w.o.Try
	s.w.wait("wait.try", func(ctx context.Context) func() {
		services, trial, err := try(ctx)
		return func() {
			if err != nil {
				s.failed(s.w.asError(err))
				return
			}
			s.w.enter(services, trial)
		}
	})
}

// serverAddress makes an https address of what was typed: such an address, or a host name. Otherwise it names the text
// that says what is wrong.
func serverAddress(typed string) (address, problem string) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", "connect.empty"
	}
	if !strings.Contains(typed, "://") {
		typed = "https://" + typed
	}
	u, err := url.Parse(typed)
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

// loadingScreen stands while nobody knows which organisation this is, and when that can't be found out.
type loadingScreen struct {
	*sheet
	heading string
}

func newLoading(w *Window) *loadingScreen {
	return &loadingScreen{newSheet(w, "loading"), "loading.heading"}
}

func (s *loadingScreen) build() fyne.CanvasObject {
	p := kit.PageSpec{Heading: words.Text(s.heading), Lead: words.Text("loading.lead")}
	if s.w.o.Connect != nil {
		p.Back = kit.NewButton("page.connect", words.Text("button.connect_elsewhere"), kit.Link, func() { s.w.Go(Route{Place: PlaceConnect}) })
	}
	return s.page(p)
}

// failed says that there was no answer, in the heading too.
func (s *loadingScreen) failed(e *app.Error) {
	s.w.show(&loadingScreen{newSheet(s.w, "loading"), "loading.failed"})
	s.w.screen.base().warn(e)
}

// enter takes the services of an organisation, and asks which it is.
func (w *Window) enter(services app.Services, trial *Trial) {
	w.services, w.trial, w.session = services, trial, app.Session{}
	w.enterOrganisation()
}

// enterOrganisation asks which organisation this is, then opens its front door.
func (w *Window) enterOrganisation() {
	w.org = app.Organisation{}
	w.assemble()
	w.show(newLoading(w))
	front := w.services.Front
	w.wait("wait.organisation", func(ctx context.Context) func() {
		org, err := front.Organisation(ctx)
		return func() {
			if err != nil {
				w.screen.failed(w.asError(err))
				return
			}
			w.org = org
			w.dress()
			w.assemble()
			w.Go(w.first)
		}
	})
}
