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
	p.Questions.Own = []Words{{"": "Which ward?"}, {"en": "Which office?", "de": "Welches Büro?", "zh-Hant": "哪一間辦公室？", "pt-BR": "Qual escritório?"}}
	p.Calls.Countries = []string{"DE", "GB", "US"}
	p.HelpDesk = HelpDesk{Name: "IT help desk", Phone: "ext. 4400", Hours: "7:00 to 19:00", Link: "https://help.harbour.example/x", Mail: "help@harbour.example"}
	return p
}

const aModel = "2fc0579f-8113-47ea-b116-bb5a8db9202a"

// origin sets one that is not harbour.example's.
func origin(to string) func(*Policy) {
	return func(p *Policy) { p.SecurityKey.RPID, p.SecurityKey.Origin = "harbour.example", to }
}

// own are questions of no language.
func own(texts ...string) (all []Words) {
	for _, text := range texts {
		all = append(all, Words{"": text})
	}
	return all
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
	"calls.confirm": {func(p *Policy) { p.Calls.Confirm = "" }, func(p *Policy) { p.Calls.Confirm = "press #" }},
	"calls.countries": {
		func(p *Policy) { p.Calls.Countries = []string{"UK"} },
		func(p *Policy) { p.Calls.Countries = []string{"de"} },
		func(p *Policy) { p.Calls.Countries = []string{"DEU"} },
		func(p *Policy) { p.Calls.Countries = []string{"+49"} },
		func(p *Policy) { p.Calls.Countries = []string{"150"} }, // Europe
		func(p *Policy) { p.Calls.Countries = []string{"ZZ"} },
		func(p *Policy) { p.Calls.Countries = []string{""} },
		func(p *Policy) { p.Calls.Countries = []string{"DE", "GB", "DE"} },
	},
	"calls.sends_per_country": {func(p *Policy) { p.Calls.SendsPerCountry = 0 }, func(p *Policy) { p.Calls.SendsPerCountry = 10_001 }},
	"calls.sends_per_station": {func(p *Policy) { p.Calls.SendsPerStation = 0 }, func(p *Policy) { p.Calls.SendsPerStation = 10_001 }},
	"calls.sends_per_network": {func(p *Policy) { p.Calls.SendsPerNetwork = 0 }, func(p *Policy) { p.Calls.SendsPerNetwork = 10_001 }},
	"calls.sends_per_day":     {func(p *Policy) { p.Calls.SendsPerDay = -1 }, func(p *Policy) { p.Calls.SendsPerDay = 10_001 }},
	"help_desk.name":          {func(p *Policy) { p.HelpDesk.Name = "" }},
	"help_desk.phone":         {func(p *Policy) { p.HelpDesk.Phone = "4400\x1b" }},
	"help_desk.hours":         {func(p *Policy) { p.HelpDesk.Hours = strings.Repeat("x", 81) }},
	"help_desk.link": {
		func(p *Policy) { p.HelpDesk.Link = "http://x.example" },
		func(p *Policy) { p.HelpDesk.Link = "javascript:alert(1)" },
		func(p *Policy) { p.HelpDesk.Link = "https://a:b@x.example" },
		func(p *Policy) { p.HelpDesk.Link = "https://" },
	},
	"help_desk.mail":     {func(p *Policy) { p.HelpDesk.Mail = "Help <help@x.example>" }, func(p *Policy) { p.HelpDesk.Mail = "help" }},
	"feature.reset":      {func(p *Policy) { p.Feature.Reset = "some" }},
	"feature.groups":     {func(p *Policy) { p.Feature.Reset = ForGroups }, func(p *Policy) { p.Feature.Groups = []string{"staff"} }},
	"feature.disclosure": {func(p *Policy) { p.Feature.Disclosure = "silent" }},
	"feature.helpful_networks": {
		func(p *Policy) { p.Feature.HelpfulNetworks = []string{"10.0.0.1/8"} },
		func(p *Policy) { p.Feature.HelpfulNetworks = []string{"office"} },
	},
	"feature.proof_of_work": {func(p *Policy) { p.Feature.ProofOfWork = "always" }},
	"questions.register":    {func(p *Policy) { p.Questions.Register = 6 }},
	"questions.ask":         {func(p *Policy) { p.Questions.Ask = 2 }, func(p *Policy) { p.Questions.Register, p.Questions.Ask = 3, 4 }},
	"registration.mode":     {func(p *Policy) { p.Registration.Mode = "" }, func(p *Policy) { p.Registration.Mode = "on" }},
	"registration.first":    {func(p *Policy) { p.Registration.First = "" }, func(p *Policy) { p.Registration.First = "badge" }},
	"registration.reconfirm_after": {
		func(p *Policy) { p.Registration.ReconfirmAfter = -time.Second },
		func(p *Policy) { p.Registration.ReconfirmAfter = 731 * 24 * time.Hour },
	},
	"recovery.most_wrong_tries": {
		func(p *Policy) { p.Recovery.EndedGates = 11 },
		func(p *Policy) { p.Codes.Tries, p.Recovery.MostWrongTries = 10, 49 },
	},
	"pass.lifetime": {
		func(p *Policy) { p.Pass.Lifetime, p.Pass.DeskLifetime = 9*time.Minute, time.Minute },
		func(p *Policy) { p.Pass.Lifetime = 9 * time.Hour },
	},
	"pass.desk_lifetime": {
		func(p *Policy) { p.Pass.DeskLifetime = time.Second },
		func(p *Policy) { p.Pass.Lifetime, p.Pass.DeskLifetime = 10*time.Minute, time.Hour },
	},
	"questions.own": {
		func(p *Policy) { p.Questions.Own = own("x?") },
		func(p *Policy) { p.Questions.Own = []Words{{}} },
		func(p *Policy) { p.Questions.Own = []Words{{"en": "Which ward?", "de": "x?"}} },
		func(p *Policy) { p.Questions.Own = []Words{{"english": "Which ward?"}} },
		func(p *Policy) { p.Questions.Own = []Words{{"de_DE_": "Welche Station?"}} },
		func(p *Policy) { p.Questions.Own = []Words{{"": "Which ward?", "de": "Welche Station?"}} },
		func(p *Policy) { p.Questions.Own = []Words{{"pt-BR": "Qual?", "pt-br": "Qual ala?"}} },
		func(p *Policy) { p.Questions.Own = []Words{{"en": "Which ward?"}, {"fr": "which WARD?"}} },
		func(p *Policy) { p.Questions.Own = own(strings.Repeat("x", 201)) },
		func(p *Policy) { p.Questions.Own = own("Which ward\nwas first?") },
		func(p *Policy) { p.Questions.Own = own("Which ward was first? ") },
		func(p *Policy) { p.Questions.Own = own("Which ward was first?", "which WARD was first?") },
		func(p *Policy) {
			for i := range 21 {
				p.Questions.Own = append(p.Questions.Own, Words{"": "Which ward was first?" + strings.Repeat("?", i)})
			}
		},
	},
	"security_key.rp_id": {
		func(p *Policy) { p.SecurityKey.RPID = "Harbour.example" },
		func(p *Policy) { p.SecurityKey.RPID = "bücher.example" },
		func(p *Policy) { p.SecurityKey.RPID = "example" },
		func(p *Policy) { p.SecurityKey.RPID = "192.0.2.1" },
		func(p *Policy) { p.SecurityKey.RPID = "harbour.example:443" },
	},
	"security_key.origin": {
		func(p *Policy) {
			p.Methods.Allowed, p.SecurityKey.RPID = append(p.Methods.Allowed, app.KindSecurityKey), "harbour.example"
		},
		origin("http://harbour.example"), origin("https://harbour.example/"), origin("https://harbour.example:443"),
		origin("https://notharbour.example"), origin("https://harbour.example.org"), origin("https://a@harbour.example"),
		origin("https://Harbour.example"), origin("harbour.example"), origin("https://.harbour.example"),
		origin("https://harbour.example?x"), origin("https://harbour.example#x"), origin("https://a..harbour.example"),
	},
	"security_key.algorithms": {
		func(p *Policy) { p.SecurityKey.Algorithms = nil },
		func(p *Policy) { p.SecurityKey.Algorithms = []string{"ES256", "HS256"} },
		func(p *Policy) { p.SecurityKey.Algorithms = []string{"ES256", "ES256"} },
	},
	"security_key.user_verification": {func(p *Policy) { p.SecurityKey.Verification = "yes" }},
	"security_key.attestation":       {func(p *Policy) { p.SecurityKey.Attestation = "enterprise" }},
	"security_key.metadata": {
		func(p *Policy) { p.SecurityKey.Attestation = app.AttestDirect },
		func(p *Policy) { p.SecurityKey.Metadata = "mds.jwt" },
		func(p *Policy) { p.SecurityKey.Attestation, p.SecurityKey.Metadata = app.AttestDirect, "../mds.jwt" },
	},
	"security_key.allow": {
		func(p *Policy) { p.SecurityKey.Allow = []string{"2FC0579F-8113-47EA-B116-BB5A8DB9202A"} },
		func(p *Policy) { p.SecurityKey.Allow = []string{aModel, aModel} },
	},
	"security_key.deny": {
		func(p *Policy) { p.SecurityKey.Deny = []string{"YubiKey"} },
		func(p *Policy) { p.SecurityKey.Allow, p.SecurityKey.Deny = []string{aModel}, []string{aModel} },
	},
	"recovery.sends_per_number":  {func(p *Policy) { p.Recovery.SendsPerNumber = 11 }},
	"recovery.sends_per_account": {func(p *Policy) { p.Recovery.SendsPerAccount = 4 }},
	"methods.allowed": {
		func(p *Policy) { p.Methods.Allowed = nil },
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
	"sessions.lifetime":   {func(p *Policy) { p.Sessions.Access, p.Sessions.Lifetime = time.Hour, 30*time.Minute }},
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
			if len(found) == 0 || slices.ContainsFunc(found, func(f app.Problem) bool { return f.Key != key }) {
				t.Errorf("%s, way %d: found %v", key, i, found)
			}
		}
	}
}

func TestOriginsOfADomain(t *testing.T) {
	for _, good := range []string{"https://harbour.example", "https://reset.harbour.example", "https://a.b.harbour.example:8443"} {
		p := sound()
		p.Methods.Allowed = append(p.Methods.Allowed, app.KindSecurityKey)
		origin(good)(&p)
		if found := p.Check(); len(found) > 0 {
			t.Errorf("%s: %v", good, found)
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
		"recovery.wrong_in_a_row":    {func(p *Policy) *int { return &p.Recovery.WrongInARow }, 10, 100},
		"recovery.most_wrong_tries":  {func(p *Policy) *int { return &p.Recovery.MostWrongTries }, 25, 500}, // 5 gates of 5 tries
		"recovery.mails_per_address": {func(p *Policy) *int { return &p.Recovery.MailsPerAddress }, 1, 10},
		"sign_in.failures":           {func(p *Policy) *int { return &p.SignIn.Failures }, 1, 100},
		"sign_in.below_directory":    {func(p *Policy) *int { return &p.SignIn.BelowDirectory }, 1, 10},
		"password.min_length":        {func(p *Policy) *int { return &p.Password.MinLength }, 15, 64},
		"password.max_length":        {func(p *Policy) *int { return &p.Password.MaxLength }, 64, 256},
	}
	for key, n := range numbers {
		for value, good := range map[int]bool{n.least - 1: false, n.least: true, n.most: true, n.most + 1: false} {
			p := sound()
			p.Recovery.MostWrongTries = 500
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
		"sessions.lifetime":  {func(p *Policy) *time.Duration { return &p.Sessions.Lifetime }, 10 * time.Minute, 720 * time.Hour},
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
	if good && len(found) > 0 || !good && !slices.ContainsFunc(found, func(f app.Problem) bool { return f.Key == key }) {
		t.Errorf("%s, good %v: %v", key, good, found)
	}
}
