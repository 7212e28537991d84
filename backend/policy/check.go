package policy

import (
	"fmt"
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
	"github.com/sparekey/sparekey/app/config"
)

// Check looks at the policy as a whole and gives every problem, without file and line.
func (p Policy) Check() []config.Problem {
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
		c.add("organisation.domains", "must name the organisation's own mail domains, since \"email\" is allowed: "+
			"mail that needs the forgotten password is no way back in")
	}
	return c.found
}

type checker struct{ found []config.Problem }

func (c *checker) add(key, format string, args ...any) {
	c.found = append(c.found, config.Problem{Key: key, Reason: fmt.Sprintf(format, args...)})
}

// number holds n within bounds.
func (c *checker) number(key string, n, least, most int) {
	if n < least || n > most {
		c.add(key, "must be %d to %d, is %d", least, most, n)
	}
}

// duration holds d within bounds.
func (c *checker) duration(key string, d, least, most time.Duration) {
	if d < least || d > most {
		c.add(key, "must be %s to %s, is %s", spell(least), spell(most), spell(d))
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

// text holds a text that people read to a line of up to 80 characters.
func (c *checker) text(key, s string) {
	if utf8.RuneCountInString(s) > 80 || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		c.add(key, "must be one line of at most 80 characters")
	}
}

func (c *checker) required(key, s, what string) {
	if strings.TrimSpace(s) == "" {
		c.add(key, "must give %s", what)
	}
	c.text(key, s)
}

var (
	colour = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
	domain = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$`)
)

func (c *checker) organisation(o Organisation) {
	c.required("organisation.name", o.Name, "the organisation's name")
	if o.Colour != "" && !colour.MatchString(o.Colour) {
		c.add("organisation.colour", `must be "#RRGGBB", is %q`, o.Colour)
	}
	if o.Logo != "" && !filepath.IsLocal(o.Logo) {
		c.add("organisation.logo", "must be a file in the policy's folder, is %q", o.Logo)
	}
	for _, d := range o.Domains {
		if !domain.MatchString(d) || len(d) > 253 {
			c.add("organisation.domains", "%q is no domain in lower case ASCII (other scripts as \"xn--…\")", d)
		}
	}
}

func (c *checker) helpDesk(h HelpDesk) {
	c.required("help_desk.name", h.Name, "the help desk's name: every refusal names it")
	c.text("help_desk.phone", h.Phone)
	c.text("help_desk.hours", h.Hours)
	if u, err := url.Parse(h.Link); h.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
		c.add("help_desk.link", "must be an https:// address, is %q", h.Link)
	}
	if a, err := mail.ParseAddress(h.Mail); h.Mail != "" && (err != nil || a.Address != h.Mail) {
		c.add("help_desk.mail", "must be a mail address, is %q", h.Mail)
	}
}

func (c *checker) feature(f Feature) {
	switch f.Reset {
	case ForGroups:
		if len(f.Groups) == 0 {
			c.add("feature.groups", "must name a group, since the reset is on for groups")
		}
	case ForNobody, ForAll:
		if len(f.Groups) > 0 {
			c.add("feature.groups", `has no effect, since the reset is on for %q; leave it out, or set reset = "groups"`, f.Reset)
		}
	default:
		c.add("feature.reset", `must be "nobody", "groups" or "all", is %q`, f.Reset)
	}
	for _, g := range f.Groups {
		if strings.TrimSpace(g) == "" {
			c.add("feature.groups", "has an empty name")
		}
	}
	c.disclosure(f)
}

func (c *checker) methods(m Methods) {
	for i, k := range m.Allowed {
		switch {
		case !k.Valid():
			c.add("methods.allowed", "%q is no method", k)
		case slices.Contains(m.Allowed[:i], k):
			c.add("methods.allowed", "names %q twice", k)
		}
	}
	if len(m.Allowed) == 0 {
		c.add("methods.allowed", "must name a method")
	}
	if slices.Equal(m.Allowed, []app.Kind{app.KindQuestions}) {
		c.add("methods.allowed", "security questions can't be the only method")
	}
	c.number("methods.register", m.Register, 1, 4)
	if m.Gates != 1 && m.Gates != 2 {
		c.add("methods.gates", "must be 1 or 2, is %d", m.Gates)
	}
	if m.Register < m.Gates {
		c.add("methods.register", "must be at least methods.gates, which is %d, is %d", m.Gates, m.Register)
	}
	if n := len(m.Allowed); n > 0 && m.Register > n {
		c.add("methods.register", "must be at most %d, the number of allowed methods, is %d", n, m.Register)
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
		c.add("flows.lifetime", "must be at least codes.lifetime, which is %s, is %s", spell(p.Codes.Lifetime), spell(p.Flows.Lifetime))
	}
	c.number("recovery.starts_per_hour", p.Recovery.StartsPerHour, 1, 60)
	c.number("recovery.ended_gates", p.Recovery.EndedGates, 1, 50)
	c.number("recovery.most_wrong_tries", p.Recovery.MostWrongTries, 1, 500)
	if n := p.Recovery.EndedGates * p.Codes.Tries; p.Recovery.MostWrongTries < n {
		c.add("recovery.most_wrong_tries", "must be at least recovery.ended_gates times codes.tries, which is %d, is %d: "+
			"below that, a security key would be locked before the other ways", n, p.Recovery.MostWrongTries)
	}
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
		c.add("sessions.lifetime", "must be at least sessions.access, which is %s, is %s", spell(p.Sessions.Access), spell(p.Sessions.Lifetime))
	}
	if p.Sessions.Refresh < p.Sessions.Access {
		c.add("sessions.refresh", "must be at least sessions.access, which is %s, is %s", spell(p.Sessions.Access), spell(p.Sessions.Refresh))
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
	switch p.Mode {
	case "nist":
		c.number("password.min_length", p.MinLength, nistMin, leastMax)
	case "classic":
		c.number("password.min_length", p.MinLength, classicMin, leastMax)
	default:
		c.add("password.mode", `must be "nist" or "classic", is %q`, p.Mode)
	}
	c.number("password.max_length", p.MaxLength, leastMax, mostMax)
	c.terms("password.forbidden", p.Forbidden)
	c.terms("password.banned", p.Banned)
	if p.Breached != "" && !filepath.IsLocal(p.Breached) {
		c.add("password.breached", "must be a file in the policy's folder, is %q", p.Breached)
	}
}

// terms checks the organisation's words.
func (c *checker) terms(key string, terms []string) {
	if len(terms) > 1000 {
		c.add(key, "must be at most 1000 terms, is %d", len(terms))
	}
	for _, term := range terms {
		if n := utf8.RuneCountInString(strings.TrimSpace(term)); n < 4 || n > 64 {
			c.add(key, "%q must have 4 to 64 characters: shorter ones are in every other word", term)
		}
	}
}
