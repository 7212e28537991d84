package step

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// addressPage takes a private email address: a new one, or the one on file typed in full.
type addressPage struct {
	*shell.PageBase
	flow    *flow
	step    app.EnterAddress
	address *kit.Field
	own     *kit.Text // which addresses can't serve, and why; nil where all may
}

func newAddress(f *flow, step app.EnterAddress) *addressPage {
	s := &addressPage{PageBase: newStepPage(f), flow: f, step: step,
		address: kit.NewField("address.field", words.Text("address.label"))}
	s.address.SetText(step.Address)
	s.address.SetPlaceholder(words.Text("address.placeholder"))
	if !step.Confirm && len(step.OwnDomains) > 0 {
		s.own = kit.NewText(words.Text("address.own", words.Values{"domains": words.List(step.OwnDomains)}), kit.Small)
	}
	s.address.OnChanged = func(string) {
		s.address.SetError("")
		s.showOwn(true)
	}
	s.address.OnSubmitted = func(string) { s.onNext() }
	s.Fields = map[string]shell.ErrorField{"address": s.address}
	s.First = s.address.Entry()
	s.SetNext(words.Text("address.button"), s.onNext)
	return s
}

// Build implements shell.Page.
func (s *addressPage) Build() kit.PageSpec {
	heading, lead := "address.heading", "address.lead"
	if s.step.Confirm {
		heading, lead = "address.heading_confirm", "address.lead_confirm"
	}
	body := []fyne.CanvasObject{s.address}
	if s.own != nil {
		body = append(body, s.own)
	}
	return kit.PageSpec{
		Heading:   words.Text(heading),
		Lead:      words.Text(lead),
		Body:      body,
		Back:      s.flow.exits(),
		Secondary: s.flow.another(),
	}
}

// showOwn says which addresses can't serve, or doesn't.
func (s *addressPage) showOwn(shown bool) {
	if s.own == nil || s.own.Visible() == shown {
		return
	}
	if shown {
		s.own.Show()
	} else {
		s.own.Hide()
	}
	s.Refresh()
}

// Failed implements shell.Page.
func (s *addressPage) Failed(e *app.Error) {
	s.showOwn(e.Code != app.CodeOwnDomain) // the refusal says the same
	s.PageBase.Failed(e)
}

func (s *addressPage) onNext() {
	s.address.SetText(typed.Address(s.address.Text()))
	address := s.address.Text()
	if why := s.problem(address); why != "" {
		s.showOwn(why != words.Text("error."+string(app.CodeOwnDomain)))
		s.Refuse(s.address, why)
		return
	}
	s.flow.submit(app.GiveAddress{Address: address})
}

// problem says what is wrong with an address, as far as that can be seen here.
func (s *addressPage) problem(address string) string {
	if address == "" {
		return words.Text("address.empty")
	}
	local, domain, _ := strings.Cut(address, "@")
	if at := strings.IndexFunc(local, func(r rune) bool { return r > unicode.MaxASCII }); at >= 0 {
		strange, _ := utf8.DecodeRuneInString(local[at:])
		return words.Text("address.strange", words.Values{"char": string(strange)})
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || !strings.Contains(strings.Trim(domain, "."), ".") {
		return words.Text("error." + string(app.CodeBadAddress))
	}
	for _, own := range s.step.OwnDomains {
		domain := strings.ToLower(domain)
		if !s.step.Confirm && (domain == own || strings.HasSuffix(domain, "."+own)) {
			return words.Text("error." + string(app.CodeOwnDomain))
		}
	}
	return ""
}
