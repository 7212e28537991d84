package policy

import (
	"net/mail"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
)

// Check looks at the policy as a whole and gives every problem, without file and line.
func (p Policy) Check() []app.Problem {
	var c checker
	c.organisation(p.Organisation)
	c.helpDesk(p.HelpDesk)
	c.feature(p.Feature)
	c.methods(p.Methods)
	c.questions(p)
	c.securityKey(p.SecurityKey, slices.Contains(p.Methods.Allowed, app.KindSecurityKey))
	c.registration(p)
	c.calls(p.Calls)
	c.limits(p)
	c.password(p.Password)
	c.profile(p)
	if slices.Contains(p.Methods.Allowed, app.KindEmail) && len(p.Organisation.Domains) == 0 {
		c.add("organisation.domains", "no_domains")
	}
	return c.found
}

type checker struct{ found []app.Problem }

func (c *checker) add(key, code string, params ...any) {
	c.found = append(c.found, app.NewProblem(key, code, params...))
}

// oneOf holds a word to a closed set of two or three.
func oneOf[T ~string](c *checker, key string, is T, of ...T) {
	switch {
	case slices.Contains(of, is):
	case len(of) == 2:
		c.add(key, "one_of_two", "first", of[0], "second", of[1], "is", is)
	default:
		c.add(key, "one_of_three", "first", of[0], "second", of[1], "third", of[2], "is", is)
	}
}

// number holds n within bounds.
func (c *checker) number(key string, n, least, most int) {
	if n < least || n > most {
		c.add(key, "between", "least", least, "most", most, "is", n)
	}
}

// duration holds d within bounds.
func (c *checker) duration(key string, d, least, most time.Duration) {
	if d < least || d > most {
		c.add(key, "between", "least", spell(least), "most", spell(most), "is", spell(d))
	}
}

// spell writes a duration without its zero parts: "5m", not "5m0s".
func spell(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// mostText is the length of a text that people read, in characters.
const mostText = 80

// text holds a text that people read to a line.
func (c *checker) text(key, s string) {
	if utf8.RuneCountInString(s) > mostText || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		c.add(key, "one_line", "most", mostText)
	}
}

// beside holds a file that the policy names, if it does, to the policy's folder.
func (c *checker) beside(key, file string) {
	if file != "" && !filepath.IsLocal(file) {
		c.add(key, "file_elsewhere", "is", file)
	}
}

var (
	colour = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
	domain = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$`)
)

func (c *checker) organisation(o Organisation) {
	if strings.TrimSpace(o.Name) == "" {
		c.add("organisation.name", "no_name")
	}
	c.text("organisation.name", o.Name)
	if o.Colour != "" && !colour.MatchString(o.Colour) {
		c.add("organisation.colour", "colour", "is", o.Colour)
	}
	c.beside("organisation.logo", o.Logo)
	for _, d := range o.Domains {
		if !domain.MatchString(d) || len(d) > 253 {
			c.add("organisation.domains", "domain", "is", d)
		}
	}
}

func (c *checker) helpDesk(h HelpDesk) {
	if strings.TrimSpace(h.Name) == "" {
		c.add("help_desk.name", "no_help_desk")
	}
	c.text("help_desk.name", h.Name)
	c.text("help_desk.phone", h.Phone)
	c.text("help_desk.hours", h.Hours)
	if u, err := url.Parse(h.Link); h.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
		c.add("help_desk.link", "link", "is", h.Link)
	}
	if a, err := mail.ParseAddress(h.Mail); h.Mail != "" && (err != nil || a.Address != h.Mail) {
		c.add("help_desk.mail", "mail", "is", h.Mail)
	}
}

func (c *checker) feature(f Feature) {
	oneOf(c, "feature.reset", f.Reset, ForNobody, ForGroups, ForAll)
	switch {
	case f.Reset == ForGroups && len(f.Groups) == 0:
		c.add("feature.groups", "no_group")
	case (f.Reset == ForNobody || f.Reset == ForAll) && len(f.Groups) > 0:
		c.add("feature.groups", "groups_unused", "reset", f.Reset)
	}
	for _, g := range f.Groups {
		if strings.TrimSpace(g) == "" {
			c.add("feature.groups", "group_empty")
		}
	}
	c.disclosure(f)
}

func (c *checker) methods(m Methods) {
	for i, k := range m.Allowed {
		switch {
		case !k.Valid():
			c.add("methods.allowed", "method", "is", k)
		case slices.Contains(m.Allowed[:i], k):
			c.add("methods.allowed", "twice", "is", k)
		}
	}
	if len(m.Allowed) == 0 {
		c.add("methods.allowed", "no_method")
	}
	if slices.Equal(m.Allowed, []app.Kind{app.KindQuestions}) {
		c.add("methods.allowed", "questions_alone")
	}
	c.number("methods.register", m.Register, 1, 4)
	if m.Gates != 1 && m.Gates != 2 {
		c.add("methods.gates", "one_or_two", "is", m.Gates)
	}
	if m.Register < m.Gates {
		c.add("methods.register", "below", "other", "methods.gates", "least", m.Gates, "is", m.Register)
	}
	if n := len(m.Allowed); n > 0 && m.Register > n {
		c.add("methods.register", "above_methods", "most", n, "is", m.Register)
	}
}

// limits checks lifetimes, tries and throttles.
func (c *checker) limits(p Policy) {
	const day = 24 * time.Hour
	c.duration("codes.lifetime", p.Codes.Lifetime, time.Minute, 10*time.Minute)
	c.number("codes.tries", p.Codes.Tries, 1, 10)
	c.duration("codes.resend_after", p.Codes.ResendAfter, 10*time.Second, 5*time.Minute)
	c.duration("flows.lifetime", p.Flows.Lifetime, 5*time.Minute, time.Hour)
	if p.Flows.Lifetime < p.Codes.Lifetime {
		c.add("flows.lifetime", "below", "other", "codes.lifetime", "least", spell(p.Codes.Lifetime), "is", spell(p.Flows.Lifetime))
	}
	c.number("recovery.starts_per_hour", p.Recovery.StartsPerHour, 1, 60)
	c.number("recovery.ended_gates", p.Recovery.EndedGates, 1, 50)
	c.number("recovery.most_wrong_tries", p.Recovery.MostWrongTries, 1, 500)
	if n := p.Recovery.EndedGates * p.Codes.Tries; p.Recovery.MostWrongTries < n {
		c.add("recovery.most_wrong_tries", "wrong_tries_few", "least", n, "is", p.Recovery.MostWrongTries)
	}
	c.number("recovery.wrong_in_a_row", p.Recovery.WrongInARow, 10, mostWrong)
	c.duration("recovery.window", p.Recovery.Window, time.Hour, 7*day)
	c.duration("recovery.lock", p.Recovery.Lock, 10*time.Minute, 7*day)
	c.number("recovery.mails_per_address", p.Recovery.MailsPerAddress, 1, 10)
	c.number("recovery.sends_per_number", p.Recovery.SendsPerNumber, 1, 10)
	c.number("recovery.sends_per_account", p.Recovery.SendsPerAccount, 5, 100)
	c.number("sign_in.failures", p.SignIn.Failures, 1, 100)
	c.duration("sign_in.pause", p.SignIn.Pause, time.Second, time.Hour)
	c.number("sign_in.below_directory", p.SignIn.BelowDirectory, 1, 10)
	c.duration("sessions.access", p.Sessions.Access, time.Minute, time.Hour)
	c.duration("sessions.refresh", p.Sessions.Refresh, 10*time.Minute, 30*day)
	c.duration("sessions.lifetime", p.Sessions.Lifetime, 10*time.Minute, 30*day)
	if p.Sessions.Lifetime < p.Sessions.Access {
		c.add("sessions.lifetime", "below", "other", "sessions.access", "least", spell(p.Sessions.Access), "is", spell(p.Sessions.Lifetime))
	}
	if p.Sessions.Refresh < p.Sessions.Access {
		c.add("sessions.refresh", "below", "other", "sessions.access", "least", spell(p.Sessions.Access), "is", spell(p.Sessions.Refresh))
	}
}

// The bounds of password lengths, in characters: NIST SP 800-63B-4, 3.1.1.2 asks for 15 where the password stands alone
// and for 64 to be allowed.
const (
	nistMin    = 15
	classicMin = 8
	leastMax   = 64
	mostMax    = 256
)

func (c *checker) password(p Password) {
	oneOf(c, "password.mode", p.Mode, "nist", "classic")
	switch p.Mode {
	case "nist":
		c.number("password.min_length", p.MinLength, nistMin, leastMax)
	case "classic":
		c.number("password.min_length", p.MinLength, classicMin, leastMax)
	}
	c.number("password.max_length", p.MaxLength, leastMax, mostMax)
	c.terms("password.forbidden", p.Forbidden)
	c.terms("password.banned", p.Banned)
	c.beside("password.breached", p.Breached)
}

// The bounds of the organisation's words: how many, and how many characters each.
const (
	mostTerms = 1000
	leastTerm = 4
	mostTerm  = 64
)

// terms checks the organisation's words.
func (c *checker) terms(key string, terms []string) {
	if n := len(terms); n > mostTerms {
		c.add(key, "terms_many", "most", mostTerms, "is", n)
	}
	for _, term := range terms {
		if n := utf8.RuneCountInString(strings.TrimSpace(term)); n < leastTerm || n > mostTerm {
			c.add(key, "term", "least", leastTerm, "most", mostTerm, "is", term)
		}
	}
}
