package ui

import (
	"net/mail"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// addressScreen takes a private email address: a new one, or the one on file typed in full.
type addressScreen struct {
	*sheet
	talk    *conversation
	step    app.EnterAddress
	address *kit.Field
}

func newAddress(c *conversation, step app.EnterAddress) *addressScreen {
	s := &addressScreen{sheet: newStepSheet(c), talk: c, step: step,
		address: kit.NewField("address.field", words.Text("address.label"))}
	s.address.SetText(step.Address)
	s.address.SetPlaceholder(words.Text("address.placeholder"))
	s.address.OnChanged = func(string) { s.address.SetError("") }
	s.address.OnSubmitted = func(string) { s.onNext() }
	s.fields = map[string]errorField{"address": s.address}
	s.first = s.address.Entry()
	s.next(words.Text("address.button"), s.onNext)
	return s
}

func (s *addressScreen) build() fyne.CanvasObject {
	heading, lead := "address.heading", "address.lead"
	if s.step.Confirm {
		heading, lead = "address.heading_confirm", "address.lead_confirm"
	}
	return s.page(kit.PageSpec{
		Heading:   words.Text(heading),
		Lead:      words.Text(lead),
		Body:      []fyne.CanvasObject{s.address, s.own()},
		Back:      s.talk.ways(),
		Secondary: s.talk.another(),
	})
}

// own says which addresses can't serve, and why.
func (s *addressScreen) own() fyne.CanvasObject {
	if s.step.Confirm || len(s.step.OwnDomains) == 0 {
		return nil
	}
	return kit.NewText(words.Text("address.own", words.Values{"domains": words.List(s.step.OwnDomains)}), kit.Small)
}

func (s *addressScreen) onNext() {
	typed := strings.TrimSpace(s.address.Text())
	if why := s.problem(typed); why != "" {
		s.refuse(s.address, why)
		return
	}
	s.talk.submit(app.GiveAddress{Address: typed})
}

// problem says what is wrong with an address, as far as that can be seen here.
func (s *addressScreen) problem(typed string) string {
	if typed == "" {
		return words.Text("address.empty")
	}
	at := strings.LastIndex(typed, "@")
	parsed, err := mail.ParseAddress(typed)
	if err != nil || parsed.Address != typed || !strings.Contains(strings.Trim(typed[at+1:], "."), ".") {
		return words.Text("error." + string(app.CodeBadAddress))
	}
	for _, own := range s.step.OwnDomains {
		domain := strings.ToLower(typed[at+1:])
		if !s.step.Confirm && (domain == own || strings.HasSuffix(domain, "."+own)) {
			return words.Text("error." + string(app.CodeOwnDomain))
		}
	}
	return ""
}
