package kiosk

import (
	"context"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// lookEvery is how often it is looked how the network stands, while its page is shown.
const lookEvery = 5 * time.Second

// networkPage says how the computer's network stands, and which can be joined.
type networkPage struct {
	*shell.PageBase
	kiosk   *Kiosk
	state   Network
	known   bool // what can be told is told
	looked  bool // at least once
	next    time.Time
	looking bool
}

func newNetwork(k *Kiosk) *networkPage {
	s := &networkPage{PageBase: shell.NewPageBase(k.w, "kiosk_network"), kiosk: k}
	s.Escape = k.w.Home
	s.Tick = s.look
	return s
}

// look finds out how the network stands, now and then.
func (s *networkPage) look() {
	now := s.Window.Clock()
	if s.looking || now.Before(s.next) {
		return
	}
	s.looking = true
	s.Window.Run.Run(func() func() {
		state, known := s.kiosk.o.Logon.Networks.Look(s.kiosk.ctx)
		return func() { s.told(state, known) }
	})
}

// told takes how the network stands. The page is drawn anew where that changed, and nothing is waited for.
func (s *networkPage) told(state Network, known bool) {
	s.looking, s.next = false, s.Window.Clock().Add(lookEvery)
	if s.Window.Shown() != shell.Page(s) || s.Window.Busy() || s.looked && known == s.known && reflect.DeepEqual(state, s.state) {
		return
	}
	s.state, s.known, s.looked = state, known, true
	s.Window.Redraw()
}

// Build implements shell.Page.
func (s *networkPage) Build() kit.PageSpec {
	spec := kit.PageSpec{Heading: words.Text("kiosk.network.heading"), Back: kit.NewButton("page.home", words.Text("button.back"), kit.Link, s.Window.Home)}
	switch {
	case !s.looked:
		spec.Lead = words.Text("kiosk.network.looking")
	case !s.known:
		spec.Lead = words.Text("kiosk.network.unknown")
		spec.Body = []fyne.CanvasObject{kit.NewText(words.Text("kiosk.network.cable_or_help"), kit.Body)}
	default:
		spec.Lead = s.lead()
		spec.Body = s.body()
	}
	return spec
}

// lead says how far the network leads.
func (s *networkPage) lead() string {
	if s.state.Joining {
		return words.Text("kiosk.network.joining")
	}
	if s.state.Reach == ReachFull && len(s.state.Names) > 0 {
		return words.Text("kiosk.network.connected", words.Values{"name": plain(strings.Join(s.state.Names, ", "))})
	}
	return words.Text("kiosk.network.reach." + string(s.state.Reach))
}

// body is what can be done about it.
func (s *networkPage) body() (body []fyne.CanvasObject) {
	n := s.state
	if n.Cable && !n.Plugged && n.Reach == ReachNone {
		body = append(body, kit.NewNote(kit.NoteInfo, words.Text("kiosk.network.plug")))
	}
	switch {
	case !n.WiFi:
	case n.Blocked:
		body = append(body, kit.NewNote(kit.NoteWarning, words.Text("kiosk.network.blocked")))
	case !n.On && n.MaySet:
		body = append(body, kit.NewButton("kiosk.network.on", words.Text("kiosk.network.on"), kit.Secondary, func() {
			s.try(func(ctx context.Context) JoinResult { return s.kiosk.o.Logon.Networks.SwitchOn(ctx) })
		}))
	case !n.On:
		body = append(body, kit.NewNote(kit.NoteInfo, words.Text("kiosk.network.off")))
	case len(n.Near) == 0:
		body = append(body, kit.NewText(words.Text("kiosk.network.no_wifi"), kit.Muted))
	}
	if n.On && !n.Blocked {
		for i, w := range n.Near[:min(len(n.Near), shownNetworks)] {
			body = append(body, s.row(strconv.Itoa(i+1), w))
		}
	}
	if n.Reach == ReachNone && !n.WiFi {
		body = append(body, kit.NewText(words.Text("kiosk.network.cable_or_help"), kit.Body))
	}
	return body
}

// row is a network in reach. One that can't be joined from here says why.
func (s *networkPage) row(number string, w WiFi) fyne.CanvasObject {
	spec := kit.RowSpec{Icon: kit.IconNetwork, Title: plain(w.Name)}
	detail, onTap := "", func() { s.join(w.Name, app.Secret{}) }
	switch {
	case w.Active:
		detail, spec.Passive = "active", true
	case w.Known && s.state.MaySet:
		detail = "known"
	case !s.state.MayAdd:
		detail, spec.Passive = "not_here", true
	case w.Open:
		detail = "open"
	case w.Password:
		detail, onTap = "password", func() { s.Window.Show(newJoin(s.kiosk, w.Name)) }
	default:
		detail, spec.Passive = "account", true
	}
	spec.Detail = words.Text("kiosk.network.row." + detail)
	return kit.NewRow("kiosk.network."+number, spec, onTap)
}

func (s *networkPage) join(name string, password app.Secret) {
	s.try(func(ctx context.Context) JoinResult { return s.kiosk.o.Logon.Networks.Join(ctx, name, password) })
}

// try changes something, and shows what became of it.
func (s *networkPage) try(change func(ctx context.Context) JoinResult) {
	s.Window.WaitOnce("wait.network", func(ctx context.Context) func() {
		result := change(ctx)
		return func() { s.kiosk.joined(result) }
	})
}

// joined shows how the network stands after something was changed.
func (k *Kiosk) joined(result JoinResult) {
	page := newNetwork(k)
	k.w.Show(page)
	if result == Joined {
		k.w.Tell(kit.NoteSuccess, words.Text("kiosk.network.joined"))
		return
	}
	k.w.Tell(kit.NoteWarning, words.Text("kiosk.network.result."+string(result)))
}

// joinPage asks for the password of a network.
type joinPage struct {
	*shell.PageBase
	kiosk    *Kiosk
	name     string
	password *kit.Field
}

func newJoin(k *Kiosk, name string) *joinPage {
	s := &joinPage{PageBase: shell.NewPageBase(k.w, "kiosk_join"), kiosk: k, name: name, password: kit.NewField("kiosk.network.password", words.Text("kiosk.network.password"))}
	s.password.SetPassword(words.Text("field.many_lines"))
	s.password.OnChanged = func(string) { s.password.SetError("") }
	s.password.OnSubmitted = func(string) { s.onNext() }
	s.First = s.password.Entry()
	s.Leave = func() { s.password.SetText("") }
	s.Escape = func() { k.w.Show(newNetwork(k)) }
	s.SetNext(words.Text("kiosk.network.join"), s.onNext)
	return s
}

// Build implements shell.Page.
func (s *joinPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("kiosk.network.join_heading", words.Values{"name": plain(s.name)}), Lead: words.Text("kiosk.network.join_lead"),
		Body: []fyne.CanvasObject{s.password}, Back: kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.Escape),
	}
}

func (s *joinPage) onNext() {
	given := s.password.Text()
	if n := len(given); n < leastPassword || n > longestPassword {
		s.Refuse(s.password, words.Text("kiosk.network.password_length", words.Values{"least": leastPassword, "most": longestPassword}))
		return
	}
	networks, name := s.kiosk.o.Logon.Networks, s.name
	s.Window.WaitOnce("wait.network", func(ctx context.Context) func() {
		result := networks.Join(ctx, name, app.NewSecret(given))
		return func() {
			if result == JoinPassword {
				s.Refuse(s.password, words.Text("kiosk.network.result.password"))
				return
			}
			s.kiosk.joined(result)
		}
	})
}

// plain is a name that somebody else gave, without what would turn the line around it.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.C, r) {
			return -1
		}
		return r
	}, name)
}
