package policy

import (
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
)

// algorithms are those that keys may sign by, with COSE's numbers (RFC 9053, RFC 8812).
var algorithms = map[string]int{"ES256": -7, "EdDSA": -8, "RS256": -257}

var model = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// COSE gives the numbers of the algorithms, in their order.
func (k SecurityKey) COSE() []int {
	numbers := make([]int, len(k.Algorithms))
	for i, name := range k.Algorithms {
		numbers[i] = algorithms[name]
	}
	return numbers
}

// securityKey checks what keys are asked for. Domain and origin are missed only where keys are allowed.
func (c *checker) securityKey(k SecurityKey, allowed bool) {
	if k.RPID == "" && allowed {
		c.add("security_key.rp_id", "must give the domain that keys are registered for, since \"securitykey\" is allowed")
	}
	if k.RPID != "" && (!domain.MatchString(k.RPID) || len(k.RPID) > 253) {
		c.add("security_key.rp_id", "%q is no domain in lower case ASCII (other scripts as \"xn--…\")", k.RPID)
	}
	if k.Origin == "" && allowed || k.Origin != "" && !within(k.Origin, k.RPID) {
		c.add("security_key.origin", "must be \"https://\" and security_key.rp_id, or a subdomain of it, is %q", k.Origin)
	}
	c.algorithms(k.Algorithms)
	switch k.Verification {
	case app.VerifyRequired, app.VerifyPreferred, app.VerifyDiscouraged:
	default:
		c.add("security_key.user_verification", `must be "required", "preferred" or "discouraged", is %q`, k.Verification)
	}
	c.attestation(k)
	c.models("security_key.allow", k.Allow)
	c.models("security_key.deny", k.Deny)
	for _, m := range k.Deny {
		if slices.Contains(k.Allow, m) {
			c.add("security_key.deny", "%s is allowed by security_key.allow", m)
		}
	}
}

// within reports whether an origin is that of a domain or of a subdomain, in its only form.
func within(origin, rpID string) bool {
	u, err := url.Parse(origin)
	if err != nil || origin != "https://"+u.Host || u.Port() == "443" {
		return false
	}
	host := u.Hostname()
	return domain.MatchString(host) && (host == rpID || strings.HasSuffix(host, "."+rpID))
}

func (c *checker) algorithms(names []string) {
	if len(names) == 0 {
		c.add("security_key.algorithms", "must name an algorithm")
	}
	for i, name := range names {
		switch {
		case algorithms[name] == 0:
			c.add("security_key.algorithms", `must be of "ES256", "EdDSA" and "RS256", has %q`, name)
		case slices.Contains(names[:i], name):
			c.add("security_key.algorithms", "names %q twice", name)
		}
	}
}

func (c *checker) attestation(k SecurityKey) {
	switch k.Attestation {
	case app.AttestNone:
		if k.Metadata != "" {
			c.add("security_key.metadata", `has no effect, since security_key.attestation is "none"`)
		}
	case app.AttestIndirect:
	case app.AttestDirect:
		if k.Metadata == "" {
			c.add("security_key.metadata", `must name the FIDO Alliance's list, since security_key.attestation is "direct"`)
		}
	default:
		c.add("security_key.attestation", `must be "none", "indirect" or "direct", is %q`, k.Attestation)
	}
	if k.Metadata != "" && !filepath.IsLocal(k.Metadata) {
		c.add("security_key.metadata", "must be a file in the policy's folder, is %q", k.Metadata)
	}
}

// models checks a list of AAGUIDs.
func (c *checker) models(key string, list []string) {
	for i, m := range list {
		switch {
		case !model.MatchString(m):
			c.add(key, "%q is no model: an AAGUID is written as 2fc0579f-8113-47ea-b116-bb5a8db9202a", m)
		case slices.Contains(list[:i], m):
			c.add(key, "names %s twice", m)
		}
	}
}
