package policy

import (
	"slices"

	"github.com/sparekey/sparekey/app"
)

// mostWrong is how many wrong tries in a row an account may have at most, whatever the profile: NIST SP 800-63B-4, 3.2.2.
const mostWrong = 100

// profile checks what the profile that the policy names demands beyond what every policy has to keep to.
func (c *checker) profile(p Policy) {
	switch p.Profile {
	case "":
	case "nist":
		c.nist(p)
	default:
		c.add("profile", "profile", "is", p.Profile)
	}
}

// nist demands what NIST SP 800-63B-4 does. docs/policy.md gives the reason of each.
func (c *checker) nist(p Policy) {
	if p.Password.Mode != "nist" {
		c.add("password.mode", "nist_mode")
	}
	if p.Methods.Gates != 2 {
		c.add("methods.gates", "nist_gates")
	}
	allowed := func(kind app.Kind) bool { return slices.Contains(p.Methods.Allowed, kind) }
	if allowed(app.KindQuestions) {
		c.add("methods.allowed", "nist_questions")
	}
	if (allowed(app.KindSMS) || allowed(app.KindVoice)) && !allowed(app.KindAuthApp) && !allowed(app.KindSecurityKey) {
		c.add("methods.allowed", "nist_phones")
	}
	if n := p.Recovery.MostWrongTries; n > mostWrong {
		c.add("recovery.most_wrong_tries", "nist_tries", "most", mostWrong, "is", n)
	}
}
