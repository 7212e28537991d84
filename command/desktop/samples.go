package desktop

import (
	"github.com/sparekey/sparekey/command/setup"
	"github.com/sparekey/sparekey/ui"
)

// samples are the sample people as the window shows them.
func samples(people []setup.SamplePerson) []ui.Sample {
	var out []ui.Sample
	for _, p := range people {
		s := ui.Sample{State: string(p.State), UserID: p.UserID, Name: p.Name, Password: p.Password}
		if p.AppSecret != "" {
			s.App = p.Code
		}
		for _, contact := range []string{p.Mail, p.Mobile} {
			if contact != "" {
				s.Contacts = append(s.Contacts, contact)
			}
		}
		out = append(out, s)
	}
	return out
}
