package policy

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

func sound() Policy {
	p := Default()
	p.Organisation = Organisation{Name: "Harbour Hospital", Colour: "#0b6B66", Logo: "pictures/logo.svg", Domains: []string{"harbour.example", "xn--bcher-kva.example"}}
	p.HelpDesk = HelpDesk{Name: "IT help desk", Phone: "ext. 4400", Hours: "7:00 to 19:00", Link: "https://help.harbour.example/x", Mail: "help@harbour.example"}
	return p
}

// faults are ways to break a sound policy, by the key that is to blame.
var faults = map[string][]func(*Policy){
	"organisation.name": {
		func(p *Policy) { p.Organisation.Name = "  " },
		func(p *Policy) { p.Organisation.Name = strings.Repeat("x", 81) },
		func(p *Policy) { p.Organisation.Name = "a\nb" },
	},
	"organisation.colour": {
		func(p *Policy) { p.Organisation.Colour = "teal" },
		func(p *Policy) { p.Organisation.Colour = "#12345" },
		func(p *Policy) { p.Organisation.Colour = "#12345g" },
		func(p *Policy) { p.Organisation.Colour = "#123456\n" },
	},
	"organisation.logo": {
		func(p *Policy) { p.Organisation.Logo = "../logo.png" },
		func(p *Policy) { p.Organisation.Logo = "/etc/logo.png" },
	},
	"organisation.domains": {
		func(p *Policy) { p.Organisation.Domains = nil },
		func(p *Policy) { p.Organisation.Domains = []string{"Harbour.example"} },
		func(p *Policy) { p.Organisation.Domains = []string{"bücher.example"} },
		func(p *Policy) { p.Organisation.Domains = []string{"harbour"} },
		func(p *Policy) { p.Organisation.Domains = []string{"@harbour.example"} },
		func(p *Policy) { p.Organisation.Domains = []string{"192.0.2.1"} },
	},
	"help_desk.name":  {func(p *Policy) { p.HelpDesk.Name = "" }},
	"help_desk.phone": {func(p *Policy) { p.HelpDesk.Phone = "4400\x1b" }},
	"help_desk.hours": {func(p *Policy) { p.HelpDesk.Hours = strings.Repeat("x", 81) }},
	"help_desk.link": {
		func(p *Policy) { p.HelpDesk.Link = "http://x.example" },
		func(p *Policy) { p.HelpDesk.Link = "javascript:alert(1)" },
		func(p *Policy) { p.HelpDesk.Link = "https://a:b@x.example" },
		func(p *Policy) { p.HelpDesk.Link = "https://" },
	},
	"help_desk.mail":     {func(p *Policy) { p.HelpDesk.Mail = "Help <help@x.example>" }, func(p *Policy) { p.HelpDesk.Mail = "help" }},
	"feature.reset":      {func(p *Policy) { p.Feature.Reset = "some" }},
	"feature.groups":     {func(p *Policy) { p.Feature.Reset = ForGroups }, func(p *Policy) { p.Feature.Groups = []string{"staff"} }},
	"feature.disclosure": {func(p *Policy) { p.Feature.Disclosure = "private" }},
	"registration.mode":  {func(p *Policy) { p.Registration.Mode = "" }, func(p *Policy) { p.Registration.Mode = "on" }},
	"registration.first": {func(p *Policy) { p.Registration.First = "" }, func(p *Policy) { p.Registration.First = "badge" }},
	"registration.reconfirm_after": {
		func(p *Policy) { p.Registration.ReconfirmAfter = -time.Second },
		func(p *Policy) { p.Registration.ReconfirmAfter = 731 * 24 * time.Hour },
	},
	"pass.lifetime": {
		func(p *Policy) { p.Pass.Lifetime, p.Pass.DeskLifetime = 9*time.Minute, time.Minute },
		func(p *Policy) { p.Pass.Lifetime = 9 * time.Hour },
	},
	"pass.desk_lifetime": {
		func(p *Policy) { p.Pass.DeskLifetime = time.Second },
		func(p *Policy) { p.Pass.Lifetime, p.Pass.DeskLifetime = 10*time.Minute, time.Hour },
	},
	"questions.register": {func(p *Policy) { p.Questions.Register = 6 }},
	"questions.ask":      {func(p *Policy) { p.Questions.Ask = 2 }, func(p *Policy) { p.Questions.Register, p.Questions.Ask = 3, 4 }},
	"questions.own": {
		func(p *Policy) { p.Questions.Own = []string{"x?"} },
		func(p *Policy) { p.Questions.Own = []string{strings.Repeat("x", 201)} },
		func(p *Policy) { p.Questions.Own = []string{"Which ward\nwas first?"} },
		func(p *Policy) { p.Questions.Own = []string{"Which ward was first? "} },
		func(p *Policy) { p.Questions.Own = []string{"Which ward was first?", "which WARD was first?"} },
		func(p *Policy) {
			for i := range 21 {
				p.Questions.Own = append(p.Questions.Own, "Which ward was first?"+strings.Repeat("?", i))
			}
		},
	},
	"recovery.sends_per_number":  {func(p *Policy) { p.Recovery.SendsPerNumber = 11 }},
	"recovery.sends_per_account": {func(p *Policy) { p.Recovery.SendsPerAccount = 4 }},
	"methods.allowed": {
		func(p *Policy) { p.Methods.Allowed = nil },
		func(p *Policy) { p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindSecurityKey} },
		func(p *Policy) { p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindQuestions} },
		func(p *Policy) { p.Methods.Allowed = []app.Kind{app.KindAuthApp, "fax"} },
		func(p *Policy) { p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindAuthApp} },
	},
	"methods.gates": {
		func(p *Policy) { p.Methods.Gates = 0 },
		func(p *Policy) {
			p.Methods.Allowed, p.Methods.Gates = []app.Kind{app.KindAuthApp, app.KindSMS, app.KindQuestions}, 1
		},
	},
	"methods.register": {
		func(p *Policy) { p.Methods.Register = 1 },
		func(p *Policy) { p.Methods.Register = 3 },
		func(p *Policy) { p.Methods.Gates, p.Methods.Register = 1, 0 },
	},
	"flows.lifetime":      {func(p *Policy) { p.Codes.Lifetime, p.Flows.Lifetime = 10*time.Minute, 9*time.Minute }},
	"sessions.refresh":    {func(p *Policy) { p.Sessions.Access, p.Sessions.Refresh = time.Hour, 30*time.Minute }},
	"password.mode":       {func(p *Policy) { p.Password.Mode = "" }},
	"password.min_length": {func(p *Policy) { p.Password.MinLength = 14 }, func(p *Policy) { p.Password.Mode, p.Password.MinLength = "classic", 7 }},
	"password.banned":     {func(p *Policy) { p.Password.Banned = []string{" abc "} }, func(p *Policy) { p.Password.Banned = slices.Repeat([]string{"harbour"}, 1001) }},
	"password.breached":   {func(p *Policy) { p.Password.Breached = "../x" }, func(p *Policy) { p.Password.Breached = "/etc/x" }},
	"profile":             {func(p *Policy) { p.Profile = "NIST" }},
	"password.forbidden":  {func(p *Policy) { p.Password.Forbidden = []string{"abc"} }, func(p *Policy) { p.Password.Forbidden = slices.Repeat([]string{"harbour"}, 1001) }},
}

// TestCheck breaks one thing at a time: the key that is to blame is named, and no other.
func TestCheck(t *testing.T) {
	if found := sound().Check(); len(found) > 0 {
		t.Fatalf("a sound policy has problems: %v", found)
	}
	for key, breaks := range faults {
		for i, fault := range breaks {
			p := sound()
			fault(&p)
			found := p.Check()
			if len(found) == 0 || slices.ContainsFunc(found, func(f Problem) bool { return f.Key != key }) {
				t.Errorf("%s, way %d: found %v", key, i, found)
			}
		}
	}
}

// TestBounds takes every figure to its bounds and one beyond.
func TestBounds(t *testing.T) {
	numbers := map[string]struct {
		field       func(*Policy) *int
		least, most int
	}{
		"codes.tries":                {func(p *Policy) *int { return &p.Codes.Tries }, 1, 10},
		"recovery.starts_per_hour":   {func(p *Policy) *int { return &p.Recovery.StartsPerHour }, 1, 60},
		"recovery.ended_gates":       {func(p *Policy) *int { return &p.Recovery.EndedGates }, 1, 50},
		"recovery.mails_per_address": {func(p *Policy) *int { return &p.Recovery.MailsPerAddress }, 1, 10},
		"sign_in.failures":           {func(p *Policy) *int { return &p.SignIn.Failures }, 1, 100},
		"sign_in.below_directory":    {func(p *Policy) *int { return &p.SignIn.BelowDirectory }, 1, 10},
		"password.min_length":        {func(p *Policy) *int { return &p.Password.MinLength }, 15, 64},
		"password.max_length":        {func(p *Policy) *int { return &p.Password.MaxLength }, 64, 256},
	}
	for key, n := range numbers {
		for value, good := range map[int]bool{n.least - 1: false, n.least: true, n.most: true, n.most + 1: false} {
			p := sound()
			*n.field(&p) = value
			hold(t, p, key, good)
		}
	}
	durations := map[string]struct {
		field       func(*Policy) *time.Duration
		least, most time.Duration
	}{
		"codes.lifetime":     {func(p *Policy) *time.Duration { return &p.Codes.Lifetime }, time.Minute, 10 * time.Minute},
		"codes.resend_after": {func(p *Policy) *time.Duration { return &p.Codes.ResendAfter }, 10 * time.Second, 5 * time.Minute},
		"flows.lifetime":     {func(p *Policy) *time.Duration { return &p.Flows.Lifetime }, 5 * time.Minute, time.Hour},
		"recovery.window":    {func(p *Policy) *time.Duration { return &p.Recovery.Window }, time.Hour, 168 * time.Hour},
		"recovery.lock":      {func(p *Policy) *time.Duration { return &p.Recovery.Lock }, 10 * time.Minute, 168 * time.Hour},
		"sign_in.pause":      {func(p *Policy) *time.Duration { return &p.SignIn.Pause }, time.Second, time.Hour},
		"sessions.access":    {func(p *Policy) *time.Duration { return &p.Sessions.Access }, time.Minute, time.Hour},
		"sessions.refresh":   {func(p *Policy) *time.Duration { return &p.Sessions.Refresh }, 10 * time.Minute, 720 * time.Hour},
	}
	for key, d := range durations {
		for value, good := range map[time.Duration]bool{d.least - 1: false, d.least: true, d.most: true, d.most + 1: false} {
			p := sound()
			*d.field(&p) = value
			hold(t, p, key, good)
		}
	}
}

func hold(t *testing.T, p Policy, key string, good bool) {
	t.Helper()
	found := p.Check()
	if good && len(found) > 0 || !good && !slices.ContainsFunc(found, func(f Problem) bool { return f.Key == key }) {
		t.Errorf("%s, good %v: %v", key, good, found)
	}
}
