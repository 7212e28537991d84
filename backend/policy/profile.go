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
		c.add("profile", `must be "nist" or empty, is %q`, p.Profile)
	}
}

// nist demands what NIST SP 800-63B-4 does. docs/policy.md gives the reason of each.
func (c *checker) nist(p Policy) {
	const demands = `, since the profile "nist" demands it`
	if p.Password.Mode != "nist" {
		c.add("password.mode", `must be "nist"`+demands+": length, and no rules on which characters to use")
	}
	if p.Methods.Gates != 2 {
		c.add("methods.gates", "must be 2"+demands+": an account is recovered by two different proofs")
	}
	allowed := func(kind app.Kind) bool { return slices.Contains(p.Methods.Allowed, kind) }
	if allowed(app.KindQuestions) {
		c.add("methods.allowed", `must not name "questions"`+demands+": what others can know or find out is no proof")
	}
	if (allowed(app.KindSMS) || allowed(app.KindVoice)) && !allowed(app.KindAuthApp) && !allowed(app.KindSecurityKey) {
		c.add("methods.allowed", `must name "authapp" or "securitykey" beside "sms" and "voice"`+demands+
			": a number can be taken over, so nobody may be left with that alone")
	}
	if n := p.Recovery.MostWrongTries; n > mostWrong {
		c.add("recovery.most_wrong_tries", "must be at most %d, is %d"+demands+": so many wrong tries in a row at most", mostWrong, n)
	}
}
